"""Requests about a person's data and their end: atomic, audited, safe against a second click."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.access.authority import heads_of
from aixin.access.erasure import erase_everywhere
from aixin.access.models import Role
from aixin.access.regions import Level
from aixin.access.scope import EVERYTHING, opened
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.rights.choices import Basis, State
from aixin.rights.models import Erasure, RightsRequest, due_date
from aixin.rights.subjects import Roster, roster_of


def may_erase(user: Any) -> bool:
    """Return whether the user confirms erasures: the county's head, or its staff where no other is marked as head."""
    post = getattr(user, "acting_post", None)
    if post is None or post.role != Role.STAFF or post.level != Level.COUNTY:
        return False
    return bool(post.is_head or not heads_of(post.region_id).exclude(pk=user.pk).exists())


@transaction.atomic
def file_request(actor: Any, roster: Roster, person: Any, request: RightsRequest) -> RightsRequest:
    """Store a request about a person and start its clock; return it, or the same one that is open already."""
    locked = roster.model._default_manager.select_for_update(of=("self",)).get(pk=person.pk)
    known = RightsRequest.objects.about(roster.label, locked.pk).open().filter(kind=request.kind).first()
    if known is not None:
        return known  # type: ignore[no-any-return]
    request.label, request.object_pk, request.public_no = roster.label, locked.pk, locked.no
    request.region_id, request.recorded_by = locked.region_id, actor
    request.due_on = due_date(request.received_on)
    request.save()
    record(actor, Action.CREATE, request, kind=request.kind, about=roster.label, about_id=locked.pk)
    return request


@transaction.atomic
def answer(actor: Any, request: RightsRequest, state: State, remark: str) -> RightsRequest:
    """Close an open request as done or declined and return it; a closed one stays as it is."""
    locked: RightsRequest = RightsRequest.objects.select_for_update().get(pk=request.pk)
    if locked.is_open:
        _close(actor, locked, state, remark)
        record(actor, Action.UPDATE, locked, state=state)
    return locked


def _close(actor: Any, request: RightsRequest, state: State, remark: str) -> None:
    request.state, request.remark = state, remark
    request.done_on, request.done_by = timezone.localdate(), actor
    request.save()


@transaction.atomic
def erase(
    actor: Any, label: str, pk: int, basis: Basis = Basis.REQUEST, request: RightsRequest | None = None
) -> Erasure:
    """Remove a person's data everywhere and return the certificate; a second call returns the first one.

    The person leaves the roster first, which ends her pairings. `actor` is None when the system acts on the date.
    """
    roster = roster_of(label)
    person = roster.model._default_manager.select_for_update(of=("self",)).get(pk=pk)
    if person.is_erased:
        return Erasure.objects.get(label=label, object_pk=pk)
    roster.leave(actor, person)
    person.refresh_from_db()
    subject = roster.describe(person)
    erasure = Erasure.objects.create(
        label=label, object_pk=pk, public_no=person.no, basis=basis, request=request, erased_by=actor,
        region_id=person.region_id[:9],
    )  # fmt: skip
    if request is not None:
        _close(actor, request, State.DONE, "")
    # She may stand in files and records of other offices, above and beside the actor's own.
    with opened(EVERYTHING):
        erasure.removed = erase_everywhere(subject)
    erasure.save(update_fields=["removed"])
    record(actor, Action.ERASE, person, reason=str(Basis(basis).label), erasure=erasure.pk)
    return erasure
