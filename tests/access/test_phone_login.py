"""Volunteers log in by phone and SMS code; nothing tells a known number from an unknown one."""

import itertools
import re
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.backends import cached_db
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aixin.access.models import Post, Role, TrustedPhone, User
from aixin.access.trusted_phones import COOKIE
from aixin.audit.models import Action, Entry
from aixin.notify.models import Sms, SmsState
from tests.cast import FENGCHENG, WENSHUI, XIJIE, Cast, make_user
from tests.conftest import Session

pytestmark = pytest.mark.django_db
REQUEST, CONFIRM = "/accounts/code/", "/accounts/code/confirm/"
PIN, TRUST = "/accounts/pin/", "/account/phone/"
# Failures count for half an hour in Redis, so that every test has a number of its own.
NUMBERS = itertools.count(13912345000)


@pytest.fixture
def mama(cast: Cast) -> User:
    cast.mama.phone = str(next(NUMBERS))
    cast.mama.save()
    return cast.mama


def ask(client: Client, who: User | str, **extra: Any) -> Any:
    return client.post(REQUEST, {"phone": who if isinstance(who, str) else who.phone, **extra})


def last_code() -> str:
    found = re.search(r"验证码 (\d{6})，", Sms.objects.order_by("-created_at")[0].text)
    assert found
    return found[1]


def is_in(client: Client) -> bool:
    return client.get("/visits/").status_code == 200


def logged_in(client: Client, user: User) -> Client:
    ask(client, user)
    client.post(CONFIRM, {"code": last_code()})
    return client


def wrong_code() -> str:
    return str((int(last_code()) + 1) % 1000000).zfill(6)


def test_the_code_of_the_sms_opens_the_account(client: Client, mama: User) -> None:
    assert ask(client, mama).headers["Location"] == CONFIRM
    assert client.get(CONFIRM).status_code == 200
    assert not is_in(client)
    client.post(CONFIRM, {"code": last_code()})
    assert is_in(client)
    assert Entry.objects.filter(action=Action.LOGIN, user=mama).count() == 1


def test_the_page_asked_for_comes_after_the_code_and_the_offer(client: Client, mama: User) -> None:
    wanted = "/visits/new/?child=7"
    ask(client, mama, next=wanted)
    answer = client.post(CONFIRM, {"code": last_code(), "next": wanted})
    assert answer.headers["Location"].startswith(f"{TRUST}?next=")
    page = client.get(answer.headers["Location"]).content.decode()
    assert f'href="{wanted}"' in page.replace("&#x3D;", "=")


def test_a_wrong_code_opens_nothing_and_says_so(client: Client, mama: User) -> None:
    ask(client, mama)
    answer = client.post(CONFIRM, {"code": wrong_code()})
    assert "验证码不对" in answer.content.decode()
    assert not is_in(client)


def test_an_old_code_opens_nothing(client: Client, mama: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(client, mama)
        code = last_code()
        clock.shift(301)
        client.post(CONFIRM, {"code": code})
        assert not is_in(client)


def test_five_wrong_codes_lock_the_number_even_with_a_fresh_code(client: Client, mama: User) -> None:
    for _ in range(5):
        ask(client, mama)
        client.post(CONFIRM, {"code": wrong_code()})
        client.post(CONFIRM, {"action": "cancel"})
    other = Client()
    answer = ask(other, mama)
    assert "30分钟" in answer.content.decode()
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=31)):
        assert is_in(logged_in(Client(), mama))


def test_a_number_that_is_locked_takes_no_right_code_from_another_browser(mama: User) -> None:
    patient = Client()
    ask(patient, mama)
    code = last_code()
    thief = Client()
    ask(thief, mama)
    for _ in range(5):
        thief.post(CONFIRM, {"code": wrong_code()})
    patient.post(CONFIRM, {"code": code})
    assert not is_in(patient)


def test_five_codes_in_half_an_hour_are_enough(client: Client, mama: User) -> None:
    for _ in range(5):
        ask(client, mama)
        client.post(CONFIRM, {"action": "cancel"})
    assert "30分钟" in ask(client, mama).content.decode()


