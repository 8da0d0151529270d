"""Asking for a child, offering one, taking it back, refusing: atomic, audited. Moving it is in `moving.py`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from aixin.access.authority import heads_of
from aixin.access.elsewhere import LookupLimitError, alarm_of_lookups, ids_elsewhere
from aixin.access.models import Post, Region, Role, User
from aixin.access.regions import Level, ancestor_codes, county_of, upper_bound
from aixin.access.scope import EVERYTHING, Scope, opened
from aixin.access.signals import message_due, message_settled
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.privacy.fields import index_of
from children.models import Child
from pairing.models import Pairing
from transfers.choices import Kind, State
from transfers.models import Holding, Transfer

BEING_HANDLED = "这名儿童正在办理另一次转接，办结后再试。"
NOT_OPEN = "这次转接已经办结，没有改动。"


class TransferError(Exception):
    """The transfer cannot be begun or decided so; the message is for the user."""


@dataclass(frozen=True)
class Wanted:
    """Whom an office asks for, as it has typed her, and where she is to come."""

    name: str
    idno: str
    place: Region
    remark: str = ""


def leads_county(user: Any) -> bool:
    """Return whether the user decides on transfers: staff of a county's office."""
    post = getattr(user, "acting_post", None)
    return post is not None and post.role == Role.STAFF and post.level == Level.COUNTY


def decides(user: User, transfer: Transfer) -> bool:
    """Return whether an open transfer waits for the user's county; `transfer` comes from `visible_to(user)`."""
    return (
        leads_county(user)
        and transfer.is_open
        and Transfer.objects.awaiting(user).filter(pk=transfer.pk).exists()
    )


def may_withdraw(user: User, transfer: Transfer) -> bool:
    """Return whether the user's office, or one that it is above, has begun a transfer that is still open."""
    post = user.acting_post
    return bool(
        transfer.is_open
        and post
        and post.is_county_or_below
        and post.region_id
        and transfer.office_id.startswith(post.region_id)
    )


def ask_for(user: User, wanted: Wanted) -> Transfer:
    """Ask whoever holds a child for it and return the request; a second click leads to the same one.

    The ID counts as a look-up, with the limit by the hour. Raises TransferError, also for an ID that nobody elsewhere
    holds.
    """
    try:
        return _ask_for(user, wanted)
    except LookupLimitError as error:
        alarm_of_lookups(user)
        raise TransferError(str(error)) from error


@transaction.atomic
def _ask_for(user: User, wanted: Wanted) -> Transfer:
    known = _open_about(user, wanted.idno)
    if known is not None:
        return known
    if not ids_elsewhere(user, "child", [index_of(wanted.idno)]):
        raise TransferError("其他县区的名册里没有这个身份证号，请直接登记。")
    transfer = _begin(
        user, wanted.place, kind=Kind.REQUEST, name=wanted.name, idno=wanted.idno, remark=wanted.remark
    )
    county = _held_at(transfer)
    if county:
        record(user, Action.CREATE, transfer)
        tell_county(county, transfer, f"{_office_of(user)}申请转入一名儿童", wanted.remark)
        return transfer
    # Held already for another open transfer: by a quicker click of ours, or by somebody else's.
    transfer.delete()
    known = _open_about(user, wanted.idno)
    if known is None:
        raise TransferError(BEING_HANDLED)
    return known


def _open_about(user: User, idno: str) -> Transfer | None:
    found: Transfer | None = (
        Transfer.objects.visible_to(user).open().filter(idno_index=index_of(idno), kind=Kind.REQUEST).first()
    )
    return found


def _begin(user: User, place: Region, **values: Any) -> Transfer:
    post = user.acting_post
    assert post is not None
    assert post.region is not None
    transfer = Transfer(region=place, office=post.region, asked_by=user, **values)
    transfer.save()
    return transfer


def _held_at(transfer: Transfer) -> str:
    """Let the database note who holds the child asked for; return the county to be told, empty where it cannot be.

    The county goes into the address of its message and nowhere else.
    """
    with connection.cursor() as cursor:
        cursor.callproc("aixin_note_holding", [transfer.pk])
        (county,) = cursor.fetchone()
    return county or ""


