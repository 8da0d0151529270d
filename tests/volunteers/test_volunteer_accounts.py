"""A volunteer's account: invited from the roster, opened by her own hand, tied to her row."""

from typing import Any

import pytest

from aixin.access.models import Post, Role, User
from aixin.accounts.models import Invitation
from aixin.audit.models import Action, Entry
from tests.accounts.steps import links_on, stranger
from tests.cast import FENGCHENG, KAISHAN, Cast
from tests.conftest import Session
from tests.factories import PairingFactory, VolunteerFactory
from tests.pages import rows_on
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
PHONE = "19920009999"


@pytest.fixture
def mother(cast: Cast) -> Volunteer:
    """A volunteer of 凤城镇 without an account, with a child of her own."""
    volunteer = VolunteerFactory(name="郝无账", region_id=FENGCHENG, phone=PHONE)
    PairingFactory(child=cast.unpaired, volunteer=volunteer)
    return volunteer


def invite(who: User, *volunteers: Volunteer) -> Any:
    return Session(who).post("/volunteers/invite/sheet/", {"ids": [one.pk for one in volunteers]})


def reason_for(cast: Cast, volunteer: Volunteer) -> str:
    return str(Session(cast.wenshui).get(f"/volunteers/{volunteer.pk}/invite/").context["obstacle"])


def test_the_act_stands_on_her_page_until_she_has_an_account(cast: Cast, mother: Volunteer) -> None:
    session = Session(cast.wenshui)
    address = f"/volunteers/{mother.pk}/invite/"
    assert address in session.get(f"/volunteers/{mother.pk}/").content.decode()
    assert "/invite/" not in session.get(f"/volunteers/{cast.volunteer.pk}/").content.decode()
    assert session.get(address).status_code == 200


def test_she_confirms_and_is_led_to_the_log_in(cast: Cast, mother: Volunteer) -> None:
    sheet = invite(cast.wenshui, mother)
    link = links_on(sheet)[0]
    assert sheet.headers["Cache-Control"] == "no-store"
    page = stranger().get(link).content.decode()
    assert "郝**" in page
    assert "郝无账" not in page
    assert PHONE not in page
    assert 'type="password"' not in page
    assert not User.objects.filter(display_name="郝无账").exists()
    answer = stranger().post(link)
    assert (answer.status_code, answer.url) == (302, "/accounts/login/")


def test_accepting_makes_the_account_the_post_and_the_tie(cast: Cast, mother: Volunteer) -> None:
    stranger().post(links_on(invite(cast.wenshui, mother))[0])
    mother.refresh_from_db()
    user = mother.user
    assert user is not None
    assert (user.display_name, user.phone, user.is_active) == ("郝无账", PHONE, True)
    assert not user.has_usable_password()
    post = user.posts.get()
    assert (post.role, post.region_id) == (Role.VOLUNTEER, FENGCHENG)
    page = Session(user).get("/visits/children/").content.decode()
    assert "孙待结" in page
    assert Entry.objects.filter(action=Action.JOIN, user=user).count() == 1
    assert Entry.objects.filter(object_type="volunteers.volunteer", reason="开通账号").count() == 1


def test_it_works_once(cast: Cast, mother: Volunteer) -> None:
    link = links_on(invite(cast.wenshui, mother))[0]
    assert stranger().post(link).status_code == 302
    assert stranger().post(link).status_code == 404
    assert stranger().get(link).status_code == 404
    assert User.objects.filter(display_name="郝无账").count() == 1


def test_a_password_typed_at_her_link_sets_none(cast: Cast, mother: Volunteer) -> None:
    link = links_on(invite(cast.wenshui, mother))[0]
    stranger().post(link, {"username": "hao", "password1": "Right-pass-456", "password2": "Right-pass-456"})
    mother.refresh_from_db()
    assert mother.user is not None
    assert mother.user.username != "hao"
    assert not mother.user.has_usable_password()


def test_several_on_one_sheet_and_who_cannot_is_left_out(cast: Cast, mother: Volunteer) -> None:
    other = VolunteerFactory(name="邹无账", region_id=KAISHAN)
    without = VolunteerFactory(name="苗无号", region_id=KAISHAN, phone="")
    sheet = invite(cast.wenshui, mother, other, without, cast.volunteer)
    text = sheet.content.decode()
    assert len(set(links_on(sheet))) == 2
    assert "2 位还不能邀请" in text
    assert "苗无号" not in text
    assert Invitation.objects.count() == 2


