"""Ways out of the platform: each a small class with one typed error."""

from typing import Protocol

import requests
from django.conf import settings

TIMEOUT_SECONDS = 10
TAKEN = 2


class TransportError(Exception):
    """The message did not go out; the text says why, without number and content."""


class Transport(Protocol):
    def send(self, address: str, text: str) -> None:
        """Hand a message over; raise TransportError when it was not taken."""


class SmsGateway:
    """An SMS gateway over HTTP: POST of phone and text as JSON, bearer token, any 2xx is taken."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def send(self, address: str, text: str) -> None:
        try:
            answer = requests.post(
                self.url,
                json={"phone": address, "text": text},
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise TransportError(type(error).__name__) from error
        if answer.status_code // 100 != TAKEN:
            raise TransportError(f"HTTP {answer.status_code}")


class LocalOutbox:
    """Outside production: nothing leaves, the page of the local outbox shows the message."""

    def send(self, address: str, text: str) -> None:
        return


def sms_transport() -> Transport | None:
    """Return the way for SMS of this deployment, or None when there is none."""
    if settings.SMS_GATEWAY_URL:
        return SmsGateway(settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN)
    return LocalOutbox() if settings.LOCAL_OUTBOX else None
