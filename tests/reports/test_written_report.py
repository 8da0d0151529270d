"""The written report: page and Word file say what the figures are, to nobody more than she may know."""

import io
import zipfile
from typing import Any

import docx
import pytest
from django.urls import reverse
from django.utils import timezone
from docx.document import Document as Word
from PIL import Image

from aixin.access.models import Region, Role
from aixin.access.scope import acting
from aixin.audit.models import Entry
from reports.figures import compared
from reports.models import Chapter, ChapterTitle, Finding
from reports.periods import Period
from reports.small import Covers
from reports.written.composing import COLUMNS, composed, numeral, report_of
from reports.written.drawing import Bar, bars, font_path, line
from tests.cast import CITY, FENGCHENG, WENSHUI, XINGXIAN, Cast, make_user
from tests.conftest import Session
from tests.factories import ChildFactory


def this_month() -> Period:
    return Period.containing(timezone.localdate())


def file_of(user: Any, code: str) -> Word:
    address = f"{reverse('reports:written_file')}?region={code}&period={this_month().key}"
    answer = Session(user).get(address)
    assert answer.status_code == 200
    return docx.Document(io.BytesIO(answer.content))


def test_the_word_file_says_what_the_figures_are(cast: Cast) -> None:
    title = ChapterTitle.objects.create(region_id=CITY, title="五优五强")
    for code, text in ((WENSHUI, "一对一走访到位。\n建了爱心小屋。"), (XINGXIAN, "培训两期。")):
        Chapter.objects.create(
            region_id=code, title=title, period=this_month().key, text=text, written_by=cast.city
        )
    Chapter.objects.create(
        region_id=CITY, period=this_month().key, text="抓好寒假关爱。", written_by=cast.city
    )
    Finding.objects.create(
        region_id=WENSHUI, found_on=timezone.localdate(), place="x", text="x", due_on=timezone.localdate(),
        written_by=cast.city,
    )  # fmt: skip
    found = file_of(cast.city, CITY)
    with acting(cast.city):
        now = compared(Region.objects.get(pk=CITY), this_month()).now
    said = "\n".join(paragraph.text for paragraph in found.paragraphs)
    assert found.paragraphs[0].text == f"吕梁市{this_month().name}“爱心妈妈”结对关爱工作情况"
    for words in (
        f"全市共有爱心妈妈{now.totals['volunteers']}名", f"在册儿童{now.totals['registered']}名", "走访1次",
        "未办结1件", "八、五优五强", "文水县：一对一走访到位。", "文水县：建了爱心小屋。", "兴县：培训两期。",
        "九、下一步打算", "抓好寒假关爱。",
    ):  # fmt: skip
        assert words in said
    assert said.index("文水县：") < said.index("兴县：")
    assert "{" not in said
    places, structure = found.tables
    rows = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in places.rows}
    for place in now.places:
        assert rows[place.name] == [
            "–" if place.values[key] is None else str(place.values[key]) for key in COLUMNS
        ]
    assert rows["合计"][:3] == [str(now.totals[key]) for key in COLUMNS[:3]]
    categories = now.cell("registered", "category")
    together = categories["LEFT_BEHIND"] + categories.get("DIFFICULT", 0)
    assert [cell.text for cell in structure.rows[1].cells][:2] == ["留守困境儿童", str(together)]
    assert [cell.text for cell in structure.rows[2].cells][:2] == [
        "其中：留守儿童", str(categories["LEFT_BEHIND"])
    ]  # fmt: skip
    assert f"留守困境儿童{together}名" in said
    headings = [one.text for one in found.paragraphs if one.style.name == "Heading 1"]
    assert headings[0] == "一、总体情况"
    assert headings[-1] == "九、下一步打算"
    assert [one.text for one in found.paragraphs if one.text != one.text.strip()] == []
    assert found.paragraphs[-1].text
    pictures = list(found.inline_shapes)
    assert len(pictures) == (3 if font_path() else 0)
    entry = Entry.objects.filter(action="EXPORT").latest("id")
    assert (entry.detail["what"], entry.object_id) == ("written_report", CITY)


