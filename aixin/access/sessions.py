"""登录设备: where one is logged in, and the way out of all of them at once."""

import re
from typing import Any

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from aixin.access.models import TrustedPhone, User
from aixin.access.permissions import ANY_ROLE, allow
from aixin.access.scoped import acting_user
from aixin.access.trusted_phones import COOKIE, phone_of, revoke
from aixin.access.wechat import wechat_is_offered
from aixin.audit.models import Action
from aixin.audit.trail import record

# The first that fits names the browser: each later one's agent text also appears in earlier ones.
BROWSERS = (("MicroMessenger", "微信"), ("Edg", "Edge"), ("HuaweiBrowser", "华为浏览器"), ("MiuiBrowser", "小米浏览器"),
            ("QQBrowser", "QQ浏览器"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_PHONE = re.compile(r"Mobile|Android|iPhone|HarmonyOS")


def device_name(agent: str) -> str:
    """Return a browser's own description in words a user knows: 手机 微信, 电脑 Chrome."""
    kind = "手机" if _PHONE.search(agent) else "电脑"
    browser = next((name for mark, name in BROWSERS if mark in agent), "其他浏览器")
    return f"{kind} {browser}"


@allow(ANY_ROLE)
def sessions(request: HttpRequest) -> HttpResponse:
    """One's sessions and trusted phones."""
    user = acting_user(request)
    held = sorted(UserSession.objects.purge_and_list(user), key=lambda row: row.created_at, reverse=True)
    rows = [{"row": row, "device": device_name(row.user_agent), "is_this": row.is_current()} for row in held]
    here = phone_of(request)
    phones = TrustedPhone.objects.valid().filter(user=user)
    context = {
        "sessions": rows,
        "phones": phones,
        "this_phone": here.pk if here else None,
        "may_trust_phone": user.logs_in_by_phone and bool(user.phone),
        "wechat": wechat_is_offered() and user.logs_in_by_phone,
        "wechat_linked": wechat_is_offered() and SocialAccount.objects.filter(user=user).exists(),
    }
    return render(request, "access/sessions.html", context)


@allow(ANY_ROLE)
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Log one of one's own devices out."""
    user = acting_user(request)
    _end(user, [get_object_or_404(UserSession, pk=pk, user=user)])
    messages.success(request, "已让那台设备退出登录。")
    return redirect("sessions")


@allow(ANY_ROLE)
@require_POST
def forget_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """End the trust in one of one's own phones."""
    user = acting_user(request)
    get_object_or_404(TrustedPhone, pk=pk, user=user)
    revoke(user, TrustedPhone.objects.filter(pk=pk))
    messages.success(request, "已取消，这部手机下次要用短信验证码登录。")
    return redirect("sessions")


@allow(ANY_ROLE)
@require_POST
def log_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session and every trust, this one too."""
    user = acting_user(request)
    revoke(user, TrustedPhone.objects.all())
    _end(user, list(UserSession.objects.filter(user=user)))
    logout(request)
    response = redirect("account_login")
    response.delete_cookie(COOKIE)
    return response


def _end(user: User, rows: list[Any]) -> None:
    for row in rows:
        row.end()
    record(user, Action.SECURITY, what="end_sessions", count=len(rows))
