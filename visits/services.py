"""Writing visits: one submission makes one visit, whatever the network does (DESIGN section 3.7)."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from aixin.access.scope import EVERYTHING, opened
from aixin.audit.models import Action
from aixin.audit.trail import record, subjects_of
from aixin.notify.models import Notice
from aixin.notify.services import send, settle
from children.models import Child, Guardian
from visits.models import CallBack, Visit, VisitedChild
from visits.signals import visits_changed
from volunteers.models import Volunteer

# How PostgreSQL says that a key is there already.
UNIQUE_VIOLATION = "23505"
# What people type into a visit.
TYPED = (
    "date", "way", "family", "study", "life", "seen", "done", "next_step", "next_on", "goods", "goods_value",
    "companions", "minutes",
)  # fmt: skip


class VisitError(Exception):
    """The visit cannot be changed; the message is for the user."""


class OutdatedError(VisitError):
    """The visit was changed since the form was opened; `present` is the visit as it is stored now."""

    def __init__(self, present: Visit) -> None:
        super().__init__("这条记录在您打开以后已经改过。请看清两份内容，再决定要不要用您这份。")
        self.present = present


@transaction.atomic
def log_visit(
    actor: Any,
    visit: Visit,
    children: Sequence[Child],
    volunteers: Iterable[Volunteer],
) -> tuple[Visit, bool]:
    """Store a visit of `children` by `volunteers`; return it and whether it is new.

    A second submission with the same client UUID by the same user returns the first one unchanged; by another
    user it raises VisitError.
    """
    stored, added = _get_or_create(actor, visit, children)
    if added:
        VisitedChild.objects.bulk_create([VisitedChild(visit=stored, child=child) for child in children])
        people = list(volunteers)
        stored.volunteers.add(*people)
        record(actor, Action.VISIT, stored, subjects=subjects_of([*children, *people]))
        _tell(stored.pk, (child.pk for child in children), added=stored)
    return stored, added


def _get_or_create(actor: Any, visit: Visit, children: Sequence[Child]) -> tuple[Visit, bool]:
    visit.region_id = children[0].region_id
    visit.households = count_households(children)
    visit.recorded_by = actor
    try:
        with transaction.atomic():
            visit.save(force_insert=True)
    except IntegrityError as error:
        if getattr(error.__cause__, "pgcode", "") != UNIQUE_VIOLATION:
            raise
        return _stored_before(actor, visit.client_uuid), False
    return visit, True


def _stored_before(actor: Any, key: uuid.UUID) -> Visit:
    # Another user's visit is not seen at all: row-level security hides it.
    stored: Visit | None = Visit.objects.select_for_update().filter(client_uuid=key).first()
    if stored is None or stored.recorded_by_id != actor.pk:
        raise VisitError("这条记录的提交标识已被使用，请刷新页面后重新填写。")
    return stored


def count_households(children: Iterable[Child]) -> int:
    """Return how many households the children live in; one guardian phone, or name and place, is one."""
    (number,) = households_of([list(children)])
    return number


def households_of(groups: Sequence[Sequence[Child]]) -> list[int]:
    """Return how many households the children of each group live in, with one query for all groups."""
    first_guardians: dict[int, Guardian] = {}
    pks = {child.pk for children in groups for child in children}
    for guardian in Guardian.objects.filter(child__in=pks).order_by("id"):
        first_guardians.setdefault(guardian.child_id, guardian)
    keys = [{_household(child, first_guardians.get(child.pk)) for child in group} for group in groups]
    return [max(len(found), 1) for found in keys]


def _household(child: Child, guardian: Guardian | None) -> tuple[str, str]:
    if guardian is None:
        return ("child", str(child.pk))
    return (guardian.phone_index or guardian.name, child.region_id)


@transaction.atomic
def correct_visit(
    actor: Any,
    visit: Visit,
    children: Sequence[Child],
    volunteers: Iterable[Volunteer],
    version: int,
) -> Visit:
    """Store the author's correction and return the visit; raise VisitError when it is too late or not hers.

    `version` is that of the copy which was corrected; a newer one in store raises OutdatedError (LESSONS: a conflict is
    shown, nothing overwritten). The same correction sent again changes nothing.
    """
    _check_correctable(actor, visit)
    stored: Visit = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if stored.version != version:
        if _says_the_same(stored, visit, children):
            return stored
        raise OutdatedError(stored)
    visit.version = version + 1
    visit.households = count_households(children)
    visit.save()
    kept = {child.pk for child in children}
    known = set(visit.visited.values_list("child_id", flat=True))
    visit.visited.exclude(child__in=kept).delete()
    VisitedChild.objects.bulk_create(
        [VisitedChild(visit=visit, child=child) for child in children if child.pk not in known]
    )
    people = list(volunteers)
    visit.volunteers.set(people)
    record(actor, Action.UPDATE, visit, subjects=subjects_of([*children, *people]))
    tell_changed(visit.pk, kept | known)
    return visit


def _says_the_same(stored: Visit, visit: Visit, children: Sequence[Child]) -> bool:
    same = all(getattr(stored, name) == getattr(visit, name) for name in TYPED)
    return same and set(stored.visited.values_list("child_id", flat=True)) == {child.pk for child in children}


@transaction.atomic
def withdraw_visit(actor: Any, visit: Visit, reason: str) -> Visit:
    """Take a visit out of every figure, keeping its history; raise VisitError as `correct_visit` does."""
    _check_correctable(actor, visit)
    visit.withdrawn_at, visit.withdrawn_reason = timezone.now(), reason
    visit.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    record(actor, Action.WITHDRAW, visit)
    tell_changed(visit.pk, visit.visited.values_list("child_id", flat=True))
    return visit


def tell_changed(visit: int, children: Iterable[int]) -> None:
    """Tell the apps above that a visit changed, and whom it reaches or reached before; what follows sees everything."""
    _tell(visit, children, added=None)


def _tell(visit: int, children: Iterable[int], added: Visit | None) -> None:
    reached = sorted(children)
    with opened(EVERYTHING):
        visits_changed.send(Visit, visits=[visit], children=reached, added=added)


def _check_correctable(actor: Any, visit: Visit) -> None:
    if visit.recorded_by_id != actor.pk:
        raise VisitError("只有记录人本人可以更正或撤回。")
    if not visit.is_correctable:
        raise VisitError("记录已满7天或已撤回，不能再改。如确有错误，请联系县妇联。")


def new_client_uuid() -> uuid.UUID:
    """Return the identity that a fresh form carries."""
    return uuid.uuid4()


@transaction.atomic
def arrange_callback(actor: Any, child: Child, callback: CallBack) -> bool:
    """Store a call-back about a child and tell whoever is to call; return False when the same one is open already."""
    callback.child, callback.assigned_by = child, actor
    if CallBack.objects.waiting().filter(child=child, assigned_to=callback.assigned_to).exists():
        return False
    CallBack.objects.bulk_create([callback], ignore_conflicts=True)
    stored = CallBack.objects.waiting().filter(child=child, assigned_to=callback.assigned_to).get()
    record(actor, Action.CREATE, stored, child=child.pk)
    if callback.assigned_to_id != actor.pk:
        send([_notice_of(stored, child)])
    return True


def subject_of(callback: CallBack) -> str:
    """Return the name under which notices are about a call-back."""
    return f"callback:{callback.pk}"


def _notice_of(callback: CallBack, child: Child) -> Notice:
    return Notice(
        addressee=f"user:{callback.assigned_to_id}",
        region_id=child.region_id,
        kind="callback",
        key=subject_of(callback),
        subject=subject_of(callback),
        title=f"请回访{child.name}的监护人",
        body=f"{callback.due_on:%m月%d日}前。{callback.question}".strip(),
        link=reverse("visits:callbacks"),
    )


@transaction.atomic
def answer_callback(actor: Any, callback: CallBack, answer: str, remark: str) -> CallBack:
    """Close a call-back with its answer and return it; raise VisitError when it was closed before."""
    held: CallBack = CallBack.objects.select_for_update().get(pk=callback.pk)
    if held.answered_at is not None:
        raise VisitError("这次回访已经记过结果。")
    held.answer, held.remark, held.answered_at = answer, remark, timezone.now()
    held.save()
    record(actor, Action.UPDATE, held, child=held.child_id)
    settle([subject_of(held)])
    return held
