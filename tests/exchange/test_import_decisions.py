"""Between preview and import: whose values stand, rows corrected or left out, who is not in the file, a pasted block."""

import io
from typing import Any

import pytest
import xlsxwriter
from lxml import html

from aixin.access.numbers import Kind, build
from aixin.exchange import deciding
from aixin.exchange.models import ImportJob
from children.models import Child
from tests.cast import KAISHAN, Cast
from tests.conftest import Session
from tests.exchange.exports import cells, member
from tests.exchange.rosters import HEAD, child_row, confirmed, idno_of, roster_rows, uploaded
from tests.factories import ChildFactory
from tests.pages import text_of

pytestmark = pytest.mark.django_db


def row_url(job: ImportJob, place: int) -> str:
    return f"/imports/{job.pk}/rows/{place}/"


def fates(job: ImportJob) -> list[str]:
    job.refresh_from_db()
    return [row["status"] for row in job.rows()]


@pytest.fixture
def differing(cast: Cast) -> tuple[Child, ImportJob]:
    """A child on the roster without a school, and an open file that says otherwise of phone and school."""
    confirmed(cast.wenshui, [child_row(1)])
    changed = child_row(1, 监护人电话="13900002222", 学校="实验小学")
    return Child.objects.latest("pk"), uploaded(cast.wenshui, [changed, child_row(2)])


class TestWhoseValuesStand:
    @pytest.mark.parametrize(
        ("policy", "phone", "school"),
        [
            ("mine", "13900002222", "实验小学"),
            ("blank", "13900001111", "实验小学"),
            ("keep", "13900001111", ""),
        ],
    )
    def test_for_the_whole_file(
        self, cast: Cast, differing: tuple[Child, ImportJob], policy: str, phone: str, school: str
    ) -> None:
        child, job = differing
        Session(cast.wenshui).post(f"/imports/{job.pk}/policy/", {"policy": policy})
        Session(cast.wenshui).post(f"/imports/{job.pk}/confirm/")
        child.refresh_from_db()
        guardian = child.main_guardian
        assert guardian is not None
        assert (guardian.phone, child.school) == (phone, school)
        assert fates(job) == ["unchanged" if policy == "keep" else "updated", "created"]

    def test_the_preview_follows_at_once_and_writes_nothing(
        self, cast: Cast, differing: tuple[Child, ImportJob]
    ) -> None:
        before, (_, job) = roster_rows(), differing
        page = Session(cast.wenshui).post(f"/imports/{job.pk}/policy/", {"policy": "keep"}, follow=True)
        assert "保留空（文件里是实验小学）" in text_of(page.content.decode()).replace(" ", "")
        job.refresh_from_db()
        assert (job.counts["updated"], job.counts["unchanged"]) == (0, 1)
        assert roster_rows() == before

    def test_field_by_field_for_one_row_before_what_holds_for_all(
        self, cast: Cast, differing: tuple[Child, ImportJob]
    ) -> None:
        child, job = differing
        session = Session(cast.wenshui)
        page = session.get(row_url(job, 0)).content.decode()
        assert "139****1111" in page
        assert "139****2222" in page
        session.post(
            row_url(job, 0), {"act": "choose", "choice-guardian.phone": "keep", "choice-school": "mine"}
        )
        session.post(f"/imports/{job.pk}/policy/", {"policy": "keep"})
        assert fates(job) == ["updated", "created"]
        session.post(f"/imports/{job.pk}/confirm/")
        child.refresh_from_db()
        assert child.main_guardian is not None
        assert (child.main_guardian.phone, child.school) == ("13900001111", "实验小学")

    def test_an_unknown_policy_or_field_changes_nothing(
        self, cast: Cast, differing: tuple[Child, ImportJob]
    ) -> None:
        _, job = differing
        session = Session(cast.wenshui)
        session.post(f"/imports/{job.pk}/policy/", {"policy": "everything"})
        session.post(row_url(job, 0), {"act": "choose", "choice-idno": "keep", "choice-school": "both"})
        assert fates(job) == ["updated", "created"]
        assert job.decisions().choices == {"2": {}}


