"""The demo city shows exactly what 吕梁 published, and its accounts work."""

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F
from django.test import Client, override_settings
from django.utils import timezone

from aixin.access.extension import extensions_of
from aixin.access.models import User
from aixin.exchange.reading.values import parse_idno
from care.models import Duty
from children.models import Child, Guardian
from pairing.models import Pairing, Proposal
from tests.conftest import Session
from tests.pages import rows_on
from visits.models import Visit
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
ACCOUNTS = {
    "sysadmin", "auditor", "lvliang", "lvliang-official", "wenshui", "xingxian", "fengcheng", "chair", "mama1", "mama2",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The demo city, built once by the command; gives the accounts of its file."""
    var = tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock(), override_settings(VAR_DIR=var), transaction.atomic():
        call_command("seed_demo", "--scale", "demo", stdout=io.StringIO())
        yield json.loads((var / "demo-accounts.json").read_text())
        transaction.set_rollback(True)


def session_of(username: str) -> Session:
    return Session(User.objects.get(username=username))


def coverage(username: str, region: str = "") -> dict[str, Any]:
    return session_of(username).get("/reports/coverage.json", {"region": region} if region else {}).json()


def test_the_city_has_the_published_figures(demo: dict[str, str]) -> None:
    totals = coverage("lvliang")["totals"]
    published = {"registered": 1488, "eligible": 1488, "paired": 1488, "unpaired": 0, "volunteers": 2845}
    assert {key: totals[key] for key in published} == published
    assert totals["visits_total"] == 352
    assert totals["pairings"] >= 2845


def test_the_dashboard_shows_them(demo: dict[str, str]) -> None:
    for username in ("lvliang", "lvliang-official"):
        answer = session_of(username).get("/reports/")
        page = answer.content.decode()
        for figure in ("2,845", "1,488", "838", "574", "76", "352", "100.0"):
            assert re.search(rf"(?<![\d,.]){re.escape(figure)}(?![\d,])", page), (username, figure)


def test_by_category_as_published(demo: dict[str, str]) -> None:
    rows = session_of("lvliang").get("/reports/").context["categories"]
    shown = {row.name: (row.cells[0].value, row.cells[2].value) for row in rows if not row.is_part}
    assert shown == {"留守困境儿童": (838, 838), "事实无人抚养": (574, 574), "散居孤儿": (76, 76)}


def test_all_13_counties_have_children_and_add_up(demo: dict[str, str]) -> None:
    found = coverage("lvliang")
    assert len(found["children"]) == 13
    assert all(row["registered"] and row["volunteers"] and row["visits_total"] for row in found["children"])
    for key, total in found["totals"].items():
        assert sum(row[key] for row in found["children"]) == total, key


def test_the_lists_are_as_long_as_the_figures(demo: dict[str, str]) -> None:
    session = session_of("lvliang")
    assert rows_on(session.get("/children/?figure=paired&region=1411")) == 1488
    assert rows_on(session.get("/volunteers/?figure=qualified&region=1411")) == 2845
    assert rows_on(session.get("/visits/?figure=standing&region=1411")) == 352
    assert rows_on(session.get("/children/?figure=unpaired&region=1411")) == 0


def test_the_city_is_lively_and_nothing_is_in_the_future(demo: dict[str, str]) -> None:
    totals = coverage("lvliang")["totals"]
    assert 0 < totals["overdue"] < totals["pairings"] / 2
    assert 0 < totals["visits_30d"] < totals["visits_total"]
    assert all(visit.date <= timezone.localdate(visit.recorded_at) for visit in Visit.objects.all())


def test_duties_were_done_in_time_and_late_and_some_are_overdue(demo: dict[str, str]) -> None:
    due = Duty.objects.filter(due_on__lt=timezone.localdate())
    done, some = due.filter(state="DONE"), due.count() / 10
    assert done.filter(done_on__lte=F("due_on")).count() > some
    assert done.filter(done_on__gt=F("due_on")).count() > some
    assert due.filter(state="OPEN").count() > some
    assert not Duty.objects.filter(done_on__gt=timezone.localdate()).exists()


def test_every_visit_is_within_a_pairing_of_its_volunteer(demo: dict[str, str]) -> None:
    started = {
        (child, volunteer): day
        for child, volunteer, day in Pairing.objects.values_list("child_id", "volunteer_id", "started_on")
    }
    visits = Visit.objects.values_list("visited__child_id", "volunteers__id", "date")
    for child, volunteer, day in visits:
        assert volunteer is None or day >= started[child, volunteer], (child, volunteer)


def test_every_child_has_exactly_one_main_volunteer(demo: dict[str, str]) -> None:
    mains = Counter(Pairing.objects.active().filter(is_main=True).values_list("child_id", flat=True))
    assert set(mains.values()) == {1}
    assert len(mains) == 1488


def test_every_visit_of_the_demo_has_a_volunteer(demo: dict[str, str]) -> None:
    assert not Visit.objects.filter(volunteers__isnull=True).exists()


def test_every_id_is_valid_and_of_a_district_that_does_not_exist(demo: dict[str, str]) -> None:
    """Whoever exports demo rows, corrects one and imports it again must not be told that it is wrong."""
    people = [
        *Child.objects.exclude(idno_index=None)[:300],
        *Volunteer.objects.exclude(idno_index=None)[:300],
    ]
    assert len(people) == 600
    for person in people:
        assert person.idno.startswith("99")
        assert parse_idno(person.idno) == person.idno


def test_every_phone_is_of_the_demo_range_and_no_two_share_one(demo: dict[str, str]) -> None:
    phones = [row.phone for model in (Volunteer, Guardian) for row in model.objects.all()]
    assert all(re.fullmatch(r"1990\d{7}", phone) for phone in phones)
    # Two siblings have one grandparent; one beside the published number is of the city's own offices and has only signed up.
    assert len(phones) == 2845 + 1488 + 1
    assert len(set(phones)) == len(phones) - 1


@pytest.mark.parametrize(
    "path",
    [
        # Every child of the city has a main volunteer.
        *(
            f"/pairings/?figure={key}&region=141121"
            for key in extensions_of("pairing.pairing").figures
            if key != "no_main"
        ),
        "/pairings/match/",
        "/pairings/match/?tab=rejected",
        "/pairings/reports/",
        *(
            f"/recruitment/?figure={stage}"
            for stage in ("pending", "returned", "qualified", "unsuccessful", "withdrawn")
        ),
        "/volunteers/?figure=free",
    ],
)
def test_no_page_of_the_pairing_is_empty(demo: dict[str, str], path: str) -> None:
    context = session_of("wenshui").get(path).context
    rows = next(context[name] for name in ("table", "page", "reports") if name in context)
    assert len(getattr(rows, "rows", getattr(rows, "object_list", rows)))


def test_the_map_shows_neighbours_and_two_siblings_wait_for_another_volunteer(demo: dict[str, str]) -> None:
    tiles = session_of("wenshui").get("/pairings/map/").context["picture"].tiles
    assert all(tile.beside for tile in tiles)
    shared = Guardian.objects.values("phone_index").annotate(n=Count("pk")).filter(n=2)
    family = Guardian.objects.filter(phone_index__in=shared.values("phone_index")).values("child")
    assert Proposal.objects.filter(child__in=family).count() == 2


def test_the_returns_of_last_month_are_handed_in_sent_back_and_missing(demo: dict[str, str]) -> None:
    page = session_of("lvliang").get("/reports/returns/").context
    assert [(one.form.period_kind, one.done, one.places) for one in page["collected"]] == [
        ("month", 9, 13),
        ("quarter", 2, 13),
    ]
    (back,) = [
        task for task in session_of("xingxian").get("/reports/returns/").context["tasks"] if task.is_returned
    ]
    assert back.found.remark
    (waiting,) = [
        task for task in session_of("wenshui").get("/reports/returns/").context["tasks"] if not task.is_done
    ]
    assert waiting.form.period_kind == "quarter"


def test_leaders_look_after_counties_and_findings_stand_at_every_step(demo: dict[str, str]) -> None:
    boxes = session_of("lvliang").get("/reports/supervision/").context["boxes"]
    assert {box.key: box.number for box in boxes} == {"": 3, "late": 1, "judge": 1, "closed": 1}
    lines = session_of("lvliang").get("/reports/supervision/leaders/").context["lines"]
    assert [len(counties) for _, counties in lines] == [1, 2]
    assert len(session_of("lvliang-official").get("/reports/supervision/").context["lines"]) == 1


def test_the_file_names_all_accounts(demo: dict[str, str]) -> None:
    assert set(demo) == ACCOUNTS


@pytest.mark.parametrize("username", sorted(ACCOUNTS))
def test_each_account_logs_in_and_has_a_home(demo: dict[str, str], username: str) -> None:
    client = Client(REMOTE_ADDR=str(IPv6Address(uuid4().int)))
    answer = client.post("/accounts/login/", {"login": username, "password": demo[username]})
    assert answer.status_code == 302, answer.context["form"].errors
    home = client.get("/", follow=True)
    assert home.status_code == 200
    assert home.request["PATH_INFO"] == ("/reports/" if username == "lvliang-official" else "/")


@pytest.mark.parametrize(
    ("username", "region"), [("wenshui", "141121"), ("xingxian", "141123"), ("fengcheng", "141121100")]
)
def test_staff_stand_at_their_place_and_it_is_not_empty(
    demo: dict[str, str], username: str, region: str
) -> None:
    found = coverage(username)
    assert found["region"] == region
    assert found["totals"]["registered"] > 0
    assert User.objects.get(username=username).acting_post.is_head is (username == "wenshui")


@pytest.mark.parametrize("username", ["mama1", "mama2"])
def test_a_mother_has_children_that_are_hers_alone_and_one_of_them_is_overdue(
    demo: dict[str, str], username: str
) -> None:
    mother = Volunteer.objects.get(user__username=username)
    assert mother.region_id.startswith("141121")
    cards = session_of(username).get("/").context["cards"]
    assert cards
    assert any(card.tone == "danger" for card in cards)
    # Each with her own: what one of the two sees, the other must not.
    other = {"mama1": "mama2", "mama2": "mama1"}[username]
    hers = {card.child.pk for card in session_of(other).get("/").context["cards"]}
    assert not hers & {card.child.pk for card in cards}


def test_the_chair_has_her_village_and_a_pair_of_her_own_on_one_page(demo: dict[str, str]) -> None:
    shown = session_of("chair").get("/").context
    assert shown["children"] >= 8
    assert shown["due"]
    own = next(group for group in shown["groups"] if group.title == "和您结对的孩子")
    assert not own.cards[0].elsewhere


def test_the_reminder_reaches_them(demo: dict[str, str]) -> None:
    call_command("remind", stdout=io.StringIO())
    for username in ("mama1", "mama2"):
        assert "没有联系" in session_of(username).get("/inbox/").content.decode()


def test_a_second_seed_refuses_and_changes_nothing(demo: dict[str, str], tmp_path: Path) -> None:
    before = [model.objects.count() for model in (Child, Volunteer, Pairing, Visit, User)]
    with override_settings(VAR_DIR=tmp_path), pytest.raises(CommandError, match="not empty"):
        call_command("seed_demo", stdout=io.StringIO())
    assert [model.objects.count() for model in (Child, Volunteer, Pairing, Visit, User)] == before
    assert not list(tmp_path.iterdir())
