"""The printed 结对卡 and its code: issued to paper only, opened by whoever holds the paper (DOMAIN section 4)."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from aixin.access.authority import heads_of
from aixin.access.models import Region, User
from aixin.access.regions import Level, ancestor_codes, county_of, upper_bound
from aixin.access.scope import Scope, opened
from aixin.access.signals import message_due, message_settled
from aixin.audit.models import Action
from aixin.audit.trail import record
from pairing.choices import ReportKind, State, StepKind
from pairing.models import Card, DoorReport, Pairing
from pairing.portraits import picture_of
from pairing.services import PairingError
from pairing.steps import note_step
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer

TOKEN_BYTES = 32
# So many unanswered reports a pairing; further ones tell the county nothing new.
OPEN_REPORTS = 5


class CardVoid(Exception):  # noqa: N818 - of no use to its holder; no fault of the program
    """The code is unknown or was taken back: which of these is not told."""


@dataclass(frozen=True)
class Shown:
    """What the door is told: the volunteer, whether she may come, and nothing of the child but its surname."""

    volunteer: str
    child: str
    office: str
    state: str
    is_valid: bool
    has_picture: bool


def digest_of(token: str) -> str:
    """Return what is stored of a code; it is random, so that a plain digest cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def print_card(actor: Any, pairing: Pairing) -> str:
    """Issue a card for an active pairing and return its code, which is known only now; raise PairingError."""
    if not pairing.is_active:
        raise PairingError("已结对的才能印发结对卡。")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    Card.objects.create(pairing=pairing, token_hash=digest_of(token), printed_by_id=actor.pk)
    note_step(actor, pairing, StepKind.CARD)
    record(actor, Action.EXPORT, pairing, what="card", rows=1)
    return token


@transaction.atomic
def void_cards(actor: Any, pairing: Pairing) -> int:
    """Take back every card of a pairing and return how many there were."""
    number = Card.objects.filter(pairing=pairing, voided_at__isnull=True).update(voided_at=timezone.now())
    if number:
        note_step(actor, pairing, StepKind.CARDS_VOID, note=f"{number} 张")
        record(actor, Action.UPDATE, pairing, reason="结对卡作废")
    return number


@dataclass(frozen=True)
class _Held:
    """Where a card leads: its pairing, and the places on whose rosters child and volunteer stand."""

    pairing: int
    child_place: str
    volunteer_place: str


def _led_to(token: str) -> _Held:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pairing, child_place, volunteer_place FROM aixin_card(%s)", [digest_of(token)])
        row = cursor.fetchone()
    if row is None:
        raise CardVoid
    return _Held(*row)


@contextmanager
def _pairing_of(token: str) -> Iterator[Pairing]:
    """Open the place of the card's child and give its pairing; raise CardVoid."""
    held = _led_to(token)
    with opened(_at(held.child_place)):
        pairing = Pairing.objects.select_related("child").get(pk=held.pairing)
        with opened(_at(held.volunteer_place)):
            pairing.volunteer = Volunteer.objects.get(pk=pairing.volunteer_id)
        yield pairing


def _at(place: str) -> Scope:
    return Scope(lo=place, hi=upper_bound(place))


def look_at_card(token: str) -> Shown:
    """Return what the holder of a card is shown; raise CardVoid."""
    with _pairing_of(token) as pairing:
        county = Region.objects.get(code=county_of(pairing.region_id))
        may_come = _may_come(pairing)
        return Shown(
            volunteer=pairing.volunteer.name,
            child=pairing.child.name[:1] + "**",
            office=f"{county.name}妇联",
            state=_state_in_words(pairing),
            is_valid=may_come,
            has_picture=may_come and _picture(pairing) is not None,
        )


def _may_come(pairing: Pairing) -> bool:
    volunteer = pairing.volunteer
    return pairing.is_active and volunteer.state == VolunteerState.QUALIFIED and volunteer.is_cleared


def _state_in_words(pairing: Pairing) -> str:
    if pairing.state == State.ENDED:
        return "结对已经解除"
    if pairing.state == State.PAUSED:
        return "结对暂停中"
    return "结对有效，准入查询在有效期内" if _may_come(pairing) else "准入查询不在有效期内"


def picture_on_card(token: str) -> bytes | None:
    """Return the volunteer's picture while the card is valid and she agrees; raise CardVoid."""
    with _pairing_of(token) as pairing:
        return _picture(pairing) if _may_come(pairing) else None


def _picture(pairing: Pairing) -> bytes | None:
    with opened(_at(pairing.volunteer.region_id)):
        return picture_of(pairing.volunteer_id)


def report_by_card(token: str, kind: ReportKind, text: str, phone: str) -> None:
    """Keep what the holder of a card says and tell the county's head; raise CardVoid.

    Nothing else follows: an office calls the family back before anything is withdrawn or ended.
    """
    with _pairing_of(token) as pairing:
        Pairing.objects.select_for_update(of=("self",)).get(pk=pairing.pk)
        if DoorReport.objects.filter(pairing=pairing).open().count() >= OPEN_REPORTS:
            return
        report = DoorReport.objects.create(pairing=pairing, kind=kind, text=text, phone=phone)
        record(None, Action.CREATE, report, kind=kind)
        _tell_county(pairing, report)


def _tell_county(pairing: Pairing, report: DoorReport) -> None:
    message_due.send(
        DoorReport,
        to=_those_in_charge(county_of(pairing.region_id)),
        code=pairing.region_id,
        kind="door",
        key=f"door:{report.pk}",
        title=f"扫码反馈：{ReportKind(report.kind).label}",
        body=f"结对编号 {pairing.no}，请先给监护人回电话核实",
        link=reverse("pairings:reports"),
    )


def _those_in_charge(county: str) -> list[User]:
    """Return the heads of the county's office, or of the nearest one above that has any."""
    codes = [code for code in reversed(ancestor_codes(county)) if len(code) <= Level.COUNTY * 2]
    return next((found for code in codes if (found := list(heads_of(code)))), [])


@transaction.atomic
def close_report(actor: Any, report: DoorReport, remark: str) -> None:
    """Note what was done about a report, once."""
    locked = DoorReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if locked.handled_at is not None:
        return
    locked.handled_at, locked.remark, locked.handled_by = timezone.now(), remark, actor
    locked.save()
    record(actor, Action.UPDATE, locked, reason="办结扫码反馈")
    message_settled.send(DoorReport, key=f"door:{locked.pk}")
