"""Named reads of rounds, of what was answered, and of the children still to be confirmed."""

from typing import Any, Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from aixin.access.models import Role
from aixin.access.querysets import ScopedQuerySet, within
from aixin.access.regions import LENGTHS, ancestor_codes
from rounds.choices import Outcome


class RoundQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Staff: the rounds of their region, of places below it, and those from above that reach it."""
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active or post.role != Role.STAFF:
            return self.none()
        return self.filter(within(post.region_id) | Q(region__in=ancestor_codes(post.region_id)))

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def for_list(self) -> Self:
        return self.select_related("region", "opened_by")


class AnswerQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Staff: what was answered about the children of their region."""
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active or post.role != Role.STAFF:
            return self.none()
        return self.filter(within(post.region_id, "child__region_id"))

    def noteworthy(self) -> Self:
        """Answers after which somebody has to look: a change, or a child gone."""
        return self.exclude(outcome=Outcome.STILL)

    def for_list(self) -> Self:
        return self.select_related("child__region", "answered_by")


def asked_about(children: Any, found: Any) -> Any:
    """Return the children on the roster that a round asks about: those who had a record when it began."""
    return children.registered().filter(within(found.region_id), pk__lte=found.newest_child)


def newcomers(children: Any, found: Any) -> Any:
    """新增: the children who came onto the roster since the round began."""
    return children.registered().filter(within(found.region_id), pk__gt=found.newest_child)


def unanswered(children: Any, found: Any) -> Any:
    """Return the children about whom nobody has said anything yet."""
    return asked_about(children, found).filter(~answered_in(found))


def answered_in(found: Any) -> Exists:
    """Return the condition that a child has an answer in a round."""
    return Exists(found.answers.model.objects.filter(round=found.pk, child=OuterRef("pk")))


def count_by_place(rows: Any, code: str, field: str, **counts: Any) -> dict[str, dict[str, int]]:
    """Return the counts of rows for each place one level below a region, by its code; one query."""
    length = LENGTHS[min(LENGTHS.index(len(code)) + 1, len(LENGTHS) - 1)]
    from_code = rows.order_by().annotate(place=Left(field, length))
    found = from_code.values("place").annotate(**(counts or {"number": Count("pk")}))
    return {row.pop("place"): row for row in found}
