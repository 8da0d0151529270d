"""Settings of `make run` and `make dev`: embedded PostgreSQL and Redis, secrets made on first use."""

import os

from aixin.local import provide

provide(os.environ)

from aixin.settings.base import *  # noqa: E402, F403

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
LOCAL_OUTBOX = True
