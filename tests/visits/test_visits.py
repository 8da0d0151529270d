"""记一次: whose children, whom for, once whatever the network does, and seven days to correct it."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from aixin.audit.models import Action, Entry
from children.models import Child
from pairing.choices import EndReason
from pairing.services import end
from tests.cast import XIJIE, Cast, make_cast
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory
from tests.pages import rows_on, text_of
from visits.models import Visit, household_visits, person_visits
from visits.services import VisitError, correct_visit, withdraw_visit

db = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def typed(*children: Child, **changes: Any) -> dict[str, Any]:
    form = {
        "client_uuid": str(uuid4()),
        "children": [child.pk for child in children],
        "date": timezone.localdate().isoformat(),
        "way": "HOME",
        "family": "UNCHANGED",
        "study": "CHANGED",
        "life": "",
        "seen": "数学进步了",
        "done": "一起做作业",
        "next_step": "下周打电话",
        # Several on one day are meant.
        "again": "1",
    }
    return form | changes


def log(user: Any, *children: Child, **changes: Any) -> Any:
    return Session(user).post("/visits/new/", typed(*children, **changes))


def logged(user: Any, *children: Child, **changes: Any) -> Visit:
    before = set(Visit.objects.values_list("pk", flat=True))
    answer = log(user, *children, **changes)
    assert answer.status_code == 302, (
        answer.context and answer.context.get("form") and answer.context["form"].errors
    )
    return Visit.objects.exclude(pk__in=before).get()


@pytest.fixture
def sibling(cast: Cast) -> Child:
    """Another child of 张小明's household, also cared for by mama."""
    child = ChildFactory(name="张小亮", region_id=XIJIE, guardian=False)
    guardian = cast.child.guardians.get()
    child.guardians.create(name=guardian.name, phone=guardian.phone, region_id=XIJIE)
    PairingFactory(child=child, volunteer=cast.volunteer)
    return child


@db
class TestVolunteer:
    def test_she_logs_a_visit_of_her_child(self, cast: Cast) -> None:
        visit = logged(cast.mama, cast.child)
        assert [link.child for link in visit.visited.all()] == [cast.child]
        assert list(visit.volunteers.all()) == [cast.volunteer]
        assert (visit.recorded_by, visit.region_id, visit.households) == (cast.mama, XIJIE, 1)
        assert (visit.way, visit.family, visit.study, visit.life) == ("HOME", "UNCHANGED", "CHANGED", "")
        assert (visit.seen, visit.done, visit.next_step) == ("数学进步了", "一起做作业", "下周打电话")
        assert not visit.is_backfill
        assert Entry.objects.filter(action=Action.VISIT, object_id=visit.pk, user=cast.mama).count() == 1

    @pytest.mark.parametrize("whose", ["neighbour", "unpaired", "far", "outsider_child"])
    def test_another_child_posted_is_refused(self, cast: Cast, whose: str) -> None:
        before = Visit.objects.count()
        for children in ([getattr(cast, whose)], [cast.child, getattr(cast, whose)]):
            answer = log(cast.mama, *children)
            assert answer.status_code == 200
            assert "children" in answer.context["form"].errors
            assert getattr(cast, whose).name not in answer.content.decode()
        assert Visit.objects.count() == before

    def test_a_child_no_longer_hers_is_refused(self, cast: Cast) -> None:
        end(cast.wenshui, cast.pairing, EndReason.ADJUSTED, timezone.localdate())
        before = Visit.objects.count()
        assert log(cast.mama, cast.child).status_code == 200
        assert Visit.objects.count() == before

    def test_the_form_offers_her_children_only(self, cast: Cast, sibling: Child) -> None:
        page = Session(cast.mama).get("/visits/new/").content.decode()
        assert "张小明" in page
        assert "张小亮" in page
        for name in ("李小红", "孙待结", "周远方"):
            assert name not in page

    def test_she_cannot_log_in_anothers_name(self, cast: Cast) -> None:
        answer = log(cast.mama, cast.child, volunteers=[cast.second_volunteer.pk])
        assert "volunteers" in answer.context["form"].errors

    def test_a_companion_who_cares_for_the_child_too_is_named(self, cast: Cast) -> None:
        PairingFactory(child=cast.child, volunteer=cast.second_volunteer, is_main=False)
        visit = logged(cast.mama, cast.child, volunteers=[cast.second_volunteer.pk], companions="村医")
        assert set(visit.volunteers.all()) == {cast.volunteer, cast.second_volunteer}
        assert visit.companions == "村医"

    def test_with_one_child_it_is_ticked_already(self, cast: Cast) -> None:
        form = Session(cast.mama).get("/visits/new/").context["form"]
        assert form["children"].value() == [cast.child.pk]

    def test_she_sees_her_own_visits_only(self, cast: Cast) -> None:
        other = VisitFactory(
            region_id=XIJIE,
            recorded_by=cast.wenshui,
            children=[cast.child],
            volunteers=[cast.second_volunteer],
        )
        session = Session(cast.mama)
        assert session.get(f"/visits/{cast.visit.pk}/").status_code == 200
        assert session.get(f"/visits/{other.pk}/").status_code == 404
        assert list(session.get("/visits/").context["visits"]) == [cast.visit]

    def test_history_does_not_leak_to_the_next_volunteer(self, cast: Cast) -> None:
        """casa 3338: who comes after sees the child, not what was written before."""
        end(cast.wenshui, cast.pairing, EndReason.ADJUSTED, timezone.localdate())
        PairingFactory(child=cast.child, volunteer=cast.second_volunteer)
        page = Session(cast.mama2).get(f"/children/{cast.child.pk}/").content.decode()
        assert cast.visit.seen not in page
        assert Session(cast.mama2).get(f"/visits/{cast.visit.pk}/").status_code == 404


