"""Two visits that read alike: same child, day and way, by one person. She is asked once; nothing is refused."""

from typing import Any

from visits.forms import VisitForm
from visits.models import Visit


def twin_to_ask_about(user: Any, form: VisitForm) -> Visit | None:
    """Return the visit that a valid form may repeat, None where there is none or nobody is to be asked.

    Nobody is asked about a visit she already confirmed, one sent from the phone's queue, or one stored and sent again.
    """
    cleaned = form.cleaned_data
    if cleaned["again"] or cleaned["queued"]:
        return None
    if Visit.objects.filter(client_uuid=cleaned["client_uuid"]).exists():
        return None
    children = [child.pk for child in cleaned["children"]]
    return Visit.objects.alike(user, cleaned["date"], cleaned["way"], children).first()


def twins_of(visit: Visit) -> Any:
    """Return the other standing visits that read like a standing one, the latest first."""
    children = [link.child_id for link in visit.visited.all()]
    alike = Visit.objects.alike(visit.recorded_by_id, visit.date, visit.way, children)
    return alike.exclude(pk=visit.pk) if visit.withdrawn_at is None else Visit.objects.none()
