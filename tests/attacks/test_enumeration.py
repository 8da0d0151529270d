"""Finding out who or what exists: known and unknown are answered alike, to the byte and to the work done."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aixin.access.models import Role, User
from children.models import Child
from tests.attacks.found_forms import Stage
from tests.attacks.places import ROWLESS
from tests.cast import WENSHUI, XINGXIAN_VILLAGE, make_regions, make_user
from tests.factories import ChildFactory, VolunteerFactory

LOGIN = "/accounts/login/"
RIGHT, WRONG = "Right-pass-123", "Wrong-pass-123"
MISSING = 2_000_000_000


@pytest.fixture
def clerk(db: None) -> User:
    make_regions()
    user = make_user(f"clerk{uuid4().hex[:8]}", Role.STAFF, WENSHUI)
    user.phone = f"139{uuid4().int % 10**8:08d}"
    user.save()
    return user


class Work:
    """What an answer cost: queries and password hashes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hashes = 0
        encode = MD5PasswordHasher.encode

        def counted(hasher: Any, *args: Any, **kwargs: Any) -> str:
            self.hashes += 1
            return encode(hasher, *args, **kwargs)

        monkeypatch.setattr(MD5PasswordHasher, "encode", counted)

    def of(self, login: str, password: str = WRONG) -> tuple[Any, ...]:
        """Return status, page, headers' names, kinds of queries and number of hashes of one attempt."""
        self.hashes = 0
        client = Client()
        client.get(LOGIN)
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(LOGIN, {"login": login, "password": password})
        kinds = [kind_of(query["sql"]) for query in queries]
        return answer.status_code, plain(answer, login), sorted(answer.headers), kinds, self.hashes


def kind_of(sql: str) -> str:
    found = re.match(r'(\w+).*?(?:FROM|INTO|UPDATE)?\s"?(\w+)"?', sql, re.DOTALL)
    return (
        f"{sql.split(maxsplit=1)[0]} {re.findall(chr(34) + r'([a-z]+_[a-z]+)' + chr(34), sql)[:1]}"
        if found
        else sql[:20]
    )


def plain(answer: Any, typed: str = "") -> str:
    """Return a page without its token, which is drawn anew, and without what was typed."""
    page = re.sub(r'(name="csrf\w*-?\w*" (?:content|value)=)"[^"]*"', r"\1", answer.content.decode())
    return page.replace(typed, "") if typed else page


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


def test_a_known_and_an_unknown_name_cost_and_say_the_same(clerk: User, work: Work) -> None:
    unknown = work.of(f"nobody{uuid4().hex[:8]}")
    assert work.of(clerk.username) == unknown
    assert work.of(clerk.phone) == unknown
    assert work.of(f"139{uuid4().int % 10**8:08d}") == unknown
    assert unknown[-1] == 1, "one hash is computed either way"


def test_an_inactive_account_with_its_right_password_is_an_unknown_name(clerk: User, work: Work) -> None:
    unknown = work.of(f"nobody{uuid4().hex[:8]}")
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert work.of(clerk.username, RIGHT) == unknown


def test_a_user_without_a_password_is_an_unknown_name(clerk: User, work: Work) -> None:
    """A volunteer who comes in by code has none."""
    unknown = work.of(f"nobody{uuid4().hex[:8]}")
    clerk.set_unusable_password()
    clerk.save()
    assert work.of(clerk.username)[:3] == unknown[:3]
    assert work.of(clerk.username)[-1] == 1


def test_locked_is_said_of_unknown_names_too(clerk: User, work: Work) -> None:
    stranger = f"nobody{uuid4().hex[:8]}"
    for login in (clerk.username, stranger):
        for _ in range(5):
            work.of(login)
    known, unknown = work.of(clerk.username), work.of(stranger)
    assert known == unknown
    assert "30分钟" in known[1]
    assert known == work.of(clerk.username, RIGHT)


def test_another_county_s_row_and_no_row_are_one_and_the_same(taken_back: Stage) -> None:
    """Byte for byte, but for the path itself, by every address that names a row."""
    world, client = taken_back.world, taken_back.session("xingxian")
    wrong, asked = [], 0
    rows = {row: args for row, args in world.args.items() if not row.startswith(ROWLESS)}
    for row, args in rows.items():
        missing = [MISSING if isinstance(value, int) else value for value in args]
        address = reverse(row.partition("@")[0], args=missing)
        for ask in (client.get, client.post):
            foreign, none = ask(world.url(row)), ask(address)
            asked += 1
            said = [(one.status_code, plain(one), sorted(one.headers)) for one in (foreign, none)]
            if said[0] != said[1]:
                wrong.append(f"{row}: {foreign.status_code} {none.status_code}")
    assert wrong == []
    assert asked > 60


def test_a_child_chosen_for_a_visit_is_there_or_not_there(taken_back: Stage) -> None:
    for who in ("xingxian", "mama2"):
        client = taken_back.session(who)
        foreign, none = (
            client.get(f"/visits/new/?child={pk}") for pk in (taken_back.world.cast.child.pk, MISSING)
        )
        assert foreign.status_code == none.status_code
        unlike = re.compile(r'name="client_uuid"[^>]*>|data-draft="[^"]*"|name="draft_key"[^>]*>')
        assert unlike.sub("", plain(foreign)) == unlike.sub("", plain(none))


@pytest.mark.parametrize("roster", ["children", "volunteers"])
def test_an_id_held_elsewhere_is_answered_yes_or_no_only(taken_back: Stage, roster: str) -> None:
    """Whose it is, where and since when is not said: the page is the same whoever holds it."""
    client = taken_back.session("wenshui")
    factory = ChildFactory if roster == "children" else VolunteerFactory
    pages = []
    for name, place in (("甲某某", XINGXIAN_VILLAGE), ("乙某某某", "140105001001")):
        held = factory(name=name, region_id=place)
        body = {
            "name": "同一人", "idno": held.idno, "region": "141121100018", "category": "LEFT_BEHIND",
            "consent": "GIVEN", "guardian_name": "某人", "kind": "OTHER", "capacity": "3", "state": "QUALIFIED",
        }  # fmt: skip
        answer = client.post(reverse(f"{roster}:create"), body)
        assert answer.status_code == 200
        page = plain(answer, held.idno)
        assert not [word for word in (name, held.no, "兴县", "小店", "太原") if word in page]
        pages.append(page)
    assert pages[0] == pages[1]
    assert "其他地区" in pages[0]
    assert not Child.objects.filter(name="同一人").exists()


def test_numbers_of_people_cannot_be_counted_up(taken_back: Stage) -> None:
    """A public number is found in one's own region only; nearby numbers of others are not."""
    cast, client = taken_back.world.cast, taken_back.session("xingxian")
    for no in (cast.child.no, cast.volunteer.no, cast.pairing.no):
        found = client.post(reverse("search"), {"q": no}, follow=True)
        none = client.post(reverse("search"), {"q": "1999994"}, follow=True)
        assert plain(found, no) == plain(none, "1999994")
