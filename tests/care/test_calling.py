"""What a county is asked to do itself: guardians called back each month, and how long 三必清 stays clear."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from aixin.notify.models import Notice
from care.calling import calls_of
from care.models import CarePolicy
from care.policy import rules_for
from care.reminders import remind
from children.models import Child
from pairing.models import Pairing
from tests.care.conftest import TODAY, contact, days_ago
from tests.cast import CITY, WENSHUI, XINGXIAN, Cast
from tests.conftest import Session
from visits.choices import Part
from visits.drawing import Draw, draw
from visits.models import CallBack, Situation
from visits.situations import freshness_days, unclear

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(live: Pairing) -> Pairing:
    """The city wants two guardians called each month by the 20th; the county has one visit to ask about."""
    CarePolicy.objects.create(region_id=CITY, callbacks=2, callback_day=20, call_days=0)
    contact(live, days_ago(3))
    return live


def left(day: datetime.date = TODAY) -> int:
    return calls_of(WENSHUI, rules_for(WENSHUI), day).left


def told() -> list[str]:
    return list(Notice.objects.open().filter(kind="callbacks_due").values_list("addressee", flat=True))


def answer() -> None:
    CallBack.objects.update(answered_at=timezone.now(), answer="YES")


def test_never_more_than_could_be_called_and_none_once_they_are(asked: Pairing, cast: Cast) -> None:
    assert left() == 1
    assert draw(cast.wenshui, Draw(days_ago(30), TODAY, 5, cast.wenshui)) == 1
    assert left() == 1, "drawn is not called"
    answer()
    assert left() == 0


def test_the_office_hears_once_from_the_day_on_and_no_more_when_it_is_done(
    asked: Pairing, cast: Cast
) -> None:
    remind(TODAY - datetime.timedelta(days=1))
    assert told() == []
    remind(TODAY)
    remind(TODAY + datetime.timedelta(days=1))
    assert told() == [f"user:{cast.wenshui.pk}"]
    draw(cast.wenshui, Draw(days_ago(30), TODAY, 5, cast.wenshui))
    answer()
    remind(TODAY + datetime.timedelta(days=3))
    assert told() == []


def test_the_list_of_duties_leads_to_the_draw_at_the_county_alone(asked: Pairing, cast: Cast) -> None:
    assert "本月还要回访 1 名监护人" in Session(cast.wenshui).get("/care/duties/").content.decode()
    for other in (cast.city, cast.fengcheng, cast.xingxian):
        assert "本月还要回访" not in Session(other).get("/care/duties/").content.decode()


def test_a_region_asks_for_none_unless_somebody_decided(live: Pairing) -> None:
    contact(live, days_ago(3))
    assert left() == 0


def test_what_is_passed_on_to_the_head_is_called_as_far_as_the_office_sees(
    asked: Pairing, cast: Cast
) -> None:
    """Else the number would stand still for a guardian who is not to be called."""
    draw(cast.wenshui, Draw(days_ago(30), TODAY, 5, cast.wenshui))
    CallBack.objects.update(passed_at=timezone.now())
    assert (left(), calls_of(WENSHUI, rules_for(WENSHUI), TODAY).done) == (0, 1)


class TestFreshness:
    @pytest.fixture
    def heard(self, live: Pairing) -> Any:
        for part in Part:
            Situation.objects.create(
                child=live.child, region_id=live.child.region_id, part=part, confirmed_on=timezone.localdate(),
                source="STAFF",
            )  # fmt: skip
        Situation.objects.update(confirmed_on=timezone.localdate() - datetime.timedelta(days=100))
        return Child.objects.filter(pk=live.child_id)

    def test_the_nearest_decision_holds_and_another_county_s_does_not(self, heard: Any) -> None:
        CarePolicy.objects.create(region_id=XINGXIAN, fresh_days=10)
        assert not unclear(heard).exists()
        CarePolicy.objects.create(region_id=CITY, fresh_days=90)
        assert unclear(heard).exists()
        CarePolicy.objects.create(region_id=WENSHUI, fresh_days=120)
        assert not unclear(heard).exists()
        assert [freshness_days(code) for code in (WENSHUI, CITY, XINGXIAN, "14")] == [120, 90, 10, 180]

    def test_a_preview_counts_before_anything_is_saved(self, heard: Any, cast: Cast) -> None:
        form = {"fresh_days": 90, "preview": "1"}
        page = Session(cast.wenshui).post("/care/policy/", form).content.decode()
        counted = Child.objects.visible_to(cast.wenshui)
        now = unclear(counted).count()
        assert f'现在 <strong class="num">{now}</strong> 人' in page
        assert f'改后 <strong class="num">{now + 1}</strong> 人' in page
        assert not CarePolicy.objects.exists()
