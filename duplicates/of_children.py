"""Children: what two records of one child share, and what follows when they become one."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Model

from aixin.access.models import User
from aixin.exchange.identity import SEX_OF_TEXT
from aixin.exchange.reading.values import birth_from_idno, sex_from_idno
from care.programmes.models import Enrolment
from care.services import take_over
from children.choices import Consent, NeedState, NoIdReason, ParentKind, Status
from children.erasing import empty_double
from children.models import Child, Guardian, Parent
from children.signals import consent_refused
from duplicates.choices import Reason
from duplicates.kinds import Key, Kind, Light, birth_blocks, register_kind
from duplicates.models import Duplicate
from duplicates.nearness import Facts, near_children
from duplicates.pairings import end_doubles
from duplicates.sides import FIRST, SECOND, Cell, Choice, Row, fuller, numbers_of
from pairing.choices import OPEN_STATES
from pairing.models import Pairing
from pairing.services import pass_on_main
from rounds.models import RoundAnswer
from visits.models import CallBack, Visit, VisitedChild
from visits.services import count_households
from visits.situations import renew

GUARDIAN, PARENTS = "guardian", tuple(kind.lower() for kind in ParentKind.values)
RELATIVE_FIELDS = {
    GUARDIAN: ("name", "relation", "phone", "other_phones", "address"),
    **dict.fromkeys(PARENTS, ("name", "status", "idno", "phone", "other_phones", "workplace")),
}
# An ID number says these itself.
FROM_ID = ("sex", "birth")


class Children(Kind):
    key, label, noun = "children", "儿童", "孩子"
    follows = "结对、走访、需求、同意书等都归到一起"
    model, pairs = Child, Duplicate
    place_label = "现居地"
    fields = (
        "name", "idno", "sex", "birth", "birthday_is_lunar", "ethnicity", "region", "address", "hukou_place",
        "hukou_type", "category", "other_categories", "risk", "consent", "health", "disability_kind",
        "disability_level", "illness", "schooling", "school", "grade", "boarding", "guardianship", "income", "aid",
        "notes", "contact_notes",
    )  # fmt: skip
    numbers = ("idno", "contact_notes")
    records = ("guardians", "parents")
    owner, moves_region = "child", True
    refusal = "这一对已经处理过，或有一名儿童已出列，不能合并。"
    once = {
        "children.Guardian": lambda row: (row.name, row.phone_index),
        "children.Parent": lambda row: row.kind,
        "children.Need": lambda row: (row.topic, row.detail) if row.state == NeedState.OPEN else None,
        "pairing.RejectedPair": lambda row: row.volunteer_id,
        "visits.VisitedChild": lambda row: row.visit_id,
        "rounds.RoundAnswer": lambda row: row.round_id,
        "care.Enrolment": lambda row: row.programme_id,
        # One open transfer a child: the double's finds it gone.
        "transfers.Holding": lambda row: row.is_open or None,
        "visits.Situation": lambda row: row.part,
        "visits.CallBack": lambda row: row.assigned_to_id if row.is_waiting else None,
    }

    def comparable(self) -> Any:
        return Child.objects.registered()

    def blocks(self, light: Light) -> Iterator[Key]:
        return birth_blocks(light)

    def near(self, one: Facts, other: Facts) -> Reason | None:
        return near_children(one, other)

    def compared(self, row: Child) -> tuple[Any, ...]:
        return row.name, row.birth, row.idno_index

    def rank(self, row: Child) -> tuple[Any, ...]:
        """The one with an ID number, else the one on the roster for longer."""
        return not row.idno, row.registered_on, row.pk

    def remark(self, name: str, first: Child, second: Child) -> str:
        return "以身份证号为准" if name in FROM_ID and (first.idno or second.idno) else ""

    def further_rows(self, user: User, first: Child, second: Child, better: str) -> list[Row]:
        return [_relative_row(name, first, second, better) for name in (GUARDIAN, *PARENTS)]

    def counts(self, first: Child, second: Child) -> list[tuple[str, int, int]]:
        counted: list[tuple[str, Callable[[Child], int]]] = [
            ("需求", lambda child: child.needs.count()),
            ("结对", lambda child: Pairing.objects.filter(child=child).count()),
            ("走访", lambda child: VisitedChild.objects.filter(child=child).count()),
            ("监护人同意记录", lambda child: child.consents.count()),
        ]
        return [(label, count(first), count(second)) for label, count in counted]

    def may_merge(self, row: Child) -> bool:
        return row.is_on_roster

    def before(self, actor: User, kept: Child, gone: Child, choice: Choice) -> None:
        _take_relatives(kept, gone, choice)
        end_doubles(actor, "child", kept, gone)
        take_over(gone.pk, kept.pk)
        if Pairing.objects.active().filter(child=kept, is_main=True).exists():
            Pairing.objects.filter(child=gone, is_main=True).update(is_main=False)

    def retire(self, gone: Child) -> None:
        gone.status = Status.MERGED
        gone.idno, gone.idno_reason = "", gone.idno_reason or NoIdReason.NOT_PROVIDED

    def complete(self, actor: User, kept: Child, gone: Child, choice: Choice) -> None:
        kept.registered_on = min(kept.registered_on, gone.registered_on)
        if kept.idno:
            kept.birth, kept.sex = birth_from_idno(kept.idno), SEX_OF_TEXT[sex_from_idno(kept.idno)]

    def remove(self, model: type[Model], pks: list[int]) -> None:
        """What happens once to a child, a visit, a call, an answer of a round, leaves no row behind that is counted."""
        if model in (CallBack, Enrolment, RoundAnswer):
            model._default_manager.filter(pk__in=pks).delete()
        elif model is VisitedChild:
            _remove_links(pks)

    def mentions(self, pk: int) -> tuple[str, ...]:
        return f"/children/{pk}/", f"child={pk}"

    def after(self, actor: User, kept: Child) -> None:
        _follow_consent(actor, kept)
        pass_on_main(kept.pk)
        renew([kept.pk])

    def further_shots(self, pks: list[int]) -> list[tuple[type[Model], str, list[int]]]:
        """The households of a visit to both are counted anew."""
        links = VisitedChild.objects
        both = links.filter(child=pks[0], visit__in=links.filter(child=pks[1]).values("visit"))
        return [(Visit, "id", list(both.values_list("visit", flat=True)))]

    def release(self, held: Any) -> None:
        held.filter(idno_index__isnull=False).update(idno_index=None, idno_reason=NoIdReason.NOT_PROVIDED)

    def empty_double(self, row: Child) -> None:
        empty_double(row)


def relative(child: Child, name: str) -> Guardian | Parent | None:
    """Return a child's first guardian, father or mother."""
    if name == GUARDIAN:
        return child.main_guardian
    return next((parent for parent in child.parents.all() if parent.kind == name.upper()), None)


