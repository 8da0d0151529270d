"""Settings of the test suite: real PostgreSQL and Redis, fast password hashing."""

import os
from pathlib import Path
from uuid import uuid4

from aixin.local import provide

# Services of their own, so that tests never touch what `make run` serves beside them.
_var = Path(os.environ.get("AIXIN_VAR", "var"))
os.environ["AIXIN_VAR"] = str(_var if _var.name == "test" else _var / "test")
os.environ["AIXIN_THROWAWAY"] = "1"
provide(os.environ)
del os.environ["AIXIN_THROWAWAY"]

from aixin.settings.base import *  # noqa: E402, F403

# What is drawn by it is the same in every run; tests that must hold whatever is drawn say so.
SECRET_KEY = "known to every test"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# Every test logs in from the same address.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/30m/key",
    "login": "",
    "request_login_code": "5/30m/key",
    "login_code_failed": "5/30m/key",
}
LOCAL_OUTBOX = True
CELERY_TASK_ALWAYS_EAGER = False
# Runs and processes share the broker; a worker that a test starts is told the queue of that test's process.
CELERY_TASK_DEFAULT_QUEUE = os.environ.get("AIXIN_TEST_QUEUE") or f"test-{os.getpid()}"
# Tests say themselves what falls to the head.
CALLBACKS_PASSED_ON = 0
IS_DEMO = False
# Runs and processes share Redis, but not what they keep there.
CACHES["default"]["KEY_PREFIX"] = os.environ.get("AIXIN_TEST_CACHE") or uuid4().hex
