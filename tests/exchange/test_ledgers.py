"""Ledgers as offices print them: head, grouped headings, sums, signatures; choice of columns; the way back in."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aixin.access.scope import acting
from aixin.exchange.exporting import Selection, list_of, listed_kinds
from aixin.exchange.filling import destroy_exports_of
from aixin.exchange.ledger_files import LedgerHead, harmless, ledger_csv, ledger_xlsx
from aixin.exchange.models import ColumnChoice, Export, ImportJob
from children.models import Child, Need
from concerns.models import Concern
from pairing.models import Pairing
from tests.cast import FENGCHENG, XIJIE, Cast
from tests.conftest import Session
from tests.exchange.exports import ask, ask_full, cells, decide, download, member
from tests.factories import ChildFactory, PairingFactory, VisitFactory
from tests.pages import text_of as words_of
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
KINDS = sorted(listed.kind for listed in listed_kinds())
EXPORT_PAGES = {"needs": "/children/needs/export/"}
HEAD = LedgerHead("文水县台账", "台账", "文水县妇联", "2026年6月1日", "人", "水印", "号码已隐去")


@pytest.fixture(autouse=True)
def _need(cast: Cast) -> None:
    Need.objects.create(child=cast.child, region_id=XIJIE, topic="STUDY", detail="数学", source="STAFF")
    Concern.objects.create(
        child=cast.child,
        region_id=XIJIE,
        kind="STUDY",
        text="张小明没人辅导",
        raised_by=cast.mama,
        due_at=timezone.now(),
    )


def ledger(user: Any, kind: str, **changes: Any) -> bytes:
    content: bytes = download(user, asked(user, kind, **changes)).content
    return content


def asked(user: Any, kind: str, **changes: Any) -> Export:
    page = EXPORT_PAGES.get(kind, f"/{kind}/export/")
    return ask(user, page.removeprefix("/").removesuffix("/export/"), **changes)


def headings(content: bytes) -> list[str]:
    """Return the heading of each column, from the second row or, where there is no wider one, from the first."""
    above, below = cells(content)[3:5]
    return [low or high for high, low in zip(above, below, strict=True)]


def data(content: bytes) -> list[dict[str, str]]:
    heads = headings(content)
    rows = cells(content)[5:]
    end = next(at for at, row in enumerate(rows) if row[0] == "合计")
    return [dict(zip(heads, row, strict=True)) for row in rows[:end]]


def test_the_five_ledgers_are_there() -> None:
    assert {list_of(kind).title for kind in KINDS} >= {
        "儿童信息台账", "需求台账", "爱心妈妈花名册", "结对台账", "走访记录",
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_ledger_has_title_office_day_unit_sums_and_signatures(cast: Cast, kind: str) -> None:
    content, listed = ledger(cast.wenshui, kind), list_of(kind)
    rows = cells(content)
    today = timezone.localdate()
    assert rows[0][0] == f"文水县{listed.title}"
    office = "".join(rows[2])
    assert "填报单位：文水县妇联" in office
    assert f"填报日期：{today.year}年{today.month}月{today.day}日" in office
    assert f"单位：{listed.unit}" in office
    sums = next(row for row in rows if row[0] == "合计")
    assert sums[1] == f"{len(data(content))}{listed.unit}"
    assert len(data(content)) > 0
    assert [cell for cell in rows[-1] if cell] == ["填表人：", "审核人：", "负责人："]
    assert [row["序号"] for row in data(content)] == [str(n + 1) for n in range(len(data(content)))]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_set_up_for_a_4_across_with_its_head_on_every_page(cast: Cast, kind: str) -> None:
    content = ledger(cast.wenshui, kind)
    sheet = member(content, "xl/worksheets/sheet1.xml")
    assert 'orientation="landscape"' in sheet
    assert 'paperSize="9"' in sheet
    assert 'fitToHeight="0"' in sheet
    assert "$1:$5" in member(content, "xl/workbook.xml")
    assert 'style="thin"' in member(content, "xl/styles.xml")
    merged = re.findall(r'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"', sheet)
    assert any(top == bottom == "4" for _, top, _, bottom in merged), "a wider heading"
    assert any((top, bottom) == ("4", "5") for _, top, _, bottom in merged), "a heading of both rows"


def test_sums_and_tallies_count_the_rows(cast: Cast) -> None:
    Volunteer.objects.filter(pk=cast.volunteer.pk).update(capacity=4)
    content = ledger(cast.wenshui, "volunteers")
    column = headings(content).index("可结对人数")
    shown = sum(int(row["可结对人数"]) for row in data(content))
    assert next(row for row in cells(content) if row[0] == "合计")[column] == str(shown)
    noted = next(row[0] for row in cells(ledger(cast.wenshui, "children")) if row[0].startswith("注："))
    assert "按类别：留守儿童 " in noted
    paired = next(row[0] for row in cells(ledger(cast.wenshui, "pairings")) if row[0].startswith("注："))
    assert (
        f"儿童 {Pairing.objects.filter(region__code__startswith='141121').values('child').distinct().count()} 人"
        in paired
    )


def test_the_title_names_the_place_filtered_by(cast: Cast) -> None:
    export = ask(cast.wenshui, query=f"?region={FENGCHENG}")
    assert cells(download(cast.wenshui, export).content)[0][0] == "文水县凤城镇儿童信息台账"


def test_a_place_outside_one_s_own_is_no_title(cast: Cast) -> None:
    with acting(cast.fengcheng):
        found = Selection(list_of("children"), cast.fengcheng, QueryDict("region=1411"))
        assert found.area == FENGCHENG


def test_the_needs_are_one_a_row(cast: Cast) -> None:
    row = next(row for row in data(ledger(cast.wenshui, "needs")) if row["儿童编号"] == cast.child.no)
    assert (row["需求"], row["具体内容"], row["来源"]) == ("学业辅导", "数学", "工作人员登记")
    assert (row["乡镇（街道）"], row["状态"]) == ("凤城镇", "待落实")


def test_the_city_gets_neither_words_nor_birthdays_nor_names(cast: Cast) -> None:
    for kind in KINDS:
        offered = [column.key for column in list_of(kind).columns if not (column.fixed or column.full_only)]
        content = ledger(cast.city, kind, columns=offered)
        said = "\n".join(cell for row in cells(content) for cell in row)
        for secret in ("张小明", "王爱心", "高奶奶", "数学", "孩子情绪不错", f"{cast.child.birth:%Y-%m-%d}"):
            assert secret not in said, kind
        assert "县区" in headings(content)


def test_columns_are_chosen_and_remembered_for_the_next_time(cast: Cast) -> None:
    first = headings(ledger(cast.wenshui, "children", columns=["grade", "aid"]))
    assert first == ["序号", "儿童编号", "姓名", "年级", "享受救助"]
    page = Session(cast.wenshui).get("/children/export/").content.decode()
    ticked = re.findall(r'name="columns" value="(\w+)"[^>]*checked', page)
    assert sorted(ticked) == ["aid", "grade"]
    assert (
        "checked"
        not in re.findall(
            r'name="columns" value="aid"[^>]*',
            Session(cast.fengcheng).get("/children/export/").content.decode(),
        )[0]
    )
    assert ColumnChoice.objects.get().user == cast.wenshui
    usual = headings(ledger(cast.wenshui, "children"))
    assert "监护人电话" in usual
    assert "享受救助" not in usual


def test_a_column_that_is_not_offered_is_refused_in_words(cast: Cast) -> None:
    answer = Session(cast.city).post(
        "/children/export/",
        {"contents": "masked", "purpose": "DAILY", "recipient": "甲", "columns": ["idno"]},
    )
    assert answer.status_code == 200
    assert "idno" in str(answer.context["form"].errors)
    assert not Export.objects.exists()


def test_an_approved_ledger_keeps_the_columns_asked_for(cast: Cast) -> None:
    export = ask_full(cast.fengcheng, columns=["idno", "guardian"], file_format="csv")
    decide(cast.wenshui, export)
    export.refresh_from_db()
    answer = download(cast.fengcheng, export)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert export.filename.endswith(".csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["序号", "儿童编号", "姓名", "身份证号", "监护人姓名"]
    line = next(row for row in rows if row[2] == "张小明")
    assert line[3].strip() == cast.child.idno
    assert line[4] == "高奶奶"


def test_a_masked_ledger_has_no_column_for_full_numbers(cast: Cast) -> None:
    content = ledger(cast.wenshui, "children", columns=["idno", "guardian", "phone"])
    assert headings(content) == ["序号", "儿童编号", "姓名", "监护人姓名", "监护人电话"]
    row = next(row for row in data(content) if row["姓名"] == "张小明")
    assert row["监护人姓名"] == "高**"
    assert "****" in row["监护人电话"]


def test_csv_has_a_mark_for_excel_one_row_of_headings_and_the_watermark(cast: Cast) -> None:
    content = ledger(cast.wenshui, "children", file_format="csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["序号", "儿童编号", "姓名"]
    assert "wenshui姓名" in rows[-1][0]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", " =1", "＝1"])
def test_csv_cells_are_no_formulas(text: str) -> None:
    assert harmless(text) == "'" + text


def test_csv_keeps_long_numbers_and_leaves_words_alone() -> None:
    assert harmless("141121201503040012") == "\t141121201503040012"
    assert [harmless(text) for text in ("张小明", "100123", "")] == ["张小明", "100123", ""]


def test_an_edited_ledger_comes_back_to_its_rows(cast: Cast) -> None:
    """Masked as it is: what was hidden says nothing, the changed school is the one change."""
    keys = [c.key for c in list_of("children").columns if not (c.full_only or c.wide or c.fixed)]
    Child.objects.filter(pk=cast.child.pk).update(school="城关小学", notes="电话13900002222")
    before = cast.child.main_guardian
    content = ledger(cast.wenshui, "children", columns=keys, file_format="csv")
    edited = content.decode("utf-8-sig").replace("城关小学", "实验小学").encode()
    session = Session(cast.wenshui)
    sent = session.post("/children/import/", {"file": SimpleUploadedFile("台账.csv", edited)})
    assert sent.status_code == 302
    job = ImportJob.objects.latest("id")
    assert job.counts == {"created": 0, "updated": 1, "unchanged": 2, "rejected": 0}
    (changed,) = [row for row in job.rows() if row["status"] == "updated"]
    assert [change["label"] for change in changed["changes"]] == ["学校"]
    session.post(f"/imports/{job.pk}/confirm/")
    child = Child.objects.get(pk=cast.child.pk)
    assert (child.school, child.notes) == ("实验小学", "电话13900002222")
    assert (child.main_guardian.name, child.main_guardian.phone) == (before.name, before.phone)


def test_a_number_that_nobody_has_needs_a_birth_date(cast: Cast) -> None:
    text = (
        ledger(cast.wenshui, "children", file_format="csv")
        .decode("utf-8-sig")
        .replace(cast.child.no, "100000")
    )
    Session(cast.wenshui).post("/children/import/", {"file": SimpleUploadedFile("台账.csv", text.encode())})
    job = ImportJob.objects.latest("id")
    assert job.counts == {"created": 0, "updated": 0, "unchanged": 2, "rejected": 1}


@pytest.mark.parametrize("kind", ["children", "volunteers", "pairings"])
def test_a_printed_ledger_is_read_again_without_a_change(cast: Cast, kind: str) -> None:
    content = ledger(cast.wenshui, kind)
    Session(cast.wenshui).post(f"/{kind}/import/", {"file": SimpleUploadedFile("台账.xlsx", content)})
    counts = ImportJob.objects.latest("id").counts
    assert counts == {"created": 0, "updated": 0, "unchanged": len(data(content)), "rejected": 0}


WISHES = {
    "volunteers": ["reach", "wished_age_from", "wished_age_to", "wished_sex", "wished_categories"],
    "children": ["wanted_volunteers", "family_case"],
}


@pytest.mark.parametrize("kind", ["children", "volunteers"])
def test_wishes_for_the_pairing_go_out_and_come_in_again(cast: Cast, kind: str) -> None:
    """A file with what each is to have or would like makes the record the same, and is then the same itself."""
    wished = {
        "reach": "NEIGHBOURS", "wished_age_from": 6, "wished_age_to": 12, "wished_sex": "F",
        "wished_categories": ["LEFT_BEHIND", "ORPHAN_SCATTERED"],
    }  # fmt: skip
    said = {"wanted_volunteers": 2, "family_case": True}
    model, values = (Child, said) if kind == "children" else (Volunteer, wished)
    row = cast.child if kind == "children" else cast.volunteer
    blank = {key: row._meta.get_field(key).get_default() for key in values}
    model.objects.filter(pk=row.pk).update(**values)
    ask_full(cast.fengcheng, kind, columns=WISHES[kind], file_format="csv")
    export = Export.objects.latest("id")
    decide(cast.wenshui, export)
    content = download(cast.fengcheng, export).getvalue()
    counted = []
    for before in (values, blank):
        model.objects.filter(pk=row.pk).update(**before)
        session = Session(cast.fengcheng)
        session.post(f"/{kind}/import/", {"file": SimpleUploadedFile("台账.csv", content)})
        job = ImportJob.objects.latest("id")
        counted.append(job.counts["updated"])
        session.post(f"/imports/{job.pk}/confirm/")
    assert counted == [0, 1]
    row.refresh_from_db()
    assert {key: getattr(row, key) for key in values} == values


def queries_for(cast: Cast, kind: str) -> int:
    with acting(cast.wenshui):
        selection = Selection(list_of(kind), cast.wenshui, QueryDict())
        every = [column.key for column in list_of(kind).columns]
        with CaptureQueriesContext(
            connection,
        ) as caught:
            content = ledger_xlsx(HEAD, selection.rows(every, full=True))
        assert content
        return len(caught)


def test_no_query_per_row(cast: Cast) -> None:
    before = {kind: queries_for(cast, kind) for kind in KINDS}
    for _ in range(3):
        child = ChildFactory(region_id=XIJIE)
        Need.objects.create(child=child, region_id=XIJIE, topic="STUDY", source="STAFF")
        PairingFactory(child=child, volunteer=cast.volunteer)
        VisitFactory(region_id=XIJIE, children=[child], volunteers=[cast.volunteer], recorded_by=cast.wenshui)
    assert {kind: queries_for(cast, kind) for kind in KINDS} == before


def test_rows_are_read_in_portions(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the portions, nothing is left out or doubled, and each portion has what its rows need."""
    monkeypatch.setattr("aixin.exchange.ledgers.CHUNK", 1)
    with acting(cast.wenshui):
        rows = Selection(list_of("children"), cast.wenshui, QueryDict()).rows(
            ["needs", "volunteers"], full=False
        )
        text = ledger_csv(HEAD, rows).decode("utf-8-sig")
    assert len(set(rows.row_ids)) == len(rows.row_ids) == 3
    assert "学业辅导" in text
    assert "王爱心" in text


def test_an_erasure_finds_the_people_named_in_needs_and_visits(cast: Cast) -> None:
    for kind in ("needs", "visits"):
        export = asked(cast.wenshui, kind)
        assert destroy_exports_of("children.child", cast.child.pk) == 1
        export.refresh_from_db()
        assert export.content == ""


def test_each_ledger_is_reached_from_a_page(cast: Cast) -> None:
    session = Session(cast.wenshui)
    start = session.get("/imports/").content.decode()
    for kind in KINDS:
        assert list_of(kind).export_url in start
    assert reverse("children:needs") in session.get("/children/").content.decode()
    needs = words_of(session.get("/children/needs/").content.decode())
    assert "导出需求台账" in needs
    assert "数学" in needs
