"""Keys for field encryption and the blind index, read once from settings; each names its provider."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from aixin.privacy.providers import (
    CIPHERS,
    DEFAULT_CIPHER,
    DEFAULT_INDEX,
    INDEXES,
    CipherProvider,
    IndexProvider,
)

FIELD_KEYS, INDEX_KEY = "AIXIN_FIELD_KEYS", "AIXIN_INDEX_KEY"
FIELD_KEY = re.compile(r"(?P<version>[1-9][0-9]{0,5}):(?:(?P<provider>[^:]*):)?(?P<encoded>[^:]*)")
FIELD_KEY_FORM = "<version>:<base64>, with aes: or sm4: before the base64 to name the algorithm"


@dataclass(frozen=True)
class FieldKey:
    """One version of the key for fields; `tag` stands in front of every value that it sealed."""

    version: int
    provider: CipherProvider
    secret: bytes = field(repr=False)

    @property
    def tag(self) -> str:
        return f"{self.provider.letter}{self.version}"


@dataclass(frozen=True)
class IndexKey:
    """The key of the blind index."""

    provider: IndexProvider
    secret: bytes = field(repr=False)


@cache
def field_keys() -> dict[str, FieldKey]:
    """Return every field key by its tag; raise ImproperlyConfigured for a malformed one or a version named twice."""
    found = [_field_key(item.strip()) for item in settings.AIXIN_FIELD_KEYS.split(",")]
    if len({key.version for key in found}) < len(found):
        raise ImproperlyConfigured(f"{FIELD_KEYS} names a version twice")
    return {key.tag: key for key in found}


@cache
def newest_key() -> FieldKey:
    """Return the key that encrypts: the one of the highest version."""
    return max(field_keys().values(), key=lambda key: key.version)


@cache
def index_key() -> IndexKey:
    """Return the key of the blind index; raise ImproperlyConfigured for a malformed one."""
    name, named, encoded = settings.AIXIN_INDEX_KEY.strip().rpartition(":")
    provider = INDEXES.get(name if named else DEFAULT_INDEX)
    if provider is None:
        raise ImproperlyConfigured(f"{INDEX_KEY} names an unknown algorithm; known are {_names(INDEXES)}")
    return IndexKey(provider, _decoded(encoded, INDEX_KEY, provider.key_bytes))


def forget_keys() -> None:
    """Read the keys from settings again when they are next asked for."""
    for cached in (field_keys, newest_key, index_key):
        cached.cache_clear()


def _field_key(item: str) -> FieldKey:
    parts = FIELD_KEY.fullmatch(item)
    if parts is None:
        raise ImproperlyConfigured(f"{FIELD_KEYS} must be a list of {FIELD_KEY_FORM}")
    provider = CIPHERS.get(parts["provider"] if parts["provider"] is not None else DEFAULT_CIPHER)
    if provider is None:
        raise ImproperlyConfigured(f"{FIELD_KEYS} names an unknown algorithm; known are {_names(CIPHERS)}")
    return FieldKey(
        int(parts["version"]), provider, _decoded(parts["encoded"], FIELD_KEYS, provider.key_bytes)
    )


def _decoded(encoded: str, name: str, size: int) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImproperlyConfigured(f"{name} is not base64") from error
    if len(key) != size:
        raise ImproperlyConfigured(f"{name}: this algorithm's key must be {size} bytes")
    return key


def _names(providers: dict[str, CipherProvider] | dict[str, IndexProvider]) -> str:
    return ", ".join(providers)