def test_rows_by_fate_and_those_that_want_a_second_look(
    cast: Cast, differing: tuple[Child, ImportJob]
) -> None:
    rows = [
        child_row(1, 学校="实验小学"),
        child_row(2, 身份证号="", 出生日期="2015-01-01"),
        child_row(3, 监护人电话="不详12"),
    ]
    job = uploaded(cast.wenshui, rows)
    session, address = Session(cast.wenshui), f"/imports/{job.pk}/?status="
    shown = {
        key: session.get(address + key).context["page"].object_list
        for key in ("differing", "doubtful", "created")
    }
    assert [[row["row"] for row in found] for found in shown.values()] == [[], [4], [3, 4]]
    again = uploaded(cast.wenshui, [child_row(1, 监护人电话="13900003333")])
    assert [row["row"] for row in session.get(f"/imports/{again.pk}/?status=differing").context["page"]] == [
        2
    ]


class TestARowPutRight:
    @pytest.fixture
    def faulty(self, cast: Cast) -> ImportJob:
        wrong = idno_of(3)[:-1] + ("0" if idno_of(3)[-1] != "0" else "1")
        return uploaded(cast.wenshui, [child_row(3, 身份证号=wrong), child_row(4, 乡镇="没有的镇")])

    def test_corrected_cells_let_it_in(self, cast: Cast, faulty: ImportJob) -> None:
        session = Session(cast.wenshui)
        answer = session.post(row_url(faulty, 0), {"act": "correct", "cell-idno": idno_of(3)})
        assert answer.headers["Location"] == row_url(faulty, 1), "on to the next that is rejected"
        answer = session.post(row_url(faulty, 1), {"act": "correct", "cell-township": "凤城镇"})
        assert answer.headers["Location"] == f"/imports/{faulty.pk}/"
        assert fates(faulty) == ["created", "created"]
        session.post(f"/imports/{faulty.pk}/confirm/")
        assert {child.idno for child in Child.objects.order_by("-pk")[:2]} == {idno_of(3), idno_of(4)}

    def test_a_number_is_never_shown_and_left_alone_when_nothing_is_typed(
        self, cast: Cast, faulty: ImportJob
    ) -> None:
        session = Session(cast.wenshui)
        page = session.get(row_url(faulty, 0)).content.decode()
        assert idno_of(3)[:10] not in page
        assert "13900001111" not in page
        session.post(row_url(faulty, 1), {"act": "correct", "cell-idno": "", "cell-township": "凤城镇"})
        faulty.refresh_from_db()
        assert faulty.decisions().corrections == {"3": {"township": "凤城镇"}}

    def test_what_is_still_wrong_is_said(self, cast: Cast, faulty: ImportJob) -> None:
        page = Session(cast.wenshui).post(
            row_url(faulty, 1), {"act": "correct", "cell-township": "也没有的镇"}, follow=True
        )
        assert "还不能导入：乡镇（街道）找不到" in page.content.decode()
        assert 'value="也没有的镇"' in page.content.decode()

    def test_in_a_long_file_the_row_alone_is_judged(
        self, cast: Cast, faulty: ImportJob, settings: Any
    ) -> None:
        settings.IMPORT_IN_PAGE_ROWS = 1
        deciding.correct(cast.wenshui, faulty, "3", {"township": "凤城镇"})
        assert fates(faulty) == ["rejected", "created"]
        assert faulty.counts == {"created": 1, "updated": 0, "unchanged": 0, "rejected": 1}
        assert [row["row"] for row in faulty.rejected_rows()] == [2]

    def test_a_row_is_left_out_and_let_in_again(self, cast: Cast) -> None:
        job = uploaded(cast.wenshui, [child_row(5), child_row(6)])
        session = Session(cast.wenshui)
        session.post(row_url(job, 0), {"act": "out"})
        assert fates(job) == ["rejected", "created"]
        assert job.rows()[0]["reasons"] == "按您的选择不导入"
        session.post(row_url(job, 0), {"act": "in"})
        assert fates(job) == ["created", "created"]

    def test_nothing_is_decided_about_a_job_that_is_done(self, cast: Cast) -> None:
        job = confirmed(cast.wenshui, [child_row(5)])
        session = Session(cast.wenshui)
        for url, data in (
            (row_url(job, 0), {"act": "out"}),
            (f"/imports/{job.pk}/policy/", {"policy": "keep"}),
        ):
            assert "已经不在核对中" in session.post(url, data, follow=True).content.decode()
        job.refresh_from_db()
        assert not job.decided

    def test_a_row_that_is_not_there_is_not_found(self, cast: Cast, faulty: ImportJob) -> None:
        assert Session(cast.wenshui).get(row_url(faulty, 2)).status_code == 404


