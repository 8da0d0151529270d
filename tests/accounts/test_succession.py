"""换届: one step moves liaisons and open messages, and the old chair is out."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from aixin.access.models import Post, Role, User
from aixin.access.signals import message_due
from aixin.audit.models import Action, Entry
from aixin.notify.models import Notice
from pairing.models import Pairing
from tests.accounts.steps import come_in, created, errors_of, links_on
from tests.cast import KAISHAN_VILLAGE, XIJIE, Cast, make_user
from tests.conftest import Session
from tests.factories import PairingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chair(cast: Cast) -> User:
    """The chair of 西街, liaison of its one pairing."""
    user = make_user("chair", Role.STAFF, XIJIE)
    User.objects.filter(pk=user.pk).update(display_name="段主席")
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        liaison="段主席", liaison_phone="19940000001", liaison_other_phones="19940000009"
    )
    return User.objects.get(pk=user.pk)


def hand_on(cast: Cast, chair: User, who: str = "wenshui", **changes: Any) -> Any:
    form = {"name": "冯主席", "phone": "13900001111", "day": timezone.localdate().isoformat()}
    post = chair.posts.get(region=XIJIE)
    return Session(cast.users[who]).post(f"/users/posts/{post.pk}/succession/", form | changes)


def test_the_page_says_first_what_will_move(cast: Cast, chair: User) -> None:
    message_due.send(None, to=[chair], code=XIJIE, kind="alert", key="a", title="有人等您", link="/")
    page = Session(cast.wenshui).get(f"/users/posts/{chair.posts.get().pk}/succession/").content.decode()
    assert "结对的村妇联主席 1 对" in page
    assert "未办结的消息 1 条" in page


@pytest.mark.parametrize("who", ["wenshui", "fengcheng"])
def test_one_step_ends_the_old_post_begins_the_new_and_invites(cast: Cast, chair: User, who: str) -> None:
    theirs = Session(chair)
    assert theirs.get("/children/").status_code == 200
    answer = hand_on(cast, chair, who)
    link = links_on(answer)[0]
    assert theirs.get("/children/").status_code == 403
    successor = User.objects.get(display_name="冯主席")
    post = successor.posts.get()
    assert (post.region_id, post.role, post.starts_on) == (XIJIE, Role.STAFF, timezone.localdate())
    assert come_in(link).status_code == 302
    successor.refresh_from_db()
    assert Session(successor).get("/children/").status_code == 200


def test_the_liaison_moves_with_her_phone_each_in_the_trail(cast: Cast, chair: User) -> None:
    other = PairingFactory(child=cast.unpaired, volunteer=cast.second_volunteer)
    Pairing.objects.filter(pk=other.pk).update(liaison="别的主席", liaison_phone="19940000008")
    hand_on(cast, chair)
    cast.pairing.refresh_from_db()
    assert (cast.pairing.liaison, cast.pairing.liaison_phone, cast.pairing.liaison_other_phones) == (
        "冯主席", "13900001111", "",
    )  # fmt: skip
    other.refresh_from_db()
    assert (other.liaison, other.liaison_phone) == ("别的主席", "19940000008")
    entries = Entry.objects.filter(reason="村妇联主席换届", object_type="pairing.pairing")
    assert [(entry.user, entry.object_id) for entry in entries] == [(cast.wenshui, str(cast.pairing.pk))]
    assert cast.pairing.events.last().liaison == "冯主席"


def test_a_chair_of_the_same_name_in_another_village_stays(cast: Cast, chair: User) -> None:
    Pairing.objects.filter(pk=cast.second_pairing.pk).update(liaison="段主席")
    hand_on(cast, chair)
    cast.second_pairing.refresh_from_db()
    assert cast.second_pairing.liaison == "段主席"


def test_an_ended_pairing_keeps_who_was_its_liaison(cast: Cast, chair: User) -> None:
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        state="ENDED", ended_on=timezone.localdate(), end_reason="ADJUSTED", is_main=False
    )
    hand_on(cast, chair)
    cast.pairing.refresh_from_db()
    assert cast.pairing.liaison == "段主席"


def test_open_messages_about_the_village_go_over_unread(cast: Cast, chair: User) -> None:
    Post.objects.create(user=chair, role=Role.STAFF, region_id=KAISHAN_VILLAGE)
    for key, code in (("here", XIJIE), ("there", KAISHAN_VILLAGE), ("done", XIJIE)):
        message_due.send(None, to=[chair], code=code, kind="alert", key=key, title=key, link="/")
    Notice.objects.filter(title="here").update(read_at=timezone.now())
    Notice.objects.filter(title="done").update(resolved_at=timezone.now())
    hand_on(cast, chair)
    successor = User.objects.get(display_name="冯主席")
    assert [(notice.title, notice.read_at) for notice in Notice.objects.visible_to(successor)] == [
        ("here", None)
    ]
    assert {notice.title for notice in Notice.objects.visible_to(chair)} == {"there", "done"}
    assert chair.posts.current().get().region_id == KAISHAN_VILLAGE


def test_who_has_an_account_gets_the_post_on_it(cast: Cast, chair: User) -> None:
    other, link = created(cast.wenshui, region=KAISHAN_VILLAGE)
    come_in(link)
    answer = hand_on(cast, chair)
    assert answer.url == f"/users/{other.pk}/"
    assert set(other.posts.current().values_list("region_id", flat=True)) == {XIJIE, KAISHAN_VILLAGE}
    assert User.objects.filter(display_name="冯主席").count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"phone": ""}, "必填"),
        ({"name": ""}, "必填"),
        ({"day": "2999-01-01"}, "不能晚于今天"),
        ({"day": "2020-01-01"}, "不能早于现任"),
        ({"phone": "13900007777"}, "已是别人的登录号码"),
        ({"phone": "13900008888"}, "与现任的一样"),
    ],
)
def test_what_does_not_fit_is_said_and_changes_nothing(
    cast: Cast, chair: User, changes: dict[str, str], said: str
) -> None:
    for user, phone in ((cast.outsider, "13900007777"), (chair, "13900008888")):
        user.phone = phone
        user.save()
    answer = hand_on(cast, chair, **changes)
    assert answer.status_code == 200
    assert said in errors_of(answer)
    assert chair.posts.get().ends_on is None
    assert not User.objects.filter(display_name="冯主席").exists()
    cast.pairing.refresh_from_db()
    assert cast.pairing.liaison == "段主席"


def test_a_second_click_finds_it_done(cast: Cast, chair: User) -> None:
    hand_on(cast, chair)
    assert hand_on(cast, chair).status_code == 404
    assert User.objects.filter(display_name="冯主席").count() == 1


def test_an_earlier_day_is_when_the_post_changed_hands(cast: Cast, chair: User) -> None:
    day = timezone.localdate() - datetime.timedelta(days=10)
    hand_on(cast, chair, day=day.isoformat())
    assert chair.posts.get().ends_on == day - datetime.timedelta(days=1)
    assert Post.objects.get(user__display_name="冯主席").starts_on == day


@pytest.mark.parametrize(
    ("who", "status"), [("xingxian", 404), ("city", 403), ("sysadmin", 403), ("mama", 403)]
)
def test_others_may_not(cast: Cast, chair: User, who: str, status: int) -> None:
    assert hand_on(cast, chair, who).status_code == status
    assert chair.posts.get().ends_on is None


def test_a_township_s_post_is_not_handed_on_this_way(cast: Cast) -> None:
    post = cast.fengcheng.posts.get()
    assert Session(cast.wenshui).get(f"/users/posts/{post.pk}/succession/").status_code == 404


def test_no_entry_names_anybody(cast: Cast, chair: User) -> None:
    hand_on(cast, chair)
    said = "\n".join(str(value) for row in Entry.objects.values_list() for value in row)
    assert "冯主席" not in said
    assert "段主席" not in said
    assert "13900001111" not in said
    assert Entry.objects.filter(action=Action.REVOKE).count() == 1
