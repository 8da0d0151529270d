"""/join/<county>/: anybody may sign up, learns nothing about others, and follows it by a link of her own."""

import datetime
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from aixin.access.scope import EVERYTHING, NOTHING, Scope, opened
from aixin.notify.models import Sms
from recruitment.applying import digest_of
from recruitment.choices import State
from recruitment.models import Application, JoinPage
from recruitment.tasks import forget_applications
from tests.cast import FENGCHENG, KAISHAN, WENSHUI, Cast
from tests.factories import make_idno

pytestmark = pytest.mark.django_db
PAGE = f"/join/{WENSHUI}/"
PHONE = "13912345678"
IDNO = make_idno(7, datetime.date(1985, 3, 4))


def key_on(page: Any) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def sign_up(client: Client, **changes: Any) -> Any:
    body = {
        "key": key_on(client.get(PAGE)), "name": "马新人", "phone": PHONE, "idno": IDNO, "region": FENGCHENG,
        "kind": "TEACHER", "skills": ["STUDY"], "capacity": "2", "agreed": "on",
    }  # fmt: skip
    return client.post(PAGE, {name: value for name, value in (body | changes).items() if value is not None})


def code_sent(phone: str = PHONE) -> str:
    sent = [sms for sms in Sms.objects.filter(kind="sign_up_code") if sms.phone == phone]
    found = re.search(r"\d{6}", max(sent, key=lambda sms: sms.created_at).text)
    assert found
    return found[0]


@pytest.fixture(autouse=True)
def without_sms(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LOCAL_OUTBOX, settings.SMS_GATEWAY_URL = False, ""
    settings.ACCOUNT_RATE_LIMITS = {
        "sign_up": "5/d/key",
        "sign_up_code": "3/30m/key",
        "sign_up_code_failed": "5/30m/key",
    }
    # Limits of this test's own; what others keep in the cache stays.
    monkeypatch.setattr(caches["default"], "key_prefix", uuid4().hex)


@pytest.fixture
def outbox(without_sms: None, settings: Any) -> None:
    settings.LOCAL_OUTBOX = True


def test_a_sign_up_waits_for_the_county(cast: Cast) -> None:
    answer = sign_up(Client())
    assert answer.status_code == 302, answer.context["form"].errors
    kept = Application.objects.get()
    assert (kept.state, kept.name, kept.phone, kept.idno, kept.region_id, kept.sex, kept.birth) == (
        State.PENDING, "马新人", PHONE, IDNO, FENGCHENG, "F", datetime.date(1985, 3, 4),
    )  # fmt: skip
    assert kept.consented_at
    token = answer.url.split("/")[-2]
    assert kept.token_hash == digest_of(token) != token
    assert "正在审核" in Client().get(answer.url).content.decode()


def test_with_an_outbox_the_phone_is_confirmed_first(cast: Cast, outbox: None) -> None:
    link = sign_up(Client()).url
    assert Application.objects.get().state == State.UNCONFIRMED
    wrong = "000000" if code_sent() != "000000" else "111111"
    assert "验证码不对" in Client().post(link, {"act": "code", "code": wrong}).content.decode()
    assert Client().post(link, {"act": "code", "code": code_sent()}).status_code == 302
    assert Application.objects.get().state == State.PENDING
    assert any(link in sms.text for sms in Sms.objects.filter(kind="sign_up"))


def test_after_five_wrong_codes_the_right_one_is_refused_too(cast: Cast, outbox: None) -> None:
    link = sign_up(Client()).url
    right = code_sent()
    for number in range(5):
        Client().post(link, {"act": "code", "code": f"{(int(right) + number + 1) % 10**6:06d}"})
    Client().post(link, {"act": "code", "code": right})
    assert Application.objects.get().state == State.UNCONFIRMED


def test_a_new_code_ends_the_one_before_and_not_too_many_are_sent(cast: Cast, outbox: None) -> None:
    link = sign_up(Client()).url
    first = code_sent()
    for _ in range(6):
        Client().post(link, {"act": "resend"})
    assert Sms.objects.filter(kind="sign_up_code").count() <= 4
    if code_sent() != first:
        Client().post(link, {"act": "code", "code": first})
        assert Application.objects.get().state == State.UNCONFIRMED


def test_a_known_phone_is_answered_like_any_other(cast: Cast) -> None:
    pages = []
    for phone in (cast.volunteer.phone, PHONE):
        answer = sign_up(Client(), phone=phone, idno=None, sex="F", birth="1985-03-04")
        page = Client().get(answer.url).content.decode().replace(answer.url, "")
        pages.append(re.sub(r'\w{64}|\w{32}"', "", page))
    assert pages[0] == pages[1]


def test_sending_twice_makes_one(cast: Cast) -> None:
    client = Client()
    key = key_on(client.get(PAGE))
    first, second = sign_up(client, key=key), sign_up(client, key=key)
    assert first.url == second.url
    assert Application.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("agreed", {"agreed": None}),
        ("phone", {"phone": "0358-1234567"}),
        ("idno", {"idno": IDNO[:-1] + ("1" if IDNO[-1] != "1" else "2")}),
        ("birth", {"idno": None, "sex": "F"}),
        ("region", {"region": "141123100"}),
        ("capacity", {"capacity": "0"}),
        ("skills", {"skills": ["ALL"]}),
        ("name", {"name": "<b>"}),
        ("__all__", {"key": "forged"}),
    ],
)
def test_a_wrong_form_stores_nothing(cast: Cast, field: str, changes: dict[str, Any]) -> None:
    answer = sign_up(Client(), **changes)
    assert field in answer.context["form"].errors
    assert not Application.objects.exists()


