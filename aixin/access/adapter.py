"""How allauth behaves here: nobody signs up by herself, log-in messages stay quiet."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from aixin.access.receivers import record_failure
from aixin.privacy.cipher import decrypt, encrypt

SECRET_CONTEXT = "mfa_authenticator.data"  # noqa: S105 - names the column that a value is bound to


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "账号或密码不对。",
        "too_many_login_attempts": "输错次数太多，请30分钟后再试。",
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt; one that the limit refuses is noted as well."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            record_failure(request, str(credentials.get("username") or ""), "输错次数太多，已锁定")
            raise

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing on log-in and log-out: the page itself shows it."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps TOTP secrets and recovery codes encrypted like every other secret of a person."""

    def encrypt(self, text: str) -> str:
        return encrypt(text, SECRET_CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, SECRET_CONTEXT)