class TestWhoIsNotInTheFile:
    def test_in_the_file_s_townships_only(self, cast: Cast) -> None:
        other = ChildFactory(name="童开栅", region_id=KAISHAN)
        job = uploaded(cast.wenshui, [child_row(7)])
        page = Session(cast.wenshui).get(f"/imports/{job.pk}/absent/").content.decode()
        assert cast.child.name in page
        assert other.name not in page
        assert "童七" not in page

    def test_who_is_matched_by_the_file_is_not_missing(self, cast: Cast) -> None:
        confirmed(cast.wenshui, [child_row(7)])
        job = uploaded(cast.wenshui, [child_row(7, 学校="实验小学"), child_row(8)])
        assert "童七" not in Session(cast.wenshui).get(f"/imports/{job.pk}/absent/").content.decode()
        Session(cast.wenshui).post(f"/imports/{job.pk}/confirm/")
        done = Session(cast.wenshui).get(f"/imports/{job.pk}/absent/").content.decode()
        assert "童八" not in done
        assert cast.child.name in done

    def test_each_is_decided_and_nobody_leaves_by_itself(self, cast: Cast) -> None:
        job = uploaded(cast.wenshui, [child_row(7)])
        session, address = Session(cast.wenshui), f"/imports/{job.pk}/absent/"
        assert f"/children/{cast.child.pk}/leave/" in session.get(address).content.decode()
        session.post(address, {"row": cast.child.pk})
        assert cast.child.name not in session.get(address).content.decode()
        cast.child.refresh_from_db()
        assert cast.child.is_on_roster

    def test_another_county_s_child_is_no_answer(self, cast: Cast) -> None:
        job = uploaded(cast.wenshui, [child_row(7)])
        Session(cast.wenshui).post(f"/imports/{job.pk}/absent/", {"row": cast.neighbour.pk})
        job.refresh_from_db()
        assert not job.decided


def test_a_block_pasted_from_a_spreadsheet_is_read_like_a_file(cast: Cast) -> None:
    block = "\n".join("\t".join(row) for row in [HEAD, child_row(9)])
    answer = Session(cast.wenshui).post("/children/import/", {"pasted": block})
    job = ImportJob.objects.latest("pk")
    assert answer.headers["Location"] == f"/imports/{job.pk}/"
    assert job.counts["created"] == 1


def test_neither_file_nor_block_and_a_block_without_a_table_are_answered_in_words(cast: Cast) -> None:
    session = Session(cast.wenshui)
    assert "请先选择文件" in session.post("/children/import/", {"pasted": "  "}).content.decode()
    assert "没有找到表头行" in session.post("/children/import/", {"pasted": "随便几个字"}).content.decode()


def test_beside_a_public_number_masked_numbers_say_nothing(cast: Cast) -> None:
    """As an export has them that was edited and comes back; without the number they are faults."""
    confirmed(cast.wenshui, [child_row(1)])
    child = Child.objects.latest("pk")
    masked = child_row(1, 身份证号=child.masked_idno, 监护人电话="139****1111", 学校="胡兰小学")
    job = uploaded(cast.wenshui, [[*masked, child.no], [*masked, ""]], [*HEAD, "儿童编号"])
    assert fates(job) == ["updated", "rejected"]
    assert [change["label"] for change in job.rows()[0]["changes"]] == ["学校"]
    assert job.rows()[0]["target"] == child.pk


