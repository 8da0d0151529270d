"""包联督导: who writes a finding, who answers and closes it, who reads which words, and what comes up when it is late."""

import datetime
import uuid
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from aixin.access.erasure import Subject
from aixin.access.models import Role
from aixin.access.scope import acting
from aixin.notify.models import Notice
from aixin.workdays import is_working_day
from reports.drilling import Drill, address
from reports.metrics import METRICS
from reports.models import Finding, FindingStep, Leader, LeaderCounty
from reports.periods import Period
from reports.supervision.erasing import forget_in_reports
from reports.supervision.escalating import DIGEST, escalate
from reports.supervision.services import raise_finding
from tests.cast import CITY, WENSHUI, XINGXIAN, Cast, make_user
from tests.conftest import Session

TODAY = timezone.localdate


def in_days(number: int) -> datetime.date:
    return TODAY() + datetime.timedelta(days=number)


def leader_of(cast: Cast, *counties: str, user: Any = None) -> Leader:
    row = Leader.objects.create(region_id=CITY, name="郭市长", title="副市长", unit="市政府", user=user)
    for code in counties:
        LeaderCounty.objects.create(leader=row, region_id=code, since=in_days(-30))
    return row


def finding_in(cast: Cast, code: str = WENSHUI, **more: Any) -> Finding:
    said = {"found_on": TODAY(), "place": "凤城镇", "text": "责任书没有签全", "due_on": in_days(5)}
    found = Finding(region_id=code, **said | more)
    with acting(more.get("written_by") or cast.city):
        raise_finding(more.get("written_by") or cast.city, found)
    return Finding.objects.get(client_uuid=found.client_uuid)


def body(**more: Any) -> dict[str, Any]:
    return {
        "region": WENSHUI, "found_on": TODAY().isoformat(), "place": "凤城镇", "text": "责任书没有签全",
        "due_on": in_days(5).isoformat(), "client_uuid": str(uuid.uuid4()), **more,
    }  # fmt: skip


def test_the_city_raises_the_county_answers_the_city_sends_back_and_closes(cast: Cast) -> None:
    city, county = Session(cast.city), Session(cast.wenshui)
    typed = body()
    for _ in range(2):
        assert city.post(reverse("reports:finding_new"), typed).status_code == 302
    found = Finding.objects.get()
    assert Notice.objects.filter(addressee=f"user:{cast.wenshui.pk}", kind="finding").count() == 1
    assert "1 件督办等您回复" in county.get("/").content.decode()
    page = reverse("reports:finding", args=[found.pk])
    reply, judge = (reverse(f"reports:finding_{name}", args=[found.pk]) for name in ("reply", "judge"))
    assert city.post(judge, {"close-act": "close"}).status_code == 302
    assert not Finding.objects.filter(state="CLOSED").exists(), "without a reply nothing is closed"
    for _ in range(2):
        county.post(reply, {"text": "已全部补签"})
    assert "1 件督办县里已回复" in city.get("/").content.decode()
    refused = city.post(judge, {"return-act": "return", "return-text": ""})
    assert refused.status_code == 422
    assert "请写为什么退回" in refused.content.decode()
    city.post(
        judge, {"return-act": "return", "return-text": "缺两份", "return-due_on": in_days(9).isoformat()}
    )
    found.refresh_from_db()
    assert (found.state, found.due_on, found.replied_on) == ("OPEN", in_days(9), None)
    assert Notice.objects.open().filter(addressee=f"user:{cast.wenshui.pk}", kind="finding").count() == 1
    county.post(reply, {"text": "补齐了"})
    city.post(judge, {"close-act": "close"})
    found.refresh_from_db()
    assert (found.state, found.closed_on) == ("CLOSED", TODAY())
    acts = list(FindingStep.objects.values_list("act", flat=True))
    assert acts == ["RAISED", "REPLIED", "RETURNED", "REPLIED", "CLOSED"]
    said = county.get(page).content.decode()
    assert all(words in said for words in ("责任书没有签全", "已全部补签", "缺两份", "补齐了"))
    assert not Notice.objects.open().filter(kind="finding").exists()


def test_only_the_countys_office_answers_and_only_the_city_closes(cast: Cast) -> None:
    found = finding_in(cast)
    reply, judge = (reverse(f"reports:finding_{name}", args=[found.pk]) for name in ("reply", "judge"))
    assert Session(cast.city).post(reply, {"text": "x"}).status_code == 403
    assert Session(cast.wenshui).post(judge, {"close-act": "close"}).status_code == 403
    assert Session(cast.fengcheng).get(reverse("reports:finding", args=[found.pk])).status_code == 403
    for who in (cast.xingxian, cast.outsider, cast.official):
        assert Session(who).get(reverse("reports:finding", args=[found.pk])).status_code == 404
        assert Session(who).post(reply, {"text": "x"}).status_code == 404
    assert Session(cast.wenshui).get(reverse("reports:finding_new")).status_code == 403
    assert Session(cast.wenshui).get(reverse("reports:leaders")).status_code == 403


