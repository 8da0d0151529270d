"""Authenticated encryption of single values: `<provider's letter><key version>:<base64 of nonce and ciphertext>`."""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag

from aixin.privacy.keys import field_keys, index_key, newest_key

NONCE_BYTES = 12
INDEX_CHARACTERS = 40


class DecryptionError(Exception):
    """A stored value cannot be read with the keys of this deployment."""


def encrypt(plaintext: str, context: str) -> str:
    """Return `plaintext` encrypted under the newest key, bound to `context` (table and column)."""
    key, nonce = newest_key(), os.urandom(NONCE_BYTES)
    sealed = key.provider.seal(key.secret, nonce, plaintext.encode(), context.encode())
    return f"{key.tag}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, context: str) -> str:
    """Return the plaintext of a stored value; raise DecryptionError for a wrong key or a changed value."""
    tag, _, body = stored.partition(":")
    try:
        key = field_keys()[tag]
        raw = _decoded(body)
        nonce, sealed = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
        return key.provider.open(key.secret, nonce, sealed, context.encode()).decode()
    except (KeyError, ValueError, InvalidTag, binascii.Error) as error:
        raise DecryptionError(f"{context}: not readable with the present keys") from error


def _decoded(body: str) -> bytes:
    """Return the bytes; raise ValueError also for another spelling of the same bytes, which base64 allows."""
    raw = base64.b64decode(body, validate=True)
    if base64.b64encode(raw) != body.encode():
        raise ValueError("not as it was written")
    return raw


def is_newest(stored: str) -> bool:
    """Return whether a stored value is under the newest key, going by its tag."""
    return stored.startswith(f"{newest_key().tag}:")


def blind_index(plaintext: str) -> str:
    """Return a keyed digest for exact search and uniqueness; it cannot be reversed without the key."""
    key = index_key()
    return key.provider.digest(key.secret, plaintext.encode()).hex()[:INDEX_CHARACTERS]
