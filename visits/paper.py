"""纸质记录补录: many paper records at once, a row for each child of a place. Good rows are stored, bad ones stay."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from aixin.access.lists import LazyPages
from aixin.access.models import Region
from aixin.access.permissions import STAFF, allow
from aixin.access.querysets import within
from aixin.access.regions import narrowed
from aixin.access.scoped import acting_user, editors_only
from children.models import Child
from pairing.models import Pairing
from visits.paper_forms import PaperRow
from visits.services import VisitError, log_visit

ROWS = 20


@allow(STAFF)
@editors_only
def paper(request: HttpRequest) -> HttpResponse:
    """Choose a place, then type what the paper says about its children."""
    user = acting_user(request)
    assert user.acting_post is not None
    scope = user.acting_post.region_id or ""
    place = narrowed(request.GET.get("place", ""), scope)
    page = LazyPages(_children_at(user, place), ROWS).get_page(request.GET.get("page"))
    rows = [PaperRow(request.POST or None, child=child) for child in page.object_list]
    if request.method == "POST":
        rows = _stored(request, rows)
        if not any(row.is_bound for row in rows):
            return redirect(request.get_full_path())
    places = Region.objects.children_of(scope)
    context = {"rows": rows, "page_obj": page, "place": place, "places": places, "scope": scope}
    return render(request, "visits/paper.html", context)


def _children_at(user: Any, place: str) -> Any:
    standing = Pairing.objects.active().select_related("volunteer").order_by("-is_main", "pk")
    found = Child.objects.visible_to(user).registered().filter(within(place))
    paired = found.filter(pk__in=Pairing.objects.active().values("child"))
    return (
        paired.select_related("region")
        .prefetch_related(Prefetch("pairings", standing, to_attr="standing_pairings"))
        .order_by("region_id", "initials", "pk")
    )


def _stored(request: HttpRequest, rows: list[PaperRow]) -> list[PaperRow]:
    """Store the rows that say something and are right; return all rows, blank again but for the wrong ones."""
    stored = doubled = 0
    left: list[PaperRow] = []
    for row in rows:
        added = _store(request.user, row) if row.says_something else None
        stored, doubled = stored + (added is True), doubled + (added is False)
        wrong = row.says_something and bool(row.errors)
        left.append(row if wrong else PaperRow(child=row.child))
    _tell(request, stored, doubled, sum(row.is_bound for row in left))
    return left


def _store(user: Any, row: PaperRow) -> bool | None:
    """Store a row's visit and return whether it is new; None for a row that is wrong, which then says why."""
    if not row.is_valid():
        return None
    try:
        _, added = log_visit(user, row.built(), [row.child], list(row.cleaned_data["volunteers"]))
    except VisitError as error:
        row.add_error(None, str(error))
        return None
    return added


def _tell(request: HttpRequest, stored: int, doubled: int, wrong: int) -> None:
    if stored:
        messages.success(request, f"已补录 {stored} 次走访。")
    if doubled:
        messages.info(request, f"{doubled} 次此前已经存过，没有重复。")
    if wrong:
        messages.error(request, f"还有 {wrong} 行没有存，请按提示改好再保存。")
    if not (stored or doubled or wrong):
        messages.info(request, "没有填任何一行。")
