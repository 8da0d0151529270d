"""Log-in by user name or by phone."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from aixin.access.models import User


class NameOrPhoneBackend(AuthenticationBackend):
    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the user for a name or phone and a password, or None; takes as long for a stranger."""
        login = str(credentials.get("username") or "").strip()
        password = str(credentials.get("password") or "")
        user = User.objects.by_login(login)
        if user is None:
            # Hash once all the same, so that time does not tell whether the account exists.
            User().set_password(password)
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None
