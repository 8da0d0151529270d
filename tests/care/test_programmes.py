"""Care programmes: items become duties, visits and ticks close them, counties join, certificates (issue 6, item 7)."""

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from aixin.notify.models import Notice
from care.choices import DutyKind, State
from care.fulfilling import follow_visits
from care.making import make_all
from care.models import Duty, GoLive
from care.programmes.certificates import OF_CHILD, completed_by
from care.programmes.choices import Certified, How, Period, ProgrammeState, Reach, Standing
from care.programmes.models import Enrolment, Joining, Programme, ProgrammeItem
from care.programmes.periods import slots, spans
from care.programmes.services import adopt, end, enrol, leave, mark_done, start
from care.programmes.shipped import FILE, examples
from care.reminders import remind
from children.choices import Category
from pairing.models import Pairing
from tests.care.conftest import DAY, TODAY, contact, days_ago, only
from tests.cast import CITY, FENGCHENG, KAISHAN, WENSHUI, XIJIE, XINGXIAN, Cast
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory
from tests.pages import text_of as plain
from visits.choices import Way
from visits.models import Visit
from visits.services import log_visit, withdraw_visit

pytestmark = pytest.mark.django_db
JANUARY, DECEMBER = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)


def programme(*items: dict[str, Any], region: str = WENSHUI, **fields: Any) -> Programme:
    """A programme of this year, in progress since January in the county."""
    values = {"name": "暖冬行动", "first_on": JANUARY, "last_on": DECEMBER, "reach": Reach.ALL, **fields}
    made = Programme.objects.create(region_id=region, state=ProgrammeState.RUNNING, **values)
    for place, item in enumerate(items or [{}], 1):
        ProgrammeItem.objects.create(
            programme=made,
            position=place,
            **{"name": "写一封信", "how": How.MARK, "period": Period.MONTH, **item},
        )
    Joining.objects.create(programme=made, region_id=WENSHUI, joined_on=JANUARY)
    return made


def made(pairing: Pairing, today: datetime.date = TODAY) -> list[Duty]:
    """The child's duties of programmes once the night's run of a day is over."""
    assert make_all(today) == []
    return list(Duty.objects.filter(child=pairing.child, kind=DutyKind.PROGRAMME).order_by("due_on", "pk"))


@pytest.fixture
def quiet(live: Pairing) -> Pairing:
    """The pairing of a county that reminds of nothing but programmes; it is 32 days old."""
    only()
    return live


def text_of(response: Any) -> str:
    return plain(response.content.decode())


class TestPeriods:
    def test_a_year_begins_with_the_programme_and_a_short_rest_asks_nothing(self) -> None:
        found = spans(Period.YEAR, datetime.date(2026, 9, 1), datetime.date(2027, 11, 30))
        assert [(one.first, one.last) for one in found] == [
            (datetime.date(2026, 9, 1), datetime.date(2027, 8, 31))
        ]

    def test_terms_and_quarters_are_those_of_the_calendar(self) -> None:
        assert [one.key for one in spans(Period.QUARTER, JANUARY, DECEMBER)] == [
            f"2026-Q{n}" for n in range(1, 5)
        ]
        assert [one.key for one in spans(Period.TERM, JANUARY, DECEMBER)] == ["T2025-2", "T2026-1"]
        assert len(spans(Period.WEEK, JANUARY, DECEMBER)) == 53

    def test_several_times_are_spread_over_the_span(self) -> None:
        (november,) = spans(Period.MONTH, datetime.date(2026, 11, 1), datetime.date(2026, 11, 30))
        assert [slot.due.day for slot in slots(november, 3)] == [10, 20, 30]

    def test_a_programme_shorter_than_its_period_asks_once(self) -> None:
        (only_one,) = spans(Period.MONTH, datetime.date(2026, 11, 1), datetime.date(2026, 11, 9))
        assert only_one.last.day == 9


