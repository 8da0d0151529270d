"""The chair of a village on her phone: one home for her village and her own pairs, calls, and nothing of other villages."""

import datetime
import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Post, Role, User
from aixin.access.regions import Level
from aixin.audit.models import Action, Entry
from aixin.notify.models import Notice
from care.choices import DutyKind
from care.models import Duty
from children.choices import LeavingReason
from children.services import leave_roster
from concerns.choices import Kind
from concerns.models import Concern
from concerns.services import raise_concern
from pairing.models import Pairing
from rounds.models import Round
from tests.cast import FENGCHENG, KAISHAN_VILLAGE, WENSHUI, XIJIE, Cast, make_user
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VolunteerFactory
from tests.pages import text_of
from visits.models import CallAttempt, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def chair(cast: Cast) -> User:
    """The chair of 西街社区, where 张小明 (paired) and 孙待结 (with nobody) live."""
    return make_user("xijie", Role.STAFF, XIJIE)


def today() -> datetime.date:
    return timezone.localdate()


def due(child: Any, volunteer: Any = None, days: int = 0, **values: Any) -> Duty:
    """Return an open duty of a child that is due in so many days."""
    day = today() + datetime.timedelta(days=days)
    dates = {"opens_on": day - datetime.timedelta(days=30), "meant_on": day, "due_on": day}
    of = {"child": child, "region_id": child.region_id, "volunteer": volunteer}
    return Duty.objects.create(kind=DutyKind.HOME, occasion=str(day), **of, **dates, **values)


def page_of(user: User, address: str = "/") -> str:
    response = Session(user).get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def cards_on(page: str) -> list[str]:
    """Return the names on the cards, in order; and the headings between them."""
    headings = re.findall(r'<h2[^>]*class="section-label"[^>]*>(.*?)</h2>|<h2>(.*?)</h2>', page, re.DOTALL)
    return [text_of(label or name) for label, name in headings]


