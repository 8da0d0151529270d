"""Finding the table in a sheet: its header, what each column is, and the rows that are data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .header_rows import Header, find_header
from .headers import ColumnSpec
from .learnt import heading_key, learnt_choices
from .model import Cell, Sheet, WorkbookError
from .rows import data_rows


@dataclass(frozen=True)
class Heading:
    """A column's heading: its path of grouped headings, and that path as shown to the user."""

    column: int
    path: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the heading as shown: 监护人情况 / 姓名."""
        return " / ".join(self.path)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A data row: the sheet's own 1-based number, and its cells with merges, 同上 and blanks resolved.

    `sheet` names the sheet where several were read as one table.
    """

    number: int
    cells: tuple[Cell, ...]
    sheet: str = ""

    @property
    def mark(self) -> str:
        """Return what names the row in its file."""
        return f"{self.sheet}!{self.number}" if self.sheet else str(self.number)


@dataclass
class Table:
    """A roster found in a sheet, or in several of the same shape, and then without `sheet_name`.

    `mapping` gives the spec's key of each understood column; `sheets` names the sheets read, and `others` those that
    hold a roster too but were not read: of another shape, or hidden.
    """

    sheet_name: str
    headings: list[Heading]
    mapping: dict[int, str]
    rows: list[TableRow]
    header_rows: tuple[int, int] = (0, 0)
    dropped: list[tuple[int, str]] = field(default_factory=list)
    missing: list[ColumnSpec] = field(default_factory=list)
    learnt: frozenset[int] = frozenset()
    sheets: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def unmapped(self) -> list[Heading]:
        """Return the headings that are no known field."""
        return [heading for heading in self.headings if heading.column not in self.mapping]

    def record(self, row: TableRow) -> dict[str, Cell]:
        """Return the row's cells by the key of their field."""
        cells = row.cells
        return {key: cells[column] for column, key in self.mapping.items()}


def find_table(
    sheet: Sheet,
    columns: Sequence[ColumnSpec],
    mapping: Mapping[int, str | None] | None = None,
    learnt: Mapping[str, str] | None = None,
) -> Table:
    """Return the sheet's table.

    `mapping` is the user's own choice for some columns: index to key, or to None for a column to be left out;
    `learnt` what headings mean here (`learnt.heading_key` to key), which goes before likeness and behind that choice.
    Raises WorkbookError (no_header) when no header is recognised and no mapping is given.
    """
    header = find_header(sheet, columns, forced=bool(mapping))
    if header is None:
        raise _no_header(columns)
    return _chosen_table(sheet, header, columns, mapping or {}, learnt or {})


def find_best_table(
    sheets: Sequence[Sheet],
    columns: Sequence[ColumnSpec],
    learnt: Mapping[str, str] | None = None,
    mapping: Mapping[int, str | None] | None = None,
) -> Table:
    """Return the table of the sheet that fits best: with data, most fields known, visible, first.

    Other visible sheets with the same headings are read on into the same table; `mapping` is as for `find_table`.
    Raises WorkbookError (no_header) when no sheet has a header that is recognised.
    """
    found = []
    for order, sheet in enumerate(sheets):
        header = find_header(sheet, columns)
        if header is not None:
            table = _chosen_table(sheet, header, columns, mapping or {}, learnt or {})
            rank = (bool(table.rows), -len(table.missing), len(table.mapping), not sheet.hidden, -order)
            found.append((rank, sheet, table))
    if not found:
        raise _no_header(columns)
    _, sheet, best = max(found, key=lambda one: one[0])
    rivals = [(one, table) for _, one, table in found if table.rows]
    same = [table for one, table in rivals if one.hidden == sheet.hidden and _shape(table) == _shape(best)]
    joined = _joined(same) if len(same) > 1 else best
    joined.others = tuple(table.sheet_name for _, table in rivals if table.sheet_name not in joined.sheets)
    return joined


def _shape(table: Table) -> list[tuple[int, str]]:
    """Return the headings by column; two tables of the same shape can be read as one."""
    return [(heading.column, heading_key(heading.path)) for heading in table.headings]


def _joined(tables: Sequence[Table]) -> Table:
    """Return tables of the same shape as one, each row with the name of its sheet."""
    first, names = tables[0], tuple(table.sheet_name for table in tables)
    width = max(len(row.cells) for table in tables for row in table.rows)
    rows = [
        replace(row, sheet=table.sheet_name, cells=(*row.cells, *[""] * (width - len(row.cells))))
        for table in tables
        for row in table.rows
    ]
    dropped = [row for table in tables for row in table.dropped]
    return replace(first, sheet_name="", rows=rows, dropped=dropped, sheets=names)


def _chosen_table(
    sheet: Sheet,
    header: Header,
    columns: Sequence[ColumnSpec],
    mapping: Mapping[int, str | None],
    learnt: Mapping[str, str],
) -> Table:
    known = {spec.key for spec in columns} | {None}
    found = {column: key for column, key in learnt_choices(learnt, header.paths).items() if key in known}
    taken = {key for key in mapping.values() if key}
    remembered = {c: key for c, key in found.items() if c not in mapping and key not in taken}
    _choose(header, {**remembered, **mapping})
    table = _table(sheet, header, columns)
    table.learnt = frozenset(found.keys() - mapping.keys())
    return table


def _choose(header: Header, mapping: Mapping[int, str | None]) -> None:
    chosen = {key for key in mapping.values() if key}
    kept = {
        column: key for column, key in header.mapping.items() if column not in mapping and key not in chosen
    }
    width = len(header.paths)
    kept.update({column: key for column, key in mapping.items() if key and 0 <= column < width})
    header.mapping = dict(sorted(kept.items()))


def _table(sheet: Sheet, header: Header, columns: Sequence[ColumnSpec]) -> Table:
    rows, dropped = data_rows(sheet, header, columns)
    known = set(header.mapping.values())
    return Table(
        sheet_name=sheet.name,
        sheets=(sheet.name,),
        headings=[Heading(column, path) for column, path in enumerate(header.paths) if path],
        mapping=header.mapping,
        rows=[TableRow(number, tuple(cells)) for number, cells in rows],
        header_rows=(header.first + 1, header.last + 1),
        dropped=dropped,
        missing=[spec for spec in columns if spec.required and spec.key not in known],
    )


def _no_header(columns: Sequence[ColumnSpec]) -> WorkbookError:
    wanted = [spec.title for spec in columns if spec.required] or [spec.title for spec in columns[:3]]
    others = [spec.title for spec in columns if spec.title not in wanted][:5]
    named = f"“{'”“'.join(wanted)}”"
    also = f"，以及“{'”“'.join(others)}”等" if others else ""
    return WorkbookError("no_header", f"没有找到表头行。表头里应有{named}{also}，请核对表头后再上传。")
