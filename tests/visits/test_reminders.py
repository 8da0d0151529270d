"""Daily reminders, each lesson that others paid for as a test of its own (shared/LESSONS.md)."""

import datetime
import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from aixin.access.models import Role
from aixin.notify.models import Notice
from children.choices import LeavingReason
from children.models import Child
from children.services import leave_roster
from pairing.choices import EndReason, State
from pairing.models import Pairing
from pairing.services import end
from tests.cast import FENGCHENG, XIJIE, Cast, make_user
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory
from visits.models import Visit
from visits.reminders import Outcome, remind
from visits.services import withdraw_visit
from volunteers.choices import State as VolunteerState
from volunteers.services import save_volunteer

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)
DAY = datetime.timedelta(days=1)
NOTHING = Outcome(created=0, resolved=0, recipients=0)


def days_ago(days: int) -> datetime.date:
    return TODAY - days * DAY


@pytest.fixture
def late(cast: Cast) -> Pairing:
    """The only pairing of the test: 32 days old on TODAY, never visited."""
    Visit.objects.update(withdrawn_at=timezone.now())
    Pairing.objects.exclude(pk=cast.pairing.pk).update(state=State.PAUSED)
    Pairing.objects.filter(pk=cast.pairing.pk).update(started_on=days_ago(32))
    cast.pairing.refresh_from_db()
    return cast.pairing


def contact(pairing: Pairing, day: datetime.date, **fields: Any) -> Visit:
    return VisitFactory(
        date=day,
        children=[pairing.child],
        volunteers=[pairing.volunteer],
        recorded_by=pairing.volunteer.user,
        **fields,
    )


def open_notices() -> list[Notice]:
    return list(Notice.objects.open())


def inbox_of(user: Any) -> str:
    return Session(user).get("/inbox/").content.decode()


def log_by_page(user: Any, child: Child, day: datetime.date) -> None:
    form = {"client_uuid": str(uuid4()), "children": [child.pk], "date": day.isoformat(), "way": "PHONE"}
    assert Session(user).post("/visits/new/", form).status_code == 302


class TestWhoIsLate:
    @pytest.mark.parametrize(("days", "created"), [(0, 0), (30, 0), (31, 0), (32, 1), (200, 1)])
    def test_due_dates_count_from_the_pairing_so_the_never_visited_become_overdue(
        self, late: Pairing, days: int, created: int
    ) -> None:
        """oscar joined visits, casa needed a logged failure: whoever was never visited was never overdue."""
        Pairing.objects.filter(pk=late.pk).update(started_on=days_ago(days))
        assert remind(TODAY)["created"] == created

    @pytest.mark.parametrize(("days", "created"), [(0, 0), (31, 0), (32, 1)])
    def test_they_count_from_the_last_contact_after_that(
        self, late: Pairing, days: int, created: int
    ) -> None:
        Pairing.objects.filter(pk=late.pk).update(started_on=days_ago(300))
        contact(late, days_ago(100))
        contact(late, days_ago(days))
        assert remind(TODAY)["created"] == created

    def test_a_contact_before_this_pairing_does_not_make_it_late(self, late: Pairing) -> None:
        Pairing.objects.filter(pk=late.pk).update(started_on=days_ago(10))
        contact(late, days_ago(200))
        assert remind(TODAY) == NOTHING

    def test_a_withdrawn_visit_is_no_contact(self, late: Pairing) -> None:
        contact(late, days_ago(1), withdrawn_at=timezone.now())
        assert remind(TODAY)["created"] == 1

    def test_another_volunteers_visit_is_not_hers(self, late: Pairing, cast: Cast) -> None:
        VisitFactory(
            date=days_ago(1),
            children=[late.child],
            volunteers=[cast.second_volunteer],
            recorded_by=cast.wenshui,
        )
        assert remind(TODAY)["created"] == 1

    def test_her_visit_of_another_child_is_not_this_ones(self, late: Pairing, cast: Cast) -> None:
        VisitFactory(
            date=days_ago(1), children=[cast.unpaired], volunteers=[late.volunteer], recorded_by=cast.mama
        )
        assert remind(TODAY)["created"] == 1

    @pytest.mark.parametrize("state", [State.PROPOSED, State.CONSENT, State.PAUSED])
    def test_what_is_not_active_gets_nothing(self, late: Pairing, state: State) -> None:
        Pairing.objects.filter(pk=late.pk).delete()
        PairingFactory(
            child=late.child, volunteer=late.volunteer, state=state, started_on=late.started_on, is_main=False
        )
        assert remind(TODAY) == NOTHING


