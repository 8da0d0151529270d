"""Settings of the test suite: real PostgreSQL and Redis, fast password hashing."""

import os

from aixin.local import provide

provide(os.environ)

from aixin.settings.base import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
ACCOUNT_RATE_LIMITS = {"login_failed": "5/30m/key"}
CELERY_TASK_ALWAYS_EAGER = False
IS_DEMO = False
