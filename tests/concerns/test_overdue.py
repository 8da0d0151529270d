"""What was raised and is overdue comes up by working days, as counts; and the ledger of what was raised."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from aixin.access.models import Role
from aixin.notify.models import Notice
from aixin.workdays import working_day_after
from concerns.choices import Kind
from concerns.deadlines import told_from
from concerns.escalating import escalate
from concerns.models import Concern, ConcernPolicy
from concerns.policy import Rules
from concerns.services import close
from tests.cast import CITY, FENGCHENG, WENSHUI, XINGXIAN, Cast, make_user
from tests.conftest import Session

pytestmark = pytest.mark.django_db
# A Thursday; the days after it are Friday, a weekend, Monday.
DUE = datetime.date(2026, 11, 19)
DAY = datetime.timedelta(days=1)
TOWNSHIP_ON, COUNTY_ON, HEAD_ON, CITY_ON = DUE + DAY, DUE + 4 * DAY, DUE + 6 * DAY, DUE + 11 * DAY


def raise_one(cast: Cast, due: datetime.date = DUE) -> Concern:
    moment = timezone.make_aware(datetime.datetime.combine(due, datetime.time(15)))
    concern: Concern = Concern.objects.create(
        child=cast.child, region_id=cast.child.region_id, kind=Kind.STUDY, text="张小明的作业没人管",
        raised_by=cast.mama, due_at=moment,
    )  # fmt: skip
    return concern


def morning(day: datetime.date) -> int:
    with time_machine.travel(datetime.datetime.combine(day, datetime.time(0, 10), datetime.UTC), tick=False):
        return escalate(day)


def told() -> dict[str, str]:
    return dict(Notice.objects.open().filter(kind="concerns_up").values_list("addressee", "title"))


def test_township_county_head_and_city_by_working_days(cast: Cast) -> None:
    ConcernPolicy.objects.create(region_id=CITY, city_days=7)
    raise_one(cast)
    clerk = make_user("clerk", Role.STAFF, WENSHUI)
    head = make_user("head", Role.STAFF, CITY)
    for chief in (head, cast.wenshui):
        chief.posts.update(is_head=True)
    first: dict[str, datetime.date] = {}
    for number in range(14):
        morning(DUE + number * DAY)
        for subject in Notice.objects.filter(kind="concerns_up").values_list("subject", flat=True):
            first.setdefault(subject, DUE + number * DAY)
    assert first == {
        f"concerns_up:office:{FENGCHENG}": TOWNSHIP_ON,
        f"concerns_up:office:{WENSHUI}": COUNTY_ON,
        f"concerns_up:head:{WENSHUI}": HEAD_ON,
        f"concerns_up:head:{CITY}": CITY_ON,
    }
    assert set(told()) >= {f"user:{user.pk}" for user in (clerk, cast.wenshui, head)}


def test_each_is_told_once_and_the_city_not_unless_it_is_set(cast: Cast) -> None:
    raise_one(cast)
    sent = [morning(DUE + number * DAY) for number in range(30)]
    assert sum(sent) == len(told()) == 2
    assert f"user:{cast.city.pk}" not in told()


def test_days_of_outage_are_caught_up_and_a_second_run_adds_nothing(cast: Cast) -> None:
    raise_one(cast)
    assert morning(DUE + 8 * DAY) == 2
    assert morning(DUE + 8 * DAY) == 0


def test_what_is_new_is_counted_and_takes_the_place_of_the_former_digest(cast: Cast) -> None:
    raise_one(cast)
    morning(TOWNSHIP_ON)
    raise_one(cast, DUE + DAY)
    raise_one(cast, DUE + DAY)
    morning(COUNTY_ON)
    (notice,) = Notice.objects.open().filter(subject=f"concerns_up:office:{FENGCHENG}")
    assert (notice.title, notice.body) == ("新增 2 件超期没有办结的问题", "超期的现有 3 件，请过问。")


def test_closed_settles_and_nothing_of_a_child_is_said(cast: Cast) -> None:
    concern = raise_one(cast)
    morning(COUNTY_ON)
    words = "".join(
        notice.title + notice.body + notice.link for notice in Notice.objects.filter(kind="concerns_up")
    )
    assert "张小明" not in words
    assert "作业" not in words
    close(cast.wenshui, concern, "已联系学校")
    morning(COUNTY_ON + DAY)
    assert told() == {}


def test_nobody_is_told_on_a_day_off(cast: Cast) -> None:
    raise_one(cast)
    assert morning(DUE + 2 * DAY) == 0


def test_other_counties_hear_nothing(cast: Cast) -> None:
    raise_one(cast)
    morning(DUE + 8 * DAY)
    assert not Notice.objects.filter(kind="concerns_up", subject__endswith=XINGXIAN).exists()


def test_holidays_are_no_working_days() -> None:
    # National day 2026: 1 to 7 October are free.
    assert working_day_after(datetime.date(2026, 9, 30), 1) == datetime.date(2026, 10, 8)
    assert len(told_from(DUE, Rules())) == 3


def test_the_ledger_has_what_was_raised_for_its_own_offices(cast: Cast) -> None:
    raise_one(cast)
    page = Session(cast.wenshui).get("/concerns/export/").content.decode()
    assert "对方经办人" in page
    assert Session(cast.mama).get("/concerns/export/").status_code == 403
