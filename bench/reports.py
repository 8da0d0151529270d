"""What pages cost in a country beside a province, for the same people of the same county.

Run: `.venv/bin/python bench/reports.py PROVINCE NATIONAL` with two directories as AIXIN_VAR, in which
`manage.py migrate` and `manage.py seed_demo --scale province` (and `national`) have run as the owner. 山西 holds the very
same rows in both, so the pages show the same. Both are asked in turn, as role aixin_app with its policies. Writes
docs/benchmarks.md.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aixin.settings.local")
django.setup()

import psycopg2  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from aixin.access.models import User  # noqa: E402
from aixin.access.regions import Level  # noqa: E402
from aixin.access.scope import EVERYTHING, acting, opened  # noqa: E402
from bench.report import write_section  # noqa: E402
from children.models import Child  # noqa: E402
from pairing.models import Pairing  # noqa: E402
from reports.models import ReportForm  # noqa: E402
from reports.periods import Kind, Period  # noqa: E402
from reports.returns.samples import samples  # noqa: E402
from reports.returns.services import set_in_use  # noqa: E402
from visits.models import Visit, VisitedChild  # noqa: E402

ROUNDS, REPEATS, INSERTS = 3, 3, 200
USERS = ("lvliang", "wenshui", "fengcheng")
CITY_USER, COUNTY_USER, COUNTY = "lvliang", "wenshui", "141121"
ASK = "/reports/ask/?subject=children"
LAST_MONTH = Period.containing(timezone.localdate(), Kind.MONTH).previous
WANTED_RATIO, WANTED_BARE, WANTED_WRITE = 1.5, 3.0, 1.3
# Triggers that keep figures: their functions are named so.
FIGURE_TRIGGERS = "aixin\\_outdate\\_%"


class Page(NamedTuple):
    """How a page is asked for; with a text it is a search."""

    path: str
    text: str = ""


class Cost(NamedTuple):
    """Seconds of a page, of its statements, and of the same statements bare."""

    page: float
    statements: float
    bare: float


def pages_of(user: User) -> dict[str, Page]:
    """Return the pages that are measured, searches for a child in the middle of the user's roster."""
    with acting(user):
        known = Child.objects.visible_to(user).registered().filter(idno_index__isnull=False).order_by("pk")
        child = known[known.count() // 2]
    pages = {
        "dashboard": Page("/reports/"),
        "coverage.json": Page("/reports/coverage.json"),
        "children, first page": Page("/children/"),
        "children, page 100 or the last": Page("/children/?page=100"),
        "search by name": Page("/search/", child.name),
        "search by pinyin": Page("/search/", child.pinyin),
        "search by ID": Page("/search/", child.idno),
    }
    post = user.acting_post
    assert post is not None
    pages["query of high risk, not visited in 90 days"] = Page(f"{ASK}&risk=HIGH&last_visit=90")
    pages["query counted by category and sex"] = Page(f"{ASK}&by=category&by2=sex")
    if post.level <= Level.COUNTY:
        pages["monthly report"] = Page(
            f"/reports/returns/{monthly_form().pk}/{LAST_MONTH.key}/{post.region_id}/"
        )
    # A city's list of visits counts all of them, page by page.
    return pages | ({"visits, first page": Page("/visits/")} if post.is_county_or_below else {})


def monthly_form() -> ReportForm:
    """Return the shipped monthly form in use in the city; made where there is none yet."""
    office = User.objects.get(username=CITY_USER)
    assert office.acting_post is not None
    with acting(office):
        found = ReportForm.objects.filter(region=office.acting_post.region_id).first()
        if found is None:
            shipped = samples()["monthly"]
            found = ReportForm.objects.create(
                region_id=office.acting_post.region_id, title=shipped.title, period_kind=Kind.MONTH.value,
                due_days=10, definition=shipped.definition.as_json(), opened_on=LAST_MONTH.first, made_by=office,
            )  # fmt: skip
            set_in_use(office, found, in_use=True)
    return found


def measure() -> dict[str, list[float]]:
    """Return what each page costs each user, medians, as role aixin_app; the bare statements run as the owner."""
    found = {}
    with owner_cursor() as bare:
        for username in USERS:
            user = User.objects.get(username=username)
            client = Client(HTTP_HOST="127.0.0.1")
            client.force_login(user, backend="aixin.access.backends.NameOrPhoneBackend")
            for name, page in pages_of(user).items():
                costs = [cost_of(client, page, bare) for _ in range(REPEATS)]
                found[f"{username}|{name}"] = [
                    statistics.median(column) for column in zip(*costs, strict=True)
                ]
    return found


def cost_of(client: Client, page: Page, bare: Any) -> Cost:
    """Ask for a page once, then send its reads again as the owner, without policies and without an ORM."""
    sent: list[tuple[str, Any, float]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        begin = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            sent.append((sql, params, time.perf_counter() - begin))

    begin = time.perf_counter()
    with connection.execute_wrapper(note):
        answer = client.post(page.path, {"q": page.text}) if page.text else client.get(page.path)
    whole = time.perf_counter() - begin
    assert answer.status_code in {200, 302}, (page.path, answer.status_code)
    reads = [(sql, params, spent) for sql, params, spent in sent if sql.startswith("SELECT")]
    begin = time.perf_counter()
    for sql, params, _ in reads:
        bare.execute(sql, params)
        bare.fetchall()
    again = time.perf_counter() - begin
    bare.connection.rollback()
    return Cost(whole, sum(spent for *_, spent in reads), again)


@contextmanager
def owner_cursor() -> Iterator[Any]:
    """Give a cursor of the tables' owner, whom policies do not bind."""
    said = connection.settings_dict
    client = psycopg2.connect(host=said["HOST"], dbname=said["NAME"], user="aixin_owner")
    try:
        yield client.cursor()
    finally:
        client.close()


def write_costs() -> dict[str, float]:
    """Return the time of inserts with the triggers that keep figures over that without; empty when there are none."""
    triggers = _figure_triggers()
    if not triggers:
        return {}
    with opened(EVERYTHING):
        made = {"visit": _insert_visits, "pairing": _insert_pairings}
        costs = {name: _ratio(insert, triggers) for name, insert in made.items()}
        transaction.set_rollback(True)
    return costs


def _figure_triggers() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE NOT tgisinternal AND proname LIKE %s",
            [FIGURE_TRIGGERS],
        )
        return list(cursor.fetchall())


def _ratio(insert: Callable[[], None], triggers: list[tuple[str, str]]) -> float:
    """Return the median of inserts with over without the triggers, taking turns."""
    spent: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
    for _ in range(ROUNDS * 2):
        for how, seconds in spent.items():
            save = transaction.savepoint()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                for table, name in triggers:
                    cursor.execute(f'ALTER TABLE {table} {how} TRIGGER "{name}"')
            begin = time.perf_counter()
            insert()
            seconds.append(time.perf_counter() - begin)
            transaction.savepoint_rollback(save)
    return statistics.median(spent["ENABLE"]) / statistics.median(spent["DISABLE"])


def _insert_visits() -> None:
    clerk = User.objects.get(username=COUNTY_USER)
    for pairing in Pairing.objects.active().within_region(COUNTY)[:INSERTS]:
        visit = Visit.objects.create(
            region_id=pairing.region_id, date=timezone.localdate(), way="HOME", recorded_by=clerk
        )
        VisitedChild.objects.create(visit=visit, child_id=pairing.child_id)
        visit.volunteers.add(pairing.volunteer_id)


def _insert_pairings() -> None:
    started = timezone.localdate()
    for pairing in Pairing.objects.active().within_region(COUNTY)[:INSERTS]:
        other = Pairing(child=pairing.child, volunteer=pairing.volunteer, state="ACTIVE", started_on=started)
        Pairing.objects.filter(pk=pairing.pk).update(state="ENDED", ended_on=started, end_reason="ADJUSTED")
        other.prepare()
        other.save()


def in_directory(var: str, part: str, role: str) -> Any:
    """Run a part of this file on another AIXIN_VAR and return what it prints."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "REDIS_"))}
    env |= {"AIXIN_VAR": var, "AIXIN_DB_ROLE": role}
    for name in ("SECRET_KEY", "AIXIN_FIELD_KEYS", "AIXIN_INDEX_KEY"):
        env.pop(name, None)
    done = subprocess.run(
        [sys.executable, __file__, part], env=env, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def compare(province: str, national: str) -> None:
    """Measure both in turn and write the table."""
    runs: dict[str, list[dict[str, list[float]]]] = {province: [], national: []}
    for _ in range(ROUNDS):
        for var, results in runs.items():
            results.append(in_directory(var, "measure", "app"))
    small, large = (_medians(results) for results in runs.values())
    write_section(
        "Pages in a country", _table(small, large) + _writes(in_directory(national, "write", "owner"))
    )


def _medians(runs: list[dict[str, list[float]]]) -> dict[str, Cost]:
    return {
        key: Cost(*(statistics.median(column) for column in zip(*(run[key] for run in runs), strict=True)))
        for key in runs[0]
    }


def _table(small: dict[str, Cost], large: dict[str, Cost]) -> list[str]:
    lines = [
        "1.5 million children, 1.2 million volunteers, 12 million visits over 36,000, 25,000 and a million, 山西 with",
        "the very same rows in both: server time of a page. Beside it, at the country's size, the page's reads over",
        "the very same statements sent bare: by the owner, without policies, without an ORM.",
        f"Medians of {ROUNDS} rounds of {REPEATS} requests, in turn; other work ran on the machine meanwhile.",
        "Made by `.venv/bin/python bench/reports.py PROVINCE NATIONAL`.",
        f"Wanted: for the county user (`{COUNTY_USER}`) at most {WANTED_RATIO} and at most {WANTED_BARE:.0f}.",
        "",
        "| user | page | country / province | reads / bare |",
        "|---|---|---|---|",
    ]
    for key, cost in large.items():
        user, page = key.split("|")
        ratio, bare = cost.page / small[key].page, cost.statements / cost.bare
        lines.append(f"| `{user}` | {page} | {ratio:.2f} | {bare:.2f} |")
    return lines


def _writes(costs: dict[str, float]) -> list[str]:
    if not costs:
        return []
    head = ["", "| insert of a | with / without the triggers that keep figures | wanted |", "|---|---|---|"]
    return head + [f"| {name} | {ratio:.2f} | at most {WANTED_WRITE} |" for name, ratio in costs.items()]


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        print(json.dumps(measure()))
    elif sys.argv[1:] == ["write"]:
        print(json.dumps(write_costs()))
    else:
        compare(*sys.argv[1:])
