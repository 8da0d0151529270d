"""Stolen, planted and forged sessions, and requests forged from another site."""

import datetime
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session as StoredSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Post, User
from tests.attacks.found_forms import Stage
from tests.attacks.production import production
from tests.attacks.snapshot import changed, contents
from tests.cast import Cast
from tests.contract.table import EXPECTED
from tests.contract.world import named_urls

PASSWORD = "Right-pass-123"
LOGIN = "/accounts/login/"
PLANTED = "attackerattackerattackerattacker"
LIST = "/children/"


def log_in(client: Client, name: str = "wenshui") -> Any:
    return client.post(LOGIN, {"login": name, "password": PASSWORD})


def key_of(client: Client) -> str:
    return client.cookies["sessionid"].value if "sessionid" in client.cookies else ""


@pytest.fixture
def cast(taken_back: Stage) -> Cast:
    return taken_back.world.cast


# Planted and stolen sessions


@pytest.mark.parametrize("planted", [PLANTED, "", "x", "../../etc/passwd", "a" * 4000, "\x01"])
def test_a_planted_session_key_is_not_adopted(cast: Cast, planted: str) -> None:
    client = Client()
    client.cookies["sessionid"] = planted
    client.get(LOGIN)
    log_in(client)
    assert client.get(LIST).status_code == 200
    assert key_of(client) != planted
    attacker = Client()
    attacker.cookies["sessionid"] = planted
    assert attacker.get(LIST).status_code == 302


def test_the_key_changes_at_log_in_and_again_for_another_user(cast: Cast) -> None:
    client = Client()
    session = client.session
    session["opened_by"] = "attacker"
    session.save()
    before = client.cookies["sessionid"] = session.session_key
    log_in(client)
    first = key_of(client)
    assert first != before
    assert not StoredSession.objects.filter(session_key=before).exists()
    log_in(client, "xingxian")
    client.post("/accounts/logout/")
    log_in(client, "xingxian")
    assert key_of(client) not in {"", before, first}
    assert "opened_by" not in client.session


def test_a_session_is_dead_after_log_out_whoever_kept_its_key(cast: Cast) -> None:
    client, thief = Client(), Client()
    log_in(client)
    thief.cookies["sessionid"] = key_of(client)
    assert thief.get(LIST).status_code == 200
    client.post("/accounts/logout/")
    assert thief.get(LIST).headers["Location"].startswith(LOGIN)


def test_a_session_of_a_user_without_rights_any_more_is_dead(cast: Cast) -> None:
    client = Client()
    log_in(client)
    cast.wenshui.posts.update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    assert client.get(LIST).status_code == 403
    User.objects.filter(pk=cast.wenshui.pk).update(is_active=False)
    assert client.get(LIST).headers["Location"].startswith(LOGIN)


def test_thirty_idle_minutes_end_a_session(cast: Cast) -> None:
    client = Client()
    cookie = log_in(client).cookies["sessionid"]
    assert int(cookie["max-age"] or 0) <= 30 * 60, "and without a time the browser drops it when it is closed"
    stored = StoredSession.objects.get(session_key=key_of(client))
    assert stored.expire_date <= timezone.now() + datetime.timedelta(minutes=30, seconds=5)
    # The cache forgets by its own clock, which stands still here.
    cache.delete(client.session.cache_key)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=31)):
        assert client.get(LIST).headers["Location"].startswith(LOGIN)


def test_work_keeps_a_session_alive(cast: Cast) -> None:
    client = Client()
    log_in(client)
    now = timezone.now()
    for minutes in (20, 40, 60):
        with time_machine.travel(now + datetime.timedelta(minutes=minutes)):
            assert client.get(LIST).status_code == 200


# Cookies


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(cast: Cast) -> None:
    client = Client()
    client.get(LOGIN)
    answer = log_in(client)
    session, token = answer.cookies["sessionid"], client.cookies["csrftoken"]
    assert session["httponly"]
    assert session["samesite"] in {"Lax", "Strict"}
    assert token["samesite"] in {"Lax", "Strict"}
    assert not session["domain"]


