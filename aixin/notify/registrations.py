from typing import Any

from django.urls import reverse

from aixin.access.auditing.wording import name_details
from aixin.access.erasure import register_eraser
from aixin.access.extension import Act, extensions_of
from aixin.access.models import Role, acting_role
from aixin.access.navigation import NavItem, register
from aixin.access.permissions import CARERS, ON_PHONE, may_edit
from aixin.access.regions import Level
from aixin.notify.channel_report import failed_last
from aixin.notify.erasing import forget_messages


def sees_channels(user: Any) -> bool:
    """Return whether the user's office looks after channels: a county's, or one above that reads."""
    post = user.acting_post
    return post is not None and post.level is not None and post.level <= Level.COUNTY


def _count_failed(user: Any) -> str:
    number = failed_last(user).count() if may_edit(user) else 0
    return f"{number} 没发成" if number else ""


register(NavItem("消息", "notify:inbox", "chat-dots", ON_PHONE, 40, phone=True))
register(NavItem("我的", "account", "person", ON_PHONE, 50, phone=True))
register(NavItem("首页", "home", "house-door", ON_PHONE, 0, phone=True))
register(NavItem("短信发件箱", "notify:outbox", "chat-dots", frozenset({Role.SYSADMIN}), 60))
register(
    NavItem(
        "消息通道",
        "channels:home",
        "chat-dots",
        frozenset({Role.STAFF}),
        75,
        _count_failed,
        offered=sees_channels,
    )
)
extensions_of("access.user").add_act(
    Act(
        "消息接收方式",
        "bell",
        lambda _: reverse("notify:channels"),
        lambda user, _: acting_role(user) in CARERS,
        order=20,
    )
)
name_details(
    {},
    {
        ("what", "channels"): "消息通道",
        ("what", "channel choice"): "消息接收方式",
        ("what", "deliveries again"): "重发消息",
    },
)
register_eraser(forget_messages)
