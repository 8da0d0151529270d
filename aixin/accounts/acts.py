"""What is done to an account or a post by one button: each a POST, each checked again by its service."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from aixin.access.permissions import allow
from aixin.access.scoped import acting_user
from aixin.accounts import services
from aixin.accounts.forms import SuccessionForm
from aixin.accounts.guards import account_of, managers_only, post_of
from aixin.accounts.invitations import AccountError, invite
from aixin.accounts.models import full_label, is_chair
from aixin.accounts.rights import MANAGERS
from aixin.accounts.sheets import Slip, slip_page
from aixin.accounts.succession import may_succeed, succeed, what_moves


def _done(request: HttpRequest, pk: int, act: Callable[[], Any], said: str) -> HttpResponse:
    """Do it, say so or say why not, and go back to the account."""
    try:
        act()
    except AccountError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("accounts:detail", pk)


@allow(MANAGERS)
@managers_only
@require_POST
def send_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link for an account, shown once: to open it, or to set its password anew."""
    account_of(request, pk)
    try:
        issued = invite(request.user, pk)
    except AccountError as error:
        messages.error(request, str(error))
        return redirect("accounts:detail", pk)
    return slip_page(request, Slip.of_account(issued), "新的链接已生成，请交给本人")


@allow(MANAGERS)
@managers_only
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """停用: at once, on every device."""
    account_of(request, pk)
    return _done(request, pk, lambda: services.close_account(request.user, pk), "账号已停用，邀请已撤销。")


@allow(MANAGERS)
@managers_only
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """启用."""
    account_of(request, pk)
    return _done(request, pk, lambda: services.open_account(request.user, pk), "账号已启用。")


@allow(MANAGERS)
@managers_only
@require_POST
def second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the second factor of who lost her phone."""
    account_of(request, pk)
    said = "两步验证已重置，她下次登录时重新设置。"
    return _done(request, pk, lambda: services.reset_second_factor(request.user, pk), said)


@allow(MANAGERS)
@managers_only
@require_POST
def end_post(request: HttpRequest, pk: int) -> HttpResponse:
    """结束岗位: at once."""
    post = post_of(request, pk)
    said = f"岗位已结束：{full_label(post)}。"
    return _done(request, post.user_id, lambda: services.end_post(request.user, pk), said)


@allow(MANAGERS)
@managers_only
@require_POST
def head(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark who heads an office (`on=1`), or unmark her."""
    post, wanted = post_of(request, pk), request.POST.get("on") == "1"
    said = "已设为负责人。" if wanted else "已取消负责人。"
    return _done(request, post.user_id, lambda: services.mark_head(request.user, pk, is_head=wanted), said)


@allow(MANAGERS)
@managers_only
def succession(request: HttpRequest, pk: int) -> HttpResponse:
    """换届: says what will move, asks who and when, and does it in one step."""
    post, user = post_of(request, pk), acting_user(request)
    if not is_chair(post):
        raise Http404
    if not may_succeed(user, post):
        raise PermissionDenied("换届由县、乡镇妇联办理。")
    form = SuccessionForm(request.POST or None, initial={"day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            done = succeed(user, pk, form.successor, form.cleaned_data["day"])
        except AccountError as error:
            form.add_error(None, str(error))
        else:
            if done.issued is not None:
                return slip_page(request, Slip.of_account(done.issued), "换届已办好，请把邀请交给新主席")
            messages.success(request, "换届已办好，岗位已加到她原来的账号上。")
            return redirect("accounts:detail", done.user.pk)
    context = {"form": form, "post": post, "label": full_label(post), "moves": what_moves(post)}
    return render(request, "accounts/succession.html", context)