def test_production_sends_cookies_over_https_only(cast: Cast, settings: Any) -> None:
    found = production()
    for name in (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SESSION_COOKIE_HTTPONLY",
        "REQUIRE_SECOND_FACTOR",
    ):
        assert found[name] is True, name
    assert found["SESSION_COOKIE_AGE"] == 30 * 60
    assert found["DEBUG"] is False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.get(LOGIN)
    assert client.cookies["csrftoken"]["secure"]
    assert log_in(client).cookies["sessionid"]["secure"]


def test_every_cookie_of_every_page_is_guarded(taken_back: Stage) -> None:
    """Also one that a later feature sets: none is readable by script but the token that scripts must send."""
    for who in ("wenshui", "mama"):
        cookies = taken_back.crawl(who).cookies
        assert cookies
        for name, morsel in ((name, morsel) for name, morsel in cookies.items() if morsel.value):
            assert morsel["samesite"] in {"Lax", "Strict"}, name
            assert morsel["httponly"] or name == "csrftoken", name


# Posts


def test_nobody_acts_in_another_s_post(cast: Cast) -> None:
    for who in ("fengcheng", "mama", "auditor", "official", "postless"):
        client = Client()
        log_in(client, who)
        for post in Post.objects.exclude(user=cast.users[who]):
            client.post(reverse("switch_post"), {"post": post.pk})
            assert client.session.get("acting_post") != post.pk


def test_a_post_that_is_over_cannot_be_switched_to(cast: Cast) -> None:
    over = Post.objects.create(
        user=cast.fengcheng, role="STAFF", region_id="14", starts_on="2025-01-01", ends_on="2025-12-31"
    )
    to_come = Post.objects.create(user=cast.fengcheng, role="STAFF", region_id="1411", starts_on="2099-01-01")
    client = Client()
    log_in(client, "fengcheng")
    for post in (over, to_come):
        client.post(reverse("switch_post"), {"post": post.pk})
        assert client.get(f"/children/{cast.far.pk}/").status_code == 404


# Requests forged from another site


def strict(who: Any = None) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.raise_request_exception = False
    if who is not None:
        client.force_login(who, backend="aixin.access.backends.NameOrPhoneBackend")
    return client


def test_no_view_is_exempt_from_the_check() -> None:
    assert [
        name for name, pattern in named_urls().items() if getattr(pattern.callback, "csrf_exempt", False)
    ] == []


@pytest.mark.parametrize("who", ["wenshui", "mama", None])
def test_every_address_refuses_a_post_without_its_token(taken_back: Stage, who: str | None) -> None:
    """Log-in, log-out, reveal and export too; before the view is asked, so that nothing is done or noted."""
    world = taken_back.world
    client = strict(getattr(world.cast, who) if who else None)
    before, wrong = contents(), []
    for row in {name.partition("?")[0] for name in EXPECTED}:
        kinds = ({}, {"HX-Request": "true"}, {"Origin": "https://evil.example"})
        for headers in kinds if who == "mama" else kinds[:1]:
            status = client.post(world.url(row), {"reason": "contact"}, headers=headers).status_code
            if status != 403:
                wrong.append(f"{row}: {status}")
    assert wrong == []
    assert not changed(before)


def test_a_token_from_another_site_s_page_is_refused(cast: Cast) -> None:
    client = strict(cast.wenshui)
    page = client.get("/account/").content.decode()
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    assert token
    body = {"text": "一句话", "csrfmiddlewaretoken": token}
    address = "/inbox/feedback/"
    assert client.post(address, body, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post(address, body, headers={"Origin": "null"}).status_code == 403
    assert (
        client.post(address, body, secure=True, headers={"Referer": "https://evil.example/x"}).status_code
        == 403
    )
    assert client.post(address, body, secure=True).status_code == 403, "over https without any origin"
    other = strict(cast.xingxian)
    assert other.post(address, body).status_code == 403, "another user's token without the cookie"
    assert client.post(address, body, headers={"Origin": "http://testserver"}).status_code == 302
