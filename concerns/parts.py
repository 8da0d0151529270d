"""What a volunteer raises or reports in the form of a visit itself: one post, offline too."""

from typing import Any

from children.models import Child
from concerns.forms import ConcernPart, ReportPart
from concerns.reporting import report
from concerns.services import raise_concern
from visits.models import Visit
from visits.parts import register_visit_part


def _children_of(visit: Visit) -> list[Child]:
    return [link.child for link in visit.visited.select_related("child")]


def save_concern(actor: Any, visit: Visit, form: ConcernPart) -> None:
    """Raise the matter of the child chosen, or of the first one visited."""
    if not form.is_raised:
        return
    visited = _children_of(visit)
    chosen = form.cleaned_data.get("child")
    concern = form.built()
    concern.visit = visit
    raise_concern(actor, chosen if chosen in visited else visited[0], concern)


def save_report(actor: Any, visit: Visit, form: ReportPart) -> None:
    """Report every child visited; the report does not name the visit, which others read."""
    if not form.is_raised:
        return
    for child in _children_of(visit):
        report(
            actor,
            child,
            form.stated_signs,
            form.cleaned_data["text"],
            about_head=form.cleaned_data["about_head"],
            form=visit.client_uuid,
        )


def register_parts() -> None:
    """Add both to the form of a visit."""
    register_visit_part("concern", ConcernPart, save_concern)
    register_visit_part("report", ReportPart, save_report)
