"""Makes the Word template of the yearly compliance report anew: `.venv/bin/python scripts/make_report_template.py [FILE]`.

An office may edit the file in Word instead: what stands in {{ }} and {% %} is filled in, the rest stays as it is.
"""

import sys
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

TARGET = Path(__file__).resolve().parent.parent / "templates" / "audit" / "compliance_report.docx"
SONG, HEI = "宋体", "黑体"
GREY = RGBColor(0x55, 0x55, 0x55)


def set_font(style: Any, name: str, size: float, *, bold: bool = False) -> None:
    """Give a style its Chinese and Latin font."""
    style.font.name, style.font.size, style.font.bold = "Times New Roman", Pt(size), bold
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    fonts.set(qn("w:eastAsia"), name)


def paragraph(document: Any, text: str, style: str = "Normal", **layout: Any) -> Any:
    """Add a paragraph."""
    added = document.add_paragraph(text, style=style)
    for name, value in layout.items():
        setattr(added.paragraph_format, name, value)
    return added


def note(document: Any, text: str) -> None:
    """Add small grey text, as stands under a table."""
    added = paragraph(document, "", space_before=Pt(4), space_after=Pt(10))
    run = added.add_run(text)
    run.font.size, run.font.color.rgb = Pt(9), GREY


def shade(cell: Any) -> None:
    """Colour the cell of a heading."""
    fill = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "F2F3F5")):
        fill.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(fill)


def write(cell: Any, text: str, *, bold: bool = False, number: bool = False) -> None:
    """Write a cell; numbers stand at the right."""
    target = cell.paragraphs[0]
    run = target.add_run(text)
    run.font.size, run.font.bold = Pt(9.5), bold
    if number:
        target.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def full_width(added: Any) -> None:
    """Let a table take the page's width and Word share it out among however many columns there are."""
    added.alignment = WD_TABLE_ALIGNMENT.CENTER
    width = added._tbl.tblPr.find(qn("w:tblW"))
    width.set(qn("w:type"), "pct")
    width.set(qn("w:w"), "5000")
    for cell in added._tbl.iter(qn("w:tcW")):
        cell.set(qn("w:type"), "auto")
        cell.set(qn("w:w"), "0")


def table(document: Any, rows: list[list[str]], heads: int = 1) -> None:
    """Add a table of template text, the first rows being its heading."""
    added = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    full_width(added)
    for number, texts in enumerate(rows):
        for column, text in enumerate(texts):
            cell = added.cell(number, column)
            write(cell, text, bold=number < heads, number=column > 0 and number >= heads)
            if number < heads and "{%" not in text:
                shade(cell)


def columns(document: Any) -> None:
    """Add the table of a section: as many columns as it has figures, a row for each place, the sums below."""
    added = document.add_table(rows=5, cols=4, style="Table Grid")
    full_width(added)
    lines = (
        ("地区", "section.headings", "{{ cell }}"),
        ("{%tr for row in section.rows %}", "", ""),
        ("{{ row[0] }}", "row[1:]", "{{ cell }}"),
        ("{%tr endfor %}", "", ""),
        ("合计", "section.sums", "{{ cell }}"),
    )
    for number, (first, looped, text) in enumerate(lines):
        bold = number in {0, 4}
        cells = added.rows[number].cells
        write(cells[0], first, bold=bold)
        if looped:
            write(cells[1], "{%tc for cell in " + looped + " %}")
            write(cells[2], text, bold=bold, number=True)
            write(cells[3], "{%tc endfor %}")
        if number == 0:
            shade(cells[0])
            shade(cells[2])


def build() -> Any:
    """Return the template."""
    document = Document()
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
    page.left_margin = page.right_margin = Cm(2.2)
    page.top_margin = page.bottom_margin = Cm(2)
    set_font(document.styles["Normal"], SONG, 12)
    set_font(document.styles["Title"], HEI, 20, bold=True)
    set_font(document.styles["Heading 1"], HEI, 14, bold=True)
    title = paragraph(document, "{{ name }} {{ year }} 年{{ title }}", "Title", space_after=Pt(6))
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made = paragraph(document, "{{ author }}　{{ made_on }}", space_after=Pt(12))
    made.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph(document, "一、总体情况", "Heading 1")
    paragraph(document, "{%p for sentence in sentences %}")
    paragraph(document, "{{ sentence }}", first_line_indent=Pt(24), line_spacing=1.5)
    paragraph(document, "{%p endfor %}")
    paragraph(document, "二、与上年比较", "Heading 1")
    table(
        document,
        [
            ["项目", "{{ year }} 年", "{{ last_year }} 年", "变化"],
            ["{%tr for line in comparison %}", "", "", ""],
            ["{{ line[0] }}", "{{ line[1] }}", "{{ line[2] }}", "{{ line[3] }}"],
            ["{%tr endfor %}", "", "", ""],
        ],
    )
    note(document, "口径：各项均由系统按审计记录自动统计，定义见下面各表。上年没有使用本平台的，上年数为 0。")
    paragraph(document, "三、分地区情况", "Heading 1")
    paragraph(document, "{%p for section in sections %}")
    paragraph(document, "表 {{ loop.index }}　{{ section.title }}", space_before=Pt(8), keep_with_next=True)
    columns(document)
    note(document, "口径：{{ section.definition }}")
    paragraph(document, "{%p endfor %}")
    paragraph(document, "四、审计记录的完整性", "Heading 1")
    paragraph(
        document,
        "审计记录只增不改，每分钟封存一次，前后封印相连。本年度新增封印 {{ chain.seals }} 个，"
        "封存记录 {{ chain.entries }} 条。{{ checked }}。",
        first_line_indent=Pt(24),
        line_spacing=1.5,
    )
    note(document, "口径：封印对全系统的审计记录计算，不分地区；核验由系统每天夜间进行。")
    paragraph(document, "五、问题与整改（由填报单位补充）", "Heading 1")
    paragraph(document, "　", line_spacing=1.5)
    return document


def main() -> None:
    """Write the file."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    build().save(str(target))
    print(target.name)


if __name__ == "__main__":
    main()
