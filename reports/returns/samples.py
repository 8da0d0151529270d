"""Forms that come with the program as data, to be copied and changed on the page."""

import json
from functools import cache
from pathlib import Path

from reports.returns.definition import Sample, from_json

_FOLDER = Path(__file__).parent / "shipped"


@cache
def samples() -> dict[str, Sample]:
    """Return the shipped forms by their key, which is the name of their file."""
    found = {}
    for path in sorted(_FOLDER.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = Sample(path.stem, data["title"], data["period_kind"], from_json(data))
    return found
