"""Named reads of teams, organisations, claims and postings."""

import datetime
from typing import Self

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from aixin.access.querysets import ScopedQuerySet
from organisations.choices import ClaimState, OfferingState
from pairing.models import Pairing


class GroupQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        """Those that still exist."""
        return self.filter(closed_on__isnull=True)

    def closed(self) -> Self:
        return self.filter(closed_on__isnull=False)

    def unlocked(self) -> Self:
        """Those that may be changed."""
        return self.open()

    def with_counts(self) -> Self:
        """Annotate `members` (人 who belong to it today) and `pairs` (对: their active pairings)."""
        memberships = self.model.memberships.rel.related_model.objects.current().order_by()
        owner = self.model.memberships.field.attname
        members = (
            memberships.filter(**{owner: OuterRef("pk")})
            .values(owner)
            .annotate(n=Count("volunteer", distinct=True))
            .values("n")
        )
        theirs = memberships.filter(**{owner: OuterRef(OuterRef("pk"))}).values("volunteer")
        active = Pairing.objects.active().order_by().filter(volunteer__in=theirs)
        pairs = active.annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
        return self.annotate(members=Coalesce(Subquery(members), 0), pairs=Coalesce(Subquery(pairs), 0))

    def for_list(self) -> Self:
        return self.select_related("region").with_counts()


class MemberQuerySet(ScopedQuerySet):
    def current(self) -> Self:
        """Memberships that hold today."""
        today = timezone.localdate()
        return self.filter(since__lte=today).filter(Q(until__isnull=True) | Q(until__gt=today))

    def standing(self) -> Self:
        """Memberships that were not ended."""
        return self.filter(until__isnull=True)

    def of_volunteer(self, volunteer: int) -> Self:
        return self.filter(volunteer=volunteer)

    def with_people(self) -> Self:
        """Members with place and active pairings, by name."""
        active = Prefetch("volunteer__pairings", Pairing.objects.active(), to_attr="active_pairings")
        rows = self.select_related("volunteer__region").prefetch_related(active)
        return rows.order_by("volunteer__initials", "pk")


class LinkQuerySet(ScopedQuerySet):
    def valid(self) -> Self:
        """Links that open today."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())


class OfferingQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.filter(state=OfferingState.OPEN)

    def free(self) -> Self:
        """Open and claimed by nobody."""
        return self.open().filter(held=False)

    def of_child(self, child: int) -> Self:
        return self.filter(child=child)

    def for_list(self) -> Self:
        return self.select_related("child__region")


class ClaimQuerySet(ScopedQuerySet):
    def held(self) -> Self:
        """Claims that wait for the county."""
        return self.filter(state=ClaimState.HELD)

    def decided(self) -> Self:
        return self.exclude(state=ClaimState.HELD)

    def overdue(self, made_before: datetime.datetime) -> Self:
        return self.held().filter(made_at__lt=made_before)

    def for_list(self) -> Self:
        return self.select_related("offering__child__region", "organisation", "volunteer")


class PostingQuerySet(ScopedQuerySet):
    def current(self) -> Self:
        """Postings that hold today."""
        today = timezone.localdate()
        return self.filter(since__lte=today).filter(Q(until__isnull=True) | Q(until__gte=today))

    def standing(self) -> Self:
        """Postings that have not ended: those of today and those to come."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=timezone.localdate()))

    def overlapping(self, since: datetime.date, until: datetime.date | None) -> Self:
        """Postings that share a day with a period."""
        later = self.filter(Q(until__isnull=True) | Q(until__gte=since))
        return later if until is None else later.filter(since__lte=until)

    def of_volunteer(self, volunteer: int) -> Self:
        return self.filter(volunteer=volunteer)
