"""What a visit says of family, study and life beside what was said before, and two copies of one visit beside each other."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aixin.access.scoped import is_id
from children.models import Child
from visits.choices import Finding, Part
from visits.forms import PARTS, VisitForm
from visits.models import Situation, Visit
from visits.services import TYPED

# So many visits back an earlier word is looked for.
_LOOKED_THROUGH = 30


@dataclass(frozen=True)
class SaidPart:
    """One of the three on the form: the field, the field for a first sentence, when the user last said something of it,
    and whether anything is known of it."""

    field: Any
    words: Any
    since: datetime.date | None
    is_known: bool

    @property
    def note(self) -> str:
        """What a 'no change' refers to."""
        return f"从{self.since.month}月{self.since.day}日到现在" if self.since else "您还没有记过"


def parts_of(user: Any, form: VisitForm, child: str, untold: dict[int, list[str]]) -> list[SaidPart]:
    """Return family, study and life of a visit form, with when the user last said something of them about a child.

    Of a part that was never told of one of the chosen children there is no 'no change': it asks for a sentence.
    """
    since = _last_said(user, int(child), form.instance.pk) if is_id(child) else {}
    chosen = {str(one) for one in form["children"].value() or []}
    asked = {name for one, names in untold.items() if str(one) in chosen for name in names}
    return [
        SaidPart(form[name], form[f"{name}_words"], since.get(name), is_known=name not in asked)
        for name in PARTS
    ]


def untold_parts(children: Any) -> dict[int, list[str]]:
    """Return for each of these children the form's names of the parts of which nothing is known; in the reader's range."""
    keys = list(children.values_list("pk", flat=True))
    known = set(Situation.objects.filter(child__in=keys).values_list("child", "part"))
    return {key: [name for name in PARTS if (key, name.upper()) not in known] for key in keys}


def known_parts(child: int) -> set[str]:
    """Return the form's names of the parts of which something is known about a child; in the reader's own range."""
    return {part.lower() for part in Situation.objects.filter(child=child).values_list("part", flat=True)}


def still_unknown(visit: Visit, children: Iterable[Child]) -> str:
    """Return in words of which parts a visit says "no change" though nothing was ever known of one of its children."""
    said = [name for name in PARTS if getattr(visit, name) == Finding.UNCHANGED]
    known = [known_parts(child.pk) for child in children] if said else []
    missing = [name for name in said if not all(name in one for one in known)]
    return "、".join(str(Part[name.upper()].label) for name in missing)


def _last_said(user: Any, child: int, apart_from: int | None) -> dict[str, datetime.date]:
    earlier = Visit.objects.visible_to(user).of_child(child).exclude(pk=apart_from)
    rows = list(earlier.values("date", *PARTS)[:_LOOKED_THROUGH])
    return {name: row["date"] for row in reversed(rows) for name in PARTS if row[name]}


@dataclass(frozen=True)
class Difference:
    """A field in which two copies of a visit differ."""

    label: str
    present: str
    mine: str


def differences(present: Visit, mine: Visit) -> list[Difference]:
    """Return what differs between a visit as it is stored and another copy of it."""
    return [
        Difference(str(Visit._meta.get_field(name).verbose_name), _shown(present, name), _shown(mine, name))  # type: ignore[union-attr]
        for name in TYPED
        if getattr(present, name) != getattr(mine, name)
    ]


def _shown(visit: Visit, name: str) -> str:
    display = getattr(visit, f"get_{name}_display", None)
    value = display() if display else getattr(visit, name)
    return "" if value is None else str(value)
