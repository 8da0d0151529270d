"""Children off the roster: the heads are told, then the record goes on its date, whatever happens to others."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from aixin.access.models import Post
from aixin.notify.models import Notice
from aixin.rights.models import Erasure
from children.choices import Status
from children.dates import years_after, years_before
from children.models import Child
from children.retention import apply, retained_until
from children.services import hold, return_to_roster
from tests.cast import XIJIE, XINGXIAN_VILLAGE, Cast
from tests.conftest import Session
from tests.factories import ChildFactory

pytestmark = pytest.mark.django_db
LEFT_ON = datetime.date(2023, 6, 1)
ENDS = datetime.date(2026, 6, 1)
TOLD = ENDS - datetime.timedelta(days=30)


def left(name: str = "郝离册", day: datetime.date = LEFT_ON, region: str = XIJIE) -> Child:
    return ChildFactory(name=name, region_id=region, status=Status.LEFT, left_on=day, left_reason="OVER_AGE")


def status_of(child: Child) -> str:
    child.refresh_from_db()
    return str(child.status)


def test_the_head_is_told_thirty_days_before_and_once(cast: Cast) -> None:
    child = left()
    assert apply(TOLD - datetime.timedelta(days=1))["warned"] == 0
    assert apply(TOLD)["warned"] == 1
    assert apply(TOLD)["warned"] == 0
    notice = Notice.objects.get(kind="retention")
    assert notice.addressee == f"user:{cast.wenshui.pk}"
    assert "1 名" in notice.title
    assert child.name not in notice.title + notice.body
    page = Session(cast.wenshui).post(f"/inbox/{notice.pk}/open/", follow=True).content.decode()
    assert child.name not in Session(cast.wenshui).get("/children/").content.decode()
    assert "儿童" in page


def test_a_county_without_a_head_tells_the_level_above(cast: Cast) -> None:
    Post.objects.filter(user=cast.city).update(is_head=True)
    left(region=XINGXIAN_VILLAGE)
    apply(TOLD)
    assert Notice.objects.get(kind="retention").addressee == f"user:{cast.city.pk}"


def test_the_record_goes_on_its_date(cast: Cast) -> None:
    child = left()
    apply(TOLD)
    apply(ENDS - datetime.timedelta(days=1))
    assert status_of(child) == Status.LEFT
    assert apply(ENDS)["erased"] == 1
    assert status_of(child) == Status.ERASED
    erasure = Erasure.objects.get()
    assert (erasure.basis, erasure.erased_by) == ("RETENTION", None)


def test_missed_nights_are_caught_up(cast: Cast) -> None:
    child = left()
    apply(TOLD + datetime.timedelta(days=3))
    assert apply(ENDS + datetime.timedelta(days=60))["erased"] == 1
    assert status_of(child) == Status.ERASED


def test_nothing_goes_unannounced(cast: Cast) -> None:
    """An old record, found for the first time long after its date, is announced first."""
    child = left()
    late = ENDS + datetime.timedelta(days=100)
    assert apply(late) == {"warned": 1}
    assert apply(late + datetime.timedelta(days=29))["erased"] == 0
    assert apply(late + datetime.timedelta(days=30))["erased"] == 1
    assert status_of(child) == Status.ERASED


def test_one_that_cannot_be_erased_stops_no_other(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    stuck, other = left("卞卡住"), left("郝离册")
    apply(TOLD)
    # Somebody wrote a certificate for it already, so a second one cannot be.
    Erasure.objects.create(
        label="children.child", object_pk=stuck.pk, public_no=stuck.no, basis="REQUEST", region_id=XIJIE
    )
    done = apply(ENDS)
    assert (done["erased"], done["failed"]) == (1, 1)
    assert (status_of(stuck), status_of(other)) == (Status.LEFT, Status.ERASED)
    assert stuck.name == "卞卡住"
    assert str(stuck.pk) in caplog.text
    assert "卞卡住" not in caplog.text


def test_children_on_the_roster_stay(cast: Cast) -> None:
    apply(ENDS + datetime.timedelta(days=4000))
    apply(ENDS + datetime.timedelta(days=5000))
    assert not Erasure.objects.exists()


class TestAHold:
    UNTIL = datetime.date(2027, 1, 1)

    def test_it_keeps_the_record_until_its_day_and_is_announced_anew(self, cast: Cast) -> None:
        child = left()
        apply(TOLD)
        hold(cast.wenshui, child, self.UNTIL, "案件未结")
        apply(ENDS)
        assert status_of(child) == Status.LEFT
        assert retained_until(child) == self.UNTIL
        assert apply(self.UNTIL - datetime.timedelta(days=30))["warned"] == 1
        assert apply(self.UNTIL)["erased"] == 1

    def press(self, cast: Cast, child: Child, **form: Any) -> Any:
        until = timezone.localdate() + datetime.timedelta(days=365 * 4)
        typed = {"until": until.isoformat(), "reason": "案件未结"} | form
        return Session(cast.wenshui).post(f"/children/{child.pk}/hold/", typed)

    def test_it_is_set_on_the_page_with_a_reason(self, cast: Cast) -> None:
        child = left(day=timezone.localdate())
        assert self.press(cast, child, reason="").status_code == 200
        assert self.press(cast, child, until=timezone.localdate().isoformat()).status_code == 200
        assert not child.holds.exists()
        assert self.press(cast, child).status_code == 302
        page = Session(cast.wenshui).get(f"/children/{child.pk}/").content.decode()
        assert "案件未结" in page
        assert f"保存至 {child.holds.get().until:%Y-%m-%d}" in page

    def test_a_child_on_the_roster_needs_none(self, cast: Cast) -> None:
        assert self.press(cast, cast.child).status_code == 403


def test_returning_stops_the_clock(cast: Cast) -> None:
    child = left()
    apply(TOLD)
    return_to_roster(cast.wenshui, child)
    apply(ENDS)
    assert status_of(child) == Status.ON_ROSTER
    child.refresh_from_db()
    assert child.erasure_warned_on is None


def test_the_period_is_a_setting(cast: Cast, settings: Any) -> None:
    settings.RETENTION_YEARS_AFTER_LEAVING = 1
    assert retained_until(left()) == datetime.date(2024, 6, 1)


@pytest.mark.parametrize(
    "day", [datetime.date(2024, 2, 29), datetime.date(2024, 3, 1), datetime.date(2023, 2, 28)]
)
@pytest.mark.parametrize("years", [1, 3, 4])
def test_the_date_shown_is_the_day_it_is_due(day: datetime.date, years: int) -> None:
    """The page counts forwards, the task backwards: they must meet, on 29 February too."""
    ends = years_after(day, years)
    assert day <= years_before(ends, years)
    assert not day <= years_before(ends - datetime.timedelta(days=1), years)