def test_the_list_shows_who_has_none_and_what_stands_against_it(cast: Cast, mother: Volunteer) -> None:
    VolunteerFactory(name="苗无号", region_id=KAISHAN, phone="")
    VolunteerFactory(name="已退出", region_id=KAISHAN, state="LEFT")
    page = Session(cast.wenshui).get("/volunteers/invite/")
    text = page.content.decode()
    assert rows_on(page) == 2
    assert "名册里没有她的手机号" in text
    invite(cast.wenshui, mother)
    assert "已邀请" in Session(cast.wenshui).get("/volunteers/invite/").content.decode()


def test_a_new_sheet_takes_the_place_of_the_old_one(cast: Cast, mother: Volunteer) -> None:
    old, fresh = (links_on(invite(cast.wenshui, mother))[0] for _ in range(2))
    assert stranger().get(old).status_code == 404
    assert stranger().get(fresh).status_code == 200


def test_it_can_be_taken_back(cast: Cast, mother: Volunteer) -> None:
    link = links_on(invite(cast.wenshui, mother))[0]
    pk = Invitation.objects.get().pk
    assert Session(cast.xingxian).post(f"/users/invitations/{pk}/revoke/").status_code == 404
    Session(cast.fengcheng).post(f"/users/invitations/{pk}/revoke/")
    assert stranger().post(link).status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"phone": ""}, "没有她的手机号"),
        ({"phone": "0358-3021234"}, "座机号"),
        ({"phone": "19920008888"}, "另一位爱心妈妈也是这个手机号"),
        ({"phone": "13900007777"}, "别人的登录号码"),
        ({"state": "LEFT"}, "不是合格在岗"),
    ],
)
def test_what_stands_against_an_account_is_said(
    cast: Cast, mother: Volunteer, fields: dict[str, str], said: str
) -> None:
    VolunteerFactory(phone="19920008888", region_id=FENGCHENG)
    cast.outsider.phone = "13900007777"
    cast.outsider.save()
    for name, value in fields.items():
        setattr(mother, name, value)
    mother.save()
    assert said in reason_for(cast, mother)
    assert links_on(invite(cast.wenshui, mother)) == []
    assert not Invitation.objects.exists()


def test_what_has_come_in_between_is_said_to_her_too(cast: Cast, mother: Volunteer) -> None:
    link = links_on(invite(cast.wenshui, mother))[0]
    cast.outsider.phone = PHONE
    cast.outsider.save()
    for answer in (stranger().get(link), stranger().post(link)):
        assert "别人的登录号码" in answer.content.decode()
    mother.refresh_from_db()
    assert mother.user is None
    assert Invitation.objects.open().count() == 1


def test_a_chair_who_is_also_a_volunteer_gets_one_more_post(cast: Cast, mother: Volunteer) -> None:
    User.objects.filter(pk=cast.fengcheng.pk).update(display_name="郝无账")
    clerk = User.objects.get(pk=cast.fengcheng.pk)
    clerk.phone = PHONE
    clerk.save()
    stranger().post(links_on(invite(cast.wenshui, mother))[0])
    mother.refresh_from_db()
    assert mother.user == clerk
    assert set(clerk.posts.values_list("role", flat=True)) == {Role.STAFF, Role.VOLUNTEER}
    assert clerk.check_password("Right-pass-123")


def test_she_who_has_moved_away_does_not_come_in_by_the_old_link(cast: Cast, mother: Volunteer) -> None:
    link = links_on(invite(cast.wenshui, mother))[0]
    Volunteer.objects.filter(pk=mother.pk).update(region_id=KAISHAN)
    assert stranger().post(link).status_code == 404
    assert not Post.objects.filter(role=Role.VOLUNTEER, region_id=KAISHAN).exclude(user=cast.mama2).exists()


@pytest.mark.parametrize("who", ["xingxian", "outsider"])
def test_another_county_invites_nobody_here(cast: Cast, mother: Volunteer, who: str) -> None:
    assert Session(cast.users[who]).get(f"/volunteers/{mother.pk}/invite/").status_code == 404
    invite(cast.users[who], mother)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("who", ["city", "mama", "official", "sysadmin"])
def test_others_may_not(cast: Cast, mother: Volunteer, who: str) -> None:
    assert invite(cast.users[who], mother).status_code == 403
    assert not Invitation.objects.exists()
