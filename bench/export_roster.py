"""What making a ledger costs: beside XlsxWriter writing the same constant cells.

Run: `.venv/bin/python bench/export_roster.py [ROWS]` on the demo city (`make run` once first). Children with guardian,
parents and a need are created for wenshui's clerk, her ledger is made with every column and full numbers, and all is rolled
back. Writes docs/benchmarks.md.
"""

import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aixin.settings.local")
django.setup()

import xlsxwriter  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import QueryDict  # noqa: E402

from aixin.access.models import User  # noqa: E402
from aixin.access.scope import acting  # noqa: E402
from aixin.exchange.exporting import Selection, list_of  # noqa: E402
from aixin.exchange.ledger_files import LedgerHead, ledger_xlsx  # noqa: E402
from aixin.exchange.ledgers import LedgerRows  # noqa: E402
from aixin.exchange.models import Export  # noqa: E402
from aixin.exchange.roster import state_that_triggers_run  # noqa: E402
from bench.import_roster import CLERK, ROWS, WAYS, workbook  # noqa: E402
from bench.report import write_section  # noqa: E402

ROUNDS = 3
HEAD = LedgerHead("台账", "台账", "文水县妇联", "2026年1月1日", "人", "水印", "")


def _constant(cells: list[list[str]]) -> bytes:
    buffer = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(cells):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)
    return buffer.getvalue()


def _rows(user: User) -> LedgerRows:
    listed = list_of("children")
    selection = Selection(listed, user, QueryDict())
    offered = [column.key for column in listed.columns] + ["last_visit", "volunteers"]
    return selection.rows(offered, full=True)


def _encrypted(data: bytes) -> str:
    export = Export()
    export.keep_content(data)
    field = Export._meta.get_field("content")
    return str(field.get_db_prep_save(export.content, connection))


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    begin = time.perf_counter()
    made = work()
    return time.perf_counter() - begin, made


def compare(number: int) -> None:
    """Measure in turns, take the best of each, and write the table."""
    user = User.objects.get(username=CLERK)
    taken: dict[str, list[float]] = {name: [] for name in ("making", "sealing", "reading", "writing")}
    with acting(user):
        # Only makes the rows quicker to create, which is not measured here.
        state_that_triggers_run()
        WAYS["bulk_create"](user, workbook(number))
        for _ in range(ROUNDS):
            size = _round(user, taken)
        transaction.set_rollback(True)
    best = {name: min(times) for name, times in taken.items()}
    print(size, taken)
    making, writing = best["making"], best["writing"]
    write_section(
        "Exporting a ledger",
        [
            f"{size} columns with numbers in full, guardian, parents, needs and the columns of higher apps, as wenshui's",
            "clerk; over XlsxWriter writing the same cells as constants, without formats, in the same run; the best of",
            f"{ROUNDS} turns of each.",
            f"Made by `.venv/bin/python bench/export_roster.py {number}`.",
            "",
            "| over the constant cells | ratio | wanted |",
            "|---|---|---|",
            f"| the file made: read, decrypted, written with borders and sums | {making / writing:.2f} | at most 1.5 |",
            f"| the same and the file encrypted to be kept | {(making + best['sealing']) / writing:.2f} | |",
            f"| the rows read and decrypted alone | {best['reading'] / writing:.2f} | |",
        ],
    )


def _round(user: User, taken: dict[str, list[float]]) -> str:
    """Do everything once and note the seconds; return the size of the table in words."""
    making, data = _timed(lambda: ledger_xlsx(HEAD, _rows(user)))
    assert isinstance(data, bytes)
    sealing, _ = _timed(lambda: _encrypted(data))
    reading, cells = _timed(lambda: list(_rows(user)))
    assert isinstance(cells, list)
    writing, _ = _timed(lambda: _constant(cells))
    for name, seconds in zip(taken, (making, sealing, reading, writing), strict=True):
        taken[name].append(seconds)
    return f"{len(cells):,} children x {len(cells[0])}"


if __name__ == "__main__":
    compare(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
