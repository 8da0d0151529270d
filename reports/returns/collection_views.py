"""各地报送情况: who below has handed in and who has not, and reminding those."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aixin.access.models import Region, Role
from aixin.access.permissions import STAFF, VIEWERS_OF_FIGURES, allow
from reports.models import Return, ReturnVersion
from reports.returns.due import due_on
from reports.returns.rights import sums_up
from reports.returns.services import Reminded, remind, sheet_url
from reports.returns.views import Spot, spot_of


@allow(VIEWERS_OF_FIGURES)
@require_safe
def collection(request: HttpRequest, pk: int, period: str, code: str) -> HttpResponse:
    """Who below has handed in and who has not."""
    spot = _collecting(request, pk, period, code)
    places = _places(spot)
    is_staff = spot.post.role == Role.STAFF
    context = {
        "spot": spot,
        "places": places,
        "done": sum(place["is_done"] for place in places),
        "waiting": [place for place in places if not place["is_done"]],
        "due_on": due_on(spot.form, spot.period),
        "earlier": spot.period.previous.key,
        "later": spot.period.next.key if spot.period.next.first <= timezone.localdate() else "",
        "is_asked": spot.form.asks_for(spot.period),
        "opens_all": is_staff,
        "opens_sum": is_staff or (spot.found is not None and spot.newest() is not None),
    }
    return render(request, "reports/returns/collection.html", context)


def _collecting(request: HttpRequest, pk: int, period: str, code: str) -> Spot:
    spot = spot_of(request, pk, period, code)
    if not sums_up(code):
        raise Http404
    return spot


def _places(spot: Spot) -> list[dict[str, Any]]:
    """Return each place below with its return and the last version; three queries."""
    regions = list(Region.objects.children_of(spot.region.code).order_by("code"))
    found = {
        row.region_id: row for row in Return.objects.of(spot.form, spot.period.key).filter(region__in=regions)
    }
    newest = ReturnVersion.objects.newest_of(found.values()).select_related("submitted_by")
    versions = {version.of_id: version for version in newest}
    return [
        {
            "region": region,
            "found": (own := found.get(region.code)),
            "version": versions.get(own.pk) if own else None,
            "is_done": own is not None and own.state in {"SUBMITTED", "ACCEPTED"},
            "remark": _remark(own) if own else "",
            "url": sheet_url(spot.form, spot.period.key, region.code),
        }
        for region in regions
    ]


def _remark(found: Return) -> str:
    """Return why a return was sent back the last time; with the version where another has come since."""
    if found.remark or not found.sent_back:
        return found.remark
    last = found.sent_back[-1]
    return f"第{last['number']}版退回：{last['remark']}"


@allow(STAFF)
@require_POST
def remind_places(request: HttpRequest, pk: int, period: str, code: str) -> HttpResponse:
    """Remind the places that have not handed in."""
    spot = _collecting(request, pk, period, code)
    if not spot.is_own:
        raise PermissionDenied
    asked = spot.form.asks_for(spot.period)
    waiting = [place["region"].code for place in _places(spot) if asked and not place["is_done"]]
    told = remind(spot.user, spot.form, spot.period, waiting) if waiting else Reminded(0, 0)
    if told.people:
        messages.success(request, _reminded(told, len(waiting)))
    elif not asked:
        messages.info(request, f"这张报表从{spot.form.first_period}起报，这一期不用催。")
    else:
        messages.info(request, "没有要提醒的人：都报了，或没报的还没有账号。")
    return redirect("reports:collection", pk, period, code)


def _reminded(told: Reminded, waiting: int) -> str:
    """Return who was reminded, in places as the button says it, and how many of them have no account."""
    without = f"；另有 {waiting - told.places} 家还没有账号" if waiting > told.places else ""
    return f"已提醒 {told.places} 家（共 {told.people} 人）{without}。同一天不重复提醒。"
