"""Regions, users and posts: who may stand where (DESIGN section 1)."""

from typing import Any, ClassVar

import pghistory
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property

from aixin.access.querysets import PostQuerySet, RegionQuerySet, ScopedQuerySet, TrustedPhoneQuerySet
from aixin.access.regions import Level, ancestor_codes, level_of, parent_code
from aixin.privacy.fields import BlindIndexField, EncryptedField, index_of


class Region(models.Model):
    """A place; its code is its path (GB/T 2260 and the statistical code below it)."""

    code = models.CharField("区划代码", max_length=12, primary_key=True, db_collation="C")
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=60, db_index=True)
    place = models.CharField("地点", max_length=120, help_text="乡镇和村，如“凤城镇 西街社区”")
    level = models.PositiveSmallIntegerField("级别", choices=Level)
    retired = models.BooleanField("已撤销", default=False)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "地区"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def parent_code(self) -> str | None:
        return parent_code(self.code)

    @property
    def ancestor_codes(self) -> list[str]:
        return ancestor_codes(self.code)


class ScopedModel(models.Model):
    """A row that belongs to a place (DESIGN section 3.2)."""

    region = models.ForeignKey(
        Region, verbose_name="地区", on_delete=models.PROTECT, db_column="region_code", related_name="+"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class AppUserManager(UserManager["User"]):
    def _create_user(self, username: str, email: Any, password: str | None, **extra: Any) -> "User":
        """Create a user without the mail address that Django's own manager insists on."""
        user: User = self.model(username=username, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def by_login(self, login: str) -> "User | None":
        """Return the one user with this name, or else with this phone; one query, whoever is meant."""
        index = index_of(login)
        found = list(self.filter(Q(username=login) | Q(phone_index=index, phone_index__isnull=False)))
        named = [user for user in found if user.username == login]
        return named[0] if named else found[0] if len(found) == 1 else None

    def by_phone(self, phone: str) -> "User | None":
        """Return the one user with this phone, or None when there is none or the phone is shared."""
        found = list(self.filter(phone_index=index_of(phone), phone_index__isnull=False)[:2])
        return found[0] if len(found) == 1 else None

    def tried(self, login: str) -> "User | None":
        """Return the account that a log-in was for, with the region of its first post as `region_id`, or None.

        One query whether it exists or not, so that time tells nothing.
        """
        phone = Q(phone_index=index_of(login), phone_index__isnull=False)
        first_post = Post.objects.current().filter(user=OuterRef("pk")).order_by("id")
        found = self.filter(Q(username=login) | phone).annotate(region_id=first_post.values("region_id")[:1])
        return found.order_by("pk").first()


class User(AbstractUser):
    """A person who logs in. What she may do follows from the post she acts in."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = None  # type: ignore[assignment]
    display_name = models.CharField("姓名", max_length=40)
    phone = EncryptedField("手机号", blank=True, default="")
    phone_index = BlindIndexField(source="phone", db_index=True)

    REQUIRED_FIELDS: ClassVar[list[str]] = []
    EMAIL_FIELD = "username"
    objects = AppUserManager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.display_name or self.username

    @cached_property
    def current_posts(self) -> list["Post"]:
        """Posts that hold today, the oldest first."""
        return list(self.posts.current().select_related("region"))

    @property
    def shown_posts(self) -> str:
        """Every post of the user in words; reads the prefetched rows."""
        return "、".join(post.label for post in self.posts.all())

    @property
    def acting_post(self) -> "Post | None":
        """The one post acted in; by default the first that holds. Without a post nothing is visible.

        A volunteer who is a village's chair too comes in as that, where her own pairs stand as well.
        """
        chosen: Post | None = self.__dict__.get("_acting_post")
        if chosen is not None:
            return chosen
        return self._first_post if self.is_active and self.current_posts else None

    @property
    def _first_post(self) -> "Post":
        first = self.current_posts[0]
        chairs = (post for post in self.current_posts if post.is_chair and first.role == Role.VOLUNTEER)
        return next(chairs, first)

    @property
    def logs_in_by_phone(self) -> bool:
        """Whether an SMS code alone opens the account: volunteers and village chairs, nobody with a wider post."""
        return (
            self.is_active and bool(self.current_posts) and all(p.is_of_the_phone for p in self.current_posts)
        )

    def act_as(self, post: "Post") -> None:
        """Act in another of the user's own current posts; raise ValueError for anyone else's."""
        if post not in self.current_posts:
            raise ValueError("not a current post of this user")
        self.__dict__["_acting_post"] = post


class Role(models.TextChoices):
    STAFF = "STAFF", "妇联工作人员"
    VOLUNTEER = "VOLUNTEER", "爱心妈妈"
    OFFICIAL = "OFFICIAL", "领导"
    SYSADMIN = "SYSADMIN", "系统管理员"
    AUDITOR = "AUDITOR", "审计员"


REGIONAL_ROLES = (Role.STAFF, Role.VOLUNTEER, Role.OFFICIAL)


@pghistory.track()
class Post(models.Model):
    """A user's role at a region, for a time."""

    user = models.ForeignKey(User, verbose_name="账号", on_delete=models.CASCADE, related_name="posts")
    role = models.CharField("角色", max_length=12, choices=Role)
    region = models.ForeignKey(
        Region, verbose_name="地区", null=True, blank=True, on_delete=models.PROTECT, db_column="region_code"
    )
    is_head = models.BooleanField("负责人", default=False)
    starts_on = models.DateField("起始日期", default=timezone.localdate)
    ends_on = models.DateField("截止日期", null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "region"], nulls_distinct=False, name="one_post_a_role_and_region"
            ),
            models.CheckConstraint(
                condition=~Q(role__in=REGIONAL_ROLES) | Q(region__isnull=False),
                name="regional_role_has_region",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.region_id or ''}".strip()

    @property
    def level(self) -> Level | None:
        """Level of the region acted at, None for the whole system."""
        return level_of(self.region_id) if self.region_id else None

    @property
    def is_county_or_below(self) -> bool:
        return self.level is not None and self.level >= Level.COUNTY

    @property
    def is_below_county(self) -> bool:
        return self.level is not None and self.level > Level.COUNTY

    @property
    def is_of_the_phone(self) -> bool:
        """Whether the post is held with a phone in the hand: a volunteer's, a village chair's."""
        return self.role == Role.VOLUNTEER or self.is_chair

    @property
    def is_chair(self) -> bool:
        """Whether the post is at a village's office: its chair (村妇联主席)."""
        return self.role == Role.STAFF and self.level == Level.VILLAGE

    def covers(self, code: str) -> bool:
        """Return whether a region code lies in the post's region."""
        return bool(self.region_id) and code.startswith(self.region_id or "-")

    @property
    def label(self) -> str:
        """Region and role as the switcher shows them."""
        place = self.region.name if self.region else ""
        return {Role.STAFF: f"{place}妇联", Role.VOLUNTEER: f"{place} 爱心妈妈"}.get(
            Role(self.role), f"{place} {self.get_role_display()}".strip()
        )


class TrustedPhone(models.Model):
    """A phone that opens with a PIN instead of an SMS code; only digests of its token and PIN are kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="trusted_phones")
    token_hash = models.CharField(max_length=64, unique=True)
    pin_hash = models.CharField(max_length=128)
    label = models.CharField("设备", max_length=40)
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    last_used_at = models.DateTimeField("最近使用", null=True)
    expires_at = models.DateTimeField("有效至")

    objects = TrustedPhoneQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "信任的手机"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"phone {self.pk}"


def acting_role(user: Any) -> str:
    """Return the role a user acts in, or an empty string without a post."""
    post = getattr(user, "acting_post", None)
    return post.role if post else ""