def test_an_empty_form_is_answered_in_words(cast: Cast) -> None:
    answer = Client().post(PAGE, b"", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_a_number_signs_up_five_times_a_day_at_most(cast: Cast) -> None:
    answers = [sign_up(Client()).status_code for _ in range(6)]
    assert answers == [302] * 5 + [200]


def test_a_closed_page_takes_nobody(cast: Cast) -> None:
    client = Client()
    key = key_on(client.get(PAGE))
    JoinPage.objects.create(region_id=WENSHUI, is_open=False)
    assert sign_up_closed(client, key).status_code == 200
    assert not Application.objects.exists()
    assert "文水县" not in client.get("/join/").content.decode()


def sign_up_closed(client: Client, key: str) -> Any:
    return client.post(PAGE, {"key": key, "name": "马新人", "phone": PHONE, "idno": IDNO, "region": KAISHAN})


def test_only_counties_at_work_here_have_a_page(cast: Cast) -> None:
    listed = Client().get("/join/").content.decode()
    assert "文水县" in listed
    assert Client().get("/join/141124/").status_code == 404


def test_the_link_opens_its_own_row_alone(cast: Cast) -> None:
    first = sign_up(Client()).url.split("/")[-2]
    sign_up(Client(), name="马第二", phone="13912345679", idno=None, sex="F", birth="1985-03-04")
    with opened(Scope(application=digest_of(first))):
        assert [one.name for one in Application.objects.all()] == ["马新人"]
        assert Application.objects.exclude(name="马新人").update(name="改名") == 0
    with opened(NOTHING):
        assert not Application.objects.exists()
    assert Client().get("/join/status/unknown/").status_code == 404


def test_a_sign_up_can_be_taken_back_and_is_empty_then(cast: Cast) -> None:
    link = sign_up(Client()).url
    Client().post(link, {"act": "withdraw"})
    kept = Application.objects.get()
    assert (kept.state, kept.name, kept.phone, kept.idno, kept.birth) == (State.WITHDRAWN, "", "", "", None)
    assert "已撤回" in Client().get(link).content.decode()


def test_what_came_to_nothing_is_removed_in_time(cast: Cast) -> None:
    for number, (state, days) in enumerate(
        [("UNCONFIRMED", 2), ("REFUSED", 181), ("WITHDRAWN", 181), ("REFUSED", 179), ("PENDING", 400)]
    ):
        past = timezone.now() - datetime.timedelta(days=days)
        row = Application.objects.create(
            region_id=FENGCHENG, state=state, token_hash=str(number), name="马新人", decided_at=past
        )
        Application.objects.filter(pk=row.pk).update(created_at=past)
    forget_applications()
    with opened(EVERYTHING):
        assert sorted(Application.objects.values_list("state", flat=True)) == ["PENDING", "REFUSED"]