@db
class TestStaff:
    @pytest.mark.parametrize("who", ["wenshui", "fengcheng"])
    def test_county_and_township_log_for_a_volunteer(self, cast: Cast, who: str) -> None:
        visit = logged(cast.users[who], cast.child, volunteers=[cast.volunteer.pk])
        assert list(visit.volunteers.all()) == [cast.volunteer]
        assert visit.recorded_by == cast.users[who]

    def test_staff_visit_on_their_own(self, cast: Cast) -> None:
        assert not logged(cast.wenshui, cast.unpaired).volunteers.exists()

    @pytest.mark.parametrize(
        ("who", "whose"),
        [
            ("fengcheng", "neighbour"),
            ("wenshui", "far"),
            ("wenshui", "outsider_child"),
            ("xingxian", "child"),
        ],
    )
    def test_a_child_of_another_place_is_not_found(self, cast: Cast, who: str, whose: str) -> None:
        before = Visit.objects.count()
        assert log(cast.users[who], getattr(cast, whose)).status_code == 404
        assert Visit.objects.count() == before

    @pytest.mark.parametrize("who", ["city", "official", "sysadmin", "auditor", "postless"])
    def test_others_log_nothing(self, cast: Cast, who: str) -> None:
        before = Visit.objects.count()
        assert log(cast.users[who], cast.child).status_code == 403
        assert Visit.objects.count() == before

    def test_a_volunteer_of_no_child_of_the_household_cannot_be_named(self, cast: Cast) -> None:
        answer = log(cast.wenshui, cast.child, volunteers=[cast.second_volunteer.pk])
        assert "volunteers" in answer.context["form"].errors

    def test_first_the_child_is_found(self, cast: Cast) -> None:
        session = Session(cast.wenshui)
        assert session.get("/visits/new/").status_code == 200
        found = session.post("/visits/new/", {"q": "zxm"}).content.decode()
        assert f"?child={cast.child.pk}" in found


