"""Keys for field encryption and the blind index, read once from settings."""

import base64
import binascii
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


def _decode(encoded: str, name: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured(f"{name} is not base64") from error
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name} must be {KEY_BYTES} bytes")
    return key


@cache
def field_keys() -> dict[int, bytes]:
    """Return every field key by its version; raise ImproperlyConfigured for a malformed one."""
    pairs = (item.split(":", 1) for item in settings.AIXIN_FIELD_KEYS.split(","))
    return {int(version): _decode(encoded, "AIXIN_FIELD_KEYS") for version, encoded in pairs}


@cache
def index_key() -> bytes:
    """Return the key of the blind index."""
    return _decode(settings.AIXIN_INDEX_KEY, "AIXIN_INDEX_KEY")
