"""What apps above let a volunteer write with a visit: sent, checked and stored in one go, offline too.

A part is a form under a prefix of its own inside the form of a visit; `form_class.template_name` draws it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from visits.models import Visit

Save = Callable[[Any, Visit, Any], None]


@dataclass(frozen=True)
class VisitPart:
    """A registered part: its prefix, its form (given `children`, those whom the visit may reach), how it is saved."""

    prefix: str
    form_class: Callable[..., Any]
    save: Save


@dataclass(frozen=True)
class BoundPart:
    """A part in one form of a visit."""

    form: Any
    save: Save


_parts: list[VisitPart] = []


def register_visit_part(prefix: str, form_class: Callable[..., Any], save: Save) -> None:
    """Add a part; `save(actor, visit, form)` runs once, in the transaction that stores the visit."""
    _parts.append(VisitPart(prefix, form_class, save))


def visit_parts(data: Any, children: Any) -> list[BoundPart]:
    """Return the parts of a form of a visit, filled from what was sent, if anything was."""
    return [
        BoundPart(part.form_class(data, prefix=part.prefix, children=children), part.save) for part in _parts
    ]


def are_valid(forms: Iterable[Any]) -> bool:
    """Return whether every form is valid; each is looked at, so that each shows its errors."""
    return not [form for form in forms if not form.is_valid()]


def save_parts(actor: Any, visit: Visit, parts: Iterable[BoundPart]) -> None:
    """Store the parts of a visit that was just stored; to be called once, in its transaction."""
    for part in parts:
        part.save(actor, visit, part.form)