@db
class TestHousehold:
    def test_children_of_one_guardian_are_offered_together(self, cast: Cast, sibling: Child) -> None:
        page = Session(cast.wenshui).get(f"/visits/new/?child={cast.child.pk}").content.decode()
        assert "张小亮" in page
        assert "孙待结" not in page

    def test_one_visit_of_two_children_is_one_household_and_two_persons(
        self, cast: Cast, sibling: Child
    ) -> None:
        visit = logged(cast.mama, cast.child, sibling)
        mine = Visit.objects.filter(pk=visit.pk)
        assert (mine.count(), household_visits(mine), person_visits(mine)) == (1, 1, 2)

    def test_two_households_in_one_visit_count_as_two(self, cast: Cast) -> None:
        PairingFactory(child=cast.neighbour, volunteer=cast.volunteer, is_main=False)
        visit = logged(cast.mama, cast.child, cast.neighbour)
        mine = Visit.objects.filter(pk=visit.pk)
        assert (household_visits(mine), person_visits(mine)) == (2, 2)

    def test_the_list_says_visits_households_and_persons(self, cast: Cast, sibling: Child) -> None:
        logged(cast.mama, cast.child, sibling)
        context = Session(cast.wenshui).get("/visits/").context
        assert (context["visits"], context["households"], context["persons"]) == (2, 2, 3)

    def test_companions_do_not_double_anything(self, cast: Cast) -> None:
        for _ in range(3):
            PairingFactory(child=cast.child, volunteer=VolunteerFactory(), is_main=False)
        companions = [p.volunteer_id for p in cast.child.pairings.exclude(volunteer=cast.volunteer)]
        logged(cast.wenshui, cast.child, volunteers=[cast.volunteer.pk, *companions])
        answer = Session(cast.wenshui).get("/visits/")
        context = answer.context
        assert (context["visits"], context["households"], context["persons"]) == (2, 2, 2)
        assert rows_on(answer) == 2
        assert rows_on(Session(cast.city).get("/visits/")) == 2


@db
class TestOnce:
    def test_a_double_submit_is_one_visit(self, cast: Cast) -> None:
        form = typed(cast.child)
        session = Session(cast.mama)
        for _ in range(3):
            assert session.post("/visits/new/", form).status_code == 302
        assert Visit.objects.filter(client_uuid=form["client_uuid"]).count() == 1
        assert Entry.objects.filter(action=Action.VISIT).count() == 1

    def test_the_first_submission_stays_as_it_was(self, cast: Cast) -> None:
        form = typed(cast.child)
        session = Session(cast.mama)
        session.post("/visits/new/", form)
        session.post("/visits/new/", form | {"seen": "第二次写的"})
        assert Visit.objects.get(client_uuid=form["client_uuid"]).seen == "数学进步了"

    def test_the_same_identity_from_another_user_is_refused(self, cast: Cast) -> None:
        form = typed(cast.child)
        Session(cast.mama).post("/visits/new/", form)
        answer = Session(cast.wenshui).post("/visits/new/", form)
        assert answer.status_code == 200
        assert "请刷新页面后重新填写" in answer.content.decode()
        assert Visit.objects.filter(client_uuid=form["client_uuid"]).count() == 1

    def test_every_fresh_form_has_its_own_identity(self, cast: Cast) -> None:
        session = Session(cast.mama)
        found = {str(session.get("/visits/new/").context["form"]["client_uuid"].value()) for _ in range(2)}
        assert len(found) == 2
        assert all(UUID(one) for one in found)

    @pytest.mark.parametrize("identity", ["", "x", "1234"])
    def test_a_broken_identity_stores_nothing(self, cast: Cast, identity: str) -> None:
        before = Visit.objects.count()
        assert log(cast.mama, cast.child, client_uuid=identity).status_code == 200
        assert Visit.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_the_same_submission_at_the_same_moment_is_one_visit() -> None:
    cast = make_cast()
    form = typed(cast.child)
    sessions = [Session(cast.mama) for _ in range(4)]
    barrier = Barrier(len(sessions))

    def submit(session: Session) -> int:
        barrier.wait(timeout=10)
        try:
            return session.post("/visits/new/", form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(sessions)) as pool:
        answers = list(pool.map(submit, sessions, timeout=30))
    assert answers == [302] * 4
    visit = Visit.objects.get(client_uuid=form["client_uuid"])
    assert visit.visited.count() == 1
    assert list(visit.volunteers.all()) == [cast.volunteer]
    assert Entry.objects.filter(action=Action.VISIT).count() == 1


