"""孩子 of a village's chair: every child of her village, those nobody has seen for longest first."""

from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from aixin.access.lists import LONGEST_PAGE, LazyPages
from aixin.access.scoped import acting_user
from children.models import Child
from visits.models import VisitedChild
from visits.querysets import last_visit

# A month without a visit is told in another colour.
LATE_DAYS = 31


def village_children(request: HttpRequest) -> dict[str, Any]:
    """Return a page of the village's children, each with when it was last visited in words and how late that is."""
    mine = Child.objects.visible_to(acting_user(request)).registered().select_related("region")
    rows = mine.annotate(last_visit=last_visit(VisitedChild.objects.all()))
    ordered = rows.order_by(F("last_visit").asc(nulls_first=True), "initials", "pk")
    page = LazyPages(ordered, LONGEST_PAGE).get_page(request.GET.get("page"))
    return {"page_obj": page, "children": [(child, *_seen(child.last_visit)) for child in page.object_list]}


def _seen(day: Any) -> tuple[str, str]:
    if day is None:
        return "从未走访", "danger"
    days = (timezone.localdate() - day).days
    return {0: "今天来过", 1: "昨天来过"}.get(days, f"{days}天前"), "warn" if days > LATE_DAYS else "ok"