def watched(phone: str) -> tuple[list[str], list[tuple[int, str]]]:
    """Return the shapes of the queries and the answers of a whole failing log-in with this number."""
    client = Client()
    answers = []
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for answer in (ask(client, phone), client.get(CONFIRM), client.post(CONFIRM, {"code": "000000"})):
            text = re.sub(
                r'(name="csrfmiddlewaretoken" value|csrf-token" content)="[^"]*"', "", answer.content.decode()
            )
            answers.append((answer.status_code, text.replace(phone[-4:], "")))
    return [re.sub(r"'[^']*'|\d+", "?", query["sql"])[:60] for query in queries], answers


def test_an_unknown_number_gets_the_same_pages_for_the_same_work(mama: User) -> None:
    known, unknown = watched(mama.phone), watched(str(next(NUMBERS)))
    assert known[1] == unknown[1]
    # Three look-ups by key more: the posts of the account found, and the account on each further page. No hash, no network.
    assert abs(len(known[0]) - len(unknown[0])) <= 3


def test_an_unknown_number_gets_no_sms(client: Client, mama: User) -> None:
    ask(client, str(next(NUMBERS)))
    assert [sms.state for sms in Sms.objects.all()] == [SmsState.WITHHELD]
    client.post(CONFIRM, {"code": last_code()})
    assert not is_in(client)


@pytest.mark.parametrize(("region", "opens"), [(XIJIE, True), (FENGCHENG, False), (WENSHUI, False)])
def test_of_staff_only_a_village_chair_comes_in_by_phone(
    client: Client, mama: User, region: str, *, opens: bool
) -> None:
    Post.objects.create(user=mama, role=Role.STAFF, region_id=region)
    ask(client, mama)
    assert Sms.objects.get().state == (SmsState.WAITING if opens else SmsState.WITHHELD)


def test_a_number_that_two_share_opens_nothing(client: Client, mama: User) -> None:
    second = make_user("second", Role.VOLUNTEER, FENGCHENG)
    second.phone = mama.phone
    second.save()
    ask(client, mama)
    assert Sms.objects.get().state == SmsState.WITHHELD


@pytest.mark.parametrize("typed", ["", "123", "1391234560", "139123456011", "+8613912345601", "绝对不是"])
def test_what_is_no_mobile_is_refused(client: Client, cast: Cast, typed: str) -> None:
    answer = ask(client, typed)
    assert answer.status_code == 200
    assert "请填11位手机号" in answer.content.decode()


def test_without_a_gateway_the_way_does_not_exist(client: Client, cast: Cast, settings: Any) -> None:
    settings.LOCAL_OUTBOX = False
    assert client.get(REQUEST).status_code == 404
    assert "验证码登录" not in client.get("/accounts/login/").content.decode()


def test_number_and_code_lie_encrypted_in_session_and_outbox(client: Client, mama: User) -> None:
    ask(client, mama)
    code = last_code()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(session_data, '') FROM django_session")
        (sessions,) = cursor.fetchone()
        cursor.execute("SELECT phone, text FROM notify_sms")
        (phone, text) = cursor.fetchone()
    for stored in (sessions, phone, text):
        assert mama.phone not in stored
        assert code not in stored


