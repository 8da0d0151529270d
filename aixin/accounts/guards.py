"""Guards of the accounts' views."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from aixin.access.models import Post
from aixin.accounts.models import Account
from aixin.accounts.rights import may_manage

View = TypeVar("View", bound=Callable[..., Any])


def managers_only(view: View) -> View:
    """Let only those use a function view who manage any accounts; a village's staff gets 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_manage(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast("View", guarded)


def account_of(request: HttpRequest, pk: int) -> Account:
    """Return an account that the user's office handles; 404 for any other, as if it were not there."""
    rows = Account.objects.visible_to(request.user).for_list()
    found: Account = get_object_or_404(rows, pk=pk)
    return found


def post_of(request: HttpRequest, pk: int) -> Post:
    """Return a standing post of an account that the user's office handles; 404 for any other."""
    owners = Account.objects.visible_to(request.user).values("pk")
    posts = Post.objects.standing().filter(user_id__in=owners).select_related("user", "region")
    found: Post = get_object_or_404(posts, pk=pk)
    return found