def test_the_page_says_the_same_and_leads_to_what_is_to_be_written(cast: Cast) -> None:
    title = ChapterTitle.objects.create(region_id=CITY, title="五优五强")
    county = Session(cast.wenshui)
    query = f"?period={this_month().key}"
    address = reverse("reports:chapter", args=[this_month().key, title.pk])
    page = county.get(reverse("reports:written") + query).content.decode()
    assert address in page
    assert "没填" in page
    assert "全县共有爱心妈妈2名" in page
    assert county.post(address, {"text": ""}).status_code == 422
    for _ in range(2):
        assert (
            county.post(address, {"text": f"{cast.child.name}家已走访，电话13912345678"}).status_code == 302
        )
    stored = Chapter.objects.get()
    assert stored.text == "张**家已走访，电话139****5678"
    assert "已填" in county.get(reverse("reports:written") + query).content.decode()
    assert "张**家已走访" in Session(cast.city).get(reverse("reports:written") + query).content.decode()
    assert "张**家已走访" in Session(cast.official).get(reverse("reports:written") + query).content.decode()
    assert (
        "张**家已走访" not in Session(cast.xingxian).get(reverse("reports:written") + query).content.decode()
    )
    assert Session(cast.city).post(address, {"text": "代写"}).status_code == 403
    assert Session(cast.fengcheng).post(address, {"text": "代写"}).status_code == 403
    assert Session(cast.outsider).post(address, {"text": "代写"}).status_code == 404
    assert Chapter.objects.count() == 1
    after = reverse("reports:next_steps", args=[this_month().key])
    for text in ("抓好寒假。", "抓好寒假。"):
        assert county.post(after, {"text": text}).status_code == 302
    (first,) = Chapter.objects.filter(title=None)
    assert county.post(after, {"text": "抓好春节。", "seen": first.mark}).status_code == 302
    assert [row.text for row in Chapter.objects.filter(title=None)] == ["抓好春节。"]
    assert "抓好春节。" in county.get(reverse("reports:written") + query).content.decode()


def test_the_city_lists_the_chapters(cast: Cast) -> None:
    city, address = Session(cast.city), reverse("reports:chapter_titles")
    assert Session(cast.wenshui).get(address).status_code == 403
    city.post(address, {"titles": "五优五强\n重点工作\n五优五强"})
    assert list(ChapterTitle.objects.values_list("title", flat=True)) == ["五优五强", "重点工作"]
    city.post(address, {"titles": "宣传\n五优五强"})
    asked = ChapterTitle.objects.asked_of(WENSHUI).values_list("title", flat=True)
    assert list(asked) == ["宣传", "五优五强"]
    assert city.post(address, {"titles": "\n".join(map(str, range(20)))}).status_code == 422


def test_who_reads_reports_and_of_where(cast: Cast) -> None:
    page = reverse("reports:written")
    for who, code, status in (
        (cast.wenshui, FENGCHENG, 200), (cast.wenshui, XINGXIAN, 404), (cast.fengcheng, FENGCHENG, 200),
        (cast.official, WENSHUI, 200), (cast.official, "140105", 404), (cast.mama, WENSHUI, 403),
    ):  # fmt: skip
        assert Session(who).get(f"{page}?region={code}").status_code == status
        assert Session(who).get(f"{reverse('reports:written_file')}?region={code}").status_code == status
    village = make_user("xijie", Role.STAFF, "141121100018")
    assert Session(village).get(page).status_code == 403
    for wrong in ("2999-01", "abc", "2026-13", "1999-12"):
        answer = Session(cast.city).get(f"{page}?period={wrong}")
        assert answer.status_code == 404
        assert "这个报告期不对" in answer.content.decode()
    assert "可能已被移走" in Session(cast.wenshui).get(f"{page}?region={XINGXIAN}").content.decode()


