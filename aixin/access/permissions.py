"""Who may use a view. A view that states nothing is refused (DESIGN section 3.3)."""

from collections.abc import Callable
from typing import Any, TypeVar

from aixin.access.models import Post, Role
from aixin.access.regions import Level

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC: frozenset[str] = frozenset({"PUBLIC"})
ANY_ROLE: frozenset[str] = frozenset()
STAFF: frozenset[str] = frozenset({Role.STAFF})
CARERS: frozenset[str] = frozenset({Role.STAFF, Role.VOLUNTEER})
# Whoever holds a post with a phone in the hand: a volunteer, a village's chair.
ON_PHONE: frozenset[str] = frozenset({"ON_PHONE"})
VIEWERS_OF_FIGURES: frozenset[str] = frozenset({Role.STAFF, Role.OFFICIAL})

# Views of other packages state nothing; these are the ones that we serve, by their dotted names.
_FOREIGN: dict[str, frozenset[str]] = {
    "allauth.account.views.LoginView": PUBLIC,
    "allauth.account.views.LogoutView": ANY_ROLE,
    "allauth.account.views.PasswordChangeView": ANY_ROLE,
    "allauth.account.views.ReauthenticateView": ANY_ROLE,
    "allauth.usersessions.views.ListUserSessionsView": ANY_ROLE,
    "allauth.mfa.base.views.IndexView": ANY_ROLE,
    # Between password and code nobody is logged in yet; the view itself asks for that stage of the log-in.
    "allauth.mfa.base.views.AuthenticateView": PUBLIC,
    "allauth.mfa.base.views.ReauthenticateView": ANY_ROLE,
    "allauth.mfa.totp.views.ActivateTOTPView": ANY_ROLE,
    "allauth.mfa.totp.views.DeactivateTOTPView": ANY_ROLE,
    "allauth.mfa.recovery_codes.views.ViewRecoveryCodesView": ANY_ROLE,
    "allauth.mfa.recovery_codes.views.GenerateRecoveryCodesView": ANY_ROLE,
    "allauth.mfa.recovery_codes.views.DownloadRecoveryCodesView": ANY_ROLE,
    "django.contrib.staticfiles.views.serve": PUBLIC,
}


def allow(roles: frozenset[str]) -> Callable[[View], View]:
    """Return a decorator that states the roles which may use a function view."""

    def mark(view: View) -> View:
        view.allowed_roles = roles  # type: ignore[attr-defined]
        return view

    return mark


def declared_roles(view: Callable[..., Any]) -> frozenset[str] | None:
    """Return the roles that a view states: PUBLIC, ANY_ROLE (anyone logged in), some, or None for unstated."""
    target = getattr(view, "view_class", view)
    stated: frozenset[str] | None = getattr(target, "allowed_roles", None)
    if stated is not None:
        return stated
    return _FOREIGN.get(f"{target.__module__}.{target.__qualname__}")


def holds(post: Post | None, roles: frozenset[str]) -> bool:
    """Return whether a post is one of some stated roles; ON_PHONE is every post of the phone."""
    if post is None:
        return False
    return post.role in roles or (roles >= ON_PHONE and post.is_of_the_phone)


def is_chair(user: Any) -> bool:
    """Return whether the user acts as the chair of a village."""
    post = getattr(user, "acting_post", None)
    return post is not None and bool(post.is_chair)


def may_report(post: Post) -> bool:
    """Return whether a post answers for a region's compliance: its auditor, or who heads a county or above."""
    if post.role == Role.AUDITOR:
        return True
    heads = post.role == Role.STAFF and post.is_head
    return heads and post.level is not None and post.level <= Level.COUNTY


def may_edit(user: Any) -> bool:
    """Return whether the user changes records: staff of a county and below; city and province read (DESIGN 1)."""
    post = getattr(user, "acting_post", None)
    return post is not None and post.role == Role.STAFF and post.is_county_or_below
