"""PostgreSQL and Redis for a machine that has none, and the supervisor behind `make run`.

`provide(os.environ)` is all that settings need. Linux only; everything it makes is under $AIXIN_VAR.
"""

from aixin.local.layout import LocalServiceError
from aixin.local.redis_urls import broker_url, cache_url
from aixin.local.services import provide, release

__all__ = ["LocalServiceError", "broker_url", "cache_url", "provide", "release"]