def test_a_leader_writes_about_her_counties_while_she_looks_after_them(cast: Cast) -> None:
    official = Session(cast.official)
    assert official.get(reverse("reports:finding_new")).status_code == 403
    row = leader_of(cast, WENSHUI, user=cast.official)
    page = official.get(reverse("reports:finding_new")).content.decode()
    assert "文水县" in page
    assert "兴县" not in page
    assert official.post(reverse("reports:finding_new"), body(region=XINGXIAN)).status_code == 422
    assert official.post(reverse("reports:finding_new"), body()).status_code == 302
    found = Finding.objects.get()
    assert found.leader == row
    assert official.get(reverse("reports:finding", args=[found.pk])).status_code == 200
    others = finding_in(cast)
    assert official.get(reverse("reports:finding", args=[others.pk])).status_code == 404
    with acting(cast.official), pytest.raises(ProgrammingError, match="row-level"), transaction.atomic():
        Finding.objects.create(
            region_id=XINGXIAN,
            found_on=TODAY(),
            place="x",
            text="x",
            due_on=in_days(3),
            written_by=cast.official,
        )
    LeaderCounty.objects.update(until=in_days(-1))
    assert official.get(reverse("reports:finding_new")).status_code == 403


def test_no_childs_name_reaches_the_city_or_a_leader(cast: Cast) -> None:
    """Whoever writes it: the county's reply is masked as it comes in, an official's own words where the city reads."""
    leader_of(cast, WENSHUI, user=cast.official)
    name, phone = cast.child.name, "13912345678"
    Session(cast.official).post(reverse("reports:finding_new"), body(text=f"{name}家没人去，电话{phone}"))
    found = Finding.objects.get()
    page = reverse("reports:finding", args=[found.pk])
    assert name in Session(cast.official).get(page).content.decode(), (
        "her own words stay hers, and tell her nothing"
    )
    for url in (page, reverse("reports:supervision")):
        shown = Session(cast.city).get(url).content.decode()
        assert name not in shown
        assert "张*" in shown
    Session(cast.wenshui).post(
        reverse("reports:finding_reply", args=[found.pk]), {"text": f"{name}和高奶奶已走访"}
    )
    replied = FindingStep.objects.get(act="REPLIED").text
    assert replied == "张**和高**已走访"
    for who in (cast.official, cast.city, cast.wenshui):
        assert phone not in Session(who).get(page).content.decode()


def test_what_nobody_answered_comes_up_in_one_digest_a_working_day(cast: Cast) -> None:
    day = next(day for day in map(in_days, range(12)) if is_working_day(day))
    rest = next(day for day in map(in_days, range(12)) if not is_working_day(day))
    late = [finding_in(cast), finding_in(cast)]
    answered = finding_in(cast)
    Finding.objects.update(due_on=day - datetime.timedelta(days=30))
    Finding.objects.filter(pk=answered.pk).update(state="REPLIED")
    assert escalate(rest) == 0
    assert escalate(day) == len(late)
    assert escalate(day) == 0
    told = Notice.objects.filter(kind=DIGEST)
    assert {notice.addressee for notice in told} == {f"user:{cast.wenshui.pk}", f"user:{cast.city.pk}"}
    assert {notice.title for notice in told} == {"新增 2 件超期没有回复的督办"}


def test_counts_of_a_past_day_stand(cast: Cast) -> None:
    """The figures of the monthly report: open, overdue, closed."""
    day = in_days(-20)
    base = {"place": "凤城镇", "text": "x", "found_on": day, "written_by": cast.city, "region_id": WENSHUI}
    Finding.objects.create(**base, raised_on=in_days(-30), due_on=in_days(-25))
    Finding.objects.create(
        **base, raised_on=in_days(-30), due_on=in_days(-25), closed_on=in_days(-21), state="CLOSED"
    )
    Finding.objects.create(**base, raised_on=in_days(-30), due_on=in_days(-25), closed_on=in_days(-10), state="CLOSED",
                           replied_on=in_days(-22))  # fmt: skip
    Finding.objects.create(**base, raised_on=in_days(-5), due_on=in_days(5))
    rows = Finding.objects.all()
    assert (rows.open_on(day).count(), rows.overdue_on(day).count()) == (2, 1)
    assert rows.closed_in(in_days(-24), day).count() == 1
    assert (rows.open().count(), rows.overdue().count(), rows.open_on(TODAY()).count()) == (2, 1, 2)


