"""One REDIS_URL becomes the broker's and the cache's."""

import pytest

from aixin.local import broker_url, cache_url


@pytest.mark.parametrize(
    ("given", "broker", "cache"),
    [
        ("unix:///run/r.sock", "redis+socket:///run/r.sock?virtual_host=0", "unix:///run/r.sock?db=1"),
        ("unix:///run/r.sock?db=4", "redis+socket:///run/r.sock?virtual_host=4", "unix:///run/r.sock?db=5"),
        ("redis://host:6379", "redis://host:6379", "redis://host:6379/1"),
        ("rediss://:pw@host/2?a=b", "rediss://:pw@host/2?a=b", "rediss://:pw@host/3?a=b"),
    ],
)
def test_broker_and_cache_are_two_databases(given: str, broker: str, cache: str) -> None:
    assert broker_url(given) == broker
    assert cache_url(given) == cache
