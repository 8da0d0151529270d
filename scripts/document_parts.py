"""The parts that Word templates are put together from: head and foot, facts, lines of rows, sentences, pictures."""

import datetime
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

BODY, HEAD = "宋体", "黑体"
BLACK = RGBColor(0, 0, 0)
GREY = RGBColor(0x80, 0x80, 0x80)
WIDTH = 17.0
LABEL = 2.6
SHADE = "F2F2F2"
# Above and below the words of a cell, in twentieths of a point.
CELL_PADDING = 50
# The files do not change with the day on which they are made.
MADE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
Row = tuple[str, str]


def new_document(title: str, number: str, footer_text: str = "含个人信息，请妥善保管") -> Any:
    """Return an A4 document with a title, the number below it, and who printed it in the footer."""
    found = Document()
    properties = found.core_properties
    properties.author, properties.title, properties.comments = "", title, ""
    properties.created = properties.modified = MADE
    section = found.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    _font(found.styles["Normal"], BODY, 10.5)
    found.styles["Normal"].paragraph_format.space_after = Pt(2)
    _heading(found.styles["Title"], 18)
    _heading(found.styles["Heading 1"], 12)
    found.add_paragraph(title, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    below = found.add_paragraph(number)
    below.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = footer.add_run("{{ office }}　{{ printed_by }}　{{ printed_at }} 打印　" + footer_text)
    _font(run, BODY, 9)
    run.font.color.rgb = GREY
    return found


def _font(styled: Any, name: str, size: float) -> None:
    styled.font.name, styled.font.size = name, Pt(size)
    styled.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _heading(style: Any, size: float) -> None:
    """Make a heading's style of the library black and Chinese; Word's navigation goes by it."""
    _font(style, HEAD, size)
    style.font.bold, style.font.color.rgb = False, BLACK
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for line in style.element.iter(qn("w:pBdr")):
        style.element.pPr.remove(line)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(10), Pt(2)
    style.paragraph_format.keep_with_next = True


def section_title(document: Any, text: str) -> None:
    document.add_paragraph(text, style="Heading 1")


def facts(document: Any, rows: Sequence[Row | tuple[Row, Row]]) -> None:
    """Add a table of labels and values, one or two of them a line."""
    wide = WIDTH / 2 - LABEL
    widths = (LABEL, wide, LABEL, wide)
    table = _grid(document, 0, widths)
    for row in rows:
        cells = table.add_row().cells
        for cell, width in zip(cells, widths, strict=True):
            cell.width = Cm(width)
        pairs = row if isinstance(row[0], tuple) else (row,)
        if len(pairs) == 1:
            cells[1].merge(cells[3])
        for place, (label, value) in enumerate(pairs):
            _label(cells[place * 2], label)
            cells[place * 2 + 1].paragraphs[0].add_run(value)
    _settle(table)


def lines(
    document: Any, name: str, columns: Sequence[tuple[str, str, float]], *, of_numbers: bool = False
) -> None:
    """Add a table with one row for each of the rows called `name`: heading, key and width of each column.

    The headings come again on each page; `of_numbers`: all but the first column are centred.
    """
    table = _grid(document, 4, [width for *_, width in columns])
    opening, filled, closing = table.rows[1].cells, table.rows[2].cells, table.rows[3].cells
    for place, (heading, key, width) in enumerate(columns):
        for row in table.rows:
            row.cells[place].width = Cm(width)
        _label(table.rows[0].cells[place], heading)
        table.rows[0].cells[place].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        filled[place].paragraphs[0].add_run(f"{{{{ row.{key} }}}}")
        if of_numbers and place:
            filled[place].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    opening[0].paragraphs[0].add_run(f"{{%tr for row in {name} %}}")
    closing[0].paragraphs[0].add_run("{%tr endfor %}")
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _settle(table)


def _grid(document: Any, rows: int, widths: Sequence[float]) -> Any:
    """Return a new table with lines, whose cells keep their words off them."""
    table = document.add_table(rows=rows, cols=len(widths))
    table.style, table.autofit = "Table Grid", False
    # Word goes by the cells' widths, other programs by the columns'.
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "bottom"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(CELL_PADDING))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    # Where the schema wants it: before the look of the table, after its layout.
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")
    return table


def _settle(table: Any) -> None:
    """Set the words of all cells in the middle; a row stays on one page."""
    for row in table.rows:
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
        for cell in row.cells:
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)


def _label(cell: Any, text: str) -> None:
    _font(cell.paragraphs[0].add_run(text), HEAD, 10)
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", SHADE)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def paragraphs(document: Any, texts: Sequence[str]) -> None:
    for text in texts:
        paragraph = document.add_paragraph(text)
        paragraph.paragraph_format.first_line_indent = Pt(21)
        paragraph.paragraph_format.line_spacing = 1.5


def signatures(document: Any, *names: str) -> None:
    """Add a line to sign on for each name."""
    for name in names:
        paragraph = document.add_paragraph(f"{name}：＿＿＿＿＿＿＿＿＿＿　　日期：＿＿＿＿年＿＿月＿＿日")
        paragraph.paragraph_format.space_before = Pt(14)


def texts(document: Any, name: str) -> None:
    """Add one paragraph for each of the sentences called `name`."""
    document.add_paragraph(f"{{%p for row in {name} %}}")
    paragraphs(document, ["{{ row.text }}"])
    document.add_paragraph("{%p endfor %}")


def picture(document: Any, name: str, caption: str) -> None:
    """Add a picture with its caption; nothing where there is none."""
    document.add_paragraph(f"{{%p if {name} %}}")
    for text in (f"{{{{ {name} }}}}", caption):
        paragraph = document.add_paragraph(text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Pt(8)
        paragraph.paragraph_format.keep_with_next = text != caption
    document.add_paragraph("{%p endif %}")
