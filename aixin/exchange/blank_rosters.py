"""Blank rosters to fill in (模板): made of the same columns that the import reads, so that what is filled in comes in.

The words of every drop-down stand one below another in a single column of a hidden sheet, and places in two: a
sheet without a row of several words is never taken for the table.
"""

import io
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from aixin.access.models import Region
from aixin.access.regions import Level, ancestor_codes, county_of
from aixin.exchange.columns import Column
from aixin.exchange.roster import RosterResource

ROWS = 2000
HEAD_ROW, EXAMPLE_ROW, FIRST_ROW = 2, 3, 4
LAST_ROW = FIRST_ROW + ROWS - 1
NUMBER, EXAMPLE = "序号", "示例"
# Excel's own number for the format of text, which keeps ID numbers and phones as they are typed.
TEXT = 49
PLACES, WORDS, GUIDE = "地点", "选项", "填写说明"
OF_PLACE = ("county", "township", "village")
HEAD_HEIGHT, PLACE_WIDTH = 30, 18

# What to type into a cell of a kind, an example of it, and the width of its column.
_KINDS: dict[str, tuple[str, str, int]] = {
    "text": ("", "", 16),
    "region": ("点右边的箭头选。", "", PLACE_WIDTH),
    "name": ("写全名，中间不要空格。", "张小花", 12),
    "idno": ("18 位身份证号，末位 X 用大写。没有的留空。", "{code}20150304XXXX", 22),
    "date": ("写成 2015-03-04。只知道年月的写 2015-03。", "2015-03-04", 14),
    "phone": ("11 位手机号，或带区号的座机。几个号用“、”隔开。", "139XXXX0000", 22),
    "sex": ("男或女。", "女", 8),
    "bool": ("是或否。", "是", 10),
    "count": ("只写数字。", "3", 10),
    "grade": ("如：中班、三年级、七年级、高二。", "三年级", 12),
    "choice": ("点右边的箭头选；有几项的，用“、”隔开。", "", 18),
}
_NUMBER_HINT = "系统里的编号。改已有的记录才填，新登记的留空。"
_FIXED_WORDS = {"sex": ("男", "女"), "bool": ("是", "否")}


@dataclass(frozen=True)
class _Field:
    """One column of a blank roster."""

    column: Column
    at: int
    words: tuple[str, ...]

    @property
    def is_required(self) -> bool:
        return bool(self.column.spec.required)

    @property
    def hint(self) -> str:
        said = _NUMBER_HINT if self.column.key.endswith("_no") else _KINDS[self.column.kind][0]
        return ("必填。" if self.is_required else "") + said

    @property
    def cells(self) -> tuple[int, int, int, int]:
        return (FIRST_ROW, self.at, LAST_ROW, self.at)


def blank_roster(resource: RosterResource) -> bytes:
    """Return an .xlsx to fill in: headings, drop-downs, notes beside the cell, an example that the import leaves out."""
    buffer = io.BytesIO()
    places = _places(resource.scope)
    fields = [_Field(c, at, _words_of(c, places)) for at, c in enumerate(resource.columns(), start=1)]
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(resource.roster_title[:31])
        guide, words = book.add_worksheet(GUIDE), book.add_worksheet(WORDS)
        villages = book.add_worksheet(PLACES)
        _write_head(book, sheet, resource, fields)
        ranges = _write_words(words, fields)
        _write_places(villages, places)
        for field in fields:
            _validate(sheet, field, ranges, fields, len(places))
        _write_guide(book, guide, fields)
        words.hide()
        villages.hide()
    return buffer.getvalue()


def _places(scope: str) -> list[tuple[str, str]]:
    """Return township and village of every place that the scope may name, in order; a township also by itself."""
    near = Region.objects.filter(code__in=ancestor_codes(scope)) | Region.objects.below(scope)
    found = near.filter(level__gte=Level.TOWNSHIP, retired=False).order_by("code").distinct()
    places: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for region in found:
        names.setdefault(region.code[:9], region.name)
        if region.level == Level.VILLAGE:
            places.setdefault(region.code[:9], []).append(region.name)
    return [(name, village) for code, name in names.items() for village in places.get(code, [""])]


def _words_of(column: Column, places: list[tuple[str, str]]) -> tuple[str, ...]:
    """Return what a column's drop-down offers; that of the villages follows the row's township."""
    if column.key == "township":
        return tuple(dict.fromkeys(town for town, _ in places))
    if column.key == "county":
        return ()
    return _FIXED_WORDS.get(column.kind) or tuple(words[0] for words in column.vocabulary.values())


