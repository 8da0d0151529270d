"""How often an address may try links that are none."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

WRONG_LINKS = 30
WITHIN_SECONDS = 10 * 60


def _key(request: HttpRequest) -> str:
    return f"wrong_links:{get_adapter().get_client_ip(request)}"


def is_blocked(request: HttpRequest) -> bool:
    """Return whether the address has tried too many wrong links within ten minutes."""
    return bool(cache.get(_key(request), 0) >= WRONG_LINKS)


def note_wrong_link(request: HttpRequest) -> None:
    """Count a wrong link; right ones are not counted, for a whole office may stand behind one address."""
    key = _key(request)
    cache.add(key, 0, WITHIN_SECONDS)
    cache.incr(key)
