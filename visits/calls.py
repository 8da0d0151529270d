"""Calls to a guardian that nobody answers: the third in a row asks the village to go and see."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from aixin.access.authority import heads_of
from aixin.access.models import Post, Role, User
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.notify.models import Notice
from aixin.notify.services import send, settle
from children.models import Child
from pairing.models import Pairing
from visits.models import CallAttempt, Visit
from visits.services import VisitError
from volunteers.models import Volunteer

KIND = "unreached"
ASK_AFTER = 3


@transaction.atomic
def note_unreached(actor: Any, child: Child, volunteer: Volunteer | None, key: uuid.UUID) -> int:
    """Keep that a call of a volunteer, or else of the village's chair, was not answered; return how many in a row now.

    From the third on the village's chair, or the township where there is none, is asked to go and see; once for each
    row of failures, settled by the next contact that is written down. The same key counts once; another's raises VisitError.
    """
    caller = None if volunteer else actor
    attempt = CallAttempt(pk=key, child=child, volunteer=volunteer, caller=caller)
    CallAttempt.objects.bulk_create([attempt], ignore_conflicts=True)
    kept = CallAttempt.objects.filter(calls_by(actor, volunteer), pk=key, child=child).first()
    if kept is None:
        raise VisitError("这次拨打没有记上，请刷新页面后再试。")
    row = list(CallAttempt.objects.in_a_row(child.pk, calls_by(actor, volunteer), Visit.objects.all()))
    record(actor, Action.CREATE, kept, child=child.pk)
    if len(row) >= ASK_AFTER:
        _ask_to_go(actor, child, volunteer, row)
    return len(row)


def calls_by(user: Any, volunteer: Volunteer | None) -> Q:
    """Return the condition that a call is a volunteer's, or without one the user's own."""
    return Q(volunteer=volunteer) if volunteer else Q(caller=user.pk)


def _ask_to_go(actor: Any, child: Child, volunteer: Volunteer | None, row: list[CallAttempt]) -> None:
    if volunteer is None:
        send(_notice_of(user, child, _name_to(user, actor), row) for user in whom_to_ask(child.region_id))
    elif Pairing.objects.active().filter(child=child, volunteer=volunteer).exists():
        send(_notice_of(user, child, volunteer.name, row) for user in whom_to_ask(child.region_id))


def _name_to(user: User, caller: Any) -> str:
    return "您" if user.pk == caller.pk else str(caller.get_full_name())


def settle_unreached(children: Iterable[int]) -> None:
    """Settle the requests to go and see children who were reached, or whom nobody calls any more."""
    settle(_subject_of(pk) for pk in children)


def _subject_of(child: int) -> str:
    return f"{KIND}:{child}"


def whom_to_ask(code: str) -> list[User]:
    """Return who is nearest to a place: its village's staff, else its township's, else the county's heads."""
    for place in (code[:12], code[:9]):
        staff = Post.objects.current().filter(role=Role.STAFF, region_id=place)
        found = list(User.objects.filter(is_active=True, pk__in=staff.values("user_id")).order_by("pk"))
        if found:
            return found
    return list(heads_of(code[:6]))


def _notice_of(user: User, child: Child, caller: str, row: list[CallAttempt]) -> Notice:
    first = timezone.localtime(row[0].at)
    return Notice(
        addressee=f"user:{user.pk}",
        region_id=child.region_id,
        kind=KIND,
        key=f"{KIND}:{row[0].pk}:{user.pk}",
        subject=_subject_of(child.pk),
        title=f"请去看看{child.name}",
        body=f"{caller}从{first:%m月%d日}起给监护人打了{len(row)}次电话，都没有打通。去过后请登记一次走访。",
        link=f"{reverse('visits:new')}?child={child.pk}",
    )