def _example(field: _Field, resource: RosterResource, places: list[tuple[str, str]]) -> str:
    column = field.column
    if column.key in resource.examples:
        return resource.examples[column.key]
    if column.key in ("township", "village") and places:
        return places[0][OF_PLACE.index(column.key) - 1]
    if column.kind == "choice":
        return field.words[0]
    return "" if column.key.endswith("_no") else _KINDS[column.kind][1].format(code=county_of(resource.scope))


def _write_head(book: Any, sheet: Any, resource: RosterResource, fields: list[_Field]) -> None:
    bold = book.add_format({"bold": True, "font_size": 16})
    grey = book.add_format({"font_color": "#666666"})
    example = book.add_format({"italic": True, "font_color": "#999999", "num_format": TEXT, "border": 1})
    text = book.add_format({"num_format": TEXT})
    sheet.write_string(0, 0, resource.roster_title, bold)
    sheet.write_string(1, 0, "红底的列必填。灰色的示例行不会导入，请从它下面一行填起。", grey)
    sheet.set_row(HEAD_ROW, HEAD_HEIGHT)
    sheet.set_column(0, 0, 6, text)
    sheet.write_string(HEAD_ROW, 0, NUMBER, _head(book, required=False))
    sheet.write_string(EXAMPLE_ROW, 0, EXAMPLE, example)
    heads = {required: _head(book, required=required) for required in (True, False)}
    places = _places(resource.scope)
    for field in fields:
        width = max(_KINDS[field.column.kind][2], 2 * len(field.column.title) + 2)
        sheet.set_column(field.at, field.at, width, text)
        sheet.write_string(HEAD_ROW, field.at, field.column.title, heads[field.is_required])
        sheet.write_string(EXAMPLE_ROW, field.at, _example(field, resource, places), example)
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)


def _head(book: Any, *, required: bool) -> Any:
    colours = {"bg_color": "#C8323C", "font_color": "#FFFFFF"} if required else {"bg_color": "#F2F3F5"}
    return book.add_format(
        {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "num_format": TEXT, **colours}
    )


def _write_words(sheet: Any, fields: list[_Field]) -> dict[int, str]:
    """Write the words of all drop-downs in one column and return where each column's stand."""
    ranges, row = {}, 0
    for field in fields:
        for number, word in enumerate(field.words):
            sheet.write_string(row + number, 0, word)
        if field.words:
            ranges[field.at] = f"={WORDS}!$A${row + 1}:$A${row + len(field.words)}"
        row += len(field.words)
    return ranges


def _write_places(sheet: Any, places: list[tuple[str, str]]) -> None:
    for row, (township, village) in enumerate(places):
        sheet.write_string(row, 0, township)
        sheet.write_string(row, 1, village)


def _validate(
    sheet: Any, field: _Field, ranges: dict[int, str], fields: list[_Field], number_of_places: int
) -> None:
    """Give a column its drop-down and its note. What is not in the list is let through: the import says what it is."""
    source = ranges.get(field.at)
    if field.column.key == "village" and number_of_places:
        source = _villages_of_row(fields, number_of_places)
    note = {"input_title": field.column.title[:32], "input_message": field.hint} if field.hint else {}
    if source:
        sheet.data_validation(
            *field.cells, {"validate": "list", "source": source, "show_error": False, **note}
        )
    elif note:
        sheet.data_validation(*field.cells, {"validate": "any", **note})


def _villages_of_row(fields: list[_Field], number_of_places: int) -> str:
    """Return the list of the villages of the row's township."""
    town = next((xl_col_to_name(f.at, col_abs=True) for f in fields if f.column.key == "township"), "")
    if not town:
        return f"={PLACES}!$B$1:$B${number_of_places}"
    towns, cell = f"{PLACES}!$A$1:$A${number_of_places}", f"{town}{FIRST_ROW + 1}"
    return f"=OFFSET({PLACES}!$B$1,MATCH({cell},{towns},0)-1,0,COUNTIF({towns},{cell}),1)"


def _write_guide(book: Any, sheet: Any, fields: list[_Field]) -> None:
    """Write what each column wants, for who likes it on one page; one column, so that it is no table."""
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 100, wrap)
    sheet.write_string(0, 0, GUIDE, book.add_format({"bold": True, "font_size": 14}))
    for row, field in enumerate(fields, start=1):
        offered = "" if field.column.key in OF_PLACE else "、".join(field.words)
        said = field.hint + (f"可选：{offered}。" if offered else "")
        sheet.write_string(row, 0, f"{row}. {field.column.title}：{said or '有就填，没有留空。'}", wrap)
