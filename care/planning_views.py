"""What is due by place and week, and how much each volunteer has: for help, never a ranking (DESIGN section 3.9)."""

from collections import Counter
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from aixin.access.lists import PAGE_SIZE, LazyPages
from aixin.access.models import Region
from aixin.access.people import name_for, place_for
from aixin.access.permissions import STAFF, allow
from aixin.access.querysets import within
from aixin.access.regions import LENGTHS, contains, is_code
from aixin.access.scoped import acting_user
from care.models import Duty
from care.querysets import WEEKS, week_choices
from care.weeks import LATE, counts_by_week
from pairing.models import Pairing
from volunteers.models import Volunteer


@allow(STAFF)
def calendar(request: HttpRequest) -> HttpResponse:
    """The open duties of each place below the user's region: overdue, and by the week in which they are due."""
    user, today = acting_user(request), timezone.localdate()
    post = user.acting_post
    assert post is not None
    assert post.region_id is not None
    places = list(Region.objects.children_of(post.region_id)) or [post.region]
    weeks = week_choices(today, WEEKS)
    counts = counts_by_week(user, LENGTHS[min(post.level or 1, len(LENGTHS) - 1)], today)
    columns = [(LATE, "已逾期"), *weeks]
    rows = [(place.name, [_cell(counts, place.code, key) for key, _ in columns]) for place in places if place]
    totals = [sum(row[1][at][0] for row in rows) for at in range(len(columns))]
    context = {"columns": columns, "rows": rows, "totals": totals}
    return render(request, "care/calendar.html", context)


def _cell(counts: Counter[tuple[str, str]], place: str, key: str) -> tuple[int, str]:
    narrowed = "figure=overdue" if key == LATE else f"week={key}"
    return counts[place, key], f"{reverse('care:duties')}?{narrowed}&region={place}"


@allow(STAFF)
def workload(request: HttpRequest) -> HttpResponse:
    """How many children and duties each volunteer has, by place and name; never by number."""
    user = acting_user(request)
    post = user.acting_post
    assert post is not None
    own = post.region_id or ""
    typed = request.GET.get("region", "")
    region = typed if is_code(typed) and contains(own, typed) else own
    page = LazyPages(_loads(user, region), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(one, name_for(user, one.name), place_for(user, one.region, {})) for one in page.object_list]
    context = {"page_obj": page, "rows": rows, "chips": [_places(own, region)], "narrowed": region != own}
    return render(request, "care/workload.html", context)


def _loads(user: Any, region: str) -> Any:
    """Return the volunteers of children in a region, each with what is hers there."""
    paired = Pairing.objects.visible_to(user).active().filter(within(region))
    duties = Duty.objects.visible_to(user).filter(within(region))
    return (
        Volunteer.objects.filter(pk__in=paired.values("volunteer"))
        .select_related("region")
        .annotate(
            children=_number(paired),
            open_duties=_number(duties.open()),
            late_duties=_number(duties.overdue()),
        )
        .order_by("region_id", "initials", "pk")
    )


def _number(rows: Any) -> Coalesce:
    counted = (
        rows.filter(volunteer=OuterRef("pk")).order_by().values("volunteer").annotate(number=Count("pk"))
    )
    return Coalesce(Subquery(counted.values("number"), output_field=IntegerField()), 0)


def _places(own: str, region: str) -> dict[str, Any]:
    """Return the chip by which the page is narrowed to a place."""
    offered = Region.objects.children_of(own)
    options = [
        {"label": place.name, "query": f"?region={place.code}", "active": place.code == region}
        for place in offered
    ]
    chosen = (
        "" if region == own else Region.objects.filter(code=region).values_list("name", flat=True).first()
    )
    return {"label": "地区", "chosen": chosen or "", "clear": "?", "options": options}
