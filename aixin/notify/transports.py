"""Ways out of the platform: each a small class, with typed errors that say what may be done about them."""

import datetime
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import requests
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from aixin.notify.choices import (
    BLOCKED,
    INVALID_GROUP,
    INVALID_MAILBOX,
    INVALID_NUMBER,
    REFUSED,
    Channel,
)

TIMEOUT_SECONDS = 10
TAKEN, TOO_MANY, BAD_REQUEST = 2, 429, (400, 404, 410, 422)
_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 60, 6 * 60 * 60
# What the gateway says in its answer when trying again is of no use.
_PERMANENT = {INVALID_NUMBER, BLOCKED, REFUSED}
_RATE_LIMITED, _FINE = "RATE_LIMITED", {"", "0", "OK"}


class TransportError(Exception):
    """The message did not go out; the text is a short code, without number and content."""


class PermanentError(TransportError):
    """Trying again is of no use: the address is wrong, or the recipient refuses."""


class TemporaryError(TransportError):
    """It may work later. `may_have_left`: the answer was lost, so that it may have gone out all the same."""

    def __init__(self, code: str, *, may_have_left: bool = False) -> None:
        super().__init__(code)
        self.may_have_left = may_have_left


class UnreachableError(TemporaryError):
    """The other side does not answer; whoever waits behind would wait in vain too."""


class RateLimitedError(TemporaryError):
    """Too many messages; the other side says when to come back."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(_RATE_LIMITED)
        self.retry_after = datetime.timedelta(seconds=min(max(retry_after, 1), _LONGEST_WAIT_SECONDS))


@dataclass(frozen=True)
class Letter:
    """A message ready to go. `reference` is the same at each attempt, so that the other side can drop doubles."""

    address: str
    text: str
    title: str = ""
    template: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""


class Transport(Protocol):
    def send(self, letter: Letter) -> None:
        """Hand a letter over; raise TransportError when it was not taken."""


class SmsGateway:
    """An SMS gateway over HTTP: POST of phone and text as JSON, bearer token; any 2xx is taken.

    A letter from a template also carries the gateway's own number for it, its parameters and our reference, and the
    answer's `code` is read: the same status is used by gateways for what they took and for a wrong number.
    """

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def send(self, letter: Letter) -> None:
        answer = _post(self.url, _sms_body(letter), {"Authorization": f"Bearer {self.token}"})
        _refuse_rate_limit(answer)
        if letter.reference and (answer.ok or answer.status_code in BAD_REQUEST):
            _read_code(answer)
        if answer.status_code // 100 != TAKEN:
            raise TemporaryError(f"HTTP {answer.status_code}")


def _sms_body(letter: Letter) -> dict[str, Any]:
    body: dict[str, Any] = {"phone": letter.address, "text": letter.text}
    if not letter.reference:
        return body
    template = settings.SMS_TEMPLATES.get(letter.template, "")
    return {**body, "template": template, "params": dict(letter.parameters), "reference": letter.reference}


def _read_code(answer: requests.Response) -> None:
    """Raise what the code in a gateway's answer means; an empty answer says nothing."""
    if not answer.content:
        return
    try:
        code = str(answer.json().get("code", ""))
    except (requests.JSONDecodeError, AttributeError) as error:
        raise TemporaryError("MALFORMED_ANSWER", may_have_left=True) from error
    code = settings.SMS_ERROR_CODES.get(code, code)
    if code in _PERMANENT:
        raise PermanentError(code)
    if code == _RATE_LIMITED:
        raise RateLimitedError(_WAIT_SECONDS)
    if code not in _FINE:
        # What a gateway says is not repeated in full: it may repeat the number.
        raise TemporaryError("GATEWAY_ERROR")


