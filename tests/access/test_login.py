"""Logging in and out, the password's rules, acting in another post, and the trail of it all."""

import datetime
from ipaddress import IPv6Address
from uuid import uuid4

import pytest
from django.test import Client

from aixin.access.models import Post, Role, User
from aixin.audit.models import Action, Entry
from children.models import Child
from tests.cast import CITY, WENSHUI, Cast, make_regions, make_user
from tests.conftest import Session

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "Right-pass-123", "Wrong-pass-123"


@pytest.fixture
def client() -> Client:
    """A browser at an address of its own, as attempts are counted by address too."""
    return Client(REMOTE_ADDR=an_address())


@pytest.fixture
def clerk() -> User:
    """A clerk whose name no other run has used: failures are counted in Redis, which outlives a test."""
    make_regions()
    return make_user(f"clerk{uuid4().hex[:8]}", Role.STAFF, WENSHUI)


def an_address() -> str:
    return str(IPv6Address(uuid4().int))


def log_in(client: Client, login: str, password: str = RIGHT, **more: str):
    return client.post("/accounts/login/", {"login": login, "password": password}, **more)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def message_of(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.context["form"].non_field_errors())


def actions_of(user: User | None) -> list[str]:
    return list(Entry.objects.filter(user=user).order_by("id").values_list("action", flat=True))


def test_by_name(client: Client, clerk: User) -> None:
    answer = log_in(client, clerk.username)
    assert (answer.status_code, answer.url) == (302, "/")
    assert is_in(client)
    assert client.get("/children/").status_code == 200


def test_by_phone(client: Client, clerk: User) -> None:
    clerk.phone = "13912340001"
    clerk.save()
    log_in(client, "13912340001")
    assert is_in(client)


def test_a_phone_that_two_share_logs_in_nobody(client: Client, clerk: User) -> None:
    for user in (clerk, make_user(f"other{uuid4().hex[:8]}", Role.STAFF, WENSHUI)):
        user.phone = "13912340002"
        user.save()
    log_in(client, "13912340002")
    assert not is_in(client)


def test_the_page_asked_for_comes_after_log_in(client: Client, clerk: User) -> None:
    answer = client.get("/children/?figure=unpaired")
    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=/children/%3Ffigure%3Dunpaired"
    answer = client.post(answer.url, {"login": clerk.username, "password": RIGHT})
    assert answer.url == "/children/?figure=unpaired"


def test_nobody_is_sent_to_another_site(client: Client, clerk: User) -> None:
    answer = client.post(
        "/accounts/login/?next=https://evil.example/", {"login": clerk.username, "password": RIGHT}
    )
    assert answer.url == "/"


def test_a_wrong_password_says_no_more_than_an_unknown_name(client: Client, clerk: User) -> None:
    wrong = message_of(log_in(client, clerk.username, WRONG))
    unknown = message_of(log_in(client, f"nobody{uuid4().hex[:8]}", WRONG))
    assert wrong == unknown
    assert wrong
    assert not is_in(client)


def test_an_inactive_user_is_told_no_more(client: Client, clerk: User) -> None:
    unknown = message_of(log_in(client, f"nobody{uuid4().hex[:8]}"))
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert message_of(log_in(client, clerk.username)) == unknown
    assert not is_in(client)


def test_a_user_made_inactive_loses_her_session(client: Client, clerk: User) -> None:
    log_in(client, clerk.username)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    answer = client.get("/children/")
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


def test_five_failures_lock_even_for_the_right_password(client: Client, clerk: User) -> None:
    for _ in range(5):
        log_in(client, clerk.username, WRONG)
    answer = log_in(client, clerk.username)
    assert not is_in(client)
    assert answer.status_code in {200, 429}


def test_four_failures_do_not_lock(client: Client, clerk: User) -> None:
    for _ in range(4):
        log_in(client, clerk.username, WRONG)
    log_in(client, clerk.username)
    assert is_in(client)


def test_one_users_failures_do_not_lock_another(client: Client, clerk: User) -> None:
    for _ in range(6):
        log_in(client, f"nobody{clerk.username}", WRONG)
    log_in(client, clerk.username)
    assert is_in(client)


def test_log_out_ends_the_session_and_needs_a_post(client: Client, clerk: User) -> None:
    log_in(client, clerk.username)
    client.get("/accounts/logout/")
    assert is_in(client)
    client.post("/accounts/logout/")
    assert not is_in(client)
    assert client.get("/children/").url.startswith("/accounts/login/")


