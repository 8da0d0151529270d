"""Blank workbooks from above: taken in with guards, read as a grid, mapped cell by cell, given back filled."""

import datetime
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from lxml import etree

from aixin.access.models import Region
from aixin.access.regions import Level, short_name
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.office_parts import declares_a_type, leads_outside, parse
from aixin.exchange.reading.model import Limits, WorkbookError
from aixin.exchange.reading.ooxml import check_workbook, open_zip, read_part
from aixin.exchange.reading.workbook import read_workbook
from aixin.privacy.masks import mask_numbers
from reports.crossing import Crossed, crossed, pair_of
from reports.figures import Figures, figures_of
from reports.models import FormWorkbook, WorkbookValue
from reports.periods import Period
from reports.returns.cells import MAIN, SheetPart, position, reference, sheet_parts, with_values
from reports.returns.definition import split_cell
from reports.returns.filling import Spot, measured

LARGEST = 2 * 1024 * 1024
LIMITS = Limits(size=LARGEST, unpacked=40 * 1024 * 1024, rows=5_000, columns=300, cells=200_000, sheets=20)
MOST_ROWS, MOST_COLUMNS = 80, 40
KEPT_DAYS = 400
# What a page shows for a cell that works itself out once the file is opened.
FORMULA = "公式"
_MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_ACTIVE = re.compile(
    r"vbaProject|vbaData|activeX|embeddings/|oleObject|attachedToolbars|macrosheets|dialogsheets|ctrlProps",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(r"externalLinks/|connections\.xml|queryTables/", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,4})?", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d{1,4})?", re.ASCII)

EMPTY = "工作表是空的。请上传印好表头的空表。"
NO_EXCEL = "这不是 Excel 工作簿（.xlsx）。请用 Excel 或 WPS 另存为 .xlsx 再上传。"
TOO_LARGE = "文件太大，空表不能超过 2 MB。请删去图片和多余的工作表后再上传。"
ACTIVE = "文件里有宏、控件或嵌入的对象，不能用。请删去后另存为 .xlsx 再上传。"
OUTSIDE = "文件里有指向外部的链接，不能用。请在 Excel 里断开链接、删去超链接后再上传。"
PERSONAL = "表里有身份证号或电话号码。这里只收空表，请删去后再上传。"
UNUSUAL = "这个文件的写法不常见。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。"


REFUSALS = {"too_large": TOO_LARGE, "empty": EMPTY}


class WorkbookRefusedError(Exception):
    """The file cannot be used; the message is for the user."""


@dataclass(frozen=True)
class GridCell:
    """A cell as the page shows it."""

    name: str
    text: str
    across: int = 1
    down: int = 1
    is_formula: bool = False


def check(data: bytes) -> None:
    """Raise WorkbookRefusedError unless the file is a plain workbook with nothing active, outside or personal in it."""
    if len(data) > LARGEST:
        raise WorkbookRefusedError(TOO_LARGE)
    try:
        with open_zip(data, LIMITS) as archive:
            _check_parts(archive)
            check_workbook(archive, LIMITS)
        sheets = read_workbook(data, "upload.xlsx", LIMITS)
    except WorkbookError as fault:
        raise WorkbookRefusedError(REFUSALS.get(fault.code, NO_EXCEL)) from fault
    texts = (str(cell) for sheet in sheets for row in sheet.rows for cell in row if cell != "")
    if any(mask_numbers(text) != text for text in texts):
        raise WorkbookRefusedError(PERSONAL)
    _check_shape(data)


