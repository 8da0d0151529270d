"""What was asked for on its way out: a list as a ledger, by the house's exports; counts as a plain workbook."""

import io
from functools import partial
from typing import Any

import xlsxwriter
from django.db.models import Model
from django.http import HttpRequest, QueryDict

from aixin.access.lists import RosterList
from aixin.access.permissions import STAFF
from aixin.access.scoped import acting_user
from aixin.exchange.exporting import ExportedList
from aixin.exchange.ledgers import LedgerColumn
from aixin.exchange.writing import watermark
from reports.asking.counting import Counts
from reports.asking.question import question_from, words_of
from reports.asking.subjects import subject_of


class AskedRows:
    """What an export asks of a list's filters, answered by the question that the address holds."""

    def __init__(self, key: str, data: QueryDict, queryset: Any, request: HttpRequest) -> None:
        subject = subject_of(key)
        assert subject is not None
        self.user = acting_user(request)
        self.question = question_from(data, subject, self.user)
        self.qs = self.question.in_order(self.question.narrowed(queryset, self.user))

    @property
    def chips(self) -> list[dict[str, str]]:
        """The question in words."""
        return [{"label": label, "chosen": words} for label, words in words_of(self.question, self.user)]


def asked_list(
    key: str, title: str, model: type[Model], columns: tuple[LedgerColumn, ...], **more: Any
) -> ExportedList:
    """Return the rows of a subject as a list that can be exported; reached from a question alone."""
    members = {"allowed_roles": STAFF, "model": model, "filterset_class": partial(AskedRows, key)}
    view = type(f"Asked{model.__name__}List", (RosterList,), members)
    return ExportedList(
        f"ask-{key}",
        title,
        view,
        columns,
        list_name="asking:home",
        export_name="asking:export",
        offered_always=False,
        **more,
    )


HEADS = 3
WIDTH, FIRST_WIDTH = 10, 24


def counts_xlsx(title: str, counts: Counts, note: str, mark: str) -> bytes:
    """Return counts as a workbook: numbers as numbers, everything else as text, the watermark on every page."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(title[:31])
        bold, head = (
            book.add_format({"bold": True, "font_size": 14}),
            book.add_format({"bold": True, "border": 1}),
        )
        watermark(sheet, mark)
        sheet.set_column(0, 0, FIRST_WIDTH)
        sheet.set_column(1, len(counts.columns) + 2, WIDTH)
        sheet.write_string(0, 0, title, bold)
        sheet.write_string(1, 0, f"{note}　{mark}")
        for column, heading in enumerate(
            [counts.heading, *(label for _, label in counts.columns), "合计", "占比%"]
        ):
            sheet.write_string(HEADS - 1, column, heading, head)
        for row, line in enumerate(_lines(counts), start=HEADS):
            sheet.write_string(row, 0, line[0])
            for column, number in enumerate(line[1], start=1):
                sheet.write_number(row, column, number)
    return buffer.getvalue()


def _lines(counts: Counts) -> list[tuple[str, list[float]]]:
    lines: list[tuple[str, list[float]]] = [
        (line.label, [*(part.number for part in line.parts), line.sum.number, line.share])
        for line in counts.lines
    ]
    return [*lines, ("合计", [*counts.sums, counts.total, 100 if counts.total else 0])]
