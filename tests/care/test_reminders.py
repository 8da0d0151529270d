"""Daily reminders and what comes up to the offices, each lesson that others paid for as a test (shared/LESSONS.md)."""

import datetime
import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from aixin.access.models import Role
from aixin.notify.models import Notice
from care.making import make_all
from care.models import CarePolicy, Duty, GoLive
from care.reminders import Outcome, remind
from care.services import excuse, move, pause, report_change
from children.choices import LeavingReason
from children.models import Child
from children.services import leave_roster
from pairing.choices import EndReason, State
from pairing.models import Pairing
from pairing.services import end
from tests.care.conftest import DAY, TODAY, contact, days_ago, only
from tests.cast import FENGCHENG, WENSHUI, XIJIE, Cast, make_user
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VolunteerFactory
from visits.models import Visit
from visits.services import withdraw_visit
from volunteers.choices import State as VolunteerState
from volunteers.services import save_volunteer

pytestmark = pytest.mark.django_db
NOTHING = Outcome(created=0, resolved=0, recipients=0)


@pytest.fixture
def late(live: Pairing) -> Pairing:
    """A call due yesterday, in a policy of calls alone that tells no office yet."""
    only(call_days=31, chair_days=80, township_days=85, county_days=90)
    return live


def open_notices() -> list[Notice]:
    return list(Notice.objects.open().order_by("id"))


def inbox_of(user: Any) -> str:
    return Session(user).get("/inbox/").content.decode()


def log_by_page(user: Any, child: Child, day: datetime.date) -> None:
    form = {"client_uuid": str(uuid4()), "children": [child.pk], "date": day.isoformat(), "way": "PHONE"}
    assert Session(user).post("/visits/new/", form).status_code == 302


class TestWhen:
    def test_seven_days_before_on_the_day_and_after(self, late: Pairing) -> None:
        due = days_ago(1)
        told = {
            (due + day * DAY): notice.title
            for day in range(-10, 3)
            if remind(due + day * DAY)["created"]
            for notice in [Notice.objects.latest("id")]
        }
        assert told == {
            due - 7 * DAY: "张小明：联系一次，还有7天",
            due: "张小明：联系一次，就在今天",
            due + DAY: "张小明：已32天没有联系",
        }

    def test_again_a_month_after_that(self, late: Pairing) -> None:
        days = [day for day in range(70) if remind(TODAY + day * DAY)["created"]]
        assert days == [0, 30, 60]

    def test_a_second_run_the_same_day_adds_nothing(self, late: Pairing) -> None:
        assert remind(TODAY) == Outcome(created=1, resolved=0, recipients=1)
        assert remind(TODAY) == NOTHING
        assert Notice.objects.count() == 1

    @pytest.mark.parametrize("outage", [1, 3, 20, 100])
    def test_days_of_outage_are_caught_up_by_the_next_run(self, late: Pairing, outage: int) -> None:
        """commcare compared with ==: a day without a worker was a reminder lost."""
        CarePolicy.objects.update(chair_days=None, township_days=None, county_days=None)
        remind(TODAY - 20 * DAY)
        assert Notice.objects.filter(kind="duty").count() == 0
        remind(TODAY + outage * DAY)
        assert Notice.objects.filter(kind="duty").count() == 1

    def test_birthday_a_week_before_and_on_the_day(self, live: Pairing) -> None:
        only()
        CarePolicy.objects.update(birthday=True)
        Child.objects.filter(pk=live.child_id).update(birth=datetime.date(2014, 1, 2))
        day = datetime.date(2027, 1, 2)
        told = [n for n in range(-30, 8) if remind(day + n * DAY)["created"]]
        assert told == [-7, 0]
        assert Notice.objects.latest("id").title == "张小明：生日看望，就是今天"

    def test_a_reported_change_at_once(self, late: Pairing) -> None:
        remind(TODAY)
        report_change(late.child, TODAY)
        assert Notice.objects.count() == 2
        assert remind(TODAY)["created"] == 0
        assert Notice.objects.latest("id").title == "张小明：家里有变故或困难，上门看望，还有3天"

    def test_a_duty_moved_is_reminded_of_for_its_new_day(self, late: Pairing, cast: Cast) -> None:
        remind(TODAY)
        move(cast.wenshui, Duty.objects.get(), TODAY + 20 * DAY, "在外地")
        assert open_notices() == []
        assert remind(TODAY + DAY) == NOTHING
        assert remind(TODAY + 13 * DAY)["created"] == 1


