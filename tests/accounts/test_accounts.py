"""Accounts below one's own: who sees whom, what may be given, and what no tampered form can reach."""

import datetime
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import is_password_usable
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from aixin.access.models import Post, Role, User
from aixin.accounts.models import Account, Invitation
from aixin.accounts.services import Grant, Newcomer, add_post, create_account, mark_head
from aixin.audit.models import Action, Entry
from tests.accounts.steps import come_in, create, created, errors_of, post_of, typed
from tests.cast import CITY, FENGCHENG, KAISHAN, WENSHUI, XIJIE, XINGXIAN, XINGXIAN_VILLAGE, Cast, make_user
from tests.conftest import Session
from tests.pages import rows_on

pytestmark = pytest.mark.django_db


def names_seen(user: User) -> set[str]:
    return set(Account.objects.visible_to(user).values_list("username", flat=True))


# Who is seen


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("city", {"official", "wenshui", "xingxian", "fengcheng", "mama", "mama2"} - {"official"}),
        ("wenshui", {"fengcheng", "mama", "mama2"}),
        ("fengcheng", {"mama"}),
        ("xingxian", set()),
        ("official", set()),
        ("auditor", set()),
        ("mama", set()),
        ("postless", set()),
    ],
)
def test_an_office_sees_the_accounts_below_it(cast: Cast, who: str, seen: set[str]) -> None:
    assert names_seen(cast.users[who]) == seen


def test_the_system_administrator_sees_every_account_and_no_child(cast: Cast) -> None:
    assert names_seen(cast.sysadmin) == set(User.objects.values_list("username", flat=True))
    page = Session(cast.sysadmin).get("/users/").content.decode()
    assert "fengcheng姓名" in page
    assert Session(cast.sysadmin).get("/children/").status_code == 403


def test_a_village_s_staff_manages_nobody(cast: Cast) -> None:
    chair = make_user("chair", Role.STAFF, XIJIE)
    assert Session(chair).get("/users/").status_code == 403
    assert "/users/" not in Session(chair).get("/children/").content.decode()
    assert 'href="/users/"' in Session(cast.fengcheng).get("/children/").content.decode()


def test_who_holds_no_post_any_more_stays_with_her_last_office(cast: Cast) -> None:
    Post.objects.filter(user=cast.fengcheng).update(ends_on="2026-01-02")
    assert "fengcheng" in names_seen(cast.wenshui)
    Post.objects.create(user=cast.fengcheng, role=Role.STAFF, region_id="141123100")
    assert "fengcheng" not in names_seen(cast.wenshui)
    assert "fengcheng" in names_seen(cast.xingxian)


def test_the_list_narrows_by_place_role_and_state(cast: Cast) -> None:
    created(cast.wenshui)
    session = Session(cast.wenshui)
    assert rows_on(session.get("/users/")) == 4
    assert rows_on(session.get(f"/users/?region={FENGCHENG}")) == 3
    assert rows_on(session.get("/users/?role=VOLUNTEER")) == 2
    assert rows_on(session.get("/users/?figure=waiting")) == 1
    assert rows_on(session.get("/users/?figure=active")) == 3


def test_a_search_is_a_post_and_finds_by_name_user_name_and_whole_phone(cast: Cast) -> None:
    created(cast.wenshui)
    session = Session(cast.wenshui)
    for text in ("冯主", "13900001111"):
        found = session.post("/users/", {"q": text})
        assert rows_on(found) == 1, text
        assert "冯主席" in found.content.decode()
        assert "13900001111" not in found.content.decode().replace('value="13900001111"', "")
    assert rows_on(session.post("/users/", {"q": "fengch"})) == 1
    assert rows_on(session.post("/users/", {"q": "1390000"})) == 0
    assert rows_on(session.post("/users/", {"q": "xingxian"})) == 0


def test_city_staff_see_colleagues_in_full_and_volunteers_masked(cast: Cast) -> None:
    User.objects.filter(pk=cast.mama.pk).update(display_name="王爱心")
    page = Session(cast.city).get("/users/").content.decode()
    assert "王**" in page
    assert "王爱心" not in page
    assert "fengcheng姓名" in page
    assert "王爱心" in Session(cast.wenshui).get("/users/").content.decode()


# New accounts


