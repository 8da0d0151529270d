"""Named reads of regions and posts, and the scope that every scoped model shares."""

from collections.abc import Callable
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from aixin.access.regions import LENGTHS, upper_bound


def within(code: str, field: str = "region_id") -> Q:
    """Return the condition that a region column lies in `code` or below it: one B-tree range."""
    return Q(**{f"{field}__gte": code, f"{field}__lt": upper_bound(code)})


class RegionQuerySet(models.QuerySet[Any]):
    def below(self, code: str) -> Self:
        """Regions at `code` and below it."""
        return self.filter(code__gte=code, code__lt=upper_bound(code))

    def children_of(self, code: str) -> Self:
        """Regions one level below `code` that still stand."""
        position = LENGTHS.index(len(code))
        if position + 1 == len(LENGTHS):
            return self.none()
        return self.below(code).filter(level=position + 2, retired=False)


class PostQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        """Posts that hold today."""
        today = timezone.localdate()
        return self.standing().filter(starts_on__lte=today)

    def standing(self) -> Self:
        """Posts that have not ended: those that hold today and those that begin later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate()))


class TrustedPhoneQuerySet(models.QuerySet[Any]):
    def valid(self) -> Self:
        """Phones whose thirty days are not over."""
        return self.filter(expires_at__gt=timezone.now())


VolunteerScope = Callable[[Any], Q]
_volunteer_scopes: dict[str, VolunteerScope] = {}


def register_volunteer_scope(model_label: str, scope: VolunteerScope) -> None:
    """Let a higher app state which rows of a model a volunteer may see."""
    _volunteer_scopes[model_label] = scope


class ScopedQuerySet(models.QuerySet[Any]):
    def within_region(self, code: str) -> Self:
        """Rows at a region and below it, whoever asks: for figures, never for rows on a page."""
        return self.filter(within(code))

    def visible_to(self, user: Any) -> Self:
        """Rows that the user may see in the post acted in; none without a post (DESIGN section 1)."""
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active:
            return self.none()
        if post.role == "STAFF":
            return self.within_region(post.region_id)
        if post.role == "VOLUNTEER":
            return self._visible_to_volunteer(user)
        return self.none()

    def unlocked(self) -> Self:
        """Rows that may be changed and revealed; a model that locks rows narrows this."""
        return self.all()

    def _visible_to_volunteer(self, user: Any) -> Self:
        scope = _volunteer_scopes.get(self.model._meta.label_lower)
        return self.filter(scope(user)) if scope else self.none()