def test_a_few_columns_beside_the_public_number_are_enough(cast: Cast) -> None:
    job = uploaded(cast.wenshui, [[cast.child.no, cast.child.name, "胡兰小学"]], ["儿童编号", "姓名", "学校"])
    assert [change["label"] for change in job.rows()[0]["changes"]] == ["学校"]


def test_a_number_that_is_nobody_s_is_not_taken_for_a_new_child(cast: Cast) -> None:
    rows = [[*child_row(9), build(Kind.CHILD, 99999)], [*child_row(10), "12"]]
    job = uploaded(cast.wenshui, rows, [*HEAD, "儿童编号"])
    assert fates(job) == ["rejected", "created"], "12 is the township's own numbering"
    assert "名册里没有这个编号" in job.rows()[0]["reasons"]


def test_faulty_cells_come_back_coloured_and_the_others_plain(cast: Cast) -> None:
    job = uploaded(cast.wenshui, [child_row(4, 乡镇="没有的镇")])
    content = Session(cast.wenshui).get(f"/imports/{job.pk}/rejected.xlsx").content
    head, row = cells(content)[2:4]
    assert {head[column] for column in coloured(content, line=4)} == {"乡镇", "村"}
    assert row[-1] == "乡镇（街道）找不到，请核对名称"


def coloured(content: bytes, line: int) -> set[int]:
    """Return the columns of a line whose cells have the colour of a fault."""
    styles = html.fromstring(member(content, "xl/styles.xml").encode())
    fills = [b"FFFFD9D6" in html.tostring(fill).upper() for fill in styles.xpath("//fills/fill")]
    formats = [fills[int(look.get("fillid"))] for look in styles.xpath("//cellxfs/xf")]
    sheet = html.fromstring(member(content, "xl/worksheets/sheet1.xml").encode())
    cells_ = sheet.xpath(f"//row[@r='{line}']/c")
    return {column for column, cell in enumerate(cells_) if formats[int(cell.get("s", 0))]}


def book_of(**sheets: list[list[str]]) -> io.BytesIO:
    """Return a workbook with these sheets."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    file.seek(0)
    file.name = "各乡镇.xlsx"
    return file


def test_sheets_of_one_shape_are_read_together_or_one_is_chosen(cast: Cast) -> None:
    other = [["姓名", "乡镇", "类别", "出生日期"], ["童另表", "凤城镇", "留守儿童", "2015-01-01"]]
    file = book_of(
        一月=[HEAD, child_row(1)], 二月=[HEAD, child_row(2), child_row(3, 乡镇="没有的镇")], 旧表=other
    )
    session = Session(cast.wenshui)
    session.post("/children/import/", {"file": file})
    job = ImportJob.objects.latest("pk")
    page = session.get(f"/imports/{job.pk}/").content.decode()
    assert "读的是工作表：一月、二月" in page
    assert "没有读的：旧表" in page
    assert [(row["sheet"], row["row"]) for row in job.rows()] == [("一月", 2), ("二月", 2), ("二月", 3)]
    session.post(row_url(job, 2), {"act": "correct", "cell-township": "凤城镇"})
    assert fates(job) == ["created"] * 3
    session.post(f"/imports/{job.pk}/sheet/", {"sheet": "旧表"})
    assert [row["name"] for row in ImportJob.objects.get(pk=job.pk).rows()] == ["童另表"]
    session.post(f"/imports/{job.pk}/sheet/", {"sheet": ""})
    assert fates(job) == ["created", "created", "rejected"], "what was decided about the rows went with them"
    assert (
        "文件里没有这张工作表"
        in session.post(f"/imports/{job.pk}/sheet/", {"sheet": "没有"}, follow=True).content.decode()
    )
