"""The five sample rosters and their truths."""

import json
from functools import cache
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent.parent / "samples"
#: In the order in which a county sends them: the pairs of 05 are between the children of 02 and the mothers of 03.
ROSTERS = {
    "02-文水县信息台账.xlsx": "children",
    "01-儿童花名册-规范.xlsx": "children",
    "03-爱心妈妈登记表.xls": "volunteers",
    "04-爱心妈妈名单.csv": "volunteers",
    "05-结对台账.xlsx": "pairings",
}
ABOUT = {"row", "ok", "reasons", "warnings"}
Entry = dict[str, Any]


@cache
def truth_of(name: str) -> list[Entry]:
    return json.loads((SAMPLES / name).with_suffix(".truth.json").read_text("utf-8"))


def good_rows(*names: str) -> list[Entry]:
    return [entry for name in names for entry in truth_of(name) if entry["ok"]]