@transaction.atomic
def offer(user: User, child: Child, county: Region, remark: str, going_on: Iterable[int] = ()) -> Transfer:
    """Offer a child on the roster to another county and return the transfer; raises TransferError.

    Of the pairings those named may go on, the others end when the child moves.
    """
    locked: Child = Child.objects.select_for_update(of=("self",)).get(pk=child.pk)
    if not locked.is_on_roster:
        raise TransferError("这名儿童已出列，请先恢复在册再转出。")
    if county.code == county_of(locked.region_id):
        raise TransferError("这就是本县，请直接在档案里改现居地。")
    known = Holding.objects.filter(child=locked, is_open=True).select_related("transfer").first()
    if known is not None:
        raise TransferError(BEING_HANDLED)
    transfer = _begin(
        user,
        county,
        kind=Kind.OFFER,
        name=locked.name,
        sex=locked.sex,
        birth=locked.birth,
        category=locked.category,
        remark=remark,
        going_on=list(open_pairings(locked).filter(pk__in=list(going_on)).values_list("pk", flat=True)),
    )
    Holding.objects.create(transfer=transfer, child=locked, region_id=locked.region_id)
    record(user, Action.CREATE, transfer, subjects=[locked.no])
    tell_county(county.code, transfer, f"{_office_of(user)}要转来一名儿童", remark)
    return transfer


def open_pairings(child: Child) -> Any:
    """Return the child's pairings that have not ended."""
    return Pairing.objects.open().filter(child=child).order_by("-is_main", "started_on", "pk")


@transaction.atomic
def withdraw(user: User, transfer: Transfer) -> Transfer:
    """Take an open transfer back and return it; a second click changes nothing. Raises TransferError."""
    locked = lock(transfer)
    if locked.state == State.WITHDRAWN:
        return locked
    return _close(user, locked, State.WITHDRAWN, "")


@transaction.atomic
def refuse(user: User, transfer: Transfer, answer: str) -> Transfer:
    """Refuse an open transfer with a reason, which the other side reads, and return it. Raises TransferError."""
    locked = lock(transfer)
    if locked.state == State.REFUSED:
        return locked
    closed = _close(user, locked, State.REFUSED, answer)
    tell_asker(
        closed, f"{_office_of(user)}没有同意转接" if not closed.is_request else "转入申请没有被同意", answer
    )
    return closed


def _close(user: User, transfer: Transfer, state: State, answer: str) -> Transfer:
    if not transfer.is_open:
        raise TransferError(NOT_OPEN)
    transfer.state, transfer.answer = state, answer
    transfer.decided_by, transfer.decided_at = user, timezone.now()
    transfer.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    record(user, Action.UPDATE, transfer, reason=state.label)
    settle(transfer)
    return transfer


def lock(transfer: Transfer) -> Transfer:
    """Return the transfer as it is now, held until the end of the transaction."""
    found: Transfer = Transfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
    return found


def _office_of(user: User) -> str:
    post = user.acting_post
    assert post is not None
    assert post.region is not None
    return office_name(post.region)


def office_name(region: Region) -> str:
    """Return an office with its county: 文水县妇联, 文水县凤城镇妇联."""
    if region.level <= Level.COUNTY:
        return f"{region.name}妇联"
    return f"{Region.objects.get(code=county_of(region.code)).name}{region.place}妇联"


def with_places(transfers: Iterable[Any]) -> list[Any]:
    """Return transfers with `place`, where the child is to come with its county, in one query for all counties."""
    rows = list(transfers)
    names = dict(
        Region.objects.filter(code__in={row.receiving_county for row in rows}).values_list("code", "name")
    )
    for row in rows:
        county = names[row.receiving_county]
        row.place = county if row.region.level <= Level.COUNTY else f"{county} {row.region.place}"
    return rows


def _staff_of(county: str) -> list[User]:
    """Return a county's heads and clerks, or where it has none the heads of the level above that has."""
    posts = Post.objects.current().filter(role=Role.STAFF, region_id=county)
    staff = list(User.objects.filter(is_active=True, pk__in=posts.values("user_id")).order_by("pk"))
    if staff:
        return staff
    return next((heads for code in reversed(ancestor_codes(county)) if (heads := list(heads_of(code)))), [])


def tell_county(county: str, transfer: Transfer, title: str, body: str) -> None:
    """Tell a county's office of a transfer."""
    _tell(county, _staff_of(county), transfer, "asked", title, body)


def tell_asker(transfer: Transfer, title: str, body: str) -> None:
    """Tell whoever has begun a transfer what became of it."""
    _tell(transfer.office_id, [transfer.asked_by], transfer, "decided", title, body)


def _tell(code: str, to: list[User], transfer: Transfer, step: str, title: str, body: str) -> None:
    """Send a message into another county: its range is open for that alone. It names nobody."""
    with opened(range_of(code)):
        message_due.send(
            Transfer,
            to=to,
            code=code,
            kind="transfer",
            key=f"transfer:{transfer.pk}:{step}",
            title=title,
            body=body,
            link=reverse("transfers:detail", args=[transfer.pk]),
        )


def range_of(code: str) -> Scope:
    """Return the scope of one place and all below it."""
    return Scope(lo=code, hi=upper_bound(code))


def settle(transfer: Transfer) -> None:
    """Close the messages that asked for a decision; the asker's own range does not reach those of the holder."""
    with opened(EVERYTHING):
        message_settled.send(Transfer, key=f"transfer:{transfer.pk}:asked")