@db
class TestRules:
    @pytest.mark.parametrize(
        ("field", "sentence", "changes"),
        [
            ("date", "不能晚于今天", {"date": "2999-01-01"}),
            ("date", "请核对年份", {"date": "2001-01-01"}),
            ("date", "", {"date": ""}),
            ("way", "请选择联系方式", {"way": ""}),
            ("way", "", {"way": "TELEPATHY"}),
            ("children", "请选择孩子", {"children": []}),
            ("seen", "变化是什么", {"seen": ""}),
            ("goods_value", "", {"goods_value": "-1"}),
            ("goods_value", "", {"goods_value": "很多"}),
        ],
    )
    def test_an_error_stands_with_its_field(
        self, cast: Cast, field: str, sentence: str, changes: dict[str, Any]
    ) -> None:
        before = Visit.objects.count()
        answer = log(cast.mama, cast.child, **changes)
        assert answer.status_code == 200
        assert set(answer.context["form"].errors) == {field}
        assert sentence in " ".join(answer.context["form"].errors[field])
        assert Visit.objects.count() == before

    @pytest.mark.parametrize(("days", "backfill"), [(0, False), (7, False), (8, True), (40, True)])
    def test_a_late_paper_record_says_so(self, cast: Cast, days: int, backfill: bool) -> None:
        day = timezone.localdate() - days * DAY
        assert logged(cast.mama, cast.child, date=day.isoformat()).is_backfill is backfill

    def test_unchanged_needs_no_words(self, cast: Cast) -> None:
        assert logged(cast.mama, cast.child, study="UNCHANGED", seen="", done="", next_step="")

    def test_today_is_the_day_in_china(self, cast: Cast) -> None:
        with time_machine.travel("2026-11-20T17:30:00+00:00", tick=False):
            assert logged(cast.mama, cast.child, date="2026-11-21")

    def test_a_script_is_shown_as_text(self, cast: Cast) -> None:
        visit = logged(cast.mama, cast.child, seen="<script>alert(1)</script>")
        for user in (cast.mama, cast.wenshui):
            assert "<script>alert(1)" not in Session(user).get(f"/visits/{visit.pk}/").content.decode()


def correct(user: Any, visit: Visit, *children: Child, **changes: Any) -> Any:
    opened = Visit.objects.get(pk=visit.pk)
    form = typed(*children, client_uuid=str(visit.client_uuid), version=opened.version) | changes
    return Session(user).post(f"/visits/{visit.pk}/correct/", form)


def later(days: float) -> Any:
    return time_machine.travel(timezone.now() + datetime.timedelta(days=days), tick=False)


