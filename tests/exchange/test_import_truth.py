"""The five sample rosters go in exactly as their truth says, by the command."""

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Q

from aixin.access.models import Role
from aixin.privacy.fields import index_of
from aixin.vocabulary import CareTopic
from children.choices import Category
from children.models import Child, Guardian
from pairing.choices import State
from pairing.models import Pairing
from tests.cast import WENSHUI, make_user
from tests.division import write_regions
from tests.exchange.truth import ABOUT, ROSTERS, SAMPLES, good_rows, truth_of
from volunteers.choices import VolunteerKind
from volunteers.models import Volunteer

CLERK = "wenshui"
every_sample = pytest.mark.parametrize("name", ROSTERS)


def import_sample(name: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command(
        "import_roster", ROSTERS[name], str(SAMPLES / name), "--as", CLERK, "--json", "--values", stdout=out
    )
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def imported(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, dict[str, Any]]]:
    """All five files, imported once by the command; every test of the module looks at the same database."""
    with django_db_blocker.unblock(), transaction.atomic():
        write_regions(WENSHUI)
        make_user(CLERK, Role.STAFF, WENSHUI)
        yield {name: import_sample(name) for name in ROSTERS}
        transaction.set_rollback(True)


@pytest.mark.django_db
@every_sample
class TestByCommand:
    def test_every_row_comes_to_what_the_truth_says(self, imported: dict[str, Any], name: str) -> None:
        found = [
            (row["row"], row["status"] != "rejected", row["reasons"], row["warnings"])
            for row in imported[name]["rows"]
        ]
        expected = [
            (entry["row"], entry["ok"], entry.get("reasons", []), entry.get("warnings", []))
            for entry in truth_of(name)
        ]
        assert found == expected

    def test_good_rows_are_new_and_the_counts_add_up(self, imported: dict[str, Any], name: str) -> None:
        report, truth = imported[name], truth_of(name)
        counted = Counter(row["status"] for row in report["rows"])
        assert {key: report[key] for key in ("created", "updated", "unchanged", "rejected")} == {
            "created": sum(entry["ok"] for entry in truth),
            "updated": 0,
            "unchanged": 0,
            "rejected": sum(not entry["ok"] for entry in truth),
        }
        assert sum(counted.values()) == len(truth)

    def test_good_rows_have_the_true_values(self, imported: dict[str, Any], name: str) -> None:
        by_row = {row["row"]: row["values"] for row in imported[name]["rows"]}
        for entry in good_rows(name):
            meant = {key: value for key, value in entry.items() if key not in ABOUT}
            assert {key: by_row[entry["row"]][key] for key in meant} == meant, entry["row"]

    def test_a_second_import_changes_nothing(self, imported: dict[str, Any], name: str) -> None:
        before = [model.objects.count() for model in (Child, Guardian, Volunteer, Pairing)]
        again = import_sample(name)
        truth = truth_of(name)
        assert (again["created"], again["updated"]) == (0, 0)
        assert again["unchanged"] == sum(entry["ok"] for entry in truth)
        assert again["rejected"] == sum(not entry["ok"] for entry in truth)
        assert [row["reasons"] for row in again["rows"]] == [entry.get("reasons", []) for entry in truth]
        assert [model.objects.count() for model in (Child, Guardian, Volunteer, Pairing)] == before


def _place(region: Any) -> tuple[str, str]:
    return region.code[:9], region.code if len(region.code) == 12 else ""