def test_a_new_account_has_a_post_no_password_and_waits_for_its_owner(cast: Cast) -> None:
    user, link = created(cast.wenshui, ends_on="2027-12-31")
    post = post_of(user)
    assert (user.display_name, user.phone, user.is_active) == ("冯主席", "13900001111", False)
    assert not is_password_usable(user.password)
    assert (post.role, post.region_id, post.is_head, post.ends_on) == (
        Role.STAFF, XIJIE, False, datetime.date(2027, 12, 31),
    )  # fmt: skip
    assert link.startswith("/join/")
    actions = list(Entry.objects.filter(user=cast.wenshui).values_list("action", flat=True))
    assert {Action.CREATE, Action.GRANT, Action.INVITE} <= set(actions)


def test_the_page_of_a_new_account_is_not_kept_by_the_browser(cast: Cast) -> None:
    answer = create(cast.wenshui)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content.decode().count('class="qr"') == 1


def test_the_phone_is_normalised(cast: Cast) -> None:
    user, _ = created(cast.wenshui, phone="+86 139-0000-1111")
    assert user.phone == "13900001111"


@pytest.mark.parametrize("phone", ["0358-3021234", "12345", "甲"])
def test_a_number_that_is_no_mobile_is_refused(cast: Cast, phone: str) -> None:
    assert "手机号" in errors_of(create(cast.wenshui, phone=phone))
    assert not Invitation.objects.exists()


def test_a_phone_that_has_an_account_is_refused_with_a_sentence(cast: Cast) -> None:
    created(cast.wenshui)
    answer = create(cast.wenshui, name="另一位")
    assert "已有账号" in errors_of(answer)
    assert User.objects.filter(display_name="另一位").count() == 0
    # A second click of the same form comes to the same.
    assert "已有账号" in errors_of(create(cast.wenshui))


def test_the_same_name_at_the_same_place_needs_a_phone_to_tell_them_apart(cast: Cast) -> None:
    created(cast.wenshui, phone="")
    assert "同名" in errors_of(create(cast.wenshui, phone=""))
    assert links_count(create(cast.wenshui, phone="13900002222")) == 1


def links_count(answer: Any) -> int:
    return answer.content.decode().count("data-copy=")


@pytest.mark.parametrize(
    ("who", "changes"),
    [
        ("wenshui", {"region": WENSHUI}),
        ("wenshui", {"region": CITY}),
        ("wenshui", {"region": XINGXIAN_VILLAGE}),
        ("fengcheng", {"region": FENGCHENG}),
        ("fengcheng", {"region": "141121101200"}),
        ("city", {"region": CITY}),
        ("city", {"region": "140105"}),
        ("wenshui", {"role": "SYSADMIN", "region": ""}),
        ("wenshui", {"role": "AUDITOR", "region": XIJIE}),
        ("wenshui", {"role": "VOLUNTEER"}),
        ("wenshui", {"region": ""}),
        ("sysadmin", {"role": "STAFF", "region": ""}),
        ("sysadmin", {"role": "SYSADMIN", "region": XIJIE}),
        ("sysadmin", {"role": "VOLUNTEER"}),
    ],
)
def test_nobody_gives_a_post_at_or_above_her_own_or_outside_it(
    cast: Cast, who: str, changes: dict[str, str]
) -> None:
    before = User.objects.count()
    answer = create(cast.users[who], **changes)
    assert answer.status_code == 200
    assert errors_of(answer)
    assert (User.objects.count(), Invitation.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("who", "grant"),
    [
        ("wenshui", Grant(Role.STAFF, WENSHUI)),
        ("wenshui", Grant(Role.STAFF, XINGXIAN_VILLAGE)),
        ("wenshui", Grant(Role.VOLUNTEER, FENGCHENG)),
        ("wenshui", Grant(Role.SYSADMIN, None)),
        ("wenshui", Grant(Role.OFFICIAL, FENGCHENG, is_head=True)),
        ("fengcheng", Grant(Role.STAFF, XIJIE, is_head=True)),
        ("official", Grant(Role.STAFF, WENSHUI)),
        ("auditor", Grant(Role.STAFF, WENSHUI)),
        ("mama", Grant(Role.STAFF, XIJIE)),
        ("sysadmin", Grant(Role.VOLUNTEER, XIJIE)),
        ("postless", Grant(Role.STAFF, XIJIE)),
    ],
)
def test_the_service_refuses_what_the_form_would_not_offer(cast: Cast, who: str, grant: Grant) -> None:
    with pytest.raises(PermissionDenied):
        create_account(cast.users[who], Newcomer("生人"), grant)
    with pytest.raises(PermissionDenied):
        add_post(cast.users[who], cast.mama2.pk, grant)
    assert not User.objects.filter(display_name="生人").exists()


def test_city_staff_set_up_their_counties(cast: Cast) -> None:
    user, _ = created(cast.city, region=XINGXIAN)
    assert post_of(user).region_id == XINGXIAN


