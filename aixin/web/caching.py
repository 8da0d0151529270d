"""The cache in Redis, as Django has it but for the client, which is kept."""

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class _Keeping(RedisCacheClient):
    """Django makes a client for each operation, which costs more than the operation; theirs may be shared by threads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Return the client for reading or for writing, the same each time."""
        if write not in self._made:
            self._made[write] = super().get_client(key, write=write)
        return self._made[write]


class KeepingRedisCache(RedisCache):
    """A cache whose operations share one client for each server."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._class = _Keeping