class TestNothingBeforeTheCountyHasBegun:
    def test_not_before_it_pressed_the_button_not_while_it_is_paused(self, late: Pairing, cast: Cast) -> None:
        GoLive.objects.all().delete()
        assert remind(TODAY) == NOTHING
        GoLive.objects.create(region_id=WENSHUI, started_on=days_ago(300))
        pause(cast.wenshui, WENSHUI, paused=True)
        assert remind(TODAY) == NOTHING
        pause(cast.wenshui, WENSHUI, paused=False)
        assert remind(TODAY)["created"] == 1


class TestSettling:
    def test_logging_the_visit_resolves_it_at_once(self, late: Pairing, cast: Cast) -> None:
        remind(TODAY)
        assert len(open_notices()) == 1
        log_by_page(cast.mama, late.child, TODAY)
        assert open_notices() == []
        assert remind(TODAY) == NOTHING

    def test_staff_logging_it_for_her_resolves_it_too(self, late: Pairing, cast: Cast) -> None:
        remind(TODAY)
        form = {
            "client_uuid": str(uuid4()), "children": [late.child_id], "volunteers": [late.volunteer_id],
            "date": TODAY.isoformat(), "way": "HOME",
        }  # fmt: skip
        assert Session(cast.fengcheng).post("/visits/new/", form).status_code == 302
        assert open_notices() == []

    def test_a_visit_of_another_child_resolves_nothing(self, late: Pairing, cast: Cast) -> None:
        PairingFactory(child=cast.unpaired, volunteer=late.volunteer)
        remind(TODAY)
        log_by_page(cast.mama, cast.unpaired, TODAY)
        assert len(open_notices()) == 1

    def test_a_withdrawn_visit_makes_it_due_again(self, late: Pairing, cast: Cast) -> None:
        remind(TODAY)
        log_by_page(cast.mama, late.child, TODAY)
        withdraw_visit(cast.mama, Visit.objects.latest("id"), "记错了")
        remind(TODAY)
        assert len(open_notices()) == 1, "the call is overdue and nobody is told"

    def test_an_old_paper_record_does_not_silence_what_stays_late(self, late: Pairing, cast: Cast) -> None:
        Pairing.objects.filter(pk=late.pk).update(started_on=TODAY - 200 * DAY)
        contact(late, TODAY - 50 * DAY)
        remind(TODAY)
        log_by_page(cast.mama, late.child, TODAY - 70 * DAY)
        remind(TODAY)
        assert len(open_notices()) == 1, "the call is overdue and nobody is told"

    def test_an_ended_pairing_gets_nothing_and_its_notice_is_settled(self, late: Pairing, cast: Cast) -> None:
        """poradnia 1244: reminders went on after the case was closed."""
        remind(TODAY)
        end(cast.wenshui, late, EndReason.ADJUSTED, TODAY)
        assert open_notices() == []
        assert remind(TODAY + 40 * DAY) == NOTHING

    def test_a_child_that_left_gets_nobody_reminded(self, late: Pairing, cast: Cast) -> None:
        remind(TODAY)
        leave_roster(cast.wenshui, late.child, LeavingReason.OVER_AGE, TODAY)
        assert open_notices() == []
        assert remind(TODAY + 40 * DAY) == NOTHING

    def test_a_volunteer_who_left_is_not_reminded(self, late: Pairing, cast: Cast) -> None:
        remind(TODAY)
        late.volunteer.state = VolunteerState.LEFT
        save_volunteer(cast.wenshui, late.volunteer)
        assert open_notices() == []
        assert remind(TODAY + 40 * DAY) == NOTHING

    def test_a_pause_settles_it_with_the_next_run(self, late: Pairing) -> None:
        remind(TODAY)
        Pairing.objects.filter(pk=late.pk).update(state=State.PAUSED)
        assert remind(TODAY + DAY) == Outcome(created=0, resolved=1, recipients=0)

    def test_an_excused_duty_is_no_longer_spoken_of(self, late: Pairing, cast: Cast) -> None:
        remind(TODAY)
        excuse(cast.wenshui, Duty.objects.get(), "住校")
        assert open_notices() == []