class TestItemsBecomeDuties:
    def test_made_once_given_to_the_main_volunteer_under_the_items_own_name(self, quiet: Pairing) -> None:
        programme({}, {"name": "过一次生日", "period": Period.ONCE})
        letter, cake = made(quiet)
        assert (letter.what, letter.due_on, letter.volunteer_id) == (
            "写一封信", datetime.date(2026, 11, 30), quiet.volunteer_id,
        )  # fmt: skip
        assert (cake.what, cake.due_on) == ("过一次生日", DECEMBER)
        assert made(quiet) == [letter, cake]

    def test_the_reminder_bears_the_items_name(self, quiet: Pairing) -> None:
        programme()
        remind(TODAY + 5 * DAY)
        (notice,) = Notice.objects.filter(addressee=f"volunteer:{quiet.volunteer_id}", kind="duty")
        assert "写一封信" in notice.title

    def test_only_where_the_county_reminds_and_takes_part(self, quiet: Pairing) -> None:
        found = programme()
        GoLive.objects.all().delete()
        assert made(quiet) == []
        GoLive.objects.create(region_id=WENSHUI, started_on=days_ago(300))
        Joining.objects.filter(programme=found).update(region_id=XINGXIAN)
        assert made(quiet) == []

    def test_a_month_in_which_the_county_joined_late_is_not_asked(self, quiet: Pairing) -> None:
        found = programme()
        Joining.objects.filter(programme=found).update(joined_on=TODAY)
        assert made(quiet) == []
        (december,) = made(quiet, datetime.date(2026, 11, 25))
        assert december.due_on == DECEMBER

    def test_whom_it_covers(self, quiet: Pairing) -> None:
        child = quiet.child
        other = next(one for one in Category.values if one != child.category)
        child.birth = datetime.date(2018, 11, 20)
        child.save()
        programme(
            {"name": "别的类别", "categories": [other]},
            {"name": "这一类别", "categories": [child.category]},
            {"name": "再大一些", "age_from": 8},
            {"name": "正好七岁", "age_from": 7, "age_to": 7},
        )
        assert {duty.what for duty in made(quiet)} == {"这一类别", "正好七岁"}

    def test_chosen_townships_and_chosen_children(self, quiet: Pairing, cast: Cast) -> None:
        found = programme()
        Joining.objects.update(townships=[KAISHAN])
        assert made(quiet) == []
        Joining.objects.update(townships=[FENGCHENG])
        assert len(made(quiet)) == 1
        Programme.objects.update(reach=Reach.CHOSEN)
        assert made(quiet) == []
        Enrolment.objects.create(
            programme=found, child=quiet.child, region_id=quiet.region_id, standing="IN", decided_on=JANUARY
        )
        assert len(made(quiet)) == 1

    def test_children_are_chosen_many_at_a_time(self, quiet: Pairing, cast: Cast) -> None:
        found = programme()
        Programme.objects.update(reach=Reach.CHOSEN)
        enrol(cast.wenshui, found, quiet.child, Standing.OUT, "监护人不愿意")
        others = [PairingFactory(child=ChildFactory(region_id=XIJIE), is_main=True).child for _ in range(2)]
        neighbours = PairingFactory(child=ChildFactory(region_id="141123100200")).child
        session, page = Session(cast.wenshui), f"/programmes/{found.pk}/choose/"
        shown = session.get(page)
        assert {child.pk for child in shown.context["page_obj"]} >= {
            quiet.child.pk,
            *(one.pk for one in others),
        }
        assert neighbours not in shown.context["page_obj"].object_list
        ids = [quiet.child.pk, others[0].pk, neighbours.pk, "²"]
        for _ in range(2):
            assert session.post(page, {"ids": ids}).status_code == 302
        assert set(Enrolment.objects.chosen().values_list("child_id", flat=True)) == {
            quiet.child.pk,
            others[0].pk,
        }
        assert not Enrolment.objects.left_out().exists()
        Enrolment.objects.update(decided_on=JANUARY)
        assert len(made(quiet)) == 1
        Programme.objects.update(reach=Reach.ALL)
        assert session.get(page).status_code == 404

    def test_a_child_left_out_has_nothing_due_until_the_rule_decides_again(
        self, quiet: Pairing, cast: Cast
    ) -> None:
        found = programme()
        assert len(made(quiet)) == 1
        enrol(cast.wenshui, found, quiet.child, Standing.OUT, "监护人不愿意")
        assert not Duty.objects.filter(item__programme=found).exists()
        enrol(cast.wenshui, found, quiet.child, "")
        assert Duty.objects.filter(item__programme=found).count() == 1

    def test_caught_up_after_days_of_outage_and_lapsed_in_the_end(self, quiet: Pairing) -> None:
        programme({"period": Period.WEEK})
        weeks = made(quiet, TODAY + 10 * DAY)
        assert [duty.occasion.split(":")[1] for duty in weeks] == [f"2026-W{n}" for n in range(44, 51)]
        later = made(quiet, TODAY + 60 * DAY)
        assert {duty.state for duty in later[: len(weeks)]} == {State.LAPSED}


