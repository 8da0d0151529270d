"""Past visits from a file: whom they are about, what stays out and why, twice is once, and back again."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aixin.access.scope import acting
from aixin.audit.models import Action, Entry
from aixin.exchange.choices import ImportState
from aixin.exchange.models import ImportJob
from aixin.notify.models import Notice
from care.models import Duty
from care.reminders import remind
from children.models import Child
from children.querysets import opens_locked
from pairing.choices import EndReason
from pairing.models import Pairing
from pairing.services import end
from tests.cast import KAISHAN, KAISHAN_VILLAGE, WENSHUI, XIJIE, Cast
from tests.conftest import Session
from tests.exchange.rosters import confirmed, roster_rows, uploaded
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory, let_remind
from tests.pages import text_of
from visits.models import Visit, VisitedChild, household_visits, person_visits
from visits.querysets import never_visited, overdue

pytestmark = pytest.mark.django_db
GOOD = {
    "走访日期": "",
    "走访方式": "入户",
    "爱心妈妈": "王爱心",
    "联系电话": "",
    "儿童姓名": "张小明",
    "儿童身份证号": "",
    "乡镇": "",
    "走访情况": "家里整洁",
    "走访内容": "辅导作业",
    "物品": "书包",
    "物品价值": "80元",
    "记录人": "王爱心",
}
HEAD = list(GOOD)


def ago(days: int) -> str:
    return (timezone.localdate() - datetime.timedelta(days=days)).isoformat()


def row(**changes: str) -> list[str]:
    """Return a good row about 张小明 and 王爱心, ten days ago."""
    return list((GOOD | {"走访日期": ago(10)} | changes).values())


def imported(user: Any, *rows: list[str]) -> ImportJob:
    return confirmed(user, list(rows), HEAD, "visits")


def outcome(job: ImportJob) -> list[tuple[str, str]]:
    return [(line["status"], line["reasons"] or line["warnings"]) for line in job.rows()]


def newest() -> Visit:
    return Visit.objects.latest("id")


def test_a_row_becomes_a_visit_like_one_logged_by_hand(cast: Cast) -> None:
    job = imported(cast.wenshui, row())
    assert job.counts == {"created": 1, "updated": 0, "unchanged": 0, "rejected": 0}
    visit = newest()
    assert (visit.date.isoformat(), visit.way, visit.seen, visit.done) == (
        ago(10),
        "HOME",
        "家里整洁",
        "辅导作业",
    )
    assert (visit.goods, visit.goods_value, visit.companions, visit.households) == ("书包", 80, "", 1)
    assert (visit.region_id, visit.recorded_by, visit.is_backfill) == (XIJIE, cast.wenshui, True)
    assert [link.child for link in visit.visited.all()] == [cast.child]
    assert list(visit.volunteers.all()) == [cast.volunteer]
    # Her own phone shows it to the volunteer, and the child's page to the county.
    assert "家里整洁" in text_of(Session(cast.mama).get(f"/visits/{visit.pk}/").content.decode())


def test_it_counts_in_every_figure(cast: Cast) -> None:
    child = ChildFactory(name="吴新", region_id=XIJIE)
    pairing = PairingFactory(
        child=child, volunteer=cast.volunteer, started_on=timezone.localdate() - datetime.timedelta(days=60)
    )
    links = VisitedChild.objects.all()
    let_remind(WENSHUI)
    remind(timezone.localdate())
    about = [duty.subject for duty in Duty.objects.filter(child=child)]
    assert pairing in overdue(Pairing.objects.all(), links)
    assert child in never_visited(Child.objects.registered(), Pairing.objects.all(), links)
    assert Notice.objects.open().filter(subject__in=about).exists()
    before = (person_visits(Visit.objects.standing()), household_visits(Visit.objects.standing()))
    imported(cast.wenshui, row(儿童姓名="吴新", 走访日期=ago(3)))
    assert pairing not in overdue(Pairing.objects.all(), links)
    assert child not in never_visited(Child.objects.registered(), Pairing.objects.all(), links)
    assert not Notice.objects.open().filter(subject__in=about).exists()
    after = (person_visits(Visit.objects.standing()), household_visits(Visit.objects.standing()))
    assert after == (before[0] + 1, before[1] + 1)


def test_an_old_visit_silences_nobody_who_stays_late(cast: Cast) -> None:
    pairing = cast.second_pairing
    let_remind(WENSHUI)
    remind(timezone.localdate())
    imported(cast.wenshui, row(儿童姓名="李小红", 爱心妈妈="赵有爱", 走访日期=ago(39)))
    remind(timezone.localdate())
    about = [duty.subject for duty in Duty.objects.filter(child=pairing.child)]
    assert Notice.objects.open().filter(subject__in=about).exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"走访日期": "看不清"}, "走访日期无法识别，或没有写到日"),
        ({"走访日期": "2026.3"}, "走访日期无法识别，或没有写到日"),
        ({"走访日期": "2099-01-01"}, "走访日期晚于今天"),
        ({"走访日期": "1999-01-01"}, "走访日期早于儿童的出生日期"),
        ({"走访方式": "托梦"}, "走访方式无法识别，请写电话、入户、见面、到校、视频、活动或书信"),
        ({"儿童姓名": "查无此人"}, "名册里找不到这名儿童，请先导入儿童名册"),
        ({"儿童姓名": "周远方"}, "名册里找不到这名儿童，请先导入儿童名册"),
        ({"爱心妈妈": "查无此人"}, "名册里找不到这位爱心妈妈，请先导入爱心妈妈名册"),
        ({"爱心妈妈": "吴远山"}, "名册里找不到这位爱心妈妈，请先导入爱心妈妈名册"),
        ({"爱心妈妈": "王爱心、查无此人"}, "名册里找不到这位爱心妈妈，请先导入爱心妈妈名册"),
        ({"儿童姓名": "张小明、查无此人"}, "名册里找不到这名儿童，请先导入儿童名册"),
        ({"乡镇": "无名镇"}, "乡镇（街道）找不到，请核对名称"),
    ],
)
def test_a_row_that_cannot_be_right_is_given_back(cast: Cast, changes: dict[str, str], reason: str) -> None:
    before = roster_rows()
    job = imported(cast.wenshui, row(**changes))
    assert outcome(job) == [("rejected", reason)]
    assert roster_rows() == before


def test_visits_of_former_pairings_are_right_and_others_only_doubtful(cast: Cast) -> None:
    end(cast.wenshui, cast.pairing, EndReason.ADJUSTED, timezone.localdate() - datetime.timedelta(days=5), "")
    job = imported(
        cast.wenshui,
        row(走访日期=ago(10)),
        row(走访日期=ago(2)),
        row(走访日期=ago(60)),
        row(爱心妈妈="赵有爱"),
        row(爱心妈妈="", 走访日期=ago(11)),
    )
    doubtful = ("created", "那一天两人没有结对，请核对")
    assert outcome(job) == [("created", ""), doubtful, doubtful, doubtful, ("created", "")]


def test_a_child_off_the_roster_was_visited_before_it_left(cast: Cast) -> None:
    Child.objects.filter(pk=cast.child.pk).update(
        status="LEFT", left_on=timezone.localdate() - datetime.timedelta(days=5)
    )
    assert opens_locked(cast.wenshui)
    job = imported(cast.wenshui, row(走访日期=ago(10)), row(走访日期=ago(2)))
    assert [status for status, _ in outcome(job)] == ["created", "rejected"]
    assert outcome(imported(cast.fengcheng, row(走访日期=ago(11))))[0][0] == "rejected"


def test_who_is_meant_among_people_of_one_name(cast: Cast) -> None:
    ChildFactory(name="张小明", region_id=KAISHAN_VILLAGE)
    VolunteerFactory(name="王爱心", region_id=KAISHAN)
    stranger = ChildFactory(name="孙待结", region_id=XIJIE)
    ChildFactory(name="周同名", region_id=XIJIE)
    near = ChildFactory(name="周同名", region_id=KAISHAN_VILLAGE)
    job = imported(
        cast.wenshui,
        row(爱心妈妈=""),
        row(),
        row(儿童姓名="孙待结", 联系电话=cast.volunteer.phone),
        row(儿童姓名="孙待结", 儿童身份证号=stranger.idno, 联系电话=cast.volunteer.phone),
        row(儿童姓名="周同名", 乡镇="开栅镇", 爱心妈妈="赵有爱"),
    )
    assert [status for status, _ in outcome(job)] == ["rejected", "created", "rejected", "created", "created"]
    assert outcome(job)[0][1] == "有几个同名的人，请补上身份证号或编号"
    visits = list(Visit.objects.order_by("-id")[:3])
    assert [visit.visited.get().child for visit in visits] == [near, stranger, cast.child]
    assert list(visits[2].volunteers.all()) == [cast.volunteer]


def test_several_volunteers_free_words_and_a_missing_way(cast: Cast) -> None:
    head = [*HEAD, "家庭情况", "学习情况", "备注"]
    line = [
        *row(爱心妈妈="王爱心、赵有爱", 走访方式="", 记录人="村主席", 物品价值="两百"),
        "父亲回家了",
        "无变化",
        "下次带书",
    ]
    job = confirmed(cast.wenshui, [line], head, "visits")
    assert outcome(job)[0][0] == "created"
    assert "没有写走访方式，按入户记" in outcome(job)[0][1]
    visit = newest()
    assert (visit.way, visit.study, visit.companions) == ("HOME", "UNCHANGED", "记录人：村主席")
    assert visit.seen == "家里整洁；家庭：父亲回家了；下次带书；物品价值：两百"
    assert set(visit.volunteers.all()) == {cast.volunteer, cast.second_volunteer}


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    rows = [row(), row(走访日期=ago(11), 走访方式="打电话"), row(儿童姓名="孙待结", 爱心妈妈="")]
    imported(cast.wenshui, *rows)
    stored = roster_rows()
    assert imported(cast.wenshui, *rows).counts == {"created": 0, "updated": 0, "unchanged": 3, "rejected": 0}
    assert roster_rows() == stored
    assert outcome(imported(cast.wenshui, row(), row()))[1] == ("rejected", "前面的行里已有同一次走访")


def test_what_somebody_else_recorded_stands_and_one_s_own_is_corrected(cast: Cast) -> None:
    VisitFactory(
        region_id=XIJIE, date=timezone.localdate(), way="HOME", recorded_by=cast.mama, seen="原话",
        children=[cast.child], volunteers=[cast.volunteer],
    )  # fmt: skip
    before = roster_rows()
    job = imported(cast.wenshui, row(走访日期=ago(0), 走访情况="别的话"))
    assert outcome(job) == [("unchanged", "系统里已有这次走访，内容以原记录为准")]
    assert roster_rows() == before

    imported(cast.wenshui, row())
    job = uploaded(cast.wenshui, [row(走访情况="更正的话", 爱心妈妈="王爱心、赵有爱")], HEAD, "visits")
    changes = [(found["label"], found["old"], found["new"]) for found in job.rows()[0]["changes"]]
    assert changes == [("看到的情况", "家里整洁", "更正的话"), ("爱心妈妈", "", "赵有爱")]
    page = text_of(Session(cast.wenshui).get(f"/imports/{job.pk}/").content.decode())
    assert "家里整洁 → 更正的话" in page
    Session(cast.wenshui).post(f"/imports/{job.pk}/confirm/")
    assert newest().seen == "更正的话"
    assert newest().events.count() == 2  # type: ignore[attr-defined]
    assert set(newest().volunteers.all()) == {cast.volunteer, cast.second_volunteer}


def test_it_is_taken_back_row_by_row(cast: Cast) -> None:
    before = roster_rows()
    first = imported(cast.wenshui, row(), row(走访日期=ago(11)))
    between = roster_rows()
    second = imported(
        cast.wenshui, row(走访情况="更正的话", 爱心妈妈="王爱心、赵有爱"), row(走访日期=ago(12))
    )
    assert (second.counts["created"], second.counts["updated"]) == (1, 1)
    said = text_of(Session(cast.wenshui).get(f"/imports/{first.pk}/undo/").content.decode())
    assert "不能撤销" in said
    assert "走访改动过" in said
    assert f"张小明 {ago(10)}" in said
    for job, state in ((second, between), (first, before)):
        Session(cast.wenshui).post(f"/imports/{job.pk}/undo/")
        job.refresh_from_db()
        assert job.state == ImportState.UNDONE
        assert roster_rows() == state


def test_the_trail_names_whom_it_was_about(cast: Cast) -> None:
    imported(cast.wenshui, row())
    entry = Entry.objects.filter(action=Action.IMPORT).latest("id")
    assert entry.subjects == sorted([cast.child.no, cast.volunteer.no])
    assert "张小明" not in str(entry.detail)


def test_rows_cost_no_queries(cast: Cast) -> None:
    def queries(days: range) -> int:
        rows = [row(走访日期=ago(day)) for day in days] + [
            row(儿童姓名="孙待结", 走访日期=ago(day)) for day in days
        ]
        job = uploaded(cast.wenshui, rows, HEAD, "visits")
        with acting(cast.wenshui), CaptureQueriesContext(connection) as captured:
            Session(cast.wenshui).post(f"/imports/{job.pk}/confirm/")
        job.refresh_from_db()
        assert job.counts["created"] == 2 * len(days)
        return len(captured)

    queries(range(300, 302))
    assert queries(range(20, 22)) == queries(range(30, 60))


def test_the_page_is_found_from_both_places(cast: Cast) -> None:
    for path in ("/imports/", "/visits/"):
        assert 'href="/visits/import/"' in Session(cast.wenshui).get(path).content.decode()
    assert 'href="/visits/import/"' not in Session(cast.city).get("/visits/").content.decode()
    assert "走访记录" in text_of(Session(cast.wenshui).get("/visits/import/").content.decode())


def test_siblings_in_one_cell_are_one_visit_that_reached_them_all(cast: Cast) -> None:
    guardian = cast.child.guardians.get()
    ChildFactory(name="张小花", region_id=XIJIE).guardians.update(phone_index=guardian.phone_index)
    imported(cast.wenshui, row(儿童姓名="张小明、张小花、孙待结"))
    visit = newest()
    assert [link.child.name for link in visit.visited.all()] == ["张小明", "张小花", "孙待结"]
    assert (person_visits(Visit.objects.filter(pk=visit.pk)), visit.households) == (3, 2)
    again = imported(cast.wenshui, row(儿童姓名="张小花、张小明、孙待结"))
    assert again.counts["unchanged"] == 1


def test_a_sibling_is_added_to_the_visit_on_record(cast: Cast) -> None:
    imported(cast.wenshui, row())
    visit = newest()
    job = imported(cast.wenshui, row(儿童姓名="张小明、孙待结"))
    assert job.counts["updated"] == 1
    visit.refresh_from_db()
    assert newest() == visit
    assert (visit.visited.count(), visit.households) == (2, 2)


def test_siblings_recorded_one_by_one_are_not_recorded_again(cast: Cast) -> None:
    imported(cast.wenshui, row(), row(儿童姓名="孙待结"))
    job = imported(cast.wenshui, row(儿童姓名="张小明、孙待结"))
    assert job.counts["unchanged"] == 1
    assert (
        outcome(
            imported(cast.wenshui, row(走访日期=ago(20)), row(走访日期=ago(20), 儿童姓名="孙待结、张小明"))
        )[1][0]
        == "rejected"
    )