class TestTrustedPhone:
    @pytest.fixture
    def phone(self, mama: User) -> Client:
        client = logged_in(Client(), mama)
        client.post(TRUST, {"pin": "283746", "again": "283746", "next": "/"})
        client.post("/accounts/logout/")
        return client

    def test_the_pin_opens_it_after_the_session_is_over(self, phone: Client) -> None:
        answer = phone.get("/accounts/login/?next=/visits/")
        assert answer.headers["Location"] == f"{PIN}?next=%2Fvisits%2F"
        assert "mama" not in phone.get(PIN).content.decode()
        answer = phone.post(PIN, {"pin": "283746", "next": "/visits/"})
        assert answer.headers["Location"] == "/visits/"
        assert is_in(phone)

    def test_another_way_stays_open(self, phone: Client) -> None:
        assert phone.get("/accounts/login/?other=1").status_code == 200

    def test_five_wrong_pins_end_the_trust(self, phone: Client) -> None:
        for _ in range(5):
            phone.post(PIN, {"pin": "000001"})
        phone.post(PIN, {"pin": "283746"})
        assert not is_in(phone)
        assert not TrustedPhone.objects.exists()

    def test_after_thirty_days_the_code_is_asked_for_again(self, phone: Client) -> None:
        TrustedPhone.objects.update(expires_at=timezone.now())
        phone.post(PIN, {"pin": "283746"})
        assert not is_in(phone)

    def test_the_trust_can_be_taken_back(self, phone: Client, mama: User) -> None:
        session = Session(mama)
        held = TrustedPhone.objects.get()
        assert session.get("/account/sessions/").context["phones"][0] == held
        session.post(f"/account/sessions/phones/{held.pk}/forget/")
        phone.post(PIN, {"pin": "283746"})
        assert not is_in(phone)

    def test_nobody_takes_back_another_ones(self, phone: Client, cast: Cast) -> None:
        held = TrustedPhone.objects.get()
        assert Session(cast.mama2).post(f"/account/sessions/phones/{held.pk}/forget/").status_code == 404
        assert TrustedPhone.objects.filter(pk=held.pk).exists()

    def test_a_closed_account_or_a_wider_post_ends_it(self, phone: Client, mama: User) -> None:
        post = Post.objects.create(user=mama, role=Role.STAFF, region_id=WENSHUI)
        phone.post(PIN, {"pin": "283746"})
        assert not is_in(phone)
        post.delete()
        User.objects.filter(pk=mama.pk).update(is_active=False)
        phone.post(PIN, {"pin": "283746"})
        assert not is_in(phone)

    def test_pin_and_token_are_kept_as_digests(self, phone: Client) -> None:
        held = TrustedPhone.objects.get()
        assert "283746" not in held.pin_hash
        assert phone.cookies[COOKIE].value not in held.token_hash
        assert phone.cookies[COOKIE]["httponly"]

    @pytest.mark.parametrize("pin", ["123456", "111111", "12345", "abcdef", "part of the phone"])
    def test_a_pin_that_is_easy_to_guess_is_refused(self, mama: User, pin: str) -> None:
        pin = pin.replace("part of the phone", mama.phone[2:8])
        session = Session(mama)
        assert session.post(TRUST, {"pin": pin, "again": pin}).status_code == 200
        assert not TrustedPhone.objects.exists()

    def test_staff_of_an_office_trust_no_phone(self, cast: Cast) -> None:
        assert Session(cast.wenshui).get(TRUST).status_code == 403


class TestSessions:
    def test_one_sees_ones_devices_and_ends_another(self, mama: User) -> None:
        here, there = (
            logged_in(Client(HTTP_USER_AGENT="Mozilla Android MicroMessenger Chrome"), mama),
            Client(),
        )
        logged_in(there, mama)
        page = here.get("/account/sessions/")
        assert [row["device"] for row in page.context["sessions"]] == ["电脑 其他浏览器", "手机 微信"]
        other = next(row["row"] for row in page.context["sessions"] if not row["is_this"])
        here.post(f"/account/sessions/{other.pk}/end/")
        assert is_in(here)
        assert not is_in(there)

    def test_nobody_ends_anothers_session(self, cast: Cast, mama: User) -> None:
        here = logged_in(Client(), mama)
        row = here.get("/account/sessions/").context["sessions"][0]["row"]
        assert Session(cast.mama2).post(f"/account/sessions/{row.pk}/end/").status_code == 404
        assert is_in(here)

    def test_logging_out_everywhere_ends_all_and_every_trust(self, mama: User) -> None:
        clients = [logged_in(Client(), mama), logged_in(Client(), mama)]
        clients[0].post(TRUST, {"pin": "283746", "again": "283746"})
        clients[1].post("/account/sessions/end/")
        assert [is_in(client) for client in clients] == [False, False]
        assert not TrustedPhone.objects.exists()
        assert Entry.objects.filter(action=Action.SECURITY, user=mama).count() == 3

    def test_a_sign_of_life_renews_the_session(self, client: Client, mama: User) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            logged_in(client, mama)
            for _ in range(3):
                clock.shift(25 * 60)
                assert client.post("/account/stay/").status_code == 204
            clock.shift(31 * 60)
            # Redis lets it go by its own clock.
            cache.delete(f"{cached_db.KEY_PREFIX}{client.session.session_key}")
            assert client.post("/account/stay/").status_code == 302
