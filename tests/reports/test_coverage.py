"""The coverage page and its data: one definition, figures that add up, lists as long as their number."""

import datetime
import html
import re
from typing import Any

import pytest
from django.utils import timezone

from children.choices import Category, Consent, LeavingReason
from children.services import leave_roster
from concerns.choices import Kind
from concerns.models import Concern
from concerns.services import raise_concern
from pairing.choices import EndReason, State
from pairing.models import Pairing
from pairing.services import end
from reports.metrics import COVERAGE_KEYS
from tests.cast import CITY, FENGCHENG, KAISHAN, WENSHUI, XIJIE, XINGXIAN, Cast
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory
from tests.pages import counted_on, rows_on
from volunteers.choices import State as VolunteerState

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
CONTRACT = {
    "registered", "eligible", "paired", "unpaired", "volunteers", "pairings", "visits_total", "visits_30d",
    "never_visited", "overdue",
}  # fmt: skip
LISTS = (
    "/children/",
    "/volunteers/",
    "/pairings/",
    "/visits/",
    "/care/",
    "/concerns/",
)


@pytest.fixture
def lively(cast: Cast) -> Cast:
    """The cast with something of every kind, also in rows that belong to no place below their region."""
    today = timezone.localdate()
    ChildFactory(consent=Consent.REFUSED)
    ChildFactory(category=Category.ORPHAN_INSTITUTION)
    ChildFactory(category=Category.ORPHAN_SCATTERED, region_id=FENGCHENG)
    refused = ChildFactory(consent=Consent.REFUSED, region_id=XIJIE)
    PairingFactory(child=refused, volunteer=cast.volunteer)
    PairingFactory(child=cast.child, volunteer=cast.far_volunteer, is_main=False, started_on=today - 40 * DAY)
    PairingFactory(child=cast.unpaired, volunteer=cast.volunteer, state=State.PAUSED, is_main=False)
    PairingFactory(child=cast.far, volunteer=cast.second_volunteer, started_on=today - 31 * DAY)
    PairingFactory(child=cast.outsider_child, volunteer=VolunteerFactory(region_id="140105001"))
    VolunteerFactory(region_id=WENSHUI)
    VolunteerFactory(state=VolunteerState.LEFT)
    VolunteerFactory(state=VolunteerState.SUSPENDED, region_id=XIJIE)
    VisitFactory(date=today - 30 * DAY, children=[cast.neighbour], volunteers=[], recorded_by=cast.wenshui)
    VisitFactory(
        date=today - 29 * DAY, children=[cast.child], volunteers=[cast.volunteer], recorded_by=cast.mama
    )
    VisitFactory(
        withdrawn_at=timezone.now(),
        children=[cast.far],
        volunteers=[cast.second_volunteer],
        recorded_by=cast.xingxian,
    )
    VisitFactory(region_id=WENSHUI, children=[cast.far], recorded_by=cast.wenshui)
    leave_roster(cast.wenshui, ChildFactory(), LeavingReason.OVER_AGE, today)
    return cast


def data(user: Any, region: str = "") -> dict[str, Any]:
    answer = Session(user).get("/reports/coverage.json", {"region": region} if region else {})
    assert answer.status_code == 200
    return answer.json()


def test_the_keys_are_those_of_the_contract(cast: Cast) -> None:
    found = data(cast.city)
    assert set(COVERAGE_KEYS) == CONTRACT
    assert set(found) == {"region", "as_of", "totals", "children"}
    assert found["region"] == CITY
    assert set(found["totals"]) == CONTRACT
    assert [row["region"] for row in found["children"]] == [WENSHUI, XINGXIAN]
    for row in found["children"]:
        assert set(row) >= CONTRACT | {"region"}
        assert all(isinstance(row[key], int) for key in CONTRACT)
    as_of = datetime.datetime.fromisoformat(found["as_of"])
    assert as_of.utcoffset() == datetime.timedelta(hours=8)
    assert abs(timezone.now() - as_of) < datetime.timedelta(minutes=1)


