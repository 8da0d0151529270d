"""Authenticated encryption of single values: `a<key version>:<base64 of nonce and ciphertext>`."""

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from aixin.privacy.keys import field_keys, index_key

PROVIDER_AES = "a"
NONCE_BYTES = 12


class DecryptionError(Exception):
    """A stored value cannot be read with the keys of this deployment."""


def encrypt(plaintext: str, context: str) -> str:
    """Return `plaintext` encrypted under the newest key, bound to `context` (table and column)."""
    version = max(field_keys())
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(field_keys()[version]).encrypt(nonce, plaintext.encode(), context.encode())
    return f"{PROVIDER_AES}{version}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, context: str) -> str:
    """Return the plaintext of a stored value; raise DecryptionError for a wrong key or a changed value."""
    tag, _, body = stored.partition(":")
    try:
        key = field_keys()[int(tag.removeprefix(PROVIDER_AES))]
        raw = base64.b64decode(body, validate=True)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()).decode()
    except (KeyError, ValueError, InvalidTag, binascii.Error) as error:
        raise DecryptionError(f"{context}: not readable with the present keys") from error


def blind_index(plaintext: str) -> str:
    """Return a keyed digest for exact search and uniqueness; it cannot be reversed without the key."""
    return hmac.new(index_key(), plaintext.encode(), hashlib.sha256).hexdigest()[:40]
