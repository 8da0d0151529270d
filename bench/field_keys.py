"""What the national algorithms cost: one value, and `rotate_keys` over a table, as ratios in one run.

Run: `.venv/bin/python bench/field_keys.py` on the demo city (`make run` once first). It rotates a
temporary copy of one table, so the demo city stays as it is. Writes docs/benchmarks.md.
"""

import base64
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aixin.settings.local")
os.environ.setdefault("AIXIN_DB_ROLE", "owner")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from aixin.privacy.cipher import blind_index, decrypt, encrypt  # noqa: E402
from aixin.privacy.columns import Table, sealed_tables  # noqa: E402
from aixin.privacy.keys import field_keys, forget_keys  # noqa: E402
from aixin.privacy.rotation import rotate  # noqa: E402
from bench.report import write_section  # noqa: E402

ROUNDS = 15
VALUES = 5000
TABLE, COPY, BATCH, SMALL_BATCH = "volunteers_volunteer", "bench_rotation", 500, 50
IDNO, CONTEXT = "991121201503020028", "children_child.idno"
FILE = "A" * 1_000_000
SIZES = {"aes": 32, "sm4": 16}


def key(provider: str) -> str:
    return f"{provider}:{base64.b64encode(os.urandom(SIZES[provider])).decode()}"


def use(fields: str, index: str = "") -> None:
    """Run with these keys from now on."""
    settings.AIXIN_FIELD_KEYS = fields
    settings.AIXIN_INDEX_KEY = index or settings.AIXIN_INDEX_KEY
    forget_keys()


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def cost_of_values() -> Iterator[tuple[str, float]]:
    """Yield what SM4 and SM3 take over AES and SHA-256, the rounds of both taking turns."""
    stored = {}
    for provider in SIZES:
        use(f"1:{key(provider)}")
        stored[provider] = (settings.AIXIN_FIELD_KEYS, encrypt(IDNO, CONTEXT), encrypt(FILE, CONTEXT))
    yield "encrypt an ID number", _ratio(stored, lambda _: [encrypt(IDNO, CONTEXT) for _ in range(VALUES)])
    yield "decrypt an ID number", _ratio(stored, lambda s: [decrypt(s[1], CONTEXT) for _ in range(VALUES)])
    yield "encrypt a file of 1 MB", _ratio(stored, lambda _: [encrypt(FILE, CONTEXT) for _ in range(10)])
    yield "decrypt a file of 1 MB", _ratio(stored, lambda s: [decrypt(s[2], CONTEXT) for _ in range(10)])
    yield "blind index of an ID number", _index_ratio()


def _ratio(stored: dict[str, tuple[str, str, str]], work: Callable[[tuple[str, str, str]], object]) -> float:
    taken: dict[str, list[float]] = {provider: [] for provider in stored}
    for _ in range(ROUNDS):
        for provider, values in stored.items():
            use(values[0])
            taken[provider].append(seconds(lambda values=values: work(values)))
    return min(taken["sm4"]) / min(taken["aes"])


def _index_ratio() -> float:
    secret = base64.b64encode(os.urandom(32)).decode()
    taken: dict[str, list[float]] = {"sha256": [], "sm3": []}
    for _ in range(ROUNDS):
        for provider, found in taken.items():
            use(settings.AIXIN_FIELD_KEYS, f"{provider}:{secret}")
            found.append(seconds(lambda: [blind_index(IDNO) for _ in range(VALUES)]))
    return min(taken["sm3"]) / min(taken["sha256"])


def cost_of_rotation() -> tuple[int, dict[str, float]]:
    """Return the number of rows, and the seconds of bringing them under a new key in each way."""
    (table,) = (table for table in sealed_tables() if table.name == TABLE)
    ways = {"aes": ("aes", BATCH), "sm4": ("sm4", BATCH), "small": ("aes", SMALL_BATCH)}
    taken: dict[str, list[float]] = {way: [] for way in ways}
    own, rows = settings.AIXIN_FIELD_KEYS, 0
    for _ in range(ROUNDS):
        for way, (provider, batch) in ways.items():
            use(own)
            with copied(table) as copy:
                # From a key of the same provider, so that each is read and written with its own.
                add_key(provider)
                deque(rotate(copy, BATCH), maxlen=0)
                add_key(provider)
                begin = time.perf_counter()
                rows = sum(outcome.done for outcome in rotate(copy, batch))
                taken[way].append(time.perf_counter() - begin)
    return rows, {way: min(found) for way, found in taken.items()}


def add_key(provider: str) -> None:
    """Let a new key of this provider be the newest."""
    version = max(found.version for found in field_keys().values()) + 1
    use(f"{settings.AIXIN_FIELD_KEYS},{version}:{key(provider)}")


@contextmanager
def copied(table: Table) -> Iterator[Table]:
    """Give a temporary copy of a table, as fresh for every measurement."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {COPY} AS TABLE {table.name}")
        cursor.execute(f"ALTER TABLE {COPY} ADD PRIMARY KEY ({table.pk})")
        yield replace(table, name=COPY)
        cursor.execute(f"DROP TABLE {COPY}")


def main() -> None:
    """Measure and write the section."""
    own = settings.AIXIN_FIELD_KEYS
    values = list(cost_of_values())
    use(own)
    rows, taken = cost_of_rotation()
    lines = [
        "The national algorithms (SM4-GCM, HMAC-SM3) over the default ones (AES-256-GCM, HMAC-SHA-256): time for the same",
        f"work, the fastest of {ROUNDS} rounds taking turns. `rotate_keys` over a copy of the {rows} rows of `{TABLE}`",
        "of the demo city (three encrypted columns), each from a key of the same algorithm.",
        "Made by `.venv/bin/python bench/field_keys.py`.",
        "",
        "| work | compared | ratio |",
        "|---|---|---|",
        *(f"| {work} | national / default | {ratio:.2f} |" for work, ratio in values),
        f"| `rotate_keys` | national / default | {taken['sm4'] / taken['aes']:.2f} |",
        f"| `rotate_keys` | `--batch {SMALL_BATCH}` / `--batch {BATCH}` | {taken['small'] / taken['aes']:.2f} |",
    ]
    write_section("Field encryption", lines)


if __name__ == "__main__":
    main()
