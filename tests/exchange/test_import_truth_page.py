"""The five sample rosters through the page: the same rows go in as by the command, the same come back."""

import io
from collections import Counter
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from aixin.access.models import Role
from aixin.exchange.choices import ImportState
from aixin.exchange.models import ImportJob
from aixin.exchange.reasons import sentences
from children.models import Child
from pairing.models import Pairing
from tests.cast import WENSHUI, make_user
from tests.conftest import Session
from tests.division import write_regions
from tests.exchange.truth import ROSTERS, SAMPLES, good_rows, truth_of
from volunteers.models import Volunteer

CLERK = "wenshui"


def upload(session: Session, name: str) -> ImportJob:
    content = SimpleUploadedFile(name, (SAMPLES / name).read_bytes())
    answer = session.post(f"/{ROSTERS[name]}/import/", {"file": content})
    assert answer.status_code == 302, answer.context["form"].errors
    return ImportJob.objects.latest("id")


def rows_of_workbook(content: bytes) -> tuple[list[Any], list[list[Any]]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    rows = sheet.to_python(skip_empty_area=False)
    return rows[2], rows[3:]


@pytest.mark.django_db
def test_by_page_the_same_rows_go_in_and_the_same_come_back() -> None:
    write_regions(WENSHUI)
    session = Session(make_user(CLERK, Role.STAFF, WENSHUI))
    for name in ROSTERS:
        truth = truth_of(name)
        bad = [entry for entry in truth if not entry["ok"]]
        good = len(truth) - len(bad)
        job = upload(session, name)
        assert job.counts == {"created": good, "updated": 0, "unchanged": 0, "rejected": len(bad)}, name

        preview = session.get(f"/imports/{job.pk}/").content.decode()
        assert f"确认导入 {good} 行" in preview
        assert "没有认出这些必需的列" not in preview

        session.post(f"/imports/{job.pk}/confirm/")
        job.refresh_from_db()
        assert job.state == ImportState.DONE
        assert job.counts == {"created": good, "updated": 0, "unchanged": 0, "rejected": len(bad)}, name
        assert [row["row"] for row in job.rows()] == [entry["row"] for entry in truth]
        result = session.get(f"/imports/{job.pk}/?status=rejected").content.decode()
        assert "导入完成" in result
        for entry in bad:
            assert sentences(entry["reasons"]) in result

        headings, rows = rows_of_workbook(session.get(f"/imports/{job.pk}/rejected.xlsx").content)
        assert headings[-1] == "退回原因"
        assert [row[-1] for row in rows] == [sentences(entry["reasons"]) for entry in bad]
        for row, entry in zip(rows, bad, strict=True):
            assert entry["reasons"] == ["name_missing"] or entry["name"] in {
                "".join(str(cell).split()) for cell in row
            }

    assert Child.objects.count() == len(good_rows("02-文水县信息台账.xlsx", "01-儿童花名册-规范.xlsx"))
    assert Volunteer.objects.count() == len(good_rows("03-爱心妈妈登记表.xls", "04-爱心妈妈名单.csv"))
    assert Pairing.objects.count() == len(good_rows("05-结对台账.xlsx"))


@pytest.mark.django_db
def test_the_rejected_workbook_corrected_goes_in_without_doubling() -> None:
    """The workbook of bad rows is itself a roster: as it is, it comes back with the same reasons."""
    write_regions(WENSHUI)
    session = Session(make_user(CLERK, Role.STAFF, WENSHUI))
    name = "02-文水县信息台账.xlsx"
    job = upload(session, name)
    session.post(f"/imports/{job.pk}/confirm/")
    content = session.get(f"/imports/{job.pk}/rejected.xlsx").content
    stored = Child.objects.count()
    session.post("/children/import/", {"file": SimpleUploadedFile("退回.xlsx", content)})
    again = ImportJob.objects.latest("id")
    bad = [entry for entry in truth_of(name) if not entry["ok"]]
    assert again.pk != job.pk
    reasons = [row["reasons"] for row in again.rows()]
    # The repeated row is no repetition any more: its first appearance stands on the roster.
    kept = [entry for entry in bad if entry["reasons"] != ["duplicate_in_file"]]
    assert len(reasons) == len(bad)
    assert Counter(reasons) >= Counter(
        sentences(entry["reasons"]) for entry in kept if entry["reasons"] != ["id_precision_lost"]
    )
    assert Child.objects.count() == stored