def test_a_period_before_there_was_anything_is_told_so_and_not_praised(cast: Cast) -> None:
    answer = Session(cast.city).get(reverse("reports:written") + "?period=2000-01").content.decode()
    assert "这一期没有数据。" in answer
    assert "应结尽结" not in answer
    file = Session(cast.city).get(reverse("reports:written_file") + "?period=2000-01")
    said = "\n".join(one.text for one in docx.Document(io.BytesIO(file.content)).paragraphs)
    assert "这一期没有数据。" in said
    assert "应结尽结" not in said


def test_an_official_learns_of_no_few_children(cast: Cast) -> None:
    """Not by the number, nor by the two others that give it, nor in a table of the places (DOMAIN section 6)."""
    for _ in range(9):
        ChildFactory(region_id="141121100018")
    region = Region.objects.get(pk=FENGCHENG)
    with acting(cast.official):
        report = report_of(cast.official, region, this_month())
    said = "".join([*report.opening, *(text for section in report.sections for text in section.paragraphs)])
    for words in ("不足5", "已结对", "应结未结10名", "结对率"):
        assert words not in said.replace("爱心妈妈中已结对", "")
    (row,) = [row for row in report.places if row.name.startswith("西街")]
    assert {row.cells[COLUMNS.index(key)] for key in ("paired", "unpaired", "coverage")} == {"＊"}
    with acting(cast.fengcheng):
        shown = composed(cast.fengcheng, compared(region, this_month()), Covers())
    assert "，已结对1名" in "".join(shown.opening), "staff may open the rows anyway"


def test_an_office_replaces_the_template(cast: Cast) -> None:
    city = Session(cast.city)
    edit = reverse("templates:edit", args=["written-report"])
    assert "更换模板" in city.get(reverse("reports:written")).content.decode()
    assert "书面报告" in city.get(reverse("templates:list")).content.decode()
    assert city.get(reverse("templates:edit", args=["child-file"])).status_code == 403
    own = docx.Document()
    own.add_paragraph("本市格式 {{ title }}")
    buffer = io.BytesIO()
    own.save(buffer)
    buffer.seek(0)
    buffer.name = "own.docx"
    assert city.post(edit, {"file": buffer, "act": "use"}).status_code == 302
    assert file_of(cast.city, CITY).paragraphs[0].text.startswith("本市格式 吕梁市")
    assert file_of(cast.wenshui, WENSHUI).paragraphs[0].text.startswith("文水县")
    assert Session(cast.wenshui).get(reverse("document", args=["written-report", 1411])).status_code == 404


@pytest.mark.skipif(font_path() is None, reason="draws with a font of the system")
def test_charts_are_pictures() -> None:
    for drawn in (
        bars([Bar("文水县", 91.4, "91.4%"), Bar("兴县", 0, "0%")], top=100),
        line(["9月", "10月"], [0, 352]),
    ):
        assert Image.open(io.BytesIO(drawn)).size[0] == 1600
    assert bars([]).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("number", "said"), [(1, "一"), (8, "八"), (10, "十"), (12, "十二"), (20, "二十"), (21, "二十一")]
)
def test_numerals(number: int, said: str) -> None:
    assert numeral(number) == said


def test_the_file_is_a_plain_word_document(cast: Cast) -> None:
    answer = Session(cast.official).get(reverse("reports:written_file"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "word/document.xml" in archive.namelist()
        assert cast.child.name not in archive.read("word/document.xml").decode()


def test_a_chapter_that_somebody_else_wrote_meanwhile_is_not_lost(cast: Cast) -> None:
    address = reverse("reports:next_steps", args=[this_month().key])
    other = Session(make_user("wenshui2", Role.STAFF, WENSHUI, is_head=True))
    assert Session(cast.wenshui).post(address, {"text": "甲写的", "seen": ""}).status_code == 302
    answer = other.post(address, {"text": "乙写的", "seen": ""})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "甲写的" in page
    assert "乙写的" in page
    assert Chapter.objects.get().text == "甲写的"
    seen = answer.context["form"].initial["seen"]
    assert other.post(address, {"text": "甲写的，乙写的", "seen": seen}).status_code == 302
    assert Chapter.objects.get().text == "甲写的，乙写的"