class TestWhatIsDone:
    def test_a_visit_of_the_right_way_closes_one_of_several_times(self, quiet: Pairing) -> None:
        programme({"how": How.VISIT, "ways": [Way.HOME], "times": 2})
        Joining.objects.update(joined_on=datetime.date(2026, 11, 1))
        contact(quiet, days_ago(3), way=Way.PHONE)
        contact(quiet, days_ago(2), way=Way.HOME)
        assert [duty.state for duty in made(quiet)] == [State.DONE, State.OPEN]
        assert [duty.state for duty in made(quiet)] == [State.DONE, State.OPEN]
        contact(quiet, days_ago(1), way=Way.HOME)
        assert [duty.done_on for duty in made(quiet)] == [days_ago(2), days_ago(1)]

    def test_a_visit_closes_it_as_soon_as_it_is_logged_but_only_in_the_right_way(
        self, quiet: Pairing, cast: Cast
    ) -> None:
        programme({"how": How.VISIT, "ways": [Way.LETTER]})
        (duty,) = made(quiet)
        for way, state in ((Way.PHONE, State.OPEN), (Way.LETTER, State.DONE)):
            log_visit(cast.mama, Visit(date=TODAY, way=way), [quiet.child], [quiet.volunteer])
            duty.refresh_from_db()
            assert duty.state == state

    def test_a_withdrawn_visit_opens_it_again(self, quiet: Pairing, cast: Cast) -> None:
        programme({"how": How.VISIT, "ways": [Way.HOME]})
        visit = contact(quiet, days_ago(2), way=Way.HOME, recorded_by=cast.wenshui)
        assert [duty.state for duty in made(quiet)] == [State.DONE]
        withdraw_visit(cast.wenshui, visit, "记错了")
        (duty,) = Duty.objects.filter(kind=DutyKind.PROGRAMME)
        assert (duty.state, duty.visit_id) == (State.OPEN, None)

    def test_a_tick_in_the_form_of_a_visit_stays_when_the_visit_is_corrected(
        self, quiet: Pairing, cast: Cast
    ) -> None:
        programme()
        (duty,) = made(quiet)
        mama = Session(cast.mama)
        assert "张小明：写一封信" in text_of(mama.get("/visits/new/"))
        form = {
            "children": [quiet.child_id], "date": TODAY.isoformat(), "way": "PHONE", "programme-done": [duty.pk, 999999],
            "client_uuid": "7d9d3a2e-3d57-4f2e-9d3f-0d6f6f0b1c77",
        }  # fmt: skip
        assert mama.post("/visits/new/", form).status_code == 302
        duty.refresh_from_db()
        assert (duty.state, duty.done_on) == (State.DONE, TODAY)
        follow_visits([duty.visit_id], [quiet.child_id])
        duty.refresh_from_db()
        assert duty.state == State.DONE
        assert "写一封信" in text_of(mama.get(f"/children/{quiet.child_id}/"))

    def test_staff_tick_it_on_its_page_but_not_what_a_visit_has_to_do(
        self, quiet: Pairing, cast: Cast
    ) -> None:
        programme({}, {"name": "去家里", "how": How.VISIT, "ways": [Way.HOME]})
        by_name = {duty.what: duty for duty in made(quiet)}
        page, form = Session(cast.fengcheng), {"act": "done", "done_on": TODAY.isoformat()}
        for duty in by_name.values():
            page.post(f"/care/duties/{duty.pk}/", form)
            duty.refresh_from_db()
        assert (by_name["写一封信"].state, by_name["去家里"].state) == (State.DONE, State.OPEN)
        late = {"act": "done", "done_on": (TODAY + DAY).isoformat()}
        assert page.post(f"/care/duties/{by_name['去家里'].pk}/", late).status_code == 422