class TestHome:
    def test_it_is_the_phones_with_its_bar_and_says_who_what_and_by_when(
        self, cast: Cast, chair: User
    ) -> None:
        due(cast.child, cast.volunteer, days=3)
        page = page_of(chair)
        assert "is-phone" in page
        assert "导入名册" not in page
        bar = text_of(page[page.index('<nav class="tabbar"') :])
        assert bar.split()[:5] == ["首页", "孩子", "记一次", "消息", "我的"]
        said = text_of(page)
        for words in ("张小明", "入户看望", "还有3天", "爱心妈妈：王爱心", "1 件"):
            assert words in said
        guardian = cast.child.guardians.get()
        assert reverse("visits:call", args=[guardian.pk]) in page
        assert guardian.phone not in page

    def test_what_is_nobody_elses_comes_first_then_what_came_up_then_the_rest(
        self, cast: Cast, chair: User
    ) -> None:
        late = ChildFactory(name="郑迟到", region_id=XIJIE)
        due(cast.child, cast.volunteer, days=1)
        due(late, cast.volunteer, days=-9, escalated_to=Level.VILLAGE, escalated_on=today())
        due(cast.unpaired, days=5)
        assert cards_on(page_of(chair)) == [
            "归您办的", "孙待结", "逾期了，请您过问", "郑迟到", "村里近期要办的", "张小明",
        ]  # fmt: skip

    def test_nothing_of_another_village_and_nothing_far_ahead(self, cast: Cast, chair: User) -> None:
        due(cast.neighbour, cast.second_volunteer, days=1)
        due(cast.child, cast.volunteer, days=20)
        page = page_of(chair)
        assert "李小红" not in page
        assert "村里近期没有要办的" in page

    def test_her_own_pairs_stand_there_too_one_in_another_village_by_name_alone(
        self, cast: Cast, chair: User
    ) -> None:
        herself = VolunteerFactory(name="冯主席", region_id=FENGCHENG, user=chair)
        hat = Post.objects.create(user=chair, role=Role.VOLUNTEER, region_id=FENGCHENG)
        PairingFactory(child=cast.unpaired, volunteer=herself, started_on=today())
        far = ChildFactory(name="何隔壁", region_id=KAISHAN_VILLAGE)
        PairingFactory(child=far, volunteer=herself, started_on=today())
        due(cast.unpaired, herself, days=2)
        due(far, herself, days=1)
        page = page_of(chair)
        assert cards_on(page) == ["和您结对的孩子", "何隔壁", "孙待结"]
        assert reverse("children:detail", args=[far.pk]) not in page
        assert reverse("visits:call", args=[far.guardians.get().pk]) not in page
        session = Session(chair)
        assert session.get(reverse("children:detail", args=[far.pk])).status_code == 404
        switched = session.post(reverse("switch_post"), {"post": hat.pk}, follow=True).content.decode()
        assert cards_on(switched) == ["何隔壁", "孙待结"]
        assert "换到西街社区" in switched

    def test_a_volunteer_who_became_chair_comes_in_as_that(self, cast: Cast) -> None:
        Post.objects.create(user=cast.mama, role=Role.STAFF, region_id=XIJIE)
        due(cast.unpaired, days=2)
        assert cards_on(page_of(cast.mama)) == ["归您办的", "孙待结", "和您结对的孩子", "张小明"]

    def test_more_children_cost_no_more_queries(self, cast: Cast, chair: User) -> None:
        def queries() -> list[int]:
            found = []
            for name in ("home", "visits:my_children", "visits:new"):
                with CaptureQueriesContext(connection) as seen:
                    page_of(chair, reverse(name))
                found.append(len(seen))
            return found

        due(cast.unpaired, days=1)
        due(cast.child, cast.volunteer, days=1)
        queries()
        before = queries()
        for number in range(4):
            due(ChildFactory(name=f"添{number}", region_id=XIJIE), cast.volunteer, days=number)
        assert queries() == before

    def test_an_open_round_and_what_she_raised_lead_on(self, cast: Cast, chair: User) -> None:
        found = Round.objects.create(
            region_id=WENSHUI, title="秋季摸排", due_on=today(), opened_by=cast.wenshui, newest_child=10**9
        )
        raise_concern(chair, cast.child, Concern(kind=Kind.STUDY, text="想要一本字典"))
        page = page_of(chair)
        assert "还有 2 个孩子要核实" in text_of(page)
        assert reverse("rounds:village", args=[found.pk]) in page
        assert "您反映的张小明：学业" in page
        assert "想要一本字典" not in page
        answering = page_of(chair, reverse("rounds:village", args=[found.pk]))
        assert "is-phone" in answering
        assert "回首页" in answering

    def test_a_township_keeps_its_workbench(self, cast: Cast) -> None:
        assert "is-staff" in page_of(cast.fengcheng)

    def test_pages_of_staff_are_reached_from_her_own_page(self, chair: User) -> None:
        page = page_of(chair, reverse("account"))
        for name in ("rounds:list", "children:list", "care:duties", "visits:list"):
            assert f'href="{reverse(name)}"' in page


class TestChildren:
    def test_she_sees_those_of_her_village_those_never_seen_first(self, cast: Cast, chair: User) -> None:
        for name in ("visits:my_children", "visits:new"):
            page = page_of(chair, reverse(name))
            assert page.index("孙待结") < page.index("张小明")
            assert "李小红" not in page

    def test_a_childs_page_is_the_phones_with_a_call_and_leads_to_that_of_staff(
        self, cast: Cast, chair: User
    ) -> None:
        address = reverse("children:detail", args=[cast.child.pk])
        page = page_of(chair, address)
        assert reverse("visits:call", args=[cast.child.guardians.get().pk]) in page
        for words in ("三必清", "学校", "需要", "最近几次", "孩子情绪不错。"):
            assert words in page
        assert "is-staff" in page_of(chair, f"{address}?tab=record")


