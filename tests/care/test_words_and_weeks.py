"""What the volunteer reads of a reported change and an agreed step; the group's text counts as the calendar does."""

import datetime
import re

import pytest

from care.making import make_all
from care.models import Duty
from care.services import agree_follow_up, report_change
from care.weeks import due_this_week
from pairing.models import Pairing
from tests.care.conftest import DAY, TODAY, contact, days_ago, only
from tests.cast import KAISHAN_VILLAGE, Cast
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory
from tests.pages import text_of

pytestmark = pytest.mark.django_db
CHANGED = "奶奶住院，家里没人做饭，电话13900001234。"
STEP = "带一本字典去"


def page(who: object, url: str) -> str:
    return text_of(Session(who).get(url).content.decode())


def test_her_pages_say_what_was_reported_and_what_she_agreed(live: Pairing, cast: Cast) -> None:
    only(change_hours=72)
    visit = contact(live, days_ago(3), next_step=STEP, next_on=TODAY + DAY)
    agree_follow_up(visit, [live.child_id], TODAY + DAY)
    report_change(live.child, TODAY, actor=cast.wenshui, note=CHANGED)
    home, child = page(cast.mama, "/"), page(cast.mama, f"/children/{live.child_id}/")
    for shown in (home, child):
        assert "奶奶住院，家里没人做饭" in shown
        assert "13900001234" not in shown
        assert shown.count(STEP) == 1
    assert "家里有变故或困难，上门看望" in child
    inbox = page(cast.mama, "/inbox/")
    assert "奶奶住院" not in inbox
    assert re.search("请在1?[0-9]月[0-9]+日前上门看望（家里有变故或困难），回来记一次。", inbox)
    assert STEP not in inbox


def test_a_step_of_another_s_visit_is_named_without_its_words(live: Pairing, cast: Cast) -> None:
    only()
    PairingFactory(child=live.child, volunteer=cast.second_volunteer, is_main=False)
    visit = contact(live, days_ago(3), next_step=STEP, next_on=TODAY + DAY)
    agree_follow_up(visit, [live.child_id], TODAY + DAY)
    shown = page(cast.mama2, f"/children/{live.child_id}/")
    assert "办约定的下一步" in shown
    assert STEP not in shown


def test_the_text_for_the_group_counts_what_the_calendar_counts(live: Pairing, cast: Cast) -> None:
    only(call_days=31, home_days=90)
    there = ChildFactory(region_id=KAISHAN_VILLAGE)
    PairingFactory(child=there, volunteer=cast.volunteer, started_on=TODAY - 30 * DAY)
    assert make_all(TODAY) == []
    later = Duty.objects.filter(due_on__gt=TODAY + 7 * DAY)
    assert later.exists()
    text = page(cast.wenshui, "/messages/channels/")
    assert "本周（11月16日至11月22日）要办：凤城镇1件，开栅镇1件，共2件，其中1件已经逾期。" in text
    assert there.name not in text
    (late, week, *_) = Session(cast.wenshui).get("/care/calendar/").context["totals"]
    assert (late, week) == (1, 1)
    assert [count.total() for count in due_this_week(cast.wenshui, TODAY)] == [1, 1]
    Duty.objects.filter(due_on__lte=TODAY + datetime.timedelta(days=2)).delete()
    assert "现在没有待办的事项" in page(cast.wenshui, "/messages/channels/")


def test_the_list_counts_what_is_due_within_the_policy_s_days(live: Pairing, cast: Cast) -> None:
    only(call_days=31, home_days=90, remind_days=5)
    make_all(TODAY)
    head = page(cast.wenshui, "/care/duties/")
    assert re.search(r"5\s*天内要办\s*0\s*件，已逾期\s*1\s*件", head), head