class TestOffices:
    def test_an_example_is_adopted_in_one_press_changed_and_begun(self, quiet: Pairing, cast: Cast) -> None:
        page = Session(cast.wenshui)
        key, name = next(iter(examples())), next(iter(examples().values()))["name"]
        for _ in range(2):
            edit = page.post("/programmes/adopt/", {"key": key}).headers["Location"]
        draft = Programme.objects.get()
        assert (draft.name, draft.state, edit) == (name, "DRAFT", f"/programmes/{draft.pk}/edit/")
        shown = text_of(page.get(f"/programmes/{draft.pk}/"))
        assert "会有 1 个孩子、 5 件事" in shown
        assert page.post(f"/programmes/{draft.pk}/run/", {"act": "start"}).status_code == 422
        sent = {"act": "start", "townships": [FENGCHENG]}
        assert page.post(f"/programmes/{draft.pk}/run/", sent).status_code == 302
        assert Joining.objects.get().townships == [FENGCHENG]
        assert len(made(quiet)) == len(next(iter(examples().values()))["items"])

    def test_defining_one_with_its_items_and_changing_it(self, quiet: Pairing, cast: Cast) -> None:
        page = Session(cast.wenshui)
        form = {
            "name": "书香", "first_on": "2026-11-01", "last_on": "2027-10-31", "reach": "ALL", "certificate": "NONE",
            "certificate_share": "100", "items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "0", "items-0-name": "读书",
            "items-0-how": "VISIT", "items-0-period": "MONTH", "items-0-times": "1",
        }  # fmt: skip
        refused = page.post("/programmes/new/", form)
        assert refused.status_code == 422
        assert "请勾选哪种走访算做了" in text_of(refused)
        assert page.post("/programmes/new/", {**form, "items-0-ways": "HOME"}).status_code == 302
        found = Programme.objects.get()
        start(cast.wenshui, found, [])
        Joining.objects.update(joined_on=JANUARY)
        assert [one.what for one in made(quiet)] == ["读书"]
        item = ProgrammeItem.objects.get()
        changed = {
            **form, "items-0-ways": "HOME", "items-0-name": "共读", "items-0-id": item.pk, "items-INITIAL_FORMS": "1",
        }  # fmt: skip
        assert page.post(f"/programmes/{found.pk}/edit/", changed).status_code == 302
        assert [one.what for one in made(quiet)] == ["共读"]
        gone = {**changed, "items-0-DELETE": "on"}
        assert page.post(f"/programmes/{found.pk}/edit/", gone).status_code == 422
        assert page.post("/programmes/new/", {}).status_code == 422

    def test_the_citys_programme_is_joined_and_left_by_the_county(self, quiet: Pairing, cast: Cast) -> None:
        found = programme(region=CITY)
        leave(cast.wenshui, found, WENSHUI)
        assert made(quiet) == []
        page = Session(cast.wenshui)
        sent = {"act": "join", "townships": [FENGCHENG, KAISHAN]}
        assert page.post(f"/programmes/{found.pk}/run/", sent).status_code == 302
        assert Joining.objects.get().townships == []
        Joining.objects.update(joined_on=JANUARY)
        assert len(made(quiet)) == 1
        assert page.post(f"/programmes/{found.pk}/run/", {"act": "end"}).status_code == 403
        assert page.get(f"/programmes/{found.pk}/edit/").status_code == 403
        page.post(f"/programmes/{found.pk}/run/", {"act": "leave"})
        assert not Duty.objects.filter(item__programme=found).exists()

    def test_an_ended_one_takes_back_what_is_open_and_keeps_what_was_done(
        self, quiet: Pairing, cast: Cast
    ) -> None:
        found = programme({}, {"name": "送书"})
        first, _ = made(quiet)
        mark_done(cast.wenshui, first, TODAY)
        end(cast.wenshui, found)
        assert [duty.pk for duty in made(quiet)] == [first.pk]

    def test_a_draft_is_its_own_offices_and_another_county_sees_nothing(self, cast: Cast) -> None:
        draft = adopt(cast.wenshui, WENSHUI, next(iter(examples())))
        assert Session(cast.fengcheng).get(f"/programmes/{draft.pk}/").status_code == 404
        start(cast.wenshui, draft, [])
        assert Session(cast.fengcheng).get(f"/programmes/{draft.pk}/").status_code == 200
        assert Session(cast.xingxian).get(f"/programmes/{draft.pk}/").status_code == 404