def _relative_row(name: str, first: Child, second: Child, better: str) -> Row:
    left, right = relative(first, name), relative(second, name)
    default = fuller(_said(left, name), _said(right, name), better)
    label = "监护人" if name == GUARDIAN else str(dict(ParentKind.choices)[name.upper()])
    cells = (_relative_cell(left, FIRST, default), _relative_cell(right, SECOND, default))
    return Row(name, label, cells, _said(left, name) != _said(right, name))


def _said(row: Any, name: str) -> list[Any]:
    """Return what is known of a relative; nothing where nobody is."""
    values = [getattr(row, field) for field in RELATIVE_FIELDS[name]] if row is not None else []
    return values if any(values) else []


def _relative_cell(row: Any, side: str, default: str) -> Cell:
    if row is None:
        return Cell(side, "", (), side == default)
    parts = [getattr(row, "relation", ""), row.masked_name]
    parts += [row.get_status_display(), row.workplace] if isinstance(row, Parent) else []
    fields = ("phone", "other_phones", "idno") if isinstance(row, Parent) else ("phone", "other_phones")
    return Cell(side, " ".join(filter(None, parts)), numbers_of(row, *fields), side == default)


def _take_relatives(kept: Child, gone: Child, choice: Choice) -> None:
    """Exchange guardian, father or mother where the double's was chosen, so that neither is lost."""
    for name in (GUARDIAN, *PARENTS):
        theirs, ours = relative(gone, name), relative(kept, name)
        if theirs is not None and ours is not None and choice.takes(name):
            for field in RELATIVE_FIELDS[name]:
                mine, other = getattr(ours, field), getattr(theirs, field)
                setattr(ours, field, other)
                setattr(theirs, field, mine)
            ours.save()
            theirs.save()


def _remove_links(pks: list[int]) -> None:
    visits = list(Visit.objects.filter(visited__in=pks))
    VisitedChild.objects.filter(pk__in=pks).delete()
    for visit in visits:
        visit.households = count_households(link.child for link in visit.visited.select_related("child"))
        visit.save(update_fields=["households"])


def _follow_consent(actor: User, kept: Child) -> None:
    """Let the consent say what the latest record of either says; a no ends the pairings of both."""
    latest = kept.consents.first()
    if latest is not None:
        kept.consent = Consent.GIVEN if latest.is_yes else Consent.REFUSED
        kept.save(update_fields=["consent", "updated_at"])
    refused = kept.consent == Consent.REFUSED
    if refused and Pairing.objects.filter(child=kept, state__in=OPEN_STATES).exists():
        consent_refused.send(Child, child=kept, actor=actor)


CHILDREN = register_kind(Children())