class TestRecipients:
    def test_everyone_late_is_reminded_not_only_the_first(self, late: Pairing) -> None:
        """poradnia 1831: a `return` in the loop."""
        others = [
            PairingFactory(child=ChildFactory(), volunteer=VolunteerFactory(), started_on=days_ago(40))
            for _ in range(3)
        ]
        assert remind(TODAY) == Outcome(created=4, resolved=0, recipients=4)
        assert {notice.addressee for notice in open_notices()} == {
            pairing.volunteer.addressee for pairing in [late, *others]
        }

    def test_a_volunteer_without_an_account_crashes_nothing_and_finds_it_later(
        self, late: Pairing, cast: Cast
    ) -> None:
        """casa 2611: a volunteer without a supervisor ended the run for all."""
        alone = VolunteerFactory(region_id=FENGCHENG)
        PairingFactory(child=cast.unpaired, volunteer=alone, started_on=days_ago(40))
        assert remind(TODAY)["created"] == 2
        alone.user = make_user("alone", Role.VOLUNTEER, FENGCHENG)
        alone.save()
        assert "孙待结" in inbox_of(alone.user)

    def test_one_bad_row_never_stops_the_rest(self, late: Pairing, cast: Cast) -> None:
        bad = PairingFactory(child=cast.unpaired, volunteer=VolunteerFactory(), started_on=days_ago(40))
        with connection.cursor() as cursor:
            cursor.execute("UPDATE children_child SET idno = 'no ciphertext' WHERE id = %s", [bad.child_id])
            cursor.execute(
                "UPDATE volunteers_volunteer SET phone = 'no ciphertext' WHERE id = %s", [bad.volunteer_id]
            )
        remind(TODAY)
        assert late.volunteer.addressee in {notice.addressee for notice in open_notices()}

    def test_only_she_reads_it(self, late: Pairing, cast: Cast) -> None:
        remind(TODAY)
        assert "张小明：已32天没有联系" in inbox_of(cast.mama)
        for who in ("mama2", "wenshui", "city", "xingxian", "sysadmin", "auditor"):
            assert "张小明" not in inbox_of(cast.users[who]), who

    def test_a_child_given_to_another_is_no_longer_named_to_the_first(
        self, late: Pairing, cast: Cast
    ) -> None:
        """casa 5511: digests with other people's cases. Who is told is found at sending."""
        remind(TODAY)
        end(cast.wenshui, late, EndReason.ADJUSTED, TODAY)
        PairingFactory(child=late.child, volunteer=cast.second_volunteer, started_on=days_ago(40))
        remind(TODAY)
        assert [notice.addressee for notice in open_notices()] == [cast.second_volunteer.addressee]

    def test_a_second_volunteer_of_the_child_is_not_reminded(self, late: Pairing, cast: Cast) -> None:
        PairingFactory(
            child=late.child, volunteer=cast.second_volunteer, is_main=False, started_on=days_ago(40)
        )
        assert remind(TODAY)["recipients"] == 1

    def test_where_nobody_is_main_the_chair_is_told_or_the_township(self, late: Pairing, cast: Cast) -> None:
        report_change(cast.unpaired, TODAY)
        remind(TODAY)
        about = [n.addressee for n in open_notices() if "孙待结" in n.title]
        assert about == [f"user:{cast.fengcheng.pk}"]
        chair = make_user("chair", Role.STAFF, cast.unpaired.region_id)
        remind(TODAY + DAY)
        remind(TODAY + 4 * DAY)
        assert f"user:{chair.pk}" in {n.addressee for n in open_notices() if "孙待结" in n.title}

    def test_the_home_page_shows_it_and_the_notice_leads_to_the_form(self, late: Pairing, cast: Cast) -> None:
        remind(TODAY)
        session = Session(cast.mama)
        assert "有 1 条提醒" in session.get("/").content.decode()
        notice = Notice.objects.get()
        assert session.post(f"/inbox/{notice.pk}/open/").url == f"/visits/new/?child={late.child_id}"
        assert "条提醒" not in session.get("/").content.decode()
        assert "张小明" in session.get("/inbox/").content.decode(), "read is not settled"

    def test_a_stranger_cannot_open_it(self, late: Pairing, cast: Cast) -> None:
        remind(TODAY)
        notice = Notice.objects.get()
        assert Session(cast.mama2).post(f"/inbox/{notice.pk}/open/").status_code == 404
        notice.refresh_from_db()
        assert notice.read_at is None

    def test_queries_do_not_grow_with_the_late(
        self, late: Pairing, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(8):
            PairingFactory(
                child=ChildFactory(region_id=XIJIE), volunteer=VolunteerFactory(), started_on=days_ago(40)
            )
        make_all(TODAY)
        with django_assert_max_num_queries(60):
            assert remind(TODAY)["created"] == 9


class TestWhatComesUp:
    @pytest.fixture
    def neglected(self, live: Pairing) -> Pairing:
        only(call_days=31, chair_days=3, township_days=7, county_days=14)
        return live

    def told(self) -> list[tuple[str, str]]:
        rows = Notice.objects.open().filter(kind="duties_up").order_by("id")
        return [(notice.addressee, notice.title) for notice in rows]

    def test_chair_township_and_county_at_their_delays_one_digest_each(
        self, neglected: Pairing, cast: Cast
    ) -> None:
        chair = make_user("chair", Role.STAFF, XIJIE)
        due = days_ago(1)
        days = {
            user.username: next(
                day
                for day in range(25)
                if remind(due + day * DAY)
                and Notice.objects.filter(kind="duties_up", addressee=f"user:{user.pk}").exists()
            )
            for user in (chair, cast.fengcheng, cast.wenshui)
        }
        # The third and fourth day after are a weekend: the office hears on Monday; the others on the day.
        assert days == {"chair": 4, "fengcheng": 7, "wenshui": 14}
        assert remind(due + 14 * DAY) == NOTHING

    def test_a_digest_names_nobody_and_counts(self, neglected: Pairing, cast: Cast) -> None:
        PairingFactory(child=cast.unpaired, volunteer=VolunteerFactory(), started_on=days_ago(60))
        remind(TODAY + 14 * DAY)
        assert self.told() == [
            (f"user:{user.pk}", "新增 2 件逾期的关爱安排") for user in (cast.wenshui, cast.fengcheng)
        ]
        text = "".join(notice.title + notice.body for notice in Notice.objects.filter(kind="duties_up"))
        assert "张小明" not in text
        assert "孙待结" not in text

    def test_a_contact_settles_the_digest_with_the_next_run(self, neglected: Pairing) -> None:
        remind(TODAY + 14 * DAY)
        assert self.told()
        contact(neglected, TODAY + 14 * DAY)
        remind(TODAY + 17 * DAY)
        assert not self.told()

    def test_nothing_comes_up_on_a_holiday(self, neglected: Pairing) -> None:
        saturday = TODAY + 15 * DAY
        remind(saturday)
        assert not self.told()
        remind(saturday + 2 * DAY)
        assert self.told()


class TestCommand:
    def run(self, *arguments: str) -> str:
        out = io.StringIO()
        call_command("remind", *arguments, stdout=out)
        return out.getvalue()

    def test_it_prints_one_json_object(self, late: Pairing) -> None:
        first = json.loads(self.run("--on", TODAY.isoformat(), "--json"))
        assert first == {"created": 1, "resolved": 0, "recipients": 1}
        again = json.loads(self.run("--on", TODAY.isoformat(), "--json"))
        assert again == {"created": 0, "resolved": 0, "recipients": 0}

    def test_without_a_day_it_is_today(self, late: Pairing) -> None:
        assert json.loads(self.run("--json"))["created"] == 1

    @pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "20.11.2026"])
    def test_a_wrong_day_is_a_sentence(self, late: Pairing, day: str) -> None:
        with pytest.raises(CommandError, match="--on"):
            self.run("--on", day)
        assert not Notice.objects.exists()