def test_the_figures_of_a_known_city(lively: Cast) -> None:
    assert data(lively.city)["totals"] == {
        "registered": 8, "eligible": 5, "paired": 3, "unpaired": 2, "volunteers": 4, "pairings": 5,
        "visits_total": 4, "visits_30d": 3, "never_visited": 1, "overdue": 2,
    }  # fmt: skip


@pytest.mark.parametrize("region", [CITY, WENSHUI, XINGXIAN, FENGCHENG, KAISHAN])
def test_rows_add_up_to_totals(lively: Cast, region: str) -> None:
    found = data(lively.city, region)
    for key in CONTRACT:
        assert sum(row[key] for row in found["children"]) == found["totals"][key], key


def test_a_row_equals_the_page_of_its_place(lively: Cast) -> None:
    for region in (CITY, WENSHUI, FENGCHENG):
        for row in data(lively.city, region)["children"]:
            if row["region"] != region:
                totals = data(lively.city, row["region"])["totals"]
                assert totals == {key: row[key] for key in CONTRACT}, row["region"]


def test_eligible_is_paired_and_unpaired(lively: Cast) -> None:
    totals = data(lively.city)["totals"]
    assert totals["eligible"] == totals["paired"] + totals["unpaired"]


def _links(page: str) -> list[tuple[str, int]]:
    """Return every link of the page to a list, with the number that it shows."""
    found = []
    for address, inner in re.findall(r'<a[^>]*href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL):
        target = html.unescape(address)
        number = re.match(r"\s*([\d,]+)", re.sub(r"<[^>]+>", " ", inner))
        if number and target.startswith((*LISTS, "/reports/supervision/")) and "figure=" in target:
            found.append((target, int(number[1].replace(",", ""))))
    return found


@pytest.mark.parametrize(
    ("who", "region"),
    [
        ("city", CITY),
        ("city", WENSHUI),
        ("city", FENGCHENG),
        ("city", XIJIE),
        ("wenshui", WENSHUI),
        ("wenshui", KAISHAN),
        ("fengcheng", FENGCHENG),
        ("xingxian", XINGXIAN),
    ],
)
def test_every_number_opens_a_list_of_as_many_rows(lively: Cast, who: str, region: str) -> None:
    session = Session(lively.users[who])
    links = _links(session.get(f"/reports/?region={region}").content.decode())
    assert len(links) >= 12
    for address, number in links:
        assert counted_on(session.get(address)) == number, address


def test_the_figures_of_the_page_are_those_of_the_data(lively: Cast) -> None:
    session = Session(lively.city)
    totals = session.get("/reports/").context["board"].now.totals
    found = data(lively.city)
    assert {key: totals[key] for key in CONTRACT} == found["totals"]


def test_categories_add_up(lively: Cast) -> None:
    answer = Session(lively.city).get("/reports/")
    rows = [row for row in answer.context["categories"] if not row.is_part]
    totals = answer.context["board"].now.totals
    for position, key in enumerate(("registered", "eligible", "paired", "unpaired")):
        assert sum(row.cells[position].value for row in rows) == totals[key], key


def test_the_workbench_leads_to_lists_of_as_many_rows(lively: Cast) -> None:
    session = Session(lively.wenshui)
    todos = session.get("/").context["todos"]
    assert {todo.tag for todo in todos} >= {"应结未结", "已超期"}
    for todo in todos:
        number = int(re.search(r"[\d,]+", todo.text)[0].replace(",", ""))
        assert rows_on(session.get(todo.url)) == number, todo.text


class TestOfficial:
    def test_she_sees_the_same_figures(self, lively: Cast) -> None:
        assert data(lively.official)["totals"] == data(lively.city)["totals"]
        for shown, full in zip(data(lively.official)["children"], data(lively.city)["children"], strict=True):
            assert {key: full[key] for key, value in shown.items() if value is not None} == {
                key: value for key, value in shown.items() if value is not None
            }

    @pytest.mark.parametrize("region", [CITY, WENSHUI, FENGCHENG])
    def test_no_number_leads_to_a_row_and_no_name_is_there(self, lively: Cast, region: str) -> None:
        page = Session(lively.official).get(f"/reports/?region={region}").content.decode()
        assert _links(page) == []
        assert not [address for address in re.findall(r'href="([^"]*)"', page) if address.startswith(LISTS)]
        for name in ("张小明", "张*", "王爱心", "王*"):
            assert name not in page

    def test_she_may_drill_down_places(self, lively: Cast) -> None:
        assert f"?region={WENSHUI}" in Session(lively.official).get("/reports/").content.decode()


class TestScope:
    @pytest.mark.parametrize(
        ("who", "region"),
        [
            ("wenshui", CITY),
            ("wenshui", XINGXIAN),
            ("wenshui", "14"),
            ("fengcheng", WENSHUI),
            ("fengcheng", KAISHAN),
            ("city", "140105"),
            ("official", "1401"),
            ("city", "999999"),
            ("city", "x"),
            ("city", "1411' OR 1=1"),
        ],
    )
    @pytest.mark.parametrize("page", ["/reports/", "/reports/coverage.json"])
    def test_a_region_outside_is_not_found(self, lively: Cast, who: str, region: str, page: str) -> None:
        assert Session(lively.users[who]).get(page, {"region": region}).status_code == 404

    @pytest.mark.parametrize("who", ["mama", "sysadmin", "auditor", "postless"])
    def test_other_roles_see_no_figures(self, cast: Cast, who: str) -> None:
        assert Session(cast.users[who]).get("/reports/coverage.json").status_code == 403

    def test_ones_own_region_is_the_default(self, cast: Cast) -> None:
        assert data(cast.wenshui)["region"] == WENSHUI


class TestTheNextSecond:
    def test_pairing_visiting_and_ending_change_the_figures_at_once(self, cast: Cast) -> None:
        before = data(cast.city)["totals"]
        Session(cast.wenshui).post(
            f"/pairings/new/{cast.unpaired.pk}/{cast.volunteer.pk}/",
            {"started_on": timezone.localdate().isoformat()},
        )
        after = data(cast.city)["totals"]
        assert after["paired"] == before["paired"] + 1
        assert after["never_visited"] == before["never_visited"] + 1
        end(cast.wenshui, Pairing.objects.get(child=cast.unpaired), EndReason.ADJUSTED, timezone.localdate())
        assert data(cast.city)["totals"] == before

    @pytest.mark.parametrize(("days", "late"), [(31, 0), (32, 1)])
    def test_overdue_begins_after_31_days(self, cast: Cast, days: int, late: int) -> None:
        today = timezone.localdate()
        Pairing.objects.exclude(pk=cast.second_pairing.pk).update(started_on=today)
        Pairing.objects.filter(pk=cast.second_pairing.pk).update(started_on=today - days * DAY)
        assert data(cast.city)["totals"]["overdue"] == late


def test_a_township_is_told_what_it_may_not_open(lively: Cast) -> None:
    """Of children that have left it opens no record; the numbers still count them."""
    child = ChildFactory(region_id=FENGCHENG)
    raise_concern(lively.wenshui, child, Concern(kind=Kind.STUDY, text="想要一本字典"))
    leave_roster(lively.wenshui, child, LeavingReason.ADOPTED, timezone.localdate())
    session = Session(lively.fengcheng)
    links = _links(session.get(f"/reports/?region={FENGCHENG}").content.decode())
    raised = next((address, number) for address, number in links if "~concerns_open~" in address)
    answer = session.get(raised[0])
    assert (rows_on(answer), raised[1]) == (0, 1)
    assert "另有 1 条属于已出列或资料已删的儿童，这里不列。" in answer.content.decode()
    for address, number in links:
        assert counted_on(session.get(address)) == number, address
    narrowed = session.get(f"{raised[0]}&kind=STUDY").content.decode()
    assert "属于已出列" not in narrowed
    village = session.get(
        f"/concerns/?figure={raised[0].split('figure=')[1].split('&')[0]}&region={XIJIE}"
    ).content.decode()
    assert "属于已出列" not in village
