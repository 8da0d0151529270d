"""Named reads of pairings, and of children and volunteers by their pairings."""

import datetime
from typing import Any, Self

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Greatest, RowNumber, TruncDate
from django.utils import timezone

from aixin.access.models import Role
from aixin.access.querysets import ScopedQuerySet, within
from aixin.access.regions import Level, ancestor_codes
from pairing.choices import LONGEST_PAUSE_DAYS, OPEN_STATES, PENDING_STATES, PRESENT_STATES, State, StepKind


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

    def before(self, pairing: Any) -> Self:
        """Ended pairings of the same child with others, which this one may follow; the latest first."""
        ended = self.filter(child=pairing.child_id, state=State.ENDED, pk__lt=pairing.pk)
        others = ended.exclude(volunteer=pairing.volunteer_id).select_related("volunteer")
        return others.prefetch_related("handovers").order_by("-ended_on", "-pk")

    def to_verify(self) -> Self:
        """存量待核: came in by import, some paper or check is still missing."""
        return self.active().filter(to_verify=True)

    def pending(self) -> Self:
        """Not begun: proposed, before the county, or before the guardian."""
        return self.filter(state__in=PENDING_STATES)

    def without_agreement(self) -> Self:
        """已结对 without a signed 安全责任书."""
        return self.active().filter(agreement_signed=False)

    def without_main(self) -> Self:
        """已结对 of children none of whose volunteers is the main one."""
        main = self.model.objects.active().filter(is_main=True, child=OuterRef("child"))
        return self.active().filter(~Exists(main))

    def without_clearance(self, volunteers: Any) -> Self:
        """已结对 whose volunteer has no 准入查询 that holds today."""
        return self.active().exclude(volunteer__in=volunteers.cleared())

    def paused_too_long(self) -> Self:
        """暂停 for more days than `LONGEST_PAUSE_DAYS`; counted from the last change where no step says since when."""
        steps = self.model.steps.rel.related_model.objects.filter(
            pairing=OuterRef("pk"), kind=StepKind.PAUSED
        )
        since = Coalesce(Subquery(steps.order_by("-day").values("day")[:1]), TruncDate("updated_at"))
        limit = timezone.localdate() - datetime.timedelta(days=LONGEST_PAUSE_DAYS)
        return self.filter(state=State.PAUSED).annotate(paused_on=since).filter(paused_on__lt=limit)


def _staff_region(user: Any) -> str | None:
    post = getattr(user, "acting_post", None)
    return post.region_id if post is not None and user.is_active and post.role == Role.STAFF else None


class PairingPartQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Staff: rows of the pairings of their region's children."""
        code = _staff_region(user)
        return self.filter(within(code, "pairing__region_id")) if code else self.none()


class DoorReportQuerySet(PairingPartQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Staff of a county and above: what a family says may be about the township or the village itself."""
        code = _staff_region(user)
        high = code is not None and user.acting_post.level <= Level.COUNTY
        return super().visible_to(user) if high else self.none()

    def unlocked(self) -> Self:
        """All of them: none is locked."""
        return self.all()

    def open(self) -> Self:
        """Reports that nobody has dealt with."""
        return self.filter(handled_at__isnull=True)

    def for_list(self) -> Self:
        return self.select_related("pairing__child", "pairing__volunteer", "pairing__region", "handled_by")


class PortraitQuerySet(QuerySet[Any]):
    def of_volunteer(self, volunteer: int) -> Self:
        return self.filter(volunteer=volunteer)


class RuleQuerySet(QuerySet[Any]):
    def reaching(self, code: str) -> Self:
        """Decisions of a region and of those above it, the nearest first."""
        return self.filter(region__in=ancestor_codes(code)).order_by("-region_id")


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

    def wanted_at(self, place: Any) -> Any:
        """How many volunteers a child at a place (an expression) is to have: what the nearest region decided."""
        around = self.filter(wanted__isnull=False).annotate(place=Cast(place, CharField()))
        return around.filter(place__startswith=F("region_id")).order_by("-region_id").values("wanted")[:1]


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


def lacking(children: Any, pairings: PairingQuerySet, proposals: Any, policies: Any) -> Any:
    """应结 with fewer volunteers, present and proposed, than they are to have; how many fewer as `lacks`."""
    wanted = Coalesce(F("wanted_volunteers"), Subquery(policies.wanted_at(OuterRef("region_id"))), 1)
    present = _number_of_child(pairings.filter(state__in=PRESENT_STATES))
    found = children.eligible().annotate(lacks=wanted - present - _number_of_child(proposals))
    return found.filter(lacks__gt=0)


def _number_of_child(rows: Any) -> Coalesce:
    mine = rows.filter(child=OuterRef("pk")).order_by().values("child")
    return Coalesce(Subquery(mine.annotate(number=Count("pk")).values("number")), 0)


def with_waiting_since(children: Any, pairings: PairingQuerySet) -> Any:
    """Annotate `waits_since`: registered, or left by its last volunteer, whichever is later."""
    ends = pairings.filter(child=OuterRef("pk"), state=State.ENDED).order_by().values("child")
    last_end = Subquery(ends.annotate(last=Max("ended_on")).values("last"))
    return children.annotate(waits_since=Greatest(F("registered_on"), last_end))


def free(volunteers: Any, pairings: PairingQuerySet) -> Any:
    """Volunteers who may be given another child today, with how many as `spare`: qualified, cleared, not full."""
    held = pairings.open().filter(volunteer=OuterRef("pk")).order_by().values("volunteer")
    number = Subquery(held.annotate(number=Count("pk")).values("number"))
    return (
        volunteers.qualified()
        .cleared()
        .annotate(spare=F("capacity") - Coalesce(number, 0))
        .filter(spare__gt=0)
    )


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