def change(session: Session, new: str, old: str = RIGHT):
    return session.post(
        "/accounts/password/change/", {"oldpassword": old, "password1": new, "password2": new}
    )


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("Ab1-short", "10"),
        ("alllowercaseonly", "三种"),
        ("lowercase12345", "三种"),
        ("ONLYUPPER12345", "三种"),
        ("1234567890123", "三种"),
    ],
)
def test_a_weak_password_is_refused_with_the_rule(clerk: User, new: str, sentence: str) -> None:
    answer = change(Session(clerk), new)
    assert answer.status_code == 200
    assert sentence in " ".join(answer.context["form"].errors["password1"])
    clerk.refresh_from_db()
    assert clerk.check_password(RIGHT)


@pytest.mark.parametrize("new", ["Kqvdmwpxz1", "abcdefghi-1", "ABCDEFGHI-1", "Ab1-中文也算字符"])
def test_a_password_of_ten_characters_and_three_kinds_is_taken(clerk: User, new: str) -> None:
    session = Session(clerk)
    assert change(session, new).status_code == 302
    clerk.refresh_from_db()
    assert clerk.check_password(new)
    assert session.get("/").status_code == 200, "she stays logged in"


def test_the_old_password_is_asked_for(clerk: User) -> None:
    answer = change(Session(clerk), "Brand-new-456", old=WRONG)
    assert "oldpassword" in answer.context["form"].errors
    clerk.refresh_from_db()
    assert clerk.check_password(RIGHT)


def test_a_changed_password_ends_the_users_other_sessions(clerk: User) -> None:
    other = Session(clerk)
    assert other.get("/children/").status_code == 200
    change(Session(clerk), "Brand-new-456")
    assert other.get("/children/").status_code == 302


class TestPosts:
    @pytest.fixture
    def two_posts(self, cast: Cast) -> tuple[User, Post]:
        second = Post.objects.create(
            user=cast.wenshui, role=Role.STAFF, region_id="141123", starts_on=datetime.date(2026, 1, 1)
        )
        return User.objects.get(pk=cast.wenshui.pk), second

    def test_acting_in_another_post_shows_its_place_and_only_that(
        self, cast: Cast, two_posts: tuple[User, Post]
    ) -> None:
        user, second = two_posts
        session = Session(user)
        assert session.get(f"/children/{cast.child.pk}/").status_code == 200
        assert session.get(f"/children/{cast.far.pk}/").status_code == 404
        session.post("/account/post/", {"post": second.pk})
        assert session.get(f"/children/{cast.child.pk}/").status_code == 404
        assert session.get(f"/children/{cast.far.pk}/").status_code == 200

    def test_another_users_post_cannot_be_taken(self, cast: Cast) -> None:
        session = Session(cast.fengcheng)
        session.post("/account/post/", {"post": cast.city.posts.get().pk})
        assert session.get(f"/children/{cast.far.pk}/").status_code == 404

    def test_a_post_that_ended_falls_back_to_one_that_holds(
        self, cast: Cast, two_posts: tuple[User, Post]
    ) -> None:
        user, second = two_posts
        session = Session(user)
        session.post("/account/post/", {"post": second.pk})
        Post.objects.filter(pk=second.pk).update(ends_on=datetime.date(2026, 1, 2))
        assert session.get(f"/children/{cast.far.pk}/").status_code == 404
        assert session.get(f"/children/{cast.child.pk}/").status_code == 200

    def test_the_role_changes_with_the_post(self, cast: Cast) -> None:
        second = Post.objects.create(user=cast.wenshui, role=Role.OFFICIAL, region_id=CITY)
        session = Session(User.objects.get(pk=cast.wenshui.pk))
        session.post("/account/post/", {"post": second.pk})
        assert session.get("/children/").status_code == 403
        assert session.get("/reports/").status_code == 200
        assert not Child.objects.visible_to(cast.official).exists()

    def test_switching_is_in_the_trail(self, cast: Cast, two_posts: tuple[User, Post]) -> None:
        user, second = two_posts
        Session(user).post("/account/post/", {"post": second.pk})
        entry = Entry.objects.get(action=Action.SWITCH_POST)
        assert (entry.user, entry.object_id) == (user, str(second.pk))


def test_log_in_failure_and_log_out_are_in_the_trail(client: Client, clerk: User) -> None:
    log_in(client, clerk.username, WRONG)
    log_in(client, clerk.username, REMOTE_ADDR="10.1.2.3")
    client.post("/accounts/logout/")
    assert actions_of(clerk) == [Action.LOGIN, Action.LOGOUT]
    assert actions_of(None) == [Action.LOGIN_FAILED]
    entry = Entry.objects.get(action=Action.LOGIN)
    assert (entry.role, entry.region_code, entry.address) == (Role.STAFF, WENSHUI, "10.1.2.3")


def test_no_password_stands_in_the_trail(client: Client, clerk: User) -> None:
    log_in(client, clerk.username, WRONG)
    for entry in Entry.objects.all():
        assert WRONG not in f"{entry.reason}{entry.detail}{entry.object_id}"
