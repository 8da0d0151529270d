"""The cache of the running process, emptied: Django's own clear() empties that of every other process too."""

import redis
from django.conf import settings


def forget_everything() -> None:
    """Delete what this process keeps in Redis; what tests beside it keep there, sessions above all, stays."""
    default = settings.CACHES["default"]
    with redis.Redis.from_url(default["LOCATION"]) as client:
        keys = list(client.scan_iter(match=f"{default['KEY_PREFIX']}:*", count=1000))
        if keys:
            client.delete(*keys)