class TestProgressAndCertificates:
    def test_by_place_child_and_volunteer(self, quiet: Pairing, cast: Cast) -> None:
        found = programme({}, {"name": "送书"})
        mark_done(cast.wenshui, made(quiet)[0], TODAY)
        enrol(cast.wenshui, found, cast.neighbour, Standing.OUT, "奶奶不同意")
        page = Session(cast.wenshui)
        assert re.search(r"凤城镇 1 2 1 0", text_of(page.get(f"/programmes/{found.pk}/")))
        shown = text_of(page.get(f"/programmes/{found.pk}/children/"))
        assert re.search(r"张小明 .*?1/1 0/1 0", shown)
        assert "李小红" in shown
        assert re.search(r"王爱心 .*?1/1 0/1 0", text_of(page.get(f"/programmes/{found.pk}/volunteers/")))
        assert "奶奶不同意" in text_of(page.get(f"/programmes/{found.pk}/children/{cast.neighbour.pk}/"))
        city = Session(cast.city)
        for path in ("children/", "volunteers/", f"children/{cast.neighbour.pk}/"):
            seen = text_of(city.get(f"/programmes/{found.pk}/{path}"))
            assert not [word for word in ("张小明", "李小红", "王爱心", "奶奶不同意") if word in seen]

    def test_a_certificate_for_who_completed_it_once_nothing_more_will_be_due(
        self, quiet: Pairing, cast: Cast
    ) -> None:
        found = programme({"period": Period.ONCE}, certificate=Certified.CHILD, certificate_title="暖冬之星")
        (duty,) = made(quiet)
        assert completed_by(quiet.child) == []
        mark_done(cast.wenshui, duty, TODAY)
        assert completed_by(quiet.child) == [(found, 1)]
        page = Session(cast.wenshui)
        assert "证书" in text_of(page.get(f"/programmes/{found.pk}/children/"))
        answer = page.get(OF_CHILD.url(quiet.child))
        assert answer.headers["Content-Type"].startswith("application/vnd.openxml")
        words = OF_CHILD.words(quiet.child, cast.wenshui)
        assert words["certificates"][0]["title"] == "暖冬之星"

    def test_no_certificate_while_months_are_still_to_come_or_for_a_volunteer_who_did_less(
        self, quiet: Pairing, cast: Cast
    ) -> None:
        found = programme(certificate=Certified.VOLUNTEER, certificate_title="好妈妈")
        mark_done(cast.wenshui, made(quiet)[0], TODAY)
        assert completed_by(quiet.volunteer) == []
        Programme.objects.update(state=ProgrammeState.ENDED)
        found.refresh_from_db()
        assert completed_by(quiet.volunteer) == [(found, 1)]
        Duty.objects.create(
            child=quiet.child, region_id=quiet.region_id, kind="PROGRAMME", occasion="x:x:1", state="LAPSED",
            opens_on=TODAY, meant_on=TODAY, due_on=TODAY, closed_on=TODAY,
            item=found.items.get(), volunteer=quiet.volunteer,
        )  # fmt: skip
        assert completed_by(quiet.volunteer) == []


def test_no_programmes_name_stands_in_code() -> None:
    named = {row["name"] for row in json.loads(FILE.read_text(encoding="utf-8"))}
    root = Path(settings.BASE_DIR)
    found = [
        path.name
        for folder in ("care", "visits", "reports", "aixin", "templates")
        for path in root.joinpath(folder).rglob("*.*")
        if path.suffix in {".py", ".html"} and any(name in path.read_text(encoding="utf-8") for name in named)
    ]
    assert found == []
