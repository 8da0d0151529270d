"""Two records side by side: what each says, where they differ, and which side is the better guess."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aixin.access.people import name_for, text_for
from children.choices import Category, ParentKind
from children.models import Child, Guardian, Parent
from pairing.models import Pairing
from visits.models import VisitedChild

FIRST, SECOND = "first", "second"
SIDES = (FIRST, SECOND)
FIELDS = (
    "name", "idno", "sex", "birth", "birthday_is_lunar", "ethnicity", "region", "address", "hukou_place", "hukou_type",
    "category", "other_categories", "risk", "consent", "health", "disability_kind", "disability_level", "illness",
    "schooling", "school", "grade", "boarding", "guardianship", "income", "aid", "notes",
)  # fmt: skip
# An ID number says these itself.
FROM_ID = ("sex", "birth")
GUARDIAN, PARENTS = "guardian", tuple(kind.lower() for kind in ParentKind.values)
RELATIVE_FIELDS = {
    GUARDIAN: ("name", "relation", "phone", "other_phones", "address"),
    **dict.fromkeys(PARENTS, ("name", "status", "idno", "phone", "other_phones", "workplace")),
}


@dataclass(frozen=True)
class Number:
    """A masked number with its eye."""

    label: str
    pk: int
    field: str
    shown: str


@dataclass(frozen=True)
class Cell:
    """What one side says."""

    side: str
    text: str
    numbers: Sequence[Number] = ()
    is_default: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.numbers


@dataclass(frozen=True)
class Row:
    """One matter of both records. It is chosen where they differ."""

    name: str
    label: str
    cells: tuple[Cell, Cell]
    differs: bool
    remark: str = ""

    @property
    def is_chosen(self) -> bool:
        return self.differs and not self.remark

    @property
    def default(self) -> str:
        return next(cell.side for cell in self.cells if cell.is_default)


def compare(user: Any, first: Child, second: Child) -> list[Row]:
    """Return what both records say, row by row, as the user may read it; what neither says is left out."""
    better = _better(first, second)
    rows = [_field_row(user, name, first, second, better) for name in FIELDS]
    rows += [_relative_row(name, first, second, better) for name in (GUARDIAN, *PARENTS)]
    return [row for row in rows if row.differs or not all(cell.is_empty for cell in row.cells)]


def counts(first: Child, second: Child) -> list[tuple[str, int, int]]:
    """Return how many needs, pairings and visits each of the two has; the merged record has them all."""
    counted: list[tuple[str, Callable[[Child], int]]] = [
        ("需求", lambda child: child.needs.count()),
        ("结对", lambda child: Pairing.objects.filter(child=child).count()),
        ("走访", lambda child: VisitedChild.objects.filter(child=child).count()),
        ("监护人同意记录", lambda child: child.consents.count()),
    ]
    return [(label, count(first), count(second)) for label, count in counted]


def better_side(first: Child, second: Child) -> str:
    """Return the side whose number should stay: the one with an ID number, else the one on the roster for longer."""
    return _better(first, second)


def relative(child: Child, name: str) -> Guardian | Parent | None:
    """Return a child's first guardian, father or mother."""
    if name == GUARDIAN:
        return child.main_guardian
    return next((parent for parent in child.parents.all() if parent.kind == name.upper()), None)


def _better(first: Child, second: Child) -> str:
    if bool(first.idno) != bool(second.idno):
        return FIRST if first.idno else SECOND
    return FIRST if (first.registered_on, first.pk) <= (second.registered_on, second.pk) else SECOND


def _fuller(left: Any, right: Any, better: str) -> str:
    """Return the side that says more; that of the better record where both say something."""
    if bool(left) != bool(right):
        return FIRST if left else SECOND
    if isinstance(left, list) and len(left) != len(right):
        return FIRST if len(left) > len(right) else SECOND
    return better


def _field_row(user: Any, name: str, first: Child, second: Child, better: str) -> Row:
    label = "现居地" if name == "region" else str(Child._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    left, right = getattr(first, name), getattr(second, name)
    default = _fuller(left, right, better)
    cells = (
        _field_cell(user, name, first, FIRST, default),
        _field_cell(user, name, second, SECOND, default),
    )
    is_told = name in FROM_ID and left != right and (first.idno or second.idno)
    return Row(name, label, cells, left != right, "以身份证号为准" if is_told else "")


def _field_cell(user: Any, name: str, child: Child, side: str, default: str) -> Cell:
    if name == "idno" and child.idno:
        numbers = [Number("children.child", child.pk, "idno", child.masked_idno)]
        return Cell(side, "", numbers, side == default)
    return Cell(side, _text(user, child, name), (), side == default)


def _text(user: Any, child: Child, name: str) -> str:
    value = getattr(child, name)
    if name == "name":
        return name_for(user, value)
    if name == "notes":
        return text_for(user, value)
    if name == "region":
        return str(child.region.place)
    if isinstance(value, bool):
        return "是" if value else "否"
    field: Any = Child._meta.get_field(name)
    labels = dict(getattr(getattr(field, "base_field", field), "flatchoices", ()) or Category.choices)
    if isinstance(value, list):
        return "、".join(str(labels.get(item, item)) for item in value)
    return str(labels.get(value, value)) if value not in (None, "") else ""


def _relative_row(name: str, first: Child, second: Child, better: str) -> Row:
    left, right = relative(first, name), relative(second, name)
    default = _fuller(_said(left, name), _said(right, name), better)
    label = "监护人" if name == GUARDIAN else str(dict(ParentKind.choices)[name.upper()])
    cells = (_relative_cell(left, FIRST, default), _relative_cell(right, SECOND, default))
    return Row(name, label, cells, _said(left, name) != _said(right, name))


def _said(row: Any, name: str) -> list[Any]:
    """Return what is known of a relative; nothing where nobody is."""
    values = [getattr(row, field) for field in RELATIVE_FIELDS[name]] if row is not None else []
    return values if any(values) else []


def _relative_cell(row: Any, side: str, default: str) -> Cell:
    if row is None:
        return Cell(side, "", (), side == default)
    parts = [getattr(row, "relation", ""), row.masked_name]
    parts += [row.get_status_display(), row.workplace] if isinstance(row, Parent) else []
    numbers = [
        Number(row._meta.label_lower, row.pk, field, getattr(row, f"masked_{field}"))
        for field in ("phone", "other_phones", "idno")
        if getattr(row, field, "")
    ]
    return Cell(side, " ".join(filter(None, parts)), numbers, side == default)
