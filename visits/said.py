"""What a visit says of family, study and life beside what was said before, and two copies of one visit beside each other."""

import datetime
from dataclasses import dataclass
from typing import Any

from aixin.access.scoped import is_id
from visits.forms import PARTS, VisitForm
from visits.models import Visit
from visits.services import TYPED

# So many visits back an earlier word is looked for.
_LOOKED_THROUGH = 30


@dataclass(frozen=True)
class SaidPart:
    """One of the three on the form: the field, and when the user last said something of it."""

    field: Any
    since: datetime.date | None

    @property
    def note(self) -> str:
        """What a 'no change' refers to."""
        return f"从{self.since.month}月{self.since.day}日到现在" if self.since else "还没有记过"


def parts_of(user: Any, form: VisitForm, child: str) -> list[SaidPart]:
    """Return family, study and life of a visit form, with when the user last said something of them about a child."""
    since = _last_said(user, int(child), form.instance.pk) if is_id(child) else {}
    return [SaidPart(form[name], since.get(name)) for name in PARTS]


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
