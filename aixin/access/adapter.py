"""How allauth behaves here: nobody signs up by herself, log-in messages stay quiet."""

import datetime
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from aixin.access.models import User
from aixin.access.receivers import record_failure
from aixin.access.signals import sms_due
from aixin.privacy.cipher import decrypt, encrypt

CODE_SMS = "【爱心结对】验证码 {code}，5分钟内有效。工作人员不会向您要验证码，请不要告诉别人。"

SECRET_CONTEXT = "mfa_authenticator.data"  # noqa: S105 - names the column that a value is bound to


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "账号或密码不对。",
        "too_many_login_attempts": "输错次数太多，请30分钟后再试。",
        "incorrect_code": "验证码不对，请看清短信里的6位数字。",
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

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return whose failures are counted: name or phone, however written and at whichever host, is one account."""
        login = str(credentials.get("username") or "").strip()
        user = User.objects.by_login(login)
        return f"user:{user.pk}" if user else f"name:{login.lower()}"

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        _send_code(phone, code, withheld=False)

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Do the same work as for a known number, so that neither time nor page tells the two apart."""
        _send_code(phone, self.generate_phone_verification_code(user=User(), phone=phone), withheld=True)

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Nothing to keep: the number stands on the account already."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing on log-in and log-out: the page itself shows it."""


def _send_code(phone: str, code: str, *, withheld: bool) -> None:
    until = timezone.now() + datetime.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
    text = CODE_SMS.format(code=code)
    sms_due.send(User, kind="login_code", phone=phone, text=text, expires_at=until, withheld=withheld)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps TOTP secrets and recovery codes encrypted like every other secret of a person."""

    def encrypt(self, text: str) -> str:
        return encrypt(text, SECRET_CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, SECRET_CONTEXT)
