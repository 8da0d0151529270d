import django_tables2
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from aixin.access.people import name_for
from aixin.access.tables import name_link, row_menu
from aixin.accounts.choices import AccountState
from aixin.accounts.models import Account, Invitation
from aixin.web.tables import MENU_ATTRS, NAME_ATTRS, SelectColumn
from aixin.web.templatetags.ui import tag

TONE_OF_STATE = {AccountState.ACTIVE: "ok", AccountState.WAITING: "warn", AccountState.CLOSED: "neutral"}


def shown_name(user: object, account: Account) -> str:
    """Return an account's name: colleagues in full, a volunteer as the reader may see her."""
    name = account.get_full_name()
    return name_for(user, name) if account.is_volunteers_alone else name


def shown_login(account: Account) -> str:
    """Return the user name, or how she logs in who has none of her own."""
    if account.state == AccountState.WAITING:
        return "（未设）"
    return (
        "手机号登录"
        if account.is_volunteers_alone and not account.has_usable_password()
        else account.username
    )


class AccountTable(django_tables2.Table):
    name = django_tables2.Column("姓名", accessor="pk", orderable=False, attrs=NAME_ATTRS)
    login = django_tables2.Column("账号", accessor="pk", order_by=("username",))
    posts = django_tables2.Column("岗位", accessor="post_labels", orderable=False, empty_values=())
    phone = django_tables2.Column("手机", accessor="masked_phone", orderable=False)
    state = django_tables2.Column("状态", accessor="pk", orderable=False)
    last_login = django_tables2.DateTimeColumn(verbose_name="最近登录", format="Y-m-d H:i")
    menu = django_tables2.Column("", accessor="pk", orderable=False, attrs=MENU_ATTRS)

    class Meta:
        model = Account
        fields = ("name", "login", "posts", "phone", "state", "last_login", "menu")
        empty_text = "没有符合条件的账号。"

    def render_name(self, record: Account) -> SafeString:
        return name_link(reverse("accounts:detail", args=[record.pk]), shown_name(self.request.user, record))

    def render_login(self, record: Account) -> str:
        return shown_login(record)

    def render_posts(self, value: str) -> str | SafeString:
        return value or tag("岗位已结束", "neutral")

    def render_state(self, record: Account) -> SafeString:
        return tag(record.state.label, TONE_OF_STATE[record.state])

    def render_menu(self, record: Account) -> SafeString:
        return row_menu([("查看", reverse("accounts:detail", args=[record.pk]))])


class InvitationTable(django_tables2.Table):
    """Open invitations of accounts: their ticked ones are printed anew."""

    ids = SelectColumn()
    name = django_tables2.Column("姓名", accessor="user__display_name", orderable=False, attrs=NAME_ATTRS)
    kind = django_tables2.Column("事由", orderable=False)
    place = django_tables2.Column("地区", accessor="region__place", orderable=False, default="–")
    office = django_tables2.Column("邀请单位", orderable=False)
    created_at = django_tables2.DateTimeColumn(verbose_name="发出", format="n月j日 H:i", orderable=False)
    until = django_tables2.Column("有效期", accessor="pk", orderable=False)
    menu = django_tables2.Column("", accessor="pk", orderable=False, attrs=MENU_ATTRS)

    class Meta:
        model = Invitation
        fields = ("ids", "name", "kind", "place", "office", "created_at", "until", "menu")
        empty_text = "没有等待接受的邀请。"

    def render_name(self, record: Invitation) -> SafeString:
        return name_link(
            reverse("accounts:detail", args=[record.user_id]),
            str(record.user and record.user.get_full_name()),
        )

    def render_until(self, record: Invitation) -> SafeString:
        if record.has_run_out:
            return tag("已过期", "danger")
        return tag(f"至 {record.expires_at:%m-%d %H:%M}", "neutral")

    def render_menu(self, record: Invitation) -> SafeString:
        # Without the request, whose context would count every roster's rows again for each row of this list.
        context = {"record": record, "csrf_token": get_token(self.request)}
        return SafeString(render_to_string("accounts/revoke.html", context))