def test_a_form_cannot_smuggle_in_more_than_it_asks(cast: Cast) -> None:
    user, _ = created(
        cast.wenshui, is_superuser="on", is_staff="on", is_active="on", password="x", username="root",
        user_permissions="1", is_head="on",
    )  # fmt: skip
    assert (user.is_superuser, user.is_staff, user.is_active) == (False, False, False)
    assert user.username != "root"
    # wenshui heads her county, so that she may mark a head.
    assert post_of(user).is_head


def test_who_is_no_head_marks_none(cast: Cast) -> None:
    user, _ = created(cast.fengcheng, is_head="on")
    assert not post_of(user).is_head
    answer = Session(cast.fengcheng).post(f"/users/posts/{post_of(user).pk}/head/", {"on": "1"})
    assert answer.status_code == 403
    assert not post_of(user).is_head


def test_the_system_administrator_makes_a_region_s_first_head_and_the_system_roles(cast: Cast) -> None:
    head, _ = created(cast.sysadmin, region="1401", is_head="on")
    assert (post_of(head).region_id, post_of(head).is_head) == ("1401", True)
    auditor, link = created(cast.sysadmin, name="审计", phone="", role="AUDITOR", region="")
    assert (post_of(auditor).role, post_of(auditor).region_id) == (Role.AUDITOR, None)
    assert come_in(link, "shenji").status_code == 302


# Posts


def test_a_further_post_lets_one_person_switch(cast: Cast) -> None:
    answer = Session(cast.wenshui).post(
        f"/users/{cast.fengcheng.pk}/posts/new/", {"role": "STAFF", "region": KAISHAN}
    )
    assert answer.status_code == 302
    second = cast.fengcheng.posts.get(region=KAISHAN)
    session = Session(cast.fengcheng)
    session.post("/account/post/", {"post": second.pk})
    page = session.get("/children/").content.decode()
    assert "李小红" in page
    assert "张小明" not in page


def test_the_same_post_is_not_given_twice_but_begins_again_after_its_end(cast: Cast) -> None:
    session, post = Session(cast.wenshui), cast.fengcheng.posts.get()
    address = f"/users/{cast.fengcheng.pk}/posts/new/"
    body = {"role": "STAFF", "region": FENGCHENG}
    assert "已有这个岗位" in errors_of(session.post(address, body))
    session.post(f"/users/posts/{post.pk}/end/")
    assert session.post(address, body).status_code == 302
    post.refresh_from_db()
    assert (post.starts_on, post.ends_on) == (timezone.localdate(), None)


def test_a_post_that_is_ended_stops_at_once(cast: Cast) -> None:
    theirs = Session(cast.fengcheng)
    assert theirs.get("/children/").status_code == 200
    Session(cast.wenshui).post(f"/users/posts/{cast.fengcheng.posts.get().pk}/end/")
    assert theirs.get("/children/").status_code == 403
    assert Entry.objects.filter(action=Action.REVOKE, object_type="access.post").count() == 1


def test_a_post_with_an_end_stops_the_day_after_its_last(cast: Cast) -> None:
    day = datetime.date(2027, 3, 31)
    cast.fengcheng.posts.update(ends_on=day)
    for at, status in ((day, 200), (day + datetime.timedelta(days=1), 403)):
        with time_machine.travel(datetime.datetime(at.year, at.month, at.day, 4, tzinfo=datetime.UTC)):
            assert Session(cast.fengcheng).get("/children/").status_code == status


def test_nobody_changes_her_own_posts(cast: Cast) -> None:
    own = Post.objects.create(user=cast.wenshui, role=Role.STAFF, region_id=XIJIE)
    session = Session(cast.wenshui)
    body = {"role": "STAFF", "region": FENGCHENG}
    assert session.get(f"/users/{cast.wenshui.pk}/").status_code == 200
    assert session.post(f"/users/{cast.wenshui.pk}/posts/new/", body).status_code == 403
    for act in (f"posts/{own.pk}/end", f"posts/{own.pk}/head", f"{cast.wenshui.pk}/close"):
        assert session.post(f"/users/{act}/", {"on": "1"}).status_code == 403
    assert session.post(f"/users/{cast.wenshui.pk}/invite/").status_code == 403
    own.refresh_from_db()
    assert (own.ends_on, own.is_head) == (None, False)
    assert cast.wenshui.posts.count() == 2


