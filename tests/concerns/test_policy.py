"""办理期限: each region decides, the empty inherits; what was raised keeps its deadline, the new delays hold at once."""

import datetime
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from aixin.notify.models import Notice
from concerns.choices import Kind
from concerns.models import Concern, ConcernPolicy
from concerns.policy import rules_for, save_policy
from tests.cast import CITY, FENGCHENG, WENSHUI, XINGXIAN, Cast
from tests.concerns.test_overdue import DAY, DUE, HEAD_ON, morning, raise_one
from tests.conftest import Session

pytestmark = pytest.mark.django_db
PAGE = "/concerns/policy/"


def decide(cast: Cast, who: str, act: str = "save", **days: Any) -> Any:
    return Session(cast.users[who]).post(PAGE, {**days, act: "1"})


def raised(cast: Cast, **changes: Any) -> Concern:
    body = {"kind": "STUDY", "urgency": "DAILY", "text": "没有台灯", "client_uuid": uuid.uuid4(), **changes}
    Session(cast.mama).post(f"/concerns/new/{cast.child.pk}/", body)
    concern: Concern = Concern.objects.latest("pk")
    return concern


def days_given(concern: Concern) -> int:
    return round((concern.due_at - concern.raised_at) / DAY)


def test_the_nearest_decision_holds_field_by_field(cast: Cast) -> None:
    assert (rules_for(WENSHUI).usual_days, rules_for(WENSHUI).urgent_hours) == (7, 24)
    ConcernPolicy.objects.create(region_id=CITY, usual_days=10, urgent_hours=12)
    ConcernPolicy.objects.create(region_id=WENSHUI, usual_days=5)
    found = {
        code: (rules_for(code).usual_days, rules_for(code).urgent_hours)
        for code in (FENGCHENG, XINGXIAN, "1401")
    }
    assert found == {FENGCHENG: (5, 12), XINGXIAN: (10, 12), "1401": (7, 24)}


def test_a_change_holds_for_what_is_raised_from_now_on(cast: Cast) -> None:
    before = raised(cast)
    assert decide(cast, "wenshui", usual_days="3").status_code == 302
    after = raised(cast)
    before.refresh_from_db()
    assert (days_given(before), days_given(after)) == (7, 3)
    assert "以前上报的，期限不变" in Session(cast.wenshui).get(PAGE).content.decode()


def test_the_preview_counts_what_is_open_and_stores_nothing(cast: Cast) -> None:
    now = timezone.now()
    for age in (1, 4):
        concern = raised(cast)
        raised_at = now - datetime.timedelta(days=age)
        Concern.objects.filter(pk=concern.pk).update(raised_at=raised_at, due_at=raised_at + 7 * DAY)
    effect = decide(cast, "wenshui", "preview", usual_days="3").context["effect"]
    assert effect.groups == [("其他", 2, 2, 0, 1)]
    assert not ConcernPolicy.objects.exists()
    assert set(Concern.objects.values_list("due_at", flat=True)) == {now + 6 * DAY, now + 3 * DAY}
    assert decide(cast, "wenshui", "preview", usual_days="7").context["effect"].groups == [
        ("其他", 2, 0, 0, 0)
    ]


def test_the_preview_says_which_offices_would_hear(cast: Cast) -> None:
    Concern.objects.create(
        child=cast.child, region_id=cast.child.region_id, kind=Kind.STUDY, text="x", raised_by=cast.mama,
        due_at=timezone.now() - datetime.timedelta(days=60),
    )  # fmt: skip
    effect = decide(cast, "wenshui", "preview", county_days="60").context["effect"]
    assert effect.offices == [
        ("乡镇（街道）", 1, 1), ("县妇联", 1, 0), ("县妇联负责人", 1, 1), ("市妇联负责人", 0, 0),
    ]  # fmt: skip
    assert decide(cast, "city", "preview", city_days="5").context["effect"].offices[-1] == (
        "市妇联负责人",
        0,
        1,
    )


def test_another_county_s_matters_are_not_counted(cast: Cast) -> None:
    raised(cast)
    assert decide(cast, "xingxian", "preview", usual_days="3").context["effect"].groups == []


def titles(code: str) -> list[str]:
    found = Notice.objects.open().filter(subject=f"concerns_up:office:{code}")
    return list(found.values_list("title", flat=True))


def test_a_shorter_delay_brings_up_what_came_due_before_it(cast: Cast) -> None:
    """Without the day of the change the county's digest of another matter would hide the one that the change brings up."""
    ConcernPolicy.objects.create(region_id=WENSHUI, county_days=4)
    raise_one(cast)
    raise_one(cast, DUE - 2 * DAY)
    morning(HEAD_ON - 2 * DAY)
    assert titles(WENSHUI) == ["新增 1 件超期没有办结的问题"]
    own = ConcernPolicy.objects.get()
    own.county_days, own.told_since = 2, HEAD_ON - DAY
    own.save()
    morning(HEAD_ON - 2 * DAY)
    assert titles(WENSHUI) == ["新增 1 件超期没有办结的问题"], "today's digest is out"
    morning(HEAD_ON - DAY)
    assert titles(WENSHUI) == ["上报时间改了：按新的时间有 2 件超期没有办结的问题"]
    assert morning(HEAD_ON) == 0, "told once more, not every day"


def test_only_another_delay_tells_the_offices_again(cast: Cast) -> None:
    own = ConcernPolicy(region_id=WENSHUI, usual_days=5)
    save_policy(cast.wenshui, own)
    assert own.told_since is None
    own.county_days = 3
    save_policy(cast.wenshui, own)
    assert own.told_since == timezone.localdate() + DAY
    assert rules_for(FENGCHENG).told_since == own.told_since


def test_a_county_does_not_decide_what_the_city_hears(cast: Cast) -> None:
    decide(cast, "city", city_days="7")
    decide(cast, "wenshui", city_days="0", usual_days="6")
    assert (rules_for(WENSHUI).city_days, rules_for(WENSHUI).usual_days) == (7, 6)
    assert "city_days" not in Session(cast.wenshui).get(PAGE).content.decode()
    with pytest.raises(ValidationError):
        save_policy(cast.wenshui, ConcernPolicy(region_id=WENSHUI, city_days=0))


@pytest.mark.parametrize("days", ["0", "91", "-1", "三天"])
def test_days_out_of_range_are_refused_in_words(cast: Cast, days: str) -> None:
    page = decide(cast, "wenshui", usual_days=days)
    assert page.status_code == 422
    assert "usual_days" in page.context["form"].errors
    assert not ConcernPolicy.objects.exists()


def test_it_is_reached_from_the_list_and_from_the_other_policy(cast: Cast) -> None:
    for page in ("/concerns/", "/care/policy/"):
        assert f'href="{PAGE}"' in Session(cast.wenshui).get(page).content.decode()
    assert f'href="{PAGE}"' not in Session(cast.fengcheng).get("/concerns/").content.decode()
    above = Session(cast.wenshui).get(PAGE).content.decode()
    assert "同上级（7）" in above
