"""Settings of a deployment: refuses to start without its own secrets and services."""

import os

from django.core.exceptions import ImproperlyConfigured

REQUIRED = (
    "SECRET_KEY",
    "AIXIN_FIELD_KEYS",
    "AIXIN_INDEX_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "ALLOWED_HOSTS",
)
# A channel that is on needs its secret and all else without which its messages would fail or lead nowhere.
CHANNELS = {
    "SMS_GATEWAY_URL": ("SMS_GATEWAY_TOKEN",),
    "EMAIL_HOST": ("EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "DEFAULT_FROM_EMAIL", "SITE_URL"),
    "WECOM_WEBHOOK_URL": ("SITE_URL",),
}
_needed = [name for channel, names in CHANNELS.items() if os.environ.get(channel) for name in names]
_missing = [name for name in (*REQUIRED, *_needed) if not os.environ.get(name)]
if _missing:
    raise ImproperlyConfigured("Missing environment variables: " + ", ".join(_missing))

from aixin.settings.base import *  # noqa: E402, F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
REQUIRE_SECOND_FACTOR = True
REFUSE_UNBOUND_ROLE = True
IS_DEMO = False
