"""The pages of duties: what staff decide there, and the volunteer's home."""

import re
from typing import Any

import pytest

from aixin.audit.models import Action, Entry
from aixin.notify.models import Notice
from care.choices import DutyKind, State
from care.making import make_all
from care.models import CarePolicy, Duty, GoLive
from care.policy import Rules
from care.services import report_change, take_over
from children.models import Child
from pairing.models import Pairing
from tests.care.conftest import DAY, TODAY, contact, days_ago, only
from tests.cast import CITY, FENGCHENG, WENSHUI, Cast
from tests.conftest import Session
from tests.factories import PairingFactory, VolunteerFactory
from tests.pages import text_of as plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(live: Pairing) -> Duty:
    only(call_days=31, home_days=183)
    make_all(TODAY)
    return Duty.objects.get(kind=DutyKind.CALL)


def rows_on(page: str) -> int:
    found = re.search(r"共 ([\d,]+) 条", page)
    return int(found.group(1).replace(",", "")) if found else 0


def text_of(response: Any) -> str:
    return plain(response.content.decode())


class TestOneDuty:
    def test_moved_with_a_reason(self, made: Duty, cast: Cast) -> None:
        page = Session(cast.wenshui)
        form = {"act": "move", "day": (TODAY + 5 * DAY).isoformat(), "reason": "孩子在外地"}
        assert page.post(f"/care/duties/{made.pk}/", form).status_code == 302
        made.refresh_from_db()
        assert (made.due_on, made.moved_from) == (TODAY + 5 * DAY, days_ago(1))
        shown = text_of(page.get(f"/care/duties/{made.pk}/"))
        assert "孩子在外地" in shown
        assert Entry.objects.filter(action=Action.UPDATE, reason="改期").exists()

    def test_neither_without_a_reason_nor_to_the_past(self, made: Duty, cast: Cast) -> None:
        page = Session(cast.wenshui)
        for form in (
            {"act": "move", "day": TODAY.isoformat(), "reason": ""},
            {"act": "move", "day": (TODAY - DAY).isoformat(), "reason": "x"},
            {"act": "excuse", "reason": ""},
        ):
            assert page.post(f"/care/duties/{made.pk}/", form).status_code == 422
        made.refresh_from_db()
        assert (made.state, made.moved_from) == (State.OPEN, None)

    def test_the_city_reads_it_without_words_and_decides_nothing(self, made: Duty, cast: Cast) -> None:
        made.note = "奶奶住院"
        made.save()
        page = Session(cast.city)
        shown = text_of(page.get(f"/care/duties/{made.pk}/"))
        assert "奶奶住院" not in shown
        assert "张小明" not in shown
        assert page.post(f"/care/duties/{made.pk}/", {"act": "excuse", "reason": "x"}).status_code == 403


class TestTheList:
    def test_ticked_ones_are_excused_after_a_reason(self, made: Duty, cast: Cast) -> None:
        page = Session(cast.wenshui)
        ids = list(Duty.objects.values_list("pk", flat=True))
        asked = page.post("/care/duties/excuse/", {"ids": ids})
        assert asked.status_code == 200
        assert not Duty.objects.exclude(state=State.OPEN).exists()
        page.post("/care/duties/excuse/", {"ids": ids, "reason": "住校", "confirmed": "1"})
        assert set(Duty.objects.filter(pk__in=ids).values_list("state", flat=True)) == {State.EXCUSED}

    def test_a_number_of_the_calendar_lists_exactly_those(self, made: Duty, cast: Cast) -> None:
        for n in range(3):
            pairing = PairingFactory(volunteer=VolunteerFactory(), started_on=days_ago(20 + 7 * n))
            contact(pairing, days_ago(10 * n), recorded_by=cast.wenshui)
        make_all(TODAY)
        page = Session(cast.wenshui)
        cells = page.get("/care/calendar/").context["rows"]
        numbers = {url: number for _, row in cells for number, url in row}
        assert sum(numbers.values()) > 2
        for url, number in numbers.items():
            assert rows_on(page.get(url).content.decode()) == number, url

    def test_workload_is_sorted_by_place_and_name_never_by_number(self, made: Duty, cast: Cast) -> None:
        busy = VolunteerFactory(name="白多事", region_id=FENGCHENG)
        for _ in range(2):
            PairingFactory(volunteer=busy, started_on=days_ago(60))
        make_all(TODAY)
        rows = Session(cast.wenshui).get("/care/workload/").context["rows"]
        assert [(row[1], row[0].children, row[0].late_duties) for row in rows] == [
            ("白多事", 2, 2),
            ("王爱心", 1, 1),
        ]
        outside = Session(cast.wenshui).get("/care/workload/?region=141123").context["rows"]
        assert len(outside) == 2, "a place outside narrows nothing"


