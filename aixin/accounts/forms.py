"""Forms of accounts. They offer what the actor may give; the services check it again."""

import re
from itertools import groupby
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from aixin.access.models import Region, Role, User
from aixin.access.regions import LENGTHS, Level
from aixin.accounts.choices import SYSTEM_ROLES
from aixin.accounts.rights import grantable_roles, is_system, may_mark_head
from aixin.accounts.services import Grant, Newcomer
from aixin.exchange.identity import clean_typed_name, clean_typed_phone
from aixin.web.widgets import DayInput

MOBILE = re.compile(r"1\d{10}")
# A letter first: a name that is a number could stand in the way of somebody's phone at the log-in.
USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{3,29}")
# An office sets up the two levels below it; the levels below those do so themselves.
LEVELS_OFFERED = 2
ROLE_LABELS = {Role.STAFF: "妇联工作人员", Role.OFFICIAL: "领导（只看汇总数字）"}


class PlaceBelowField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A region strictly below the actor's own; any is accepted, those of the next two levels are offered."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Region.objects.none(), **kwargs)

    def limit_to(self, user: User) -> None:
        """Offer and accept the places for which the user gives posts."""
        self.queryset, deepest = _places_below(user)
        offered = self.queryset.filter(level__lte=deepest)
        self.widget.choices = [("", "请选择"), *_grouped(list(offered))]


def _places_below(user: User) -> tuple[QuerySet[Region], Level]:
    """Return every place below the user's own, and the deepest level that is offered."""
    standing = Region.objects.filter(retired=False)
    post = user.acting_post
    if post is None or post.region_id is None or post.level is None:
        return standing, Level.COUNTY
    below = standing & Region.objects.below(post.region_id).exclude(code=post.region_id)
    return below, Level(min(post.level + LEVELS_OFFERED, Level.VILLAGE))


def _grouped(places: list[Region]) -> list[tuple[str, Any]]:
    """Return options: each place of the highest level as a group, itself first, with those below it."""
    if not places:
        return []
    length = LENGTHS[min(place.level for place in places) - 1]
    groups = []
    for _, found in groupby(places, key=lambda place: place.code[:length]):
        members = list(found)
        groups.append((members[0].name, [(place.code, place.name) for place in members]))
    return groups


def _mobile(typed: str) -> str:
    """Return the mobile number typed, or an empty string of nothing; raise ValidationError for anything else."""
    if not typed.strip():
        return ""
    phone = clean_typed_phone(typed)
    if not MOBILE.fullmatch(phone):
        raise ValidationError("请填11位手机号；座机不能用来登录。")
    return phone


class GrantForm(forms.Form):
    """A post to give."""

    role = forms.ChoiceField(label="岗位")
    region = PlaceBelowField(label="地区", error_messages={"required": "请选择下级地区。"})
    is_head = forms.BooleanField(
        label="负责人", required=False, help_text="负责人审批本级的申请，接收本级的提醒。"
    )
    ends_on = forms.DateField(
        label="截止日期", required=False, widget=DayInput(), help_text="到期后自动失效；长期的不填。"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        roles = grantable_roles(user)
        self.fields["role"].choices = [(role.value, ROLE_LABELS.get(role, role.label)) for role in roles]  # type: ignore[attr-defined]
        self.fields["region"].required = not is_system(user)
        self.fields["region"].limit_to(user)  # type: ignore[attr-defined]
        if not may_mark_head(user):
            del self.fields["is_head"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = self._layout()

    def _layout(self) -> Layout:
        return Layout(_row("role", "region"), _half("ends_on"), *self._head())

    def _head(self) -> list[str]:
        return ["is_head"] if "is_head" in self.fields else []

    def clean_ends_on(self) -> Any:
        day = self.cleaned_data["ends_on"]
        if day and day < timezone.localdate():
            raise ValidationError("截止日期不能早于今天。")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        role, region = cleaned.get("role"), cleaned.get("region")
        if role in SYSTEM_ROLES and region:
            self.add_error("region", "系统管理员和审计员不属于某个地区，请不要选。")
        if role and role not in SYSTEM_ROLES and not region and "region" not in self.errors:
            self.add_error("region", "请选择地区。")
        if cleaned.get("is_head") and role != Role.STAFF:
            self.add_error("is_head", "只有妇联工作人员可以是负责人。")
        return cleaned

    @property
    def grant(self) -> Grant:
        """The post asked for, of a valid form."""
        cleaned = self.cleaned_data
        region = cleaned["region"]
        return Grant(
            cleaned["role"],
            region.code if region else None,
            is_head=bool(cleaned.get("is_head")),
            ends_on=cleaned["ends_on"],
        )


class AccountForm(GrantForm):
    """A new account and its first post. Nobody types a password for somebody else."""

    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(
        label="手机号", max_length=30, required=False, help_text="填了可以用手机号登录。",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip

    def _layout(self) -> Layout:
        return Layout(_row("name", "phone"), _row("role", "region"), _half("ends_on"), *self._head())

    def clean_name(self) -> str:
        return clean_typed_name(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        return _mobile(self.cleaned_data["phone"])

    @property
    def newcomer(self) -> Newcomer:
        return Newcomer(self.cleaned_data["name"], self.cleaned_data["phone"])


class SuccessionForm(forms.Form):
    """The new chair of a village."""

    name = forms.CharField(label="新主席姓名", max_length=40)
    phone = forms.CharField(
        label="新主席手机号", max_length=30, help_text="已有账号的，填她账号上的手机号，系统直接加上岗位。",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    day = forms.DateField(
        label="换届日期", widget=DayInput(), help_text="从这一天起由新主席接手，原主席的岗位同时结束。"
    )

    def clean_name(self) -> str:
        return clean_typed_name(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        return _mobile(self.cleaned_data["phone"])

    @property
    def successor(self) -> Newcomer:
        return Newcomer(self.cleaned_data["name"], self.cleaned_data["phone"])


class PasswordForm(forms.Form):
    """The password that an account's owner chooses, by our password rules."""

    password1 = forms.CharField(
        label="设置密码",
        help_text="至少10个字符，大写、小写、数字、符号里占三种。",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="再输一次", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, known_as: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_as = known_as

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        password, again = cleaned.get("password1"), cleaned.get("password2")
        if password and again and password != again:
            self.add_error("password2", "两次输入的密码不一样。")
        elif password:
            self._check(password, cleaned.get("username", self.known_as))
        return cleaned

    def _check(self, password: str, username: str) -> None:
        try:
            validate_password(password, User(username=username))
        except ValidationError as error:
            self.add_error("password1", error)


class JoinForm(PasswordForm):
    """The user name and password of a new account."""

    username = forms.CharField(
        label="账号名", max_length=30, help_text="登录用，4到30个字母或数字，以字母开头，如 wangfang88。",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    field_order = ("username", "password1", "password2")

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if not USERNAME.fullmatch(name):
            raise ValidationError("账号名要以字母开头，只用字母、数字、点和横线，4到30个。")
        return name


def _half(name: str) -> Row:
    return Row(Column(name, css_class="col-md-6"))


def _row(*names: str) -> Row:
    return Row(*(Column(name) for name in names))
