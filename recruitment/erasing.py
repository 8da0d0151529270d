"""How sign-ups are forgotten: with the volunteer whom they led to, or when their time is over."""

from typing import Any

from aixin.access.erasure import Subject
from recruitment.models import Application


def forget_sign_ups(subject: Subject) -> dict[str, int]:
    """Remove the sign-ups of an erased volunteer, with their reasons; return how many there were."""
    if subject.label != "volunteers.volunteer":
        return {}
    return {"报名": _remove(Application.objects.of_volunteer(subject.pk))}


def forget_outdated() -> int:
    """Remove sign-ups that nobody confirmed, and those that came to nothing half a year ago; return how many."""
    return _remove(Application.objects.outdated())


def _remove(rows: Any) -> int:
    removed: dict[str, int] = rows.delete()[1]
    return removed.get("recruitment.Application", 0)