class WecomRobot:
    """A group's robot in WeCom: the address is the robot's key, the answer has an `errcode`."""

    _TOO_MANY, _NO_SUCH_ROBOT = 45009, (93000, 40014, 40058)

    def __init__(self, url: str) -> None:
        self.url = url

    def send(self, letter: Letter) -> None:
        body = {"msgtype": "text", "text": {"content": letter.text}}
        answer = _post(self.url, body, {}, key=letter.address)
        _refuse_rate_limit(answer)
        if answer.status_code // 100 != TAKEN:
            raise TemporaryError(f"HTTP {answer.status_code}")
        self._read(answer)

    def _read(self, answer: requests.Response) -> None:
        try:
            code = answer.json()["errcode"]
        except (requests.JSONDecodeError, TypeError, KeyError) as error:
            raise TemporaryError("MALFORMED_ANSWER", may_have_left=True) from error
        if code == self._TOO_MANY:
            raise RateLimitedError(_WAIT_SECONDS)
        if code in self._NO_SUCH_ROBOT:
            raise PermanentError(INVALID_GROUP)
        if code != 0:
            raise TemporaryError("GATEWAY_ERROR")


class Mail:
    """Mail through the deployment's SMTP server. 4xx is for later, 5xx for good, as SMTP has it."""

    _FOR_GOOD = 500

    def send(self, letter: Letter) -> None:
        mail = EmailMessage(
            letter.title,
            letter.text,
            settings.DEFAULT_FROM_EMAIL,
            [letter.address],
            headers={"Message-ID": f"<{letter.reference}@{_mail_host()}>"},
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refusal(max(code for code, _ in error.recipients.values()), INVALID_MAILBOX) from None
        except smtplib.SMTPResponseException as error:
            raise self._refusal(error.smtp_code, REFUSED) from None
        except (smtplib.SMTPException, OSError) as error:
            raise UnreachableError(type(error).__name__, may_have_left=True) from None

    def _refusal(self, code: int, meaning: str) -> TransportError:
        # A server that does not let us in refuses everybody, so no recipient is at fault.
        if code < self._FOR_GOOD or code in {530, 534, 535, 538}:
            return TemporaryError(f"SMTP {code}")
        return PermanentError(meaning)


def _mail_host() -> str:
    return str(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].strip("> ")


class LocalOutbox:
    """Outside production: nothing leaves, the page of the local outbox shows the message."""

    def send(self, letter: Letter) -> None:
        return


def _post(url: str, body: Any, headers: dict[str, str], **query: str) -> requests.Response:
    """Return the answer to a POST of JSON; raise TemporaryError where there is none."""
    try:
        return requests.post(
            url,
            json=body,
            params=query,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        # The error's own text would name the address, and in it the group's secret key.
        raise UnreachableError(type(error).__name__, may_have_left=_was_connected(error)) from None


def _was_connected(error: requests.RequestException) -> bool:
    """Return whether anything may have reached the other side before it went wrong."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return not isinstance(cause, NewConnectionError | ConnectTimeoutError)


def _refuse_rate_limit(answer: requests.Response) -> None:
    if answer.status_code == TOO_MANY:
        raise RateLimitedError(_seconds(answer.headers.get("Retry-After", "")))


def _seconds(retry_after: str) -> int:
    """Return how long to wait by a Retry-After header, which has seconds or a date; a minute without one."""
    if retry_after.isascii() and retry_after.isdigit():
        return int(retry_after[:6])
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return _WAIT_SECONDS
    if timezone.is_naive(until):
        return _WAIT_SECONDS
    return int((until - timezone.now()).total_seconds())


def sms_transport() -> Transport | None:
    """Return the way for SMS of this deployment, or None when there is none."""
    if settings.SMS_GATEWAY_URL:
        return SmsGateway(settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN)
    return LocalOutbox() if settings.LOCAL_OUTBOX else None


def transport_of(channel: str) -> Transport | None:
    """Return the way of a channel in this deployment, or None when it has none."""
    if channel == Channel.SMS:
        return sms_transport()
    if channel == Channel.EMAIL and settings.EMAIL_HOST:
        return Mail()
    if channel == Channel.WECOM and settings.WECOM_WEBHOOK_URL:
        return WecomRobot(settings.WECOM_WEBHOOK_URL)
    return LocalOutbox() if settings.LOCAL_OUTBOX else None
