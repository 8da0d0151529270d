"""/join/<token>/: what a link opens, once, for seven days, and what it never tells."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from aixin.access.models import Role, User
from aixin.access.scope import NOTHING, Scope, acting, opened
from aixin.accounts.choices import InvitationKind
from aixin.accounts.invitations import digest_of, issue
from aixin.accounts.limits import WRONG_LINKS
from aixin.accounts.models import Invitation
from aixin.audit.models import Action, Entry
from tests.accounts.steps import PASSWORD, come_in, created, errors_of, links_on, post_of, stranger
from tests.cast import Cast, make_cast, make_user
from tests.conftest import Session

pytestmark = pytest.mark.django_db
UNKNOWN = "/join/" + "A" * 43 + "/"


def log_in(login: str, password: str) -> bool:
    client = stranger()
    client.post("/accounts/login/", {"login": login, "password": password})
    return "_auth_user_id" in client.session


def is_void(response: Any) -> bool:
    return bool(response.status_code == 404 and "这个链接不能用了" in response.content.decode())


def test_the_page_says_who_invites_whom_for_what(cast: Cast) -> None:
    _, link = created(cast.wenshui)
    page = stranger().get(link)
    text = page.content.decode()
    assert page.status_code == 200
    assert "文水县妇联" in text
    assert "凤城镇 西街社区妇联" in text
    assert "冯**" in text
    assert "冯主席" not in text
    assert "139" not in text
    assert "no-store" in page.headers["Cache-Control"]


def test_the_owner_sets_name_and_password_and_logs_in_with_either(cast: Cast) -> None:
    user, link = created(cast.wenshui)
    answer = come_in(link)
    assert (answer.status_code, answer.url) == (302, "/accounts/login/")
    user.refresh_from_db()
    assert (user.username, user.is_active) == ("fengzhuxi", True)
    assert log_in("fengzhuxi", PASSWORD)
    assert log_in("13900001111", PASSWORD)
    entry = Entry.objects.get(action=Action.JOIN)
    assert (entry.user, entry.detail["account"]) == (user, user.pk)


def test_before_she_comes_nobody_gets_in(cast: Cast) -> None:
    user, _ = created(cast.wenshui)
    assert not log_in(user.username, "")
    assert not log_in("13900001111", "")


@pytest.mark.parametrize(
    ("username", "password", "again", "said"),
    [
        ("fengzhuxi", "Right-pass-456", "Right-pass-457", "不一样"),
        ("fengzhuxi", "short", None, "10"),
        ("fengzhuxi", "onlylowercase", None, "三种"),
        ("fengzhuxi", "Fengzhuxi-1", None, "相似"),
        ("fengzhuxi", "", "", "必填"),
        ("13900009999", PASSWORD, None, "以字母开头"),
        ("冯主席", PASSWORD, None, "以字母开头"),
        ("feng zhu", PASSWORD, None, "以字母开头"),
        ("abc", PASSWORD, None, "以字母开头"),
        ("Wenshui", PASSWORD, None, "已有人用"),
    ],
)
def test_a_wrong_answer_is_told_in_chinese_and_spends_nothing(
    cast: Cast, username: str, password: str, again: str | None, said: str
) -> None:
    user, link = created(cast.wenshui)
    answer = come_in(link, username, password, again)
    assert answer.status_code == 200
    assert said in errors_of(answer)
    user.refresh_from_db()
    assert not user.is_active
    assert come_in(link).status_code == 302


def test_a_link_works_once(cast: Cast) -> None:
    user, link = created(cast.wenshui)
    come_in(link)
    assert is_void(stranger().get(link))
    assert is_void(come_in(link, "another", "Other-pass-789"))
    user.refresh_from_db()
    assert user.username == "fengzhuxi"
    assert user.check_password(PASSWORD)


def test_a_link_runs_out_after_seven_days(cast: Cast) -> None:
    _, link = created(cast.wenshui)
    for days, works in ((6.9, True), (7.1, False)):
        with time_machine.travel(timezone.now() + datetime.timedelta(days=days)):
            assert is_void(stranger().get(link)) is not works
            if not works:
                assert is_void(come_in(link))


def test_unknown_used_expired_and_revoked_are_one_and_the_same_page(cast: Cast) -> None:
    user, link = created(cast.wenshui)
    unknown = stranger().get(UNKNOWN)
    assert is_void(unknown)
    Session(cast.wenshui).post(f"/users/invitations/{Invitation.objects.get().pk}/revoke/")
    assert stranger().get(link).content == unknown.content
    fresh = links_on(Session(cast.wenshui).post(f"/users/{user.pk}/invite/"))[0]
    come_in(fresh)
    assert stranger().get(fresh).content == unknown.content


def test_a_new_link_takes_the_place_of_the_old_one(cast: Cast) -> None:
    user, link = created(cast.wenshui)
    fresh = links_on(Session(cast.wenshui).post(f"/users/{user.pk}/invite/"))[0]
    assert fresh != link
    assert is_void(come_in(link))
    assert come_in(fresh).status_code == 302


def test_a_link_to_a_closed_account_or_an_ended_post_leads_nowhere(cast: Cast) -> None:
    user, link = created(cast.wenshui)
    post_of(user).__class__.objects.filter(user=user).update(ends_on="2026-01-02")
    assert is_void(come_in(link))
    other, second = created(cast.wenshui, phone="13900002222", name="乔主席")
    Session(cast.wenshui).post(f"/users/{other.pk}/close/")
    assert is_void(come_in(second))
    assert not User.objects.filter(pk__in=[user.pk, other.pk], is_active=True).exists()


def test_a_link_does_not_come_alive_again_with_another_post(cast: Cast) -> None:
    user, link = created(cast.wenshui)
    session = Session(cast.wenshui)
    session.post(f"/users/posts/{post_of(user).pk}/end/")
    session.post(f"/users/{user.pk}/posts/new/", {"role": "STAFF", "region": "141121101"})
    assert user.posts.current().count() == 1
    assert is_void(come_in(link))


def test_only_a_digest_is_stored(cast: Cast) -> None:
    _, link = created(cast.wenshui)
    token = link.split("/")[2]
    assert len(token) >= 43
    assert Invitation.objects.get().token_hash == digest_of(token)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{token}%"])
            assert cursor.fetchone() == (0,), table


def test_a_password_is_set_anew_by_a_link_and_old_sessions_end(cast: Cast) -> None:
    theirs = Session(cast.fengcheng)
    assert theirs.get("/children/").status_code == 200
    link = links_on(Session(cast.wenshui).post(f"/users/{cast.fengcheng.pk}/invite/"))[0]
    page = stranger().get(link).content.decode()
    assert "fengcheng" in page
    assert 'name="username"' not in page
    assert theirs.get("/children/").status_code == 200, "the link alone changes nothing"
    assert stranger().post(
        link, {"password1": PASSWORD, "password2": PASSWORD, "username": "hijack"}
    ).status_code == 302  # fmt: skip
    assert log_in("fengcheng", PASSWORD)
    assert not log_in("fengcheng", "Right-pass-123")
    assert theirs.get("/children/").status_code == 302


def test_a_volunteer_has_no_password_to_set(cast: Cast) -> None:
    answer = Session(cast.wenshui).post(f"/users/{cast.mama.pk}/invite/", follow=True)
    assert "没有密码" in answer.content.decode()
    assert not Invitation.objects.exists()


def test_whoever_was_logged_in_on_the_device_is_logged_out(cast: Cast) -> None:
    _, link = created(cast.wenshui)
    clerk = Session(cast.wenshui)
    clerk.post(link, {"username": "fengzhuxi", "password1": PASSWORD, "password2": PASSWORD})
    assert clerk.get("/children/").status_code == 302


def test_too_many_wrong_links_from_one_address_are_stopped(cast: Cast) -> None:
    _, link = created(cast.wenshui)
    client = stranger()
    for number in range(WRONG_LINKS):
        assert client.get(f"/join/{number:043d}/").status_code == 404
    assert client.get(link).status_code == 429
    assert stranger().get(link).status_code == 200


def test_right_links_are_not_counted(cast: Cast) -> None:
    _, link = created(cast.wenshui)
    client = stranger()
    assert {client.get(link).status_code for _ in range(WRONG_LINKS + 5)} == {200}


def at_once(link: str, names: list[str]) -> list[int]:
    """Use a link under several names at the same moment, each with a password of its own; return the answers."""
    barrier = Barrier(len(names))

    def use(name: str) -> int:
        barrier.wait(timeout=10)
        try:
            return int(come_in(link, name, f"Pass-of-{name}-1").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(use, names, timeout=60))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", list(InvitationKind)[:2])
def test_of_several_who_use_a_link_at_once_exactly_one_wins(kind: InvitationKind) -> None:
    cast, names = make_cast(), ["first", "second", "third", "fourth"]
    if kind == InvitationKind.JOIN:
        user, link = created(cast.wenshui)
    else:
        user = cast.fengcheng
        link = links_on(Session(cast.wenshui).post(f"/users/{user.pk}/invite/"))[0]
    answers = at_once(link, names)
    assert sorted(answers) == [302, 404, 404, 404]
    user.refresh_from_db()
    winner = names[answers.index(302)]
    assert user.check_password(f"Pass-of-{winner}-1")
    assert user.username == (winner if kind == InvitationKind.JOIN else "fengcheng")
    assert Entry.objects.filter(action=Action.JOIN).count() == 1


# Pending invitations


def test_the_ticked_invitations_are_printed_with_new_links(cast: Cast) -> None:
    _, old = created(cast.wenshui)
    created(cast.wenshui, name="乔主席", phone="13900002222", region="141121101200")
    session = Session(cast.wenshui)
    page = session.get("/users/invitations/").content.decode()
    assert "冯主席" in page
    assert "乔主席" in page
    ids = list(Invitation.objects.open().values_list("pk", flat=True))
    sheet = session.post("/users/invitations/sheet/", {"ids": ids})
    links = links_on(sheet)
    assert len(set(links)) == 2
    assert sheet.content.decode().count('class="qr"') == 2
    assert is_void(stranger().get(old))
    assert {stranger().get(link).status_code for link in links} == {200}


def test_another_county_prints_and_takes_back_nothing(cast: Cast) -> None:
    _, link = created(cast.wenshui)
    invitation = Invitation.objects.get()
    far = Session(cast.xingxian)
    assert "冯主席" not in far.get("/users/invitations/").content.decode()
    assert far.post("/users/invitations/sheet/", {"ids": [invitation.pk]}).status_code == 302
    assert far.post(f"/users/invitations/{invitation.pk}/revoke/").status_code == 404
    assert stranger().get(link).status_code == 200


def test_the_way_back_after_taking_back_leads_nowhere_else(cast: Cast) -> None:
    created(cast.wenshui)
    answer = Session(cast.wenshui).post(
        f"/users/invitations/{Invitation.objects.get().pk}/revoke/", {"next": "https://evil.example/"}
    )
    assert answer.url == "/users/invitations/"


# The database


def test_the_database_shows_an_invitation_to_its_office_and_its_holder_only(cast: Cast) -> None:
    _, link = created(cast.wenshui)
    digest = digest_of(link.split("/")[2])
    seen = {}
    for who in ("city", "wenshui", "fengcheng", "xingxian", "official", "auditor", "mama", "sysadmin"):
        with acting(cast.users[who]):
            seen[who] = Invitation.objects.count()
    assert seen == {
        "city": 1, "wenshui": 1, "fengcheng": 1, "xingxian": 0, "official": 0, "auditor": 0, "mama": 0,
        "sysadmin": 1,
    }  # fmt: skip
    with opened(NOTHING):
        assert not Invitation.objects.exists()
    with opened(Scope(invitation=digest_of("other"))):
        assert not Invitation.objects.exists()
    with opened(Scope(invitation=digest)):
        assert Invitation.objects.count() == 1


def test_the_database_takes_no_invitation_for_another_region(cast: Cast) -> None:
    with (
        acting(cast.xingxian),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        issue(cast.xingxian, InvitationKind.JOIN, "141121100", user=cast.fengcheng)
    village = make_user("chair", Role.STAFF, "141121100018")
    with acting(village):
        assert not Invitation.objects.exists()
