"""A session of somebody at work goes on; that is written down once in a while, not with every request (等保 level 3)."""

from django.contrib.sessions.models import Session as StoredSession
from django.test import Client
from django.utils import timezone

from aixin.access.middleware import SESSION_RENEWED, renewal_seconds
from tests.cast import Cast
from tests.conftest import Session


def stored(client: Client) -> StoredSession:
    return StoredSession.objects.get(session_key=client.session.session_key)


def wound_back(client: Client, seconds: int) -> None:
    """Let the session be one that was renewed so long ago."""
    session = client.session
    session[SESSION_RENEWED] -= seconds
    session.save()
    StoredSession.objects.update(expire_date=timezone.now())


def test_a_request_a_minute_is_enough_to_go_on(cast: Cast) -> None:
    client = Session(cast.wenshui)
    client.get("/children/")
    wound_back(client, renewal_seconds())
    answer = client.get("/children/")
    assert (stored(client).expire_date - timezone.now()).total_seconds() > 29 * 60
    assert answer.cookies["sessionid"]["max-age"] == 30 * 60


def test_the_requests_in_between_write_nothing(cast: Cast) -> None:
    client = Session(cast.wenshui)
    client.get("/account/stay/")
    expires = stored(client).expire_date
    answer = client.post("/account/stay/")
    assert answer.status_code == 204
    assert "sessionid" not in answer.cookies
    assert stored(client).expire_date == expires


def test_a_page_says_the_end_before_the_session_ends(cast: Cast) -> None:
    page = Session(cast.wenshui).get("/children/").content.decode()
    assert f'name="idle-seconds" content="{30 * 60 - renewal_seconds()}"' in page


def test_a_stranger_gets_no_session(db: None) -> None:
    assert "sessionid" not in Client().get("/health/").cookies
