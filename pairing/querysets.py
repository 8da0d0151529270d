"""Named reads of pairings, and of children and volunteers by their pairings."""

from typing import Any, Self

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber

from aixin.access.querysets import ScopedQuerySet, within
from aixin.access.regions import ancestor_codes
from pairing.choices import OPEN_STATES, State


class PairingQuerySet(ScopedQuerySet):
    def active(self) -> Self:
        """已结对: paused or awaiting consent is not active (DESIGN section 5)."""
        return self.filter(state=State.ACTIVE)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def of_volunteer_user(self, user: Any) -> Self:
        """Active pairings of the volunteer who logs in as `user`."""
        return self.active().filter(volunteer__user=user)

    def for_list(self) -> Self:
        return self.select_related("child__region", "volunteer__region", "region")

    def to_verify(self) -> Self:
        """存量待核: came in by import, some paper or check is still missing."""
        return self.active().filter(to_verify=True)


class ProposalQuerySet(ScopedQuerySet):
    def locked(self) -> Self:
        """Proposals that staff fixed; every run keeps them."""
        return self.filter(locked=True)

    def for_list(self) -> Self:
        return self.select_related("child__region", "volunteer__region", "region")


class RunQuerySet(ScopedQuerySet):
    def outdated(self, code: str, kept: int) -> list[int]:
        """Keys of the runs of each county that come after so many newer ones."""
        place = Window(RowNumber(), partition_by="region_id", order_by="-pk")
        rows = self.within_region(code).order_by().annotate(place=place).filter(place__gt=kept)
        return list(rows.values_list("pk", flat=True))


class PolicyQuerySet(QuerySet[Any]):
    def reaching(self, code: str) -> Self:
        """Decisions of a region and of those above it, the province's first."""
        return self.filter(region__in=ancestor_codes(code)).order_by("region_id")

    def below(self, code: str) -> Self:
        """Decisions of places within a region, the wider ones first."""
        return self.filter(within(code)).exclude(region=code).order_by("region_id")


class NeighboursQuerySet(QuerySet[Any]):
    def touching(self, code: str) -> Self:
        """Neighbours of which at least one lies in a region."""
        return self.filter(within(code, "one_id") | within(code, "other_id"))


def paired_condition(pairings: PairingQuerySet) -> Exists:
    """Return the condition that a child has an active pairing."""
    return Exists(pairings.active().filter(child=OuterRef("pk")))


def paired(children: Any, pairings: PairingQuerySet) -> Any:
    """已结对 among the eligible children given."""
    return children.eligible().filter(paired_condition(pairings))


def unpaired(children: Any, pairings: PairingQuerySet) -> Any:
    """应结未结 among the eligible children given."""
    return children.eligible().filter(~paired_condition(pairings))


def candidates_for(child: Any, volunteers: Any) -> Any:
    """Volunteers whom the child may be given: qualified, not hers already; the nearest and least loaded first.

    Nearness is what codes tell: the same village, the same township, elsewhere.
    """
    place = child.region_id
    nearness = Case(When(region_id=place, then=0), When(within(place[:9]), then=1), default=2)
    return (
        volunteers.qualified()
        .exclude(pairings__in=child.pairings.filter(state__in=OPEN_STATES))
        .annotate(load=Count("pairings", filter=Q(pairings__state=State.ACTIVE)), nearness=nearness)
        .select_related("region")
        .order_by("nearness", "load", "region_id", "id")
    )
