"""A child moves: one transaction, one definer function, and what it leaves behind or takes along (DESIGN section 3.2)."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone

from aixin.access.models import Region, User
from aixin.access.scope import opened
from aixin.audit.models import Action
from aixin.audit.trail import record
from children.models import Child
from children.services import return_to_roster
from children.signals import child_saved
from pairing.choices import EndReason
from pairing.services import PairingError, end
from transfers.models import Holding, Transfer
from transfers.services import (
    NOT_OPEN,
    TransferError,
    lock,
    open_pairings,
    range_of,
    settle,
    tell_asker,
)


@dataclass(frozen=True)
class Acceptance:
    """What the deciding side states: the day, a word to the other side, which pairings go on, and of an offer the place."""

    day: datetime.date
    answer: str = ""
    going_on: Collection[int] = field(default_factory=frozenset)
    place: Region | None = None


@transaction.atomic
def accept(user: User, transfer: Transfer, terms: Acceptance) -> Transfer:
    """Move the child and return the transfer; a second click changes nothing.

    Its record, its visits and the pairings that go on travel, the others end as 调整. Raises TransferError for a
    transfer that is decided otherwise, and for a child that has left or moved meanwhile.
    """
    locked = lock(transfer)
    if locked.is_accepted:
        return locked
    if not locked.is_open:
        raise TransferError(NOT_OPEN)
    moved = _let_go if locked.is_request else _take_in
    child = moved(user, locked, terms)
    _finish(user, locked, child, terms)
    return locked


def _let_go(user: User, transfer: Transfer, terms: Acceptance) -> Child:
    """Accept a request: the pairings are the holder's to end, as long as it holds them."""
    child: Child = Child.objects.select_for_update(of=("self",)).get(pk=transfer.holding.child_id)
    if not child.is_on_roster:
        child = return_to_roster(user, child)
    _end_pairings(user, child, terms.going_on, terms.day)
    _move(transfer, transfer.region, terms.day)
    return child


def _take_in(user: User, transfer: Transfer, terms: Acceptance) -> Child:
    """Accept an offer: the child is the receiver's once it has moved, and so are its pairings."""
    assert terms.place is not None
    child: Child = Child.objects.get(pk=_move(transfer, terms.place, terms.day))
    _end_pairings(user, child, set(transfer.going_on) & set(terms.going_on), terms.day)
    return child


def _move(transfer: Transfer, place: Region, day: datetime.date) -> int:
    """Let the database move the child of an open transfer, for the side that decides; return the child's id."""
    with connection.cursor() as cursor:
        cursor.callproc("aixin_move_transferred_child", [transfer.pk, place.code, day])
        (moved,) = cursor.fetchone()
    if moved is None:
        raise TransferError("这名儿童的情况已有变化（已出列或已转往别处），不能转接。")
    return int(moved)


def _end_pairings(user: User, child: Child, going_on: Collection[int], day: datetime.date) -> None:
    for pairing in open_pairings(child).exclude(pk__in=list(going_on)):
        try:
            end(user, pairing, EndReason.ADJUSTED, day, "孩子转往其他县区")
        except PairingError as error:
            raise TransferError(str(error)) from error


def _finish(user: User, transfer: Transfer, child: Child, terms: Acceptance) -> None:
    transfer.refresh_from_db()
    transfer.answer, transfer.decided_by, transfer.decided_at = terms.answer, user, timezone.now()
    transfer.save(update_fields=["answer", "decided_by", "decided_at"])
    record(user, Action.UPDATE, transfer, reason="转接")
    settle(transfer)
    tell_asker(
        transfer,
        "申请转入的儿童已转来" if transfer.is_request else "转出的儿童已被接收",
        terms.answer,
    )
    # Who is like the child in the new county is the new county's to know.
    with opened(range_of(transfer.receiving_county)):
        child_saved.send(Child, child=child)


def child_of(transfer: Transfer) -> Child | None:
    """Return the child of a transfer, where the transaction sees it."""
    holding = Holding.objects.filter(transfer=transfer).select_related("child__region").first()
    if holding is not None:
        return Child.objects.select_related("region").filter(pk=holding.child_id).first()
    return Child.objects.select_related("region").filter(no=transfer.child_no or "-").first()
