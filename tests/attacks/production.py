"""The production settings, read as production reads them: in a process of their own, with secrets thrown away."""

import base64
import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

from django.conf import settings

WANTED = (
    "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_AGE",
    "CSRF_COOKIE_SECURE", "CSRF_COOKIE_SAMESITE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "SECURE_PROXY_SSL_HEADER", "ALLOWED_HOSTS", "DEBUG",
    "REQUIRE_SECOND_FACTOR", "REFUSE_UNBOUND_ROLE", "IS_DEMO", "ACCOUNT_RATE_LIMITS", "USE_X_FORWARDED_HOST",
    "PASSWORD_HASHERS",
)  # fmt: skip
_ASK = f"""
import json
from django.conf import settings
print(json.dumps({{name: getattr(settings, name) for name in {WANTED!r}}}))
"""


@cache
def production() -> dict[str, Any]:
    """Return what production runs with."""
    key = base64.b64encode(os.urandom(32)).decode()
    given = {
        "DJANGO_SETTINGS_MODULE": "aixin.settings.production",
        "SECRET_KEY": key * 2,
        "AIXIN_FIELD_KEYS": f"1:{key}",
        "AIXIN_INDEX_KEY": key,
        "DATABASE_URL": "postgres://aixin_app@127.0.0.1:1/aixin",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "ALLOWED_HOSTS": "aixin.example",
    }
    asked = subprocess.run(
        [sys.executable, "-c", _ASK],
        env={**os.environ, **given},
        cwd=settings.BASE_DIR,
        capture_output=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(asked.stdout)
    return found