@db
class TestSevenDays:
    def test_the_author_corrects_and_the_history_keeps_the_first_words(self, cast: Cast) -> None:
        visit = logged(cast.mama, cast.child)
        assert correct(cast.mama, visit, cast.child, seen="语文进步了", way="PHONE").status_code == 302
        visit.refresh_from_db()
        assert (visit.seen, visit.way, visit.recorded_by) == ("语文进步了", "PHONE", cast.mama)
        assert [event.seen for event in visit.events.order_by("pgh_id")] == ["数学进步了", "语文进步了"]
        assert Visit.objects.filter(client_uuid=visit.client_uuid).count() == 1

    def test_children_are_added_and_taken_out(self, cast: Cast, sibling: Child) -> None:
        visit = logged(cast.mama, cast.child)
        correct(cast.mama, visit, cast.child, sibling)
        assert visit.visited.count() == 2
        correct(cast.mama, visit, sibling)
        assert [link.child for link in visit.visited.all()] == [sibling]
        assert list(visit.volunteers.all()) == [cast.volunteer]

    def test_another_child_cannot_be_put_in(self, cast: Cast) -> None:
        visit = logged(cast.mama, cast.child)
        assert "children" in correct(cast.mama, visit, cast.neighbour).context["form"].errors

    def test_nobody_else_corrects_or_withdraws(self, cast: Cast) -> None:
        visit = logged(cast.mama, cast.child)
        for user in (cast.wenshui, cast.fengcheng):
            assert correct(user, visit, cast.child, seen="改写").status_code == 403
            assert Session(user).post(f"/visits/{visit.pk}/withdraw/", {"reason": "不对"}).status_code == 403
        for user in (cast.mama2, cast.xingxian):
            assert correct(user, visit, cast.child, seen="改写").status_code == 404
            assert Session(user).post(f"/visits/{visit.pk}/withdraw/", {"reason": "不对"}).status_code == 404
        visit.refresh_from_db()
        assert (visit.seen, visit.withdrawn_at) == ("数学进步了", None)

    @pytest.mark.parametrize(("days", "allowed"), [(6.9, True), (7.1, False), (30, False)])
    def test_seven_days_and_no_longer(self, cast: Cast, days: float, allowed: bool) -> None:
        visit = logged(cast.mama, cast.child)
        with later(days):
            correct(cast.mama, visit, cast.child, seen="改写")
            Session(cast.mama).post(f"/visits/{visit.pk}/withdraw/", {"reason": "记错了"})
        visit.refresh_from_db()
        assert (visit.seen == "改写") is allowed
        assert (visit.withdrawn_at is not None) is allowed

    def test_the_services_hold_it_too(self, cast: Cast) -> None:
        with pytest.raises(VisitError):
            withdraw_visit(cast.wenshui, cast.visit, "不对")
        with later(8):
            with pytest.raises(VisitError):
                withdraw_visit(cast.mama, cast.visit, "不对")
            with pytest.raises(VisitError):
                correct_visit(cast.mama, cast.visit, [cast.child], [cast.volunteer], 1)

    def test_a_withdrawn_visit_counts_nowhere_and_stays_to_be_read(self, cast: Cast) -> None:
        visit = logged(cast.mama, cast.child)
        Session(cast.mama).post(f"/visits/{visit.pk}/withdraw/", {"reason": "记错了孩子"})
        visit.refresh_from_db()
        assert visit.withdrawn_reason == "记错了孩子"
        assert not Visit.objects.standing().filter(pk=visit.pk).exists()
        assert rows_on(Session(cast.wenshui).get("/visits/")) == 1
        assert rows_on(Session(cast.wenshui).get("/visits/?figure=withdrawn")) == 1
        shown = text_of(Session(cast.wenshui).get(f"/visits/{visit.pk}/").content.decode())
        assert "记错了孩子" in shown

    def test_withdrawing_asks_why_and_happens_once(self, cast: Cast) -> None:
        visit = logged(cast.mama, cast.child)
        session = Session(cast.mama)
        session.post(f"/visits/{visit.pk}/withdraw/", {"reason": ""})
        visit.refresh_from_db()
        assert visit.withdrawn_at is None
        session.post(f"/visits/{visit.pk}/withdraw/", {"reason": "第一次"})
        session.post(f"/visits/{visit.pk}/withdraw/", {"reason": "第二次"})
        correct(cast.mama, visit, cast.child, seen="改写")
        visit.refresh_from_db()
        assert (visit.withdrawn_reason, visit.seen) == ("第一次", "数学进步了")


@db
class TestLists:
    def test_a_visit_stands_on_child_volunteer_and_list(self, cast: Cast) -> None:
        visit = logged(cast.mama, cast.child)
        session = Session(cast.wenshui)
        pages = (
            f"/children/{cast.child.pk}/?tab=visits",
            f"/volunteers/{cast.volunteer.pk}/?tab=visits",
            "/visits/",
        )
        for page in pages:
            assert f"/visits/{visit.pk}/" in session.get(page).content.decode(), page

    def test_access_follows_the_child_and_the_count_stays(self, cast: Cast) -> None:
        visit = logged(cast.mama, cast.child)
        Child.objects.filter(pk=cast.child.pk).update(region_id="141123100200")
        assert Session(cast.xingxian).get(f"/visits/{visit.pk}/").status_code == 200
        visit.refresh_from_db()
        assert visit.region_id == XIJIE


@db
class TestDrafts:
    def test_a_draft_belongs_to_user_and_child(self, cast: Cast) -> None:
        page = Session(cast.mama).get(f"/visits/new/?child={cast.child.pk}").content.decode()
        assert f'data-draft="{cast.mama.pk}:{cast.child.pk}"' in page
        other = Session(cast.wenshui).get(f"/visits/new/?child={cast.neighbour.pk}").content.decode()
        assert f'data-draft="{cast.wenshui.pk}:{cast.neighbour.pk}"' in other

    def test_it_is_cleared_only_when_the_server_has_stored_it(self, cast: Cast) -> None:
        session = Session(cast.mama)
        session.post("/visits/new/", typed(cast.child, way=""))
        assert "draft-saved" not in session.get("/").content.decode()
        session.post("/visits/new/", typed(cast.child))
        told = f'name="draft-saved" content="{cast.mama.pk}:{cast.child.pk}"'
        assert told in session.get("/").content.decode()
        assert told not in session.get("/").content.decode()
