"""Named reads of accounts and invitations. Accounts are an open table, so the scope is held here and in `rights`."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery
from django.utils import timezone

from aixin.access.models import Post, Role, User
from aixin.access.querysets import within
from aixin.access.regions import Level
from aixin.accounts.choices import GRANTED_BY_STAFF, InvitationKind
from aixin.privacy.fields import index_of


def handled_by(code: str) -> Q:
    """Return the condition on posts that the office at `code` handles: staff below it, volunteers in it."""
    below = Q(role__in=GRANTED_BY_STAFF) & ~Q(region_id=code)
    return within(code) & (below | Q(role=Role.VOLUNTEER))


class AccountQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Accounts that the user's office handles: with a post below its level and inside its region.

        Who holds no post any more stays with the office that had her last. A system administrator sees all.
        """
        post = user.acting_post
        if post is None or not user.is_active:
            return self.none()
        if post.role == Role.SYSADMIN:
            return self.all()
        if post.role != Role.STAFF or post.level == Level.VILLAGE:
            return self.none()
        handled = Post.objects.filter(handled_by(post.region_id))
        ended = Q(pk__in=handled.values("user")) & ~Q(pk__in=Post.objects.standing().values("user"))
        return self.filter(Q(pk__in=handled.standing().values("user")) | ended)

    def with_state(self) -> Self:
        """Accounts with `waiting`: invited to open it, and not yet come."""
        oneself = User.objects.filter(pk=OuterRef("pk"))
        invited = oneself.filter(invitations__kind=InvitationKind.JOIN)
        joined = oneself.filter(invitations__kind=InvitationKind.JOIN, invitations__accepted_at__isnull=False)
        return self.annotate(waiting=Q(is_active=False) & Exists(invited) & ~Exists(joined))

    def for_list(self) -> Self:
        """Accounts with state and posts, by place."""
        posts = Post.objects.select_related("region").order_by("region_id", "id")
        place = posts.standing().filter(user=OuterRef("pk")).values("region_id")[:1]
        return (
            self.with_state()
            .prefetch_related(Prefetch("posts", posts))
            .annotate(place=Subquery(place))
            .order_by(F("place").asc(nulls_last=True), "pk")
        )

    def with_text(self, text: str) -> Self:
        """Accounts whose name holds the text, whose user name begins with it, or whose whole phone it is."""
        wanted = text.strip()
        if not wanted:
            return self
        named = Q(display_name__contains=wanted) | Q(username__istartswith=wanted)
        return self.filter(named | Q(phone_index=index_of(wanted)))

    def with_post(self, **condition: Any) -> Self:
        """Accounts with a standing post that fits."""
        return self.filter(pk__in=Post.objects.standing().filter(**condition).values("user"))

    def in_region(self, code: str) -> Self:
        """Accounts with a standing post at a region or below it."""
        return self.filter(pk__in=Post.objects.standing().filter(within(code)).values("user"))


class InvitationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Invitations that the user's office handles; the database holds the same range."""
        post = user.acting_post
        if post is None or not user.is_active:
            return self.none()
        if post.role == Role.SYSADMIN:
            return self.all()
        if post.role != Role.STAFF or post.level == Level.VILLAGE:
            return self.none()
        own = Q(region_id=post.region_id) & ~Q(kind=InvitationKind.ROSTER)
        return self.filter(within(post.region_id)).exclude(own)

    def open(self) -> Self:
        """Neither accepted nor taken back; it may have run out."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def usable(self) -> Self:
        """Open ones that have not run out."""
        return self.open().filter(expires_at__gt=timezone.now())