def test_a_system_administrator_gives_herself_nothing(cast: Cast) -> None:
    answer = Session(cast.sysadmin).post(
        f"/users/{cast.sysadmin.pk}/posts/new/", {"role": "OFFICIAL", "region": CITY}
    )
    assert answer.status_code == 403
    assert cast.sysadmin.posts.count() == 1


def test_a_head_is_marked_by_the_head_above(cast: Cast) -> None:
    post = cast.fengcheng.posts.get()
    session = Session(cast.wenshui)
    session.post(f"/users/posts/{post.pk}/head/", {"on": "1"})
    post.refresh_from_db()
    assert post.is_head
    session.post(f"/users/posts/{post.pk}/head/", {"on": "0"})
    post.refresh_from_db()
    assert not post.is_head
    with pytest.raises(PermissionDenied):
        mark_head(cast.wenshui, cast.mama.posts.get().pk, is_head=True)


# The account as a whole


def test_a_closed_account_is_out_at_once_and_comes_back(cast: Cast) -> None:
    theirs, session = Session(cast.fengcheng), Session(cast.wenshui)
    assert theirs.get("/children/").status_code == 200
    session.post(f"/users/{cast.fengcheng.pk}/close/")
    assert theirs.get("/children/").status_code == 302
    assert "停用" in session.get(f"/users/{cast.fengcheng.pk}/").content.decode()
    session.post(f"/users/{cast.fengcheng.pk}/open/")
    assert User.objects.get(pk=cast.fengcheng.pk).is_active
    reasons = Entry.objects.filter(user=cast.wenshui, action=Action.UPDATE).values_list("reason", flat=True)
    assert set(reasons) == {"停用账号", "启用账号"}


def test_an_account_with_a_post_above_is_not_taken_over_from_below(cast: Cast) -> None:
    """A city clerk who also holds a village's post: the county sees her, and can end that post only."""
    village = Post.objects.create(user=cast.city, role=Role.STAFF, region_id=XIJIE)
    session = Session(cast.wenshui)
    assert "找上级妇联办理" in session.get(f"/users/{cast.city.pk}/").content.decode()
    for act in ("invite", "close", "open", "second-factor"):
        assert session.post(f"/users/{cast.city.pk}/{act}/").status_code == 403, act
    other = cast.city.posts.exclude(pk=village.pk).get()
    assert session.post(f"/users/posts/{other.pk}/end/").status_code == 403
    assert session.post(f"/users/posts/{village.pk}/end/").status_code == 302
    cast.city.refresh_from_db()
    other.refresh_from_db()
    assert (cast.city.is_active, other.ends_on) == (True, None)
    assert session.get(f"/users/{cast.city.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["xingxian", "outsider"])
def test_another_county_s_account_is_not_there(cast: Cast, who: str) -> None:
    session, post = Session(cast.users[who]), cast.fengcheng.posts.get()
    assert session.get(f"/users/{cast.fengcheng.pk}/").status_code == 404
    for act in ("invite", "close", "open", "second-factor", "posts/new"):
        assert session.post(f"/users/{cast.fengcheng.pk}/{act}/").status_code == 404, act
    for act in ("end", "head", "succession"):
        assert session.post(f"/users/posts/{post.pk}/{act}/").status_code == 404, act
    assert not Invitation.objects.exists()


def test_the_second_factor_of_a_lost_phone_is_reset_from_above(cast: Cast) -> None:
    Authenticator.objects.create(user=cast.fengcheng, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert Session(cast.mama).post(f"/users/{cast.fengcheng.pk}/second-factor/").status_code == 403
    Session(cast.wenshui).post(f"/users/{cast.fengcheng.pk}/second-factor/")
    assert not Authenticator.objects.filter(user=cast.fengcheng).exists()
    entry = Entry.objects.get(reason="重置两步验证")
    assert (entry.user, entry.object_id) == (cast.wenshui, str(cast.fengcheng.pk))


def test_a_look_at_an_account_is_in_the_trail_without_a_name(cast: Cast) -> None:
    created(cast.wenshui)
    user = User.objects.latest("id")
    Session(cast.wenshui).get(f"/users/{user.pk}/")
    assert Entry.objects.filter(action=Action.VIEW, object_id=str(user.pk)).exists()
    said = "\n".join(str(value) for row in Entry.objects.values_list() for value in row)
    assert "冯主席" not in said
    assert "13900001111" not in said


@pytest.mark.parametrize("field", ["name", "region"])
def test_what_is_missing_is_said(cast: Cast, field: str) -> None:
    answer = Session(cast.wenshui).post("/users/new/", typed(**{field: ""}))
    assert field in answer.context["form"].errors
