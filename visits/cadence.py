"""After how many days without contact a pairing is overdue: what a higher app says of its place, or the house's own."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import Value

# Returns an expression over pairings: days at the pairing's place, 0 for never.
Cadence = Callable[[], Any]


def _built_in() -> Any:
    return Value(settings.CONTACT_CADENCE_DAYS)


_cadence: list[Cadence] = [_built_in]


def register_cadence(cadence: Cadence) -> None:
    """Let a region's policy decide."""
    _cadence.append(cadence)


def cadence_days() -> Any:
    """Return the expression that holds."""
    return _cadence[-1]()
