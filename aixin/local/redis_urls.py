"""One REDIS_URL, two uses: Celery's broker and Django's cache, each in a numbered database of its own."""

from urllib.parse import parse_qs, urlsplit, urlunsplit


def broker_url(redis_url: str) -> str:
    """Return the URL for Celery: `redis+socket://` for a `unix://` one, any other as it is."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    return f"redis+socket://{parts.path}?virtual_host={_database(redis_url)}"


def cache_url(redis_url: str) -> str:
    """Return the URL for Django's cache: the database after the broker's, as clearing a cache empties one."""
    parts = urlsplit(redis_url)
    database = _database(redis_url) + 1
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={database}"
    return urlunsplit(parts._replace(path=f"/{database}"))


def _database(redis_url: str) -> int:
    parts = urlsplit(redis_url)
    named = parse_qs(parts.query).get("db", [""])[0] if parts.scheme == "unix" else parts.path.strip("/")
    return int(named or 0)
