"""Named reads of transfers."""

from typing import Any, Self

from django.db.models import Exists, OuterRef, Q

from aixin.access.models import Role
from aixin.access.querysets import ScopedQuerySet, within
from transfers.choices import Kind, State


class TransferQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Staff: transfers that their region receives, has begun, or whose child it holds; annotates `held`."""
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active or post.role != Role.STAFF:
            return self.none()
        holdings = self.model.holding.related.related_model.objects
        held = Exists(holdings.filter(within(post.region_id), transfer=OuterRef("pk")))
        sides = self.annotate(held=held)
        return sides.filter(within(post.region_id) | within(post.region_id, "office_id") | Q(held=True))

    def open(self) -> Self:
        return self.filter(state=State.OPEN)

    def finished(self) -> Self:
        return self.exclude(state=State.OPEN)

    def outgoing(self) -> Self:
        """Of those visible to a user: the ones whose child her region holds."""
        return self.filter(held=True)

    def incoming(self) -> Self:
        """Of those visible to a user: the ones by which a child comes to her region."""
        return self.filter(held=False)

    def awaiting(self, user: Any) -> Self:
        """Open transfers that a county has to decide: requests for its children, offers to it."""
        post = user.acting_post
        requests = Q(kind=Kind.REQUEST, held=True)
        offers = Q(within(post.region_id), kind=Kind.OFFER)
        return self.visible_to(user).open().filter(requests | offers)

    def for_list(self) -> Self:
        return self.select_related("region", "office", "asked_by", "decided_by")
