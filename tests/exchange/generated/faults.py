"""What is wrong with some rows, put into them with the reason or warning that it must give."""

import datetime as dt
import random
from dataclasses import dataclass, field

from tests.exchange.generated.files import Value
from tests.exchange.generated.people import TOWNS, Truth


@dataclass
class Line:
    """A data row: its cells, what is true, and what must come of it."""

    cells: dict[str, Value]
    truth: Truth
    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def spoil(rnd: random.Random, line: Line, keys: set[str], *, native: bool, free_places: bool) -> None:
    """Put one fault into the row, of those that its file can have. `free_places`: each row states its own places."""
    fitting = [fault for fault, needed in FAULTS.items() if needed <= keys]
    if not free_places:
        fitting = [fault for fault in fitting if fault not in PLACES]
    FAULTS_BY_NAME[rnd.choice(fitting)](rnd, line, native)


def _no_name(_: random.Random, line: Line, __: bool) -> None:
    line.cells["name"] = ""
    line.reasons.append("name_missing")


def _checksum(_: random.Random, line: Line, __: bool) -> None:
    number = line.truth["idno"]
    line.cells["idno"] = number[:-1] + ("1" if number[-1] != "1" else "2")
    line.reasons.append("id_checksum")


def _rounded(rnd: random.Random, line: Line, native: bool) -> None:
    number = line.truth["idno"]
    line.cells["idno"] = (
        float(f"{number[:15]}000") if native else rnd.choice(("1.41121E+17", "1.41121201406E+17"))
    )
    line.reasons.append("id_precision_lost")


def _format(rnd: random.Random, line: Line, _: bool) -> None:
    number = line.truth["idno"]
    line.cells["idno"] = rnd.choice((number[:-3], number[:6] + "O" + number[7:], number + "1"))
    line.reasons.append("id_format")


def _other_birth(_: random.Random, line: Line, __: bool) -> None:
    line.cells["birth"] = f"{line.truth['birth'] + dt.timedelta(days=400):%Y-%m-%d}"
    line.reasons.append("birth_differs_from_id")


def _other_sex(_: random.Random, line: Line, __: bool) -> None:
    line.cells["sex"] = "女" if line.truth["sex"] == "男" else "男"
    line.reasons.append("sex_differs_from_id")


def _future(_: random.Random, line: Line, __: bool) -> None:
    line.cells["birth"] = "2099-05-01"
    line.reasons.append("birth_in_future")


def _no_day(rnd: random.Random, line: Line, _: bool) -> None:
    line.cells["birth"] = rnd.choice(("2014-02-31", "2014年13月", "约12岁", "农历2014年13月1日", "6/5/2014"))
    line.reasons.append("birth_invalid")


def _no_birth(_: random.Random, line: Line, __: bool) -> None:
    line.cells["idno"] = line.cells["birth"] = ""
    line.reasons.append("birth_missing")


def _no_town(rnd: random.Random, line: Line, _: bool) -> None:
    line.cells["township"], line.cells["village"] = rnd.choice(("凤凰台镇", "某某乡")), ""
    line.reasons.append("region_unknown")


def _no_category(rnd: random.Random, line: Line, _: bool) -> None:
    line.cells["category"] = rnd.choice(("其它", "普通儿童", "？", ""))
    line.reasons.append("category_unknown")


def _phone(rnd: random.Random, line: Line, _: bool) -> None:
    line.cells["phone"] = rnd.choice(("1380013800", "139000011112", "12345"))
    line.truth["kept"], line.truth["phone"] = line.cells["phone"], ""
    line.warnings.append("phone_invalid")


def _village(_: random.Random, line: Line, __: bool) -> None:
    line.cells["village"], line.truth["village"] = "查无此村", ""
    line.warnings.append("village_unknown")


def _no_id(rnd: random.Random, line: Line, _: bool) -> None:
    line.cells["idno"], line.truth["idno"] = rnd.choice(("", "无", "未办理", "/")), ""
    line.warnings.append("id_missing")
    meant = line.truth["without_id"]
    if meant is None:
        line.reasons.append("birth_invalid")
    else:
        line.truth["birth"] = meant


def _village_of_another_town(rnd: random.Random, line: Line, _: bool) -> None:
    other = rnd.choice([town for town in TOWNS if town != line.truth["township"]])
    line.cells["village"], line.truth["village"] = rnd.choice(list(TOWNS[other])), ""
    line.warnings.append("village_unknown")


#: Each fault with the columns that a file must have for it.
FAULTS: dict[str, set[str]] = {
    "no_name": {"name"}, "checksum": {"idno"}, "rounded": {"idno"}, "format": {"idno"},
    "other_birth": {"idno", "birth"}, "other_sex": {"idno", "sex"}, "future": {"birth"}, "no_day": {"birth"},
    "no_birth": {"idno", "birth"}, "no_town": {"township", "village"}, "no_category": {"category"},
    "phone": {"phone"}, "village": {"village"}, "no_id": {"idno", "birth"}, "village_elsewhere": {"village"},
}  # fmt: skip
PLACES = {"no_town"}
FAULTS_BY_NAME = {
    "no_name": _no_name, "checksum": _checksum, "rounded": _rounded, "format": _format, "other_birth": _other_birth,
    "other_sex": _other_sex, "future": _future, "no_day": _no_day, "no_birth": _no_birth, "no_town": _no_town,
    "no_category": _no_category, "phone": _phone, "village": _village, "no_id": _no_id,
    "village_elsewhere": _village_of_another_town,
}  # fmt: skip


def repeated(rnd: random.Random, line: Line, earlier: list[Line]) -> None:
    """Make the row one of a child that stands in the file already."""
    known = [one for one in earlier if one.truth["idno"] and not one.reasons]
    if known:
        first = rnd.choice(known).truth
        for key in ("idno", "sex"):
            line.truth[key] = line.cells[key] = first[key]
        line.truth["birth"], line.cells["birth"] = first["birth"], f"{first['birth']:%Y-%m-%d}"
        line.reasons.append("duplicate_in_file")