def test_the_city_assigns_leaders_and_ends_it(cast: Cast) -> None:
    city = Session(cast.city)
    said = {
        "name": "郭市长", "title": "副市长", "unit": "市政府", "counties": [WENSHUI, XINGXIAN],
        "since": in_days(-3).isoformat(), "user": str(cast.official.pk),
    }  # fmt: skip
    assert city.post(reverse("reports:leader_new"), {**said, "counties": []}).status_code == 422
    assert city.post(reverse("reports:leader_new"), said).status_code == 302
    row = Leader.objects.get()
    city.post(reverse("reports:leader", args=[row.pk]), {**said, "counties": [WENSHUI]})
    held = {county.region_id: county.until for county in row.counties.all()}
    assert held == {WENSHUI: None, XINGXIAN: in_days(-1)}
    page = city.get(reverse("reports:leaders")).content.decode()
    assert "还没有领导包联" in page
    away = make_user("taiyuan", Role.STAFF, "1401")
    assert Session(away).get(reverse("reports:leader", args=[row.pk])).status_code == 404


@pytest.fixture
def named(cast: Cast) -> Finding:
    return finding_in(cast)


def test_an_erased_name_leaves_the_words(named: Finding, cast: Cast) -> None:
    Finding.objects.update(text=f"{cast.child.name}家没人去")
    subject = Subject(
        "children.child", cast.child.pk, cast.child.no, cast.child.region_id,
        frozenset({cast.child.name}), frozenset(), "", "（已删除）",
    )  # fmt: skip
    assert sum(forget_in_reports(subject).values()) == 1
    assert Finding.objects.get().text == "（已删除）家没人去"


def test_what_the_citys_forms_do_not_have_takes_no_effect(cast: Cast) -> None:
    found, row = finding_in(cast), leader_of(cast, WENSHUI)
    Session(cast.wenshui).post(
        reverse("reports:finding_reply", args=[found.pk]), {"text": "办了", "state": "CLOSED"}
    )
    extra = {"region": XINGXIAN, "state": "OPEN", "closed_on": "2020-01-01", "written_by": cast.mama.pk}
    Session(cast.city).post(
        reverse("reports:finding_judge", args=[found.pk]), {"close-act": "close", "close-text": "好", **extra}
    )
    found.refresh_from_db()
    assert (found.region_id, found.state, found.closed_on, found.written_by) == (
        WENSHUI,
        "CLOSED",
        TODAY(),
        cast.city,
    )
    said = {
        "name": "郭",
        "title": "副市长",
        "unit": "府",
        "counties": [WENSHUI, "140105"],
        "since": TODAY().isoformat(),
    }
    assert Session(cast.city).post(reverse("reports:leader", args=[row.pk]), said).status_code == 422
    said["counties"] = [WENSHUI]
    Session(cast.city).post(reverse("reports:leader", args=[row.pk]), {**said, "region": "1401"})
    row.refresh_from_db()
    assert (row.name, row.region_id) == ("郭", CITY)


def test_a_finding_says_how_its_number_stands(cast: Cast) -> None:
    found = finding_in(cast, metric="unpaired")
    answer = Session(cast.wenshui).get(reverse("reports:finding", args=[found.pk]))
    number = answer.context["number"]
    assert (number["now"], number["earlier"]) == ("1", "上月底")
    assert "figure=unpaired" in number["url"]
    assert "应结未结 1 人" in answer.content.decode()
    Finding.objects.update(metric="coverage")
    assert "结对率" in Session(cast.city).get(reverse("reports:finding", args=[found.pk])).content.decode()


def test_who_writes_a_name_is_told_that_it_stands_masked(cast: Cast) -> None:
    found = finding_in(cast)
    county, url = Session(cast.wenshui), reverse("reports:finding_reply", args=[found.pk])
    page = county.post(url, {"text": f"{cast.child.name} 已联系 13812345678"}, follow=True).content.decode()
    assert "已经隐去" in page
    city, judged = Session(cast.city), reverse("reports:finding_judge", args=[found.pk])
    said = {"return-act": "return", "return-text": "请写明", "return-due_on": in_days(5).isoformat()}
    assert "已经隐去" not in city.post(judged, said, follow=True).content.decode()


def test_a_figure_of_findings_opens_its_rows_and_nothing_else_does(cast: Cast) -> None:
    late = finding_in(cast, due_on=in_days(3))
    Finding.objects.filter(pk=late.pk).update(raised_on=in_days(-9), due_on=in_days(-2))
    finding_in(cast)
    finding_in(cast, XINGXIAN)
    city, county = Session(cast.city), Session(cast.wenshui)
    drill = Drill(METRICS["findings_overdue"], WENSHUI, Period.containing(TODAY()), TODAY())
    for session in (city, county):
        answer = session.get(address(drill, TODAY()))
        assert [line["finding"].pk for line in answer.context["lines"]] == [late.pk]
        assert "超期督办" in answer.content.decode()
    page = county.get("/reports/").content.decode()
    assert escape(address(drill, TODAY())) in page
    url = reverse("reports:supervision")
    for wrong in ("nothing", drill.key.replace("findings_overdue", "registered"), f"{drill.key}~"):
        assert city.get(url, {"figure": wrong}).status_code == 404
