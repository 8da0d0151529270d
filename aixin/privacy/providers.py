"""The algorithms a deployment chooses from: what encrypts a value, what makes a blind index.

The international ones are the default, the national ones are for the assessment of commercial cryptography (密评).
A cryptographic device would be one more class here.
"""

from typing import Protocol

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TAG_BYTES = 16


class CipherProvider(Protocol):
    """Authenticated encryption of one value."""

    letter: str
    key_bytes: int

    def seal(self, key: bytes, nonce: bytes, plaintext: bytes, context: bytes) -> bytes:
        """Return ciphertext followed by its authentication tag."""
        ...

    def open(self, key: bytes, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
        """Return the plaintext; raise InvalidTag or ValueError for whatever this key has not sealed so."""
        ...


class Aes256Gcm:
    """AES-256-GCM."""

    letter = "a"
    key_bytes = 32

    def seal(self, key: bytes, nonce: bytes, plaintext: bytes, context: bytes) -> bytes:
        return AESGCM(key).encrypt(nonce, plaintext, context)

    def open(self, key: bytes, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
        return AESGCM(key).decrypt(nonce, sealed, context)


class Sm4Gcm:
    """SM4 (GB/T 32907) in GCM."""

    letter = "s"
    key_bytes = 16

    def seal(self, key: bytes, nonce: bytes, plaintext: bytes, context: bytes) -> bytes:
        encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(context)
        return encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag

    def open(self, key: bytes, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
        body, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
        # GCM refuses a tag that is cut, so a value shorter than one raises ValueError.
        decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(context)
        return decryptor.update(body) + decryptor.finalize()


class IndexProvider(Protocol):
    """Keyed digest for the blind index."""

    key_bytes: int

    def digest(self, key: bytes, plaintext: bytes) -> bytes:
        """Return the whole digest."""
        ...


class HmacSha256:
    """HMAC over SHA-256."""

    key_bytes = 32

    def digest(self, key: bytes, plaintext: bytes) -> bytes:
        return _hmac(hashes.SHA256(), key, plaintext)


class HmacSm3:
    """HMAC over SM3 (GB/T 32905)."""

    key_bytes = 32

    def digest(self, key: bytes, plaintext: bytes) -> bytes:
        return _hmac(hashes.SM3(), key, plaintext)


def _hmac(algorithm: hashes.HashAlgorithm, key: bytes, plaintext: bytes) -> bytes:
    running = hmac.HMAC(key, algorithm)
    running.update(plaintext)
    return running.finalize()


DEFAULT_CIPHER, DEFAULT_INDEX = "aes", "sha256"
# By the name that a key carries in the environment.
CIPHERS: dict[str, CipherProvider] = {DEFAULT_CIPHER: Aes256Gcm(), "sm4": Sm4Gcm()}
INDEXES: dict[str, IndexProvider] = {DEFAULT_INDEX: HmacSha256(), "sm3": HmacSm3()}