def _check_parts(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if any(map(_ACTIVE.search, names)):
        raise WorkbookRefusedError(ACTIVE)
    if any(map(_OUTSIDE.search, names)):
        raise WorkbookRefusedError(OUTSIDE)
    types = read_part(archive, "[Content_Types].xml", missing=b"")
    if "xl/workbook.xml" not in names or _MAIN_TYPE not in types:
        raise WorkbookRefusedError(ACTIVE if b"macroEnabled" in types else NO_EXCEL)
    if len(set(names)) != len(names):
        raise WorkbookRefusedError(UNUSUAL)
    for name in names:
        if name.lower().endswith((".xml", ".rels")):
            _check_part(read_part(archive, name))


def _check_part(part: bytes) -> None:
    """Refuse what a part says, whatever encoding and escapes it says it in."""
    try:
        root = parse(part)
    except etree.XMLSyntaxError as fault:
        raise WorkbookRefusedError(UNUSUAL) from fault
    if declares_a_type(root):
        raise WorkbookRefusedError(NO_EXCEL)
    if leads_outside(root):
        raise WorkbookRefusedError(OUTSIDE)


def _check_shape(data: bytes) -> None:
    """Refuse what could not be filled in: no sheet, or rows and cells that do not say where they are."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = sheet_parts(archive)
            roots = [parse(archive.read(part.path)) for part in parts]
    except (KeyError, etree.XMLSyntaxError) as fault:
        raise WorkbookRefusedError(UNUSUAL) from fault
    if not parts or not all(map(_is_usual, roots)):
        raise WorkbookRefusedError(UNUSUAL)


def _is_usual(root: Any) -> bool:
    rows = root.find(f"{{{MAIN}}}sheetData")
    if rows is None:
        return False
    try:
        for row in rows:
            int(row.get("r", ""))
            for cell in row:
                position(cell.get("r", ""))
    except ValueError:
        return False
    return True


def visible_sheets(data: bytes) -> list[SheetPart]:
    """Return the sheets that people see."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [part for part in sheet_parts(archive) if not part.is_hidden]


def part_of(workbook: FormWorkbook) -> SheetPart:
    """Return the sheet of a workbook that is filled in."""
    return next(part for part in visible_sheets(bytes(workbook.content)) if part.name == workbook.sheet)


def grid_of(workbook: FormWorkbook) -> list[list[GridCell]]:
    """Return the blank sheet's rows as far as a page shows them."""
    data = bytes(workbook.content)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = parse(archive.read(part_of(workbook).path))
    read = next(sheet for sheet in read_workbook(data, "x.xlsx", LIMITS) if sheet.name == workbook.sheet)
    spans, covered = _merged(root)
    formulas = {cell.get("r") for cell in root.iter(f"{{{MAIN}}}c") if cell.find(f"{{{MAIN}}}f") is not None}
    down, across = _extent(root, len(read.rows), len(read.rows[0]) if read.rows else 0)
    rows = []
    for row in range(1, down + 1):
        cells = []
        for column in range(1, across + 1):
            name = reference(row, column)
            if name in covered:
                continue
            # Its stored result is that of the blank sheet, which says 0 for every sum.
            text = FORMULA if name in formulas else _written(_text(read.rows, row, column))
            cells.append(GridCell(name, text, *spans.get(name, (1, 1)), name in formulas))
        rows.append(cells)
    return rows


def with_texts(grid: list[list[GridCell]], values: Mapping[str, Any]) -> list[list[GridCell]]:
    """Return a grid with values in the place of what is blank."""
    return [
        [replace(cell, text=_written(values[cell.name])) if cell.name in values else cell for cell in row]
        for row in grid
    ]


def _text(rows: list[list[Any]], row: int, column: int) -> Any:
    return rows[row - 1][column - 1] if row <= len(rows) and column <= len(rows[row - 1]) else ""


def _written(value: Any) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return value.isoformat() if isinstance(value, datetime.date) else str(value).strip()


def _extent(root: Any, rows: int, columns: int) -> tuple[int, int]:
    """Return rows and columns in use, cells that have only a border included, no more than a page shows."""
    places = [position(cell.get("r")) for cell in root.iter(f"{{{MAIN}}}c")]
    down = max([rows, *(row for row, _ in places)])
    across = max([columns, *(column for _, column in places)])
    return min(down, MOST_ROWS), min(across, MOST_COLUMNS)


def _merged(root: Any) -> tuple[dict[str, tuple[int, int]], set[str]]:
    """Return for the first cell of each merged range its span (across, down), and the cells that it covers."""
    spans, covered = {}, set()
    for merge in root.iter(f"{{{MAIN}}}mergeCell"):
        first, _, last = merge.get("ref", "").partition(":")
        (top, left), (bottom, right) = position(first), position(last or first)
        right, bottom = min(right, MOST_COLUMNS), min(bottom, MOST_ROWS)
        spans[first] = (max(right - left, 0) + 1, max(bottom - top, 0) + 1)
        covered |= {
            reference(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)
        } - {first}
    return spans, covered


def places_of(region: Region) -> list[Region]:
    """Return the places below a region that a row of its workbook may name."""
    return list(Region.objects.children_of(region.code).order_by("code"))


def place_in_row(row: Iterable[GridCell], places: Iterable[Region]) -> str:
    """Return the code of the place that a row names, by its full or its short name; empty for none."""
    texts = {re.sub(r"\s|妇联", "", cell.text) for cell in row}
    for place in places:
        if texts & {place.name, short_name(place.name, Level(place.level))}:
            return place.code
    return ""


@transaction.atomic
def take_in(actor: Any, workbook: FormWorkbook, data: bytes) -> FormWorkbook:
    """Store a blank workbook and return it; raise WorkbookRefusedError with a sentence."""
    check(data)
    sheets = [part.name for part in visible_sheets(data)]
    if not sheets:
        raise WorkbookRefusedError(UNUSUAL)
    if workbook.sheet and workbook.sheet not in sheets:
        raise WorkbookRefusedError(f"文件里没有工作表“{workbook.sheet}”，有：{'、'.join(sheets)}。")
    workbook.sheet, workbook.content = workbook.sheet or sheets[0], data
    workbook.save()
    record(actor, Action.CREATE, workbook, reason="上传上级空表")
    return workbook


@transaction.atomic
def map_cells(
    actor: Any, workbook: FormWorkbook, wanted: Mapping[str, dict[str, str] | None]
) -> FormWorkbook:
    """Say what some cells hold, None to leave them as they are; return the workbook as it is then."""
    held: FormWorkbook = FormWorkbook.objects.select_for_update().get(pk=workbook.pk)
    for name, what in wanted.items():
        held.mapping.pop(name, None)
        if what is not None:
            held.mapping[name] = what
    held.save(update_fields=["mapping"])
    record(actor, Action.UPDATE, held, cells=len(wanted))
    return held


@transaction.atomic
def type_into(
    actor: Any, workbook: FormWorkbook, period: Period, typed: Mapping[str, tuple[str, str]]
) -> int:
    """Store what was typed for cells, with its source; an empty text takes it away. Return how many changed."""
    held = FormWorkbook.objects.select_for_update().get(pk=workbook.pk)
    known = {value.cell: value for value in held.hand_values.filter(period=period.key)}
    changed = 0
    for name, (text, source) in typed.items():
        before = known.get(name)
        if not text:
            changed += before.delete()[0] if before else 0
        elif before is None or (before.value, before.source) != (text, source):
            values = {"value": text, "source": source, "typed_by": actor}
            WorkbookValue.objects.update_or_create(of=held, period=period.key, cell=name, defaults=values)
            changed += 1
    if changed:
        record(actor, Action.UPDATE, held, reason="填写空表", cells=changed)
    return changed


def values_for(workbook: FormWorkbook, period: Period) -> dict[str, int | float | str]:
    """Return what the mapped cells hold in a period; cells without a value are left out."""
    figures = figures_of(workbook.region, period)
    counted = {name: what for name, what in workbook.mapping.items() if "hand" not in what}
    both = _crossed(figures, counted.values())
    typed = dict(workbook.hand_values.filter(period=period.key).values_list("cell", "value"))
    found: dict[str, int | float | str | None] = {
        name: measured(figures, what["metric"], _spot(what), both)[0]
        if name in counted
        else _number_or_text(typed.get(name, ""))
        for name, what in workbook.mapping.items()
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def _spot(what: Mapping[str, str]) -> Spot:
    """Return where in the figures a mapped cell finds its value."""
    return Spot(what["place"], what["dimension"], what["value"]).narrowed(*split_cell(what.get("across", "")))


def _crossed(figures: Figures, mapped: Iterable[Mapping[str, str]]) -> Crossed:
    """Return what is counted under two cells at once; without a query where no cell of the workbook asks for it."""
    wanted = [(what["metric"], _spot(what)) for what in mapped if what.get("across")]
    pairs = {pair_of(spot.dimension, spot.across[0]) for _, spot in wanted if spot.across}
    return crossed(figures.region.code, figures.as_of, pairs, {key for key, _ in wanted})


def tidied(text: str) -> str:
    """Return what somebody typed without the letters of full width and the commas between thousands."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain


def is_half_number(text: str) -> bool:
    """Return whether a text has digits and yet is no number: Excel would leave it out of a sum."""
    return any(map(str.isdigit, text)) and isinstance(_number_or_text(text), str)


def _number_or_text(text: str) -> int | float | str:
    if not _NUMBER.fullmatch(text) or (len(text) > 1 and text.startswith("0") and "." not in text):
        return text
    return float(text) if "." in text else int(text)


def filled_workbook(actor: Any, workbook: FormWorkbook, period: Period) -> bytes:
    """Return the office's workbook with the values of a period, otherwise as it came."""
    values = values_for(workbook, period)
    today = timezone.localdate()
    FormWorkbook.objects.filter(pk=workbook.pk).exclude(used_on=today).update(used_on=today)
    record(actor, Action.EXPORT, workbook, period=period.key, cells=len(values))
    return with_values(bytes(workbook.content), part_of(workbook).path, values)


def hand_cells(workbook: FormWorkbook) -> Iterator[tuple[str, str]]:
    """Yield the cells that people fill in, with what is to be filled in, from the top down."""
    for name in sorted(workbook.mapping, key=position):
        if "hand" in workbook.mapping[name]:
            yield name, workbook.mapping[name]["hand"]


@transaction.atomic
def drop(actor: Any, workbook: FormWorkbook) -> None:
    """Remove a workbook with everything typed for it; a second time changes nothing."""
    for held in FormWorkbook.objects.select_for_update().filter(pk=workbook.pk):
        record(actor, Action.UPDATE, held, reason="删除上级空表")
        held.delete()


def drop_unused(today: datetime.date) -> int:
    """Remove the workbooks that nobody has used for a good year; return how many there were."""
    unused = FormWorkbook.objects.filter(used_on__lt=today - datetime.timedelta(days=KEPT_DAYS))
    return unused.delete()[1].get("reports.FormWorkbook", 0)
