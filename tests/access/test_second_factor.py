"""The second factor: asked of staff of county and above and of the system roles, set up at first log-in."""

import time
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from aixin.audit.models import Action, Entry
from tests.cast import Cast
from tests.conftest import Session

ACTIVATE = "/accounts/2fa/totp/activate/"
PASSWORD = "Right-pass-123"


@pytest.fixture(autouse=True)
def as_in_production(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def log_in(client: Client, username: str) -> Any:
    return client.post("/accounts/login/", {"login": username, "password": PASSWORD})


def activated(client: Client) -> str:
    """Set the second factor up as a user does, who says her password once more, and return its secret."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get(ACTIVATE).context["form"].secret
    assert client.post(ACTIVATE, {"code": code_of(secret)}).status_code == 302
    return str(secret)


@pytest.mark.parametrize("who", ["city", "wenshui", "sysadmin", "auditor"])
def test_who_needs_one_is_sent_to_set_it_up(cast: Cast, who: str) -> None:
    session = Session(cast.users[who])
    for page in ("/", "/children/", "/account/"):
        assert session.get(page).headers.get("Location") == ACTIVATE


@pytest.mark.parametrize("who", ["fengcheng", "mama", "official"])
def test_who_does_not_need_one_goes_on(cast: Cast, who: str) -> None:
    assert ACTIVATE not in Session(cast.users[who]).get("/").headers.get("Location", "")


def test_after_setting_it_up_the_work_goes_on(cast: Cast) -> None:
    client = Client()
    log_in(client, "wenshui")
    assert client.get(ACTIVATE).headers["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get(ACTIVATE)
    assert page.status_code == 200
    assert "data:image/svg+xml" in page.content.decode()
    activated(client)
    assert client.get("/children/").status_code == 200
    assert Authenticator.objects.filter(user=cast.wenshui, type=Authenticator.Type.RECOVERY_CODES).exists()


def test_the_next_log_in_asks_for_the_code(cast: Cast) -> None:
    first = Client()
    log_in(first, "wenshui")
    secret = activated(first)
    second = Client()
    assert log_in(second, "wenshui").headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert second.get("/children/").status_code == 302
    assert second.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    # The present code was used to set it up, so she waits for the next.
    with time_machine.travel(time.time() + 30):
        right = second.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
        assert right.status_code == 302
        assert second.get("/children/").status_code == 200


def test_a_recovery_code_works_once(cast: Cast) -> None:
    first = Client()
    log_in(first, "wenshui")
    activated(first)
    stored = Authenticator.objects.get(user=cast.wenshui, type=Authenticator.Type.RECOVERY_CODES)
    code = stored.wrap().get_unused_codes()[0]
    answers = []
    for _ in range(2):
        client = Client()
        log_in(client, "wenshui")
        answers.append(client.post("/accounts/2fa/authenticate/", {"code": code}).status_code)
    assert answers == [302, 200]


def test_the_secret_lies_encrypted(cast: Cast) -> None:
    client = Client()
    log_in(client, "wenshui")
    secret = activated(client)
    stored = Authenticator.objects.get(user=cast.wenshui, type=Authenticator.Type.TOTP)
    assert secret not in str(stored.data)
    assert stored.data["secret"].startswith("a1:")


def test_setting_it_up_a_wrong_code_and_taking_it_away_are_in_the_trail(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    log_in(client, "wenshui")
    with django_capture_on_commit_callbacks(execute=True):
        activated(client)
    log_in(other := Client(), "wenshui")
    other.post("/accounts/2fa/authenticate/", {"code": "000000"})
    failed = Entry.objects.get(action=Action.LOGIN_FAILED)
    assert (failed.object_id, failed.reason) == (str(cast.wenshui.pk), "两步验证码不对")
    client.post("/accounts/2fa/totp/deactivate/")
    changes = Entry.objects.filter(action=Action.SECOND_FACTOR, detail__method="totp").order_by("id")
    assert [entry.detail["change"] for entry in changes] == ["added", "removed"]
    assert {entry.user for entry in changes} == {cast.wenshui}
