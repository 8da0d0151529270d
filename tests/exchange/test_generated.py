"""Whatever layout a roster comes in, every row of it comes out as it was meant, or is rejected for the right reason."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from aixin.access.models import Role, User
from aixin.access.scope import acting
from aixin.exchange.drafts import REJECTED
from aixin.exchange.jobs import load_table
from children.resources import ChildResource
from tests.cast import WENSHUI, make_user
from tests.division import write_regions
from tests.exchange.generated.pages import Roster, make_roster
from tests.exchange.generated.shapes import Shape, shapes

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def resource(django_db_setup: None, django_db_blocker: Any) -> Iterator[ChildResource]:
    """The roster's resource for wenshui's clerk; nothing is stored, so that one database serves all files."""
    with django_db_blocker.unblock(), transaction.atomic():
        write_regions(WENSHUI)
        make_user("wenshui", Role.STAFF, WENSHUI)
        user = User.objects.get(username="wenshui")
        with acting(user):
            yield ChildResource(user)
        transaction.set_rollback(True)


def outcome_of(resource: ChildResource, roster: Roster) -> list[dict[str, Any]]:
    """Return what became of each row, under the keys of the truth."""
    table = load_table(resource, roster.data, roster.filename, {})
    with transaction.atomic():
        outcome = resource.run(table, commit=False)
        transaction.set_rollback(True)
    return [_found(resource, draft) for draft in outcome.drafts]


def _found(resource: ChildResource, draft: Any) -> dict[str, Any]:
    parents = {
        key: draft.values.get(key) or ""
        for key in ("father_name", "mother_name", "father_phone_number", "mother_phone_number")
    }
    return {
        "sheet": draft.sheet,
        "row": draft.number,
        "reasons": draft.reasons,
        "warnings": [] if draft.status == REJECTED else draft.warnings,
        **resource.plain(draft),
        **{key.removesuffix("_number"): value for key, value in parents.items()},
    }


def check(resource: ChildResource, shape: Shape) -> None:
    roster = make_roster(shape)
    found = outcome_of(resource, roster)
    place = [(row["sheet"], row["row"]) for row in found]
    assert place == [(entry["sheet"], entry["row"]) for entry in roster.truth], shape
    for row, entry in zip(found, roster.truth, strict=True):
        meant = dict(entry)
        notes = meant.pop("notes")
        about = ("reasons", "warnings")
        assert [row[key] for key in about] == [meant[key] for key in about], (shape, entry, row)
        if not meant["reasons"]:
            assert {key: row[key] for key in meant} == meant, shape
            assert all(note in row["notes"] for note in notes), shape


FORMS = ("xlsx", "xls", "ods", "utf-8,", "utf-8-sig\t", "gb18030,", "gb18030\t", "utf-16;")
TOWNS = ("plain", "merged", "once", "ditto", "lines")
SHEETS = ("one", "towns", "cover", "notes")
CONTACTS = ("columns", "guardian", "phone", "parents")
#: Every form and way at least once, whatever Hypothesis tries beside.
FIXED = [
    Shape(
        seed,
        FORMS[seed % 8],
        seed % 4,
        seed % 3 + 1,
        TOWNS[seed % 5],
        SHEETS[seed // 2 % 4],
        CONTACTS[seed % 4],
        hidden=seed % 2 == 0,
        repeats_header=seed % 3 == 0,
        subtotals=seed % 2 == 1,
        footer=seed % 5 > 1,
        numbered=seed % 7 > 1,
        ditto=seed % 4 > 1,
    )
    for seed in range(32)
]


@pytest.mark.parametrize("shape", FIXED, ids=lambda shape: f"{shape.seed}-{shape.form[:4]}")
def test_fixed_layouts(resource: ChildResource, shape: Shape) -> None:
    check(resource, shape)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(shape=shapes)
def test_any_layout(resource: ChildResource, shape: Shape) -> None:
    check(resource, shape)