class TestCalls:
    def call(self, user: User, child: Any) -> Any:
        return Session(user).post(reverse("visits:call", args=[child.guardians.get().pk]))

    def fail(self, user: User, child: Any, key: Any = None) -> Any:
        address = reverse("visits:unreached", args=[child.pk])
        return Session(user).post(address, {"client_uuid": key or uuid4()}, follow=True)

    def test_a_childs_page_names_its_volunteers_to_the_chair_alone(self, cast: Cast, chair: User) -> None:
        page = text_of(page_of(chair, f"/children/{cast.child.pk}/"))
        assert re.search(rf"爱心妈妈 {cast.volunteer.name} .{{6,12}}起 主责", page)
        assert "爱心妈妈 还没有结对。" in text_of(page_of(chair, f"/children/{cast.unpaired.pk}/"))
        assert "主责" not in page_of(cast.mama, f"/children/{cast.child.pk}/")

    def test_the_number_opens_at_one_tap_is_noted_and_asks_how_it_went(self, cast: Cast, chair: User) -> None:
        page = self.call(chair, cast.child).content.decode()
        assert cast.child.guardians.get().phone in page
        assert "打通了" in page
        entry = Entry.objects.filter(action=Action.REVEAL).get()
        assert (entry.user_id, entry.detail["field"]) == (chair.pk, "phone")

    def test_numbers_have_the_hours_limit_but_that_of_her_own_pair(
        self, cast: Cast, chair: User, settings: Any
    ) -> None:
        settings.REVEALS_PER_HOUR = 0
        assert self.call(chair, cast.unpaired).status_code == 429
        herself = VolunteerFactory(name="冯主席", region_id=FENGCHENG, user=chair)
        PairingFactory(child=cast.unpaired, volunteer=herself, started_on=today())
        assert self.call(chair, cast.unpaired).status_code == 200

    def test_no_number_of_another_village_nor_of_a_child_that_left_nor_for_other_staff(
        self, cast: Cast, chair: User
    ) -> None:
        assert self.call(chair, cast.neighbour).status_code == 404
        assert self.fail(chair, cast.neighbour).status_code == 404
        leave_roster(cast.wenshui, cast.unpaired, LeavingReason.OVER_AGE, today())
        assert self.call(chair, cast.unpaired).status_code == 404
        assert self.call(cast.fengcheng, cast.child).status_code == 403
        assert self.fail(cast.wenshui, cast.child).status_code == 403

    def test_her_third_failure_in_a_row_sends_her_to_the_door(self, cast: Cast, chair: User) -> None:
        key = uuid4()
        for attempt in (key, key, uuid4(), uuid4()):
            said = self.fail(chair, cast.unpaired, attempt).content.decode()
        assert CallAttempt.objects.filter(caller=chair, volunteer=None).count() == 3
        assert "连续3次没打通，请上门去看看孩子" in said
        notice = Notice.objects.get(kind="unreached")
        assert (notice.addressee, notice.body[:2]) == (f"user:{chair.pk}", "您从")

    def test_calls_of_others_are_counted_apart(self, cast: Cast, chair: User) -> None:
        for _ in range(2):
            self.fail(cast.mama, cast.child)
        assert "连续1次" in self.fail(chair, cast.child).content.decode()
        assert not Notice.objects.filter(kind="unreached").exists()

    def test_a_call_for_her_own_pair_is_her_own_contact(self, cast: Cast, chair: User) -> None:
        herself = VolunteerFactory(name="冯主席", region_id=FENGCHENG, user=chair)
        PairingFactory(child=cast.unpaired, volunteer=herself, started_on=today())
        self.fail(chair, cast.unpaired)
        assert CallAttempt.objects.get().volunteer == herself
        typed = {
            "client_uuid": uuid4(), "children": [cast.unpaired.pk], "way": "PHONE", "date": today(), "seen": "都好",
        }  # fmt: skip
        address = f"{reverse('visits:new')}?child={cast.unpaired.pk}"
        answer = Session(chair).post(address, typed)
        assert (answer.status_code, answer.url) == (302, "/")
        assert list(Visit.objects.get(seen="都好").volunteers.all()) == [herself]
        assert Pairing.objects.of_volunteer_user(chair).count() == 1


class TestOffline:
    def test_her_phone_keeps_pages_of_those_who_are_hers_alone(self, cast: Cast, chair: User) -> None:
        pages = Session(chair).get(reverse("offline_session")).json()["pages"]
        assert reverse("children:detail", args=[cast.unpaired.pk]) in pages
        assert reverse("children:detail", args=[cast.child.pk]) not in pages
        assert Session(cast.fengcheng).get(reverse("offline_session")).status_code == 403