class TestOncePerPeriod:
    def test_a_second_run_the_same_day_adds_nothing(self, late: Pairing) -> None:
        assert remind(TODAY) == Outcome(created=1, resolved=0, recipients=1)
        assert remind(TODAY) == NOTHING
        assert Notice.objects.count() == 1

    def test_every_day_of_the_period_adds_nothing_the_next_period_one(self, late: Pairing) -> None:
        remind(TODAY)
        assert [remind(TODAY + day * DAY)["created"] for day in range(1, 31)] == [0] * 30
        assert remind(TODAY + 31 * DAY)["created"] == 1
        assert Notice.objects.count() == 2

    @pytest.mark.parametrize("outage", [1, 3, 20, 100])
    def test_days_of_outage_are_caught_up_by_the_next_run(self, late: Pairing, outage: int) -> None:
        """commcare compared with ==: a day without a worker was a reminder lost."""
        assert remind(TODAY - DAY) == NOTHING
        assert remind(TODAY + outage * DAY)["created"] == 1

    def test_after_a_contact_a_new_period_begins(self, late: Pairing) -> None:
        remind(TODAY)
        contact(late, TODAY)
        assert remind(TODAY + DAY)["resolved"] == 1
        assert remind(TODAY + 31 * DAY) == NOTHING
        assert remind(TODAY + 32 * DAY)["created"] == 1


class TestSettling:
    def test_logging_the_visit_resolves_it_at_once(self, late: Pairing, cast: Cast) -> None:
        day = timezone.localdate()
        remind(day)
        assert len(open_notices()) == 1
        log_by_page(cast.mama, late.child, day)
        assert open_notices() == []
        assert remind(day) == NOTHING

    def test_staff_logging_it_for_her_resolves_it_too(self, late: Pairing, cast: Cast) -> None:
        day = timezone.localdate()
        remind(day)
        form = {
            "client_uuid": str(uuid4()), "children": [late.child_id], "volunteers": [late.volunteer_id],
            "date": day.isoformat(), "way": "HOME",
        }  # fmt: skip
        assert Session(cast.fengcheng).post("/visits/new/", form).status_code == 302
        assert open_notices() == []

    def test_a_visit_of_another_child_resolves_nothing(self, late: Pairing, cast: Cast) -> None:
        PairingFactory(child=cast.unpaired, volunteer=late.volunteer)
        remind(timezone.localdate())
        log_by_page(cast.mama, cast.unpaired, timezone.localdate())
        assert len(open_notices()) == 1

    def test_a_withdrawn_visit_makes_her_late_again(self, late: Pairing, cast: Cast) -> None:
        day = timezone.localdate()
        remind(day)
        log_by_page(cast.mama, late.child, day)
        withdraw_visit(cast.mama, Visit.objects.latest("id"), "记错了")
        remind(day)
        assert len(open_notices()) == 1, "the pairing is overdue and nobody is told"

    def test_an_old_paper_record_does_not_silence_a_pairing_that_stays_late(
        self, late: Pairing, cast: Cast
    ) -> None:
        day = timezone.localdate()
        Pairing.objects.filter(pk=late.pk).update(started_on=day - 200 * DAY)
        contact(late, day - 50 * DAY)
        remind(day)
        log_by_page(cast.mama, late.child, day - 70 * DAY)
        remind(day)
        assert len(open_notices()) == 1, "the pairing is overdue and nobody is told"

    def test_a_run_for_a_past_day_does_not_silence_what_is_late_today(self, late: Pairing) -> None:
        remind(TODAY)
        remind(TODAY - 10 * DAY)
        remind(TODAY)
        assert len(open_notices()) == 1

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


class TestRecipients:
    def test_everyone_late_is_reminded_not_only_the_first(self, late: Pairing) -> None:
        """poradnia 1831: a `return` in the loop."""
        others = [
            PairingFactory(child=ChildFactory(), volunteer=VolunteerFactory(), started_on=days_ago(40))
            for _ in range(5)
        ]
        assert remind(TODAY) == Outcome(created=6, resolved=0, recipients=6)
        assert {notice.addressee for notice in open_notices()} == {
            pairing.volunteer.addressee for pairing in [late, *others]
        }

    def test_one_volunteer_with_two_late_children_is_one_recipient_of_two(
        self, late: Pairing, cast: Cast
    ) -> None:
        PairingFactory(child=cast.unpaired, volunteer=late.volunteer, started_on=days_ago(40))
        assert remind(TODAY) == Outcome(created=2, resolved=0, recipients=1)

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
        remind(TODAY)
        end(cast.wenshui, late, EndReason.ADJUSTED, TODAY)
        PairingFactory(child=late.child, volunteer=cast.second_volunteer, started_on=days_ago(40))
        remind(TODAY)
        assert [notice.addressee for notice in open_notices()] == [cast.second_volunteer.addressee]

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
        for _ in range(20):
            PairingFactory(
                child=ChildFactory(region_id=XIJIE), volunteer=VolunteerFactory(), started_on=days_ago(40)
            )
        with django_assert_max_num_queries(12):
            assert remind(TODAY)["created"] == 21


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
