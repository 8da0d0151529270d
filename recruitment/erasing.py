"""How sign-ups are forgotten: with the volunteer whom they led to, or when their time is over."""

from typing import Any

from aixin.access.erasure import Subject
from recruitment.models import Application, Certificate


def forget_way_in(subject: Subject) -> dict[str, int]:
    """Remove the sign-ups of an erased volunteer, with their reasons, and her certificates; return how many there were."""
    if subject.label != "volunteers.volunteer":
        return {}
    sign_ups = _remove(Application.objects.of_volunteer(subject.pk))
    certificates, _ = Certificate.objects.filter(volunteer=subject.pk).delete()
    return {"报名": sign_ups, "证书": certificates}


def forget_outdated() -> int:
    """Remove sign-ups that nobody confirmed, and those that came to nothing half a year ago; return how many."""
    return _remove(Application.objects.outdated())


def _remove(rows: Any) -> int:
    removed: dict[str, int] = rows.delete()[1]
    return removed.get("recruitment.Application", 0)
