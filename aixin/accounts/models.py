"""Accounts as an office sees them, and the links by which people come into theirs."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from aixin.access.models import Post, Region, Role, ScopedModel, User
from aixin.access.regions import Level
from aixin.accounts.choices import AccountState, InvitationKind
from aixin.accounts.querysets import AccountQuerySet, InvitationQuerySet
from aixin.privacy.masks import mask_phone


class Account(User):
    """A user as those see her who give her posts."""

    waiting: bool

    objects = AccountQuerySet.as_manager()  # type: ignore[assignment, misc]

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "账号"

    @cached_property
    def standing_posts(self) -> list[Post]:
        """Posts that have not ended; reads the prefetched rows."""
        today = timezone.localdate()
        return [post for post in self.posts.all() if post.ends_on is None or post.ends_on >= today]

    @property
    def deciding_posts(self) -> list[Post]:
        """Posts that say whose account it is: the standing ones, or of who holds none any more, all she had."""
        return self.standing_posts or list(self.posts.all())

    @property
    def post_labels(self) -> str:
        return "、".join(full_label(post) for post in self.standing_posts)

    @property
    def state(self) -> AccountState:
        """State of an account read by `with_state`."""
        if self.is_active:
            return AccountState.ACTIVE
        return AccountState.WAITING if self.waiting else AccountState.CLOSED

    @property
    def is_volunteers_alone(self) -> bool:
        """Whether nothing but a volunteer's posts stands: she logs in by phone and has no password."""
        return {post.role for post in self.deciding_posts} == {Role.VOLUNTEER}

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)


def full_label(post: Post) -> str:
    """Return a post in words with the township of a village, for village names repeat: 凤城镇 西街社区妇联."""
    if post.level != Level.VILLAGE or post.region is None:
        return post.label
    return post.label.replace(post.region.name, post.region.place, 1)


def is_chair(post: Post) -> bool:
    """Return whether a post is that of a village women's chair."""
    return post.role == Role.STAFF and post.level == Level.VILLAGE


class Invitation(ScopedModel):
    """A link, good for seven days and one use. It holds ids and a digest: the token itself is never stored.

    Whom it is for: an account, or as `subject` a person on a roster who gets one by accepting ("volunteer:12").
    """

    region = models.ForeignKey(  # type: ignore[assignment]
        Region, verbose_name="地区", null=True, on_delete=models.PROTECT, db_column="region_code", related_name="+"
    )  # fmt: skip
    kind = models.CharField("种类", max_length=8, choices=InvitationKind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="账号",
        null=True,
        on_delete=models.PROTECT,
        related_name="invitations",
    )
    subject = models.CharField("名册上的人", max_length=40, blank=True, db_index=True)
    token_hash = models.CharField("链接摘要", max_length=64, unique=True)
    office = models.CharField("邀请单位", max_length=80)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="邀请人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("发出时间", auto_now_add=True)
    expires_at = models.DateTimeField("有效期至")
    accepted_at = models.DateTimeField("接受时间", null=True)
    revoked_at = models.DateTimeField("撤销时间", null=True)

    objects = InvitationQuerySet.as_manager()  # type: ignore[assignment, misc]

    class Meta:
        verbose_name = verbose_name_plural = "邀请"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, subject="") | Q(user__isnull=True) & ~Q(subject=""),
                name="invitation_for_one",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_a_user",
            ),
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True) & ~Q(subject=""),
                name="one_open_invitation_a_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def has_run_out(self) -> bool:
        return self.expires_at <= timezone.now()
