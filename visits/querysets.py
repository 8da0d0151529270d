"""Named reads of visits, and of pairings and children by their last contact."""

import datetime
from collections.abc import Iterable
from typing import Any, Self

from django.db.models import (
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Greatest
from django.utils import timezone

from aixin.access.models import Role
from aixin.access.querysets import ScopedQuerySet, within
from aixin.access.regions import Level
from pairing.choices import State
from visits.cadence import cadence_days
from visits.choices import Answer

WINDOW_DAYS = 30


class VisitQuerySet(ScopedQuerySet):
    def standing(self) -> Self:
        """Visits that were not withdrawn: the ones that count."""
        return self.filter(withdrawn_at__isnull=True)

    def last_30_days(self, today: datetime.date | None = None) -> Self:
        """Visits of today and the 29 days before."""
        day = today or timezone.localdate()
        return self.standing().filter(date__gt=day - datetime.timedelta(days=WINDOW_DAYS), date__lte=day)

    def visible_to(self, user: Any) -> Self:
        """Staff: by the place the visit counts for or where its children live now; volunteers: their own."""
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active:
            return self.none()
        if post.role == Role.STAFF:
            links = self.model.visited.rel.related_model.objects
            here = self.model._default_manager.filter(within(post.region_id)).order_by().values("pk")
            follows = links.filter(within(post.region_id, "child__region_id")).order_by().values("visit_id")
            # Two searches by index; as one condition with OR the database reads every visit of the country.
            return self.filter(pk__in=here.union(follows))
        if post.role == Role.VOLUNTEER:
            return self.filter(Q(volunteers__user=user) | Q(recorded_by=user)).distinct()
        return self.none()

    def checked(self) -> Self:
        """已回访核实: whose guardian was reached and asked about it."""
        return self.filter(callbacks__answer__in=[Answer.WELL, Answer.TROUBLE, Answer.DENIED]).distinct()

    def denied(self) -> Self:
        """回访说没有这次走访: a guardian says that it did not take place."""
        return self.standing().filter(callbacks__answer=Answer.DENIED).distinct()

    def for_list(self) -> Self:
        return self.select_related("region", "recorded_by").prefetch_related("visited__child", "volunteers")

    def of_child(self, child: int) -> Self:
        """Standing visits that reached a child, the latest first."""
        return self.standing().filter(visited__child=child).order_by("-date", "-pk")

    def alike(self, author: Any, day: datetime.date, way: str, children: Iterable[int]) -> Self:
        """Standing visits of a day that one person wrote down of any of these children in the same way, the latest first."""
        links = self.model.visited.rel.related_model.objects.filter(child__in=list(children))
        hers = self.standing().filter(recorded_by=author, date=day, way=way)
        return hers.filter(pk__in=links.order_by().values("visit")).order_by("-pk")

    def agreed(self, child: int, today: datetime.date) -> Self:
        """Standing visits of a child whose next step lies ahead; of the latest one also without a date."""
        mine = self.of_child(child)
        latest = mine.values("pk")[:1]
        ahead = mine.filter(Q(next_on__gte=today) | Q(next_on=None, pk__in=latest))
        return ahead.exclude(next_step="", next_on=None).order_by("next_on", "-pk")


class PhotoQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Photos of the visits that the user may see."""
        visits = self.model.visit.field.related_model.objects.visible_to(user)
        return self.filter(visit__in=visits.values("pk"))

    def of_visit(self, visit: Any) -> Self:
        """Photos of a visit, without their content."""
        return self.filter(visit=visit).defer("content")


class CallAttemptQuerySet(QuerySet[Any]):
    def in_a_row(self, child: int, by: Q, visits: QuerySet[Any]) -> Self:
        """Calls to a child by one person that failed since anybody last wrote down a contact with it, in order."""
        met = visits.filter(visited__child=child, withdrawn_at=None).order_by("-recorded_at")
        rows = self.filter(by, child=child).annotate(met_at=Subquery(met.values("recorded_at")[:1]))
        return rows.filter(Q(met_at=None) | Q(at__gt=F("met_at"))).order_by("at", "pk")


class CallBackQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Staff: call-backs about the children of their region, wherever those were when it was arranged.

        What was passed on or let off is seen by the heads of a county and above alone: what becomes of it may betray
        that a guardian is not to be called.
        """
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active or post.role != Role.STAFF:
            return self.none()
        rows = self.filter(within(post.region_id, "child__region_id"))
        return rows if _is_head(post) else rows.filter(passed_at=None)

    def open(self) -> Self:
        """Calls still to be made, by whomever."""
        return self.filter(answered_at__isnull=True)

    def waiting(self) -> Self:
        """Calls still to be made by who was to make them."""
        return self.open().filter(passed_at=None)

    def to_make(self, user: Any) -> Self:
        """What the user is to call: what was given to her, and what was passed on where she heads the county."""
        rows = self.visible_to(user).open()
        hers = Q(assigned_to=user, passed_at=None)
        return rows.filter(hers | Q(passed_at__isnull=False) if _is_head(user.acting_post) else hers)

    def for_list(self) -> Self:
        return self.select_related("child__region", "assigned_to", "assigned_by")


def _is_head(post: Any) -> bool:
    return post is not None and post.is_head and post.level is not None and post.level <= Level.COUNTY


def last_contact(links: QuerySet[Any]) -> Subquery:
    """Return the date of the last standing visit in which a pairing's volunteer met its child."""
    dates = (
        links.filter(
            child=OuterRef("child"),
            visit__volunteers=OuterRef("volunteer"),
            visit__withdrawn_at__isnull=True,
        )
        .order_by()
        .values("child")
        .annotate(last=Max("visit__date"))
        .values("last")
    )
    return Subquery(dates, output_field=DateField())


def last_visit(links: Any) -> Subquery:
    """Return the date of a child's last standing visit, by whomever."""
    dates = (
        links.filter(child=OuterRef("pk"), visit__withdrawn_at__isnull=True)
        .order_by()
        .values("child")
        .annotate(last=Max("visit__date"))
        .values("last")
    )
    return Subquery(dates, output_field=DateField())


def with_last_contact(pairings: Any, links: Any) -> Any:
    """Annotate `contacted_on` and `contact_base`: the later of start and last contact."""
    return pairings.annotate(contacted_on=last_contact(links)).annotate(
        contact_base=Greatest(F("started_on"), F("contacted_on"))
    )


def overdue(pairings: Any, links: Any, today: datetime.date | None = None) -> Any:
    """超期: active pairings without contact for more than their place's days since start or last contact; 0 is never."""
    rows = with_last_contact(pairings.active().annotate(cadence=cadence_days()), links)
    late_on = ExpressionWrapper(F("contact_base") + F("cadence"), output_field=DateField())
    return (
        rows.filter(cadence__gt=0).annotate(late_on=late_on).filter(late_on__lt=today or timezone.localdate())
    )


def never_visited(children: Any, pairings: Any, links: Any) -> Any:
    """从未走访: registered children with an active pairing and no visit since the first of them began."""
    starts = (
        pairings.filter(child=OuterRef("pk"), state=State.ACTIVE)
        .order_by()
        .values("child")
        .annotate(first=Min("started_on"))
        .values("first")
    )
    visited = links.filter(
        child=OuterRef("pk"), visit__withdrawn_at__isnull=True, visit__date__gte=OuterRef("paired_since")
    )
    return children.annotate(paired_since=Subquery(starts, output_field=DateField())).filter(
        ~Exists(visited), paired_since__isnull=False
    )
