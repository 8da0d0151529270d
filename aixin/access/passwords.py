"""等保 level 3 password rule (DOMAIN section 6)."""

import re

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError

_KINDS = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"\d"), re.compile(r"[^A-Za-z0-9]"))
KINDS_NEEDED = 3


class ThreeKindsValidator:
    """Asks for three of: lower case, upper case, digits, other characters."""

    def validate(self, password: str, user: object = None) -> None:
        if sum(bool(kind.search(password)) for kind in _KINDS) < KINDS_NEEDED:
            raise ValidationError(self.get_help_text(), code="password_too_few_kinds")

    def get_help_text(self) -> str:
        return "密码须含大写字母、小写字母、数字、符号中的三种。"


class LengthValidator(MinimumLengthValidator):
    """Django's own rule with a Chinese sentence, which its catalogue lacks."""

    def get_error_message(self) -> str:
        return f"密码至少{self.min_length}个字符。"

    def get_help_text(self) -> str:
        return self.get_error_message()
