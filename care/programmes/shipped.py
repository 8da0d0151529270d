"""The programmes that come along as examples, to be adopted and changed; their names stand in the data file alone."""

import datetime
import json
from functools import cache
from pathlib import Path
from typing import Any

from care.programmes.choices import Reach
from care.programmes.models import Programme, ProgrammeItem

FILE = Path(__file__).with_name("shipped.json")
A_YEAR = datetime.timedelta(days=365)


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Return the examples by key, in the file's order."""
    return {row["key"]: row for row in json.loads(FILE.read_text(encoding="utf-8"))}


def programme_from(key: str, region: str, first: datetime.date) -> Programme:
    """Store an example as a region's draft for a year and return it; raise KeyError for an unknown one."""
    row = {name: value for name, value in examples()[key].items() if name != "key"}
    items = row.pop("items")
    new = Programme.objects.create(
        region_id=region,
        first_on=first,
        last_on=first + A_YEAR - datetime.timedelta(days=1),
        reach=Reach.ALL,
        **row,
    )
    ProgrammeItem.objects.bulk_create(
        ProgrammeItem(programme=new, position=place, **item) for place, item in enumerate(items, 1)
    )
    return new
