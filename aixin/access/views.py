"""Account, switching posts, and the page of the system administrator."""

from typing import Any

import django_tables2
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from aixin.access.extension import extensions_of
from aixin.access.forms import SwitchPostForm
from aixin.access.lists import PAGE_SIZE, LazyPages
from aixin.access.middleware import SESSION_POST
from aixin.access.models import User
from aixin.access.permissions import ANY_ROLE, PUBLIC, allow
from aixin.access.scoped import acting_user
from aixin.audit.models import Action
from aixin.audit.trail import record


@allow(ANY_ROLE)
def account(request: HttpRequest) -> HttpResponse:
    """我的账号: name, posts, password."""
    user = acting_user(request)
    acts = extensions_of("access.user").acts_for(user, user)
    return render(request, "access/account.html", {"held_posts": user.current_posts, "acts": acts})


@allow(ANY_ROLE)
@require_POST
def switch_post(request: HttpRequest) -> HttpResponse:
    """Act in another of one's own posts from now on in this session."""
    form = SwitchPostForm(request.POST, posts=acting_user(request).current_posts)
    if form.is_valid():
        request.session[SESSION_POST] = form.cleaned_data["post"].pk
        record(request.user, Action.SWITCH_POST, form.cleaned_data["post"])
    return redirect("home")


@allow(PUBLIC)
def health(request: HttpRequest) -> JsonResponse:
    """Answer whether the database and Redis are reachable: 200, or 503 naming what is not."""
    state = {"database": _works(_ask_database), "redis": _works(_ask_redis)}
    return JsonResponse({"ok": all(state.values()), **state}, status=200 if all(state.values()) else 503)


def _works(check: Any) -> bool:
    try:
        check()
    except Exception:  # noqa: BLE001 - whatever the reason, the service is not healthy
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_redis() -> None:
    cache.set("healthz", 1, 5)


class AccountTable(django_tables2.Table):
    username = django_tables2.Column("账号")
    display_name = django_tables2.Column("姓名")
    posts = django_tables2.Column("岗位", accessor="shown_posts", orderable=False)
    is_active = django_tables2.BooleanColumn(verbose_name="启用", yesno="启用,停用")
    last_login = django_tables2.DateTimeColumn(verbose_name="最近登录", format="Y-m-d H:i")

    class Meta:
        model = User
        fields = ("username", "display_name", "posts", "is_active", "last_login")
        empty_text = "还没有账号。"


def system_home(request: HttpRequest) -> HttpResponse:
    """System administrator's home: health of the parts and the accounts; no child data."""
    users = User.objects.prefetch_related("posts__region").order_by("username")
    table = AccountTable(users)
    django_tables2.RequestConfig(
        request, paginate={"per_page": PAGE_SIZE, "paginator_class": LazyPages}
    ).configure(table)
    parts = [("数据库", _works(_ask_database)), ("缓存与任务队列", _works(_ask_redis))]
    return render(request, "access/system_home.html", {"table": table, "parts": parts})
