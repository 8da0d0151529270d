"""账号: the list, an account's page, new accounts and further posts."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.generic import DetailView

from aixin.access.lists import RosterList
from aixin.access.models import Post, Role
from aixin.access.permissions import allow
from aixin.access.scoped import RecordedViewMixin, acting_user, typed_text
from aixin.accounts.choices import AccountState
from aixin.accounts.filters import AccountFilter
from aixin.accounts.forms import AccountForm, GrantForm
from aixin.accounts.guards import account_of, managers_only
from aixin.accounts.invitations import AccountError
from aixin.accounts.models import Account, Invitation, full_label
from aixin.accounts.rights import (
    MANAGERS,
    handles,
    is_system,
    manages,
    may_invite_from_roster,
    may_mark_head,
)
from aixin.accounts.services import add_post, create_account
from aixin.accounts.sheets import Slip, slip_page
from aixin.accounts.succession import may_succeed
from aixin.accounts.tables import TONE_OF_STATE, AccountTable, shown_login, shown_name

FOUND_SHOWN = 50


@method_decorator(managers_only, name="dispatch")
class AccountList(RosterList):
    """The accounts below one's own; a search is a POST, so that no name or phone stands in an address."""

    allowed_roles = MANAGERS
    model = Account
    table_class = AccountTable
    filterset_class = AccountFilter
    template_name = "accounts/list.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return cast("HttpResponse", self.get(request, *args, **kwargs))

    @property
    def text(self) -> str:
        return typed_text(self.request, "q")

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return rows.with_text(self.text)

    def get_paginate_by(self, table_data: Any) -> int:
        return FOUND_SHOWN if self.text else super().get_paginate_by(table_data) or self.paginate_by

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Account.objects.visible_to(self.request.user)
        waiting = Invitation.objects.visible_to(self.request.user).open().filter(user__isnull=False)
        return {
            **super().get_context_data(**kwargs),
            "text": self.text,
            "active": rows.filter(is_active=True).count(),
            "invited": waiting.count(),
            "may_import": may_invite_from_roster(self.request.user),
        }


@method_decorator(managers_only, name="dispatch")
class AccountDetail(RecordedViewMixin, DetailView):  # type: ignore[type-arg]
    """An account: who, which posts, and what the reader may do to it."""

    allowed_roles = MANAGERS
    model = Account
    template_name = "accounts/detail.html"
    context_object_name = "account"

    def get_queryset(self) -> Any:
        return super().get_queryset().for_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, account = acting_user(self.request), self.object
        invitation = Invitation.objects.visible_to(user).open().filter(user_id=account.pk).first()
        return {
            **super().get_context_data(**kwargs),
            "shown_name": shown_name(user, account),
            "shown_login": shown_login(account),
            "tone": TONE_OF_STATE[account.state],
            "invitation": invitation,
            "posts": [_post_row(user, post) for post in account.standing_posts],
            "ended": [(full_label(post), post) for post in _ended(account)],
            "is_own": account.pk == user.pk,
            "manages": manages(user, account),
            "waits": account.state == AccountState.WAITING,
            "has_second_factor": account.authenticator_set.exists(),
        }


def _ended(account: Account) -> list[Post]:
    return [post for post in account.posts.all() if post not in account.standing_posts]


def _post_row(user: Any, post: Post) -> dict[str, Any]:
    """Return a post with what the reader may do to it."""
    mine = handles(user, post) and post.user_id != user.pk
    return {
        "post": post,
        "label": full_label(post),
        "ends": mine,
        "marks": mine and post.role == Role.STAFF and may_mark_head(user),
        "succeeds": may_succeed(user, post),
    }


@allow(MANAGERS)
@managers_only
def create(request: HttpRequest) -> HttpResponse:
    """A new account: its first post is asked, its invitation shown once."""
    form = AccountForm(request.POST or None, user=acting_user(request))
    if request.method == "POST" and form.is_valid():
        try:
            issued = create_account(request.user, form.newcomer, form.grant)
        except AccountError as error:
            form.add_error(None, str(error))
        else:
            return slip_page(request, Slip.of_account(issued), "账号已建好，请把邀请交给本人")
    return render(request, "accounts/form.html", {"form": form, "is_system": is_system(request.user)})


@allow(MANAGERS)
@managers_only
def new_post(request: HttpRequest, pk: int) -> HttpResponse:
    """A further post for an account."""
    account, user = account_of(request, pk), acting_user(request)
    if account.pk == user.pk:
        raise PermissionDenied("不能改自己的岗位，请找上级办理。")
    form = GrantForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            post = add_post(user, account.pk, form.grant)
        except AccountError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已增加岗位：{full_label(post)}。")
            return redirect("accounts:detail", pk)
    context = {"form": form, "account": account, "shown_name": shown_name(user, account)}
    return render(request, "accounts/form.html", context)