class TestPolicyAndStart:
    def test_a_county_starts_once_and_sees_before_what_follows(self, live: Pairing, cast: Cast) -> None:
        GoLive.objects.all().delete()
        only(call_days=20)
        page = Session(cast.wenshui)
        shown = text_of(page.get("/care/policy/"))
        assert "还没有开始" in shown
        assert "30 天内要办的有 1 件" in shown
        page.post("/care/start/", {"start": "1"})
        page.post("/care/start/", {"start": "1"})
        assert GoLive.objects.get().started_on == TODAY
        assert Duty.objects.get().due_on == TODAY + 20 * DAY

    def test_pause_and_going_on(self, live: Pairing, cast: Cast) -> None:
        page = Session(cast.wenshui)
        page.post("/care/pause/", {"pause": "1"})
        assert not GoLive.objects.get().is_running
        page.post("/care/pause/", {"resume": "1"})
        assert GoLive.objects.get().is_running

    def test_only_a_county_starts_and_only_itself(self, live: Pairing, cast: Cast) -> None:
        GoLive.objects.all().delete()
        for who in ("city", "fengcheng"):
            assert Session(cast.users[who]).post("/care/start/", {"start": "1"}).status_code == 403
        Session(cast.xingxian).post("/care/start/", {"start": "1"})
        assert [row.region_id for row in GoLive.objects.all()] == ["141123"]

    def test_the_preview_counts_what_a_change_would_do_and_stores_nothing(
        self, made: Duty, cast: Cast
    ) -> None:
        page = Session(cast.wenshui)
        before = CarePolicy.objects.count()
        form = {"call_days": "40", "home_days": "0"}
        effect = page.post("/care/policy/", {**form, "preview": "1"}).context["effect"]
        assert effect == [("联系一次", (1, 0), (0, 1))]
        assert CarePolicy.objects.count() == before
        page.post("/care/policy/", {**form, "save": "1"})
        own = CarePolicy.objects.get(region=WENSHUI)
        assert (own.call_days, own.home_days, own.meeting_days, own.festivals) == (40, 0, None, None)

    def test_festivals_are_ones_own_where_other_ones_are_ticked(self, live: Pairing, cast: Cast) -> None:
        page, own = Session(cast.wenshui), CarePolicy.objects.filter(region=WENSHUI)
        page.post("/care/policy/", {"festivals_on": list(Rules().festivals), "call_days": "40", "save": "1"})
        assert own.get().festivals is None, "nothing was ticked anew"
        page.post("/care/policy/", {"festivals_on": ["SPRING"], "save": "1"})
        assert own.get().festivals == ["SPRING"], "what was ticked counts, whatever else was not"
        page.post("/care/policy/", {"festivals_on": ["SPRING"], "save": "1"})
        assert own.get().festivals is None, "the region above decides again"
        page.post("/care/policy/", {"festivals_on": ["NATIONAL"], "festivals_own": "on", "save": "1"})
        assert own.get().festivals == ["NATIONAL"]
        assert not CarePolicy.objects.filter(region=CITY).exists()

    def test_days_out_of_range_are_refused_in_the_words_of_the_form(self, live: Pairing, cast: Cast) -> None:
        page = Session(cast.wenshui)
        for typed in ("-5", "99999999999", "x"):
            answer = page.post("/care/policy/", {"call_days": typed, "save": "1"})
            assert "“多少天联系一次”请填 0 到 400 之间的整数" in answer.content.decode(), typed
        assert not CarePolicy.objects.filter(region=WENSHUI).exists()


class TestReport:
    def test_a_reported_hardship_tells_the_volunteer_at_once(self, live: Pairing, cast: Cast) -> None:
        page = Session(cast.fengcheng)
        form = {"day": TODAY.isoformat(), "note": "奶奶住院，孩子一人在家"}
        assert page.post(f"/care/report/{live.child_id}/", form).status_code == 302
        duty = Duty.objects.get(kind=DutyKind.CHANGE)
        assert (duty.due_on, duty.note) == (TODAY + 3 * DAY, "奶奶住院，孩子一人在家")
        assert Notice.objects.get(subject=duty.subject).addressee == live.volunteer.addressee
        assert "奶奶住院" not in Notice.objects.get(subject=duty.subject).body

    def test_not_of_a_child_elsewhere_and_not_of_another_year(self, live: Pairing, cast: Cast) -> None:
        page = Session(cast.fengcheng)
        form = {"day": TODAY.isoformat(), "note": "x"}
        assert page.post(f"/care/report/{cast.far.pk}/", form).status_code == 404
        old = {**form, "day": days_ago(300).isoformat()}
        assert page.post(f"/care/report/{live.child_id}/", old).status_code == 422
        assert not Duty.objects.exists()


class TestHomeOfAVolunteer:
    def test_the_most_urgent_first_and_what_is_not_yet_due_below(self, made: Duty, cast: Cast) -> None:
        second = PairingFactory(child=cast.unpaired, volunteer=made.volunteer, started_on=days_ago(10))
        report_change(second.child, days_ago(9))
        make_all(TODAY)
        page = Session(cast.mama).get("/")
        cards = page.context["cards"]
        assert [card.child.name for card in cards] == ["孙待结", "张小明"]
        assert [line.name for line in cards[0].lines] == ["家里有变故或困难，上门看望"]
        assert [line.when for line in cards[1].lines] == ["已32天没有联系"]
        assert "联系一次，12月11日前" in cards[0].following
        assert "近期要办 2 件" in text_of(page)

    def test_she_sees_nothing_of_other_children(self, made: Duty, cast: Cast) -> None:
        assert "张小明" not in text_of(Session(cast.mama2).get("/"))

    def test_in_a_county_that_has_not_begun_nothing_is_due(self, live: Pairing, cast: Cast) -> None:
        GoLive.objects.all().delete()
        (card,) = Session(cast.mama).get("/").context["cards"]
        assert (card.lines, card.following) == ([], "")


def test_a_double_merged_leaves_each_duty_once(made: Duty, cast: Cast) -> None:
    report_change(cast.unpaired, TODAY)
    report_change(cast.unpaired, days_ago(1))
    report_change(made.child, TODAY)
    take_over(cast.unpaired.pk, made.child_id)
    changes = Duty.objects.filter(kind=DutyKind.CHANGE).order_by("occasion")
    assert [(duty.child_id, duty.occasion) for duty in changes if duty.child_id == made.child_id] == [
        (made.child_id, days_ago(1).isoformat()),
        (made.child_id, TODAY.isoformat()),
    ]
    assert Child.objects.filter(pk=cast.unpaired.pk).exists()
