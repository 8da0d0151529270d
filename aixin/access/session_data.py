"""Sessions lie encrypted in the database: during a log-in they hold a phone and a code."""

from typing import Any

from django.core.signing import JSONSerializer

from aixin.privacy.cipher import decrypt, encrypt

CONTEXT = "django_session.session_data"


class EncryptedSerializer:
    def dumps(self, data: dict[str, Any]) -> bytes:
        return encrypt(JSONSerializer().dumps(data).decode(), CONTEXT).encode()

    def loads(self, stored: bytes) -> Any:
        """Return the session; raises DecryptionError for another key, upon which Django starts an empty one."""
        return JSONSerializer().loads(decrypt(stored.decode(), CONTEXT).encode())
