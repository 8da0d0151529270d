"""Tables in HTML pages: many offices' systems export those under the name .xls."""

from __future__ import annotations

from html.parser import HTMLParser

from .model import Cell, Limits, Merge, Sheet, empty_file, squared


def read_html(text: str, limits: Limits) -> list[Sheet]:
    """Return one sheet for each table that is in no other. Raises WorkbookError: empty, too_large."""
    reader = _Reader(limits)
    reader.feed(text)
    reader.close()
    reader.end_row()
    sheets = [
        Sheet(f"表{number}", squared(table.rows), table.merges)
        for number, table in enumerate(reader.tables, 1)
    ]
    if not sheets:
        raise empty_file()
    return sheets


def _span(attributes: list[tuple[str, str | None]], name: str) -> int:
    value = dict(attributes).get(name) or "1"
    return min(max(int(value), 1), 100_000) if value.isdecimal() else 1


class _Table:
    """A table under construction; `taken` holds the cells that spans from above or the left cover."""

    def __init__(self) -> None:
        self.rows: list[list[Cell]] = []
        self.merges: list[Merge] = []
        self.covered: dict[int, int] = {}  # column -> last row that a span from above covers

    def place(self, text: str, across: int, down: int, limits: Limits) -> None:
        row, cells = len(self.rows) - 1, self.rows[-1]
        while self.covered.get(len(cells), -1) >= row:
            cells.append("")
        left = len(cells)
        limits.check_extent(row + 1, left + across)
        cells.extend([text] + [""] * (across - 1))
        if down > 1:
            self.covered.update(dict.fromkeys(range(left, left + across), row + down - 1))
        if down > 1 or across > 1:
            self.merges.append(Merge(row, left, row + down - 1, left + across - 1))


class _Reader(HTMLParser):
    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.limits = limits
        self.tables: list[_Table] = []
        self.depth = 0
        self.text: list[str] | None = None
        self.spans = (1, 1)
        self.silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append(_Table())
        elif tag in ("style", "script"):
            self.silent = True
        elif self.depth == 1 and tag == "tr":
            self.end_cell()
            self.tables[-1].rows.append([])
        elif self.depth == 1 and tag in ("td", "th"):
            self._start_cell(attrs)
        elif tag == "br":
            self.handle_data("\n")

    def _start_cell(self, attrs: list[tuple[str, str | None]]) -> None:
        self.end_cell()
        if not self.tables[-1].rows:
            self.tables[-1].rows.append([])
        self.text, self.spans = [], (_span(attrs, "colspan"), _span(attrs, "rowspan"))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.depth == 1:
            self.end_cell()
        elif tag == "table" and self.depth:
            self.end_row()
            self.depth -= 1
        elif tag in ("style", "script"):
            self.silent = False

    def handle_data(self, data: str) -> None:
        if self.text is not None and not self.silent:
            self.text.append(data)

    def end_cell(self) -> None:
        """Put the open cell, if any, into its table."""
        if self.text is not None and self.tables:
            self.tables[-1].place("".join(self.text).strip(), *self.spans, self.limits)
        self.text = None

    def end_row(self) -> None:
        """Close what the page left open."""
        if self.depth <= 1:
            self.end_cell()