@pytest.mark.django_db
def test_children_are_stored_with_the_true_values(imported: dict[str, Any]) -> None:
    topics = dict(CareTopic.choices)
    for entry in good_rows("02-文水县信息台账.xlsx", "01-儿童花名册-规范.xlsx"):
        child = Child.objects.get(idno_index=index_of(entry["idno"]))
        guardian = child.guardians.get()
        stored = {
            "name": child.name,
            "sex": child.get_sex_display(),
            "ethnicity": child.ethnicity,
            "birth": child.birth.isoformat(),
            "idno": child.idno,
            "township_code": _place(child.region)[0],
            "village_code": _place(child.region)[1],
            "category": child.category,
            "school": child.school,
            "grade": child.grade,
            "guardian": guardian.name,
            "relation": guardian.relation,
            "phone": guardian.phone,
            "need": topics[child.needs.get().topic] if entry["need"] else "",
            "notes": child.notes,
        }
        meant = {"notes": "", **{key: entry[key] for key in entry if key in stored}}
        assert stored == meant, (entry["row"], entry["name"])
    assert Child.objects.count() == len(good_rows("02-文水县信息台账.xlsx", "01-儿童花名册-规范.xlsx"))


@pytest.mark.django_db
def test_volunteers_are_stored_with_the_true_values(imported: dict[str, Any]) -> None:
    topics, kinds = dict(CareTopic.choices), dict(VolunteerKind.choices)
    truths = good_rows("03-爱心妈妈登记表.xls", "04-爱心妈妈名单.csv")
    for entry in truths:
        found = Volunteer.objects.get(
            Q(idno_index=index_of(entry["idno"]))
            if entry["idno"]
            else Q(phone_index=index_of(entry["phone"]))
        )
        stored = {
            "name": found.name,
            "sex": found.get_sex_display(),
            "birth": found.birth.isoformat() if found.birth else "",
            "idno": found.idno,
            "township_code": _place(found.region)[0],
            "phone": found.phone,
            "unit": found.unit,
            "kind": kinds[found.kind],
            "skills": "、".join(topics[code] for code in found.skills),
            "capacity": found.capacity,
        }
        assert stored == {key: entry[key] for key in stored}, (entry["row"], entry["name"])
    assert Volunteer.objects.count() == len(truths)


@pytest.mark.django_db
def test_pairs_are_stored_active_to_verify_with_liaison_and_agreement(imported: dict[str, Any]) -> None:
    truths = good_rows("05-结对台账.xlsx")
    for entry in truths:
        pairing = Pairing.objects.get(
            child__idno_index=index_of(entry["child_idno"]),
            volunteer__phone_index=index_of(entry["volunteer_phone"]),
        )
        stored = {
            "volunteer": pairing.volunteer.name,
            "started": pairing.started_on.isoformat(),
            "liaison": pairing.liaison,
            "liaison_phone": pairing.liaison_phone,
            "agreement_signed": pairing.agreement_signed,
        }
        assert stored == {key: entry[key] for key in stored}, entry["row"]
        assert (pairing.state, pairing.to_verify) == (State.ACTIVE, True)
        assert pairing.region_id == pairing.child.region_id
    assert Pairing.objects.count() == len(truths)


@pytest.mark.django_db
def test_every_paired_child_has_exactly_one_main_volunteer(imported: dict[str, Any]) -> None:
    mains = Counter(Pairing.objects.filter(is_main=True).values_list("child_id", flat=True))
    assert mains == dict.fromkeys(Pairing.objects.values_list("child_id", flat=True), 1)


@pytest.mark.django_db
def test_ids_and_phones_lie_encrypted_in_the_database(imported: dict[str, Any]) -> None:
    entry = good_rows("02-文水县信息台账.xlsx")[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(idno, ' ') FROM children_child")
        idnos = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(phone, ' ') FROM children_guardian")
        phones = cursor.fetchone()[0]
    assert entry["idno"] not in idnos
    assert entry["phone"] not in phones
    assert not re.search(r"\b[1-9]\d{16}[\dX]\b", idnos)
    assert not re.search(r"\b1[3-9]\d{9}\b", phones)


@pytest.mark.django_db
def test_categories_add_up_to_the_truth(imported: dict[str, Any]) -> None:
    stored = Counter(Child.objects.values_list("category", flat=True))
    truth = good_rows("02-文水县信息台账.xlsx", "01-儿童花名册-规范.xlsx")
    assert stored == Counter(entry["category"] for entry in truth)
    assert set(stored) <= set(Category.values)
