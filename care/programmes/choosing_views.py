"""Choosing the children of a programme, many at a time."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from aixin.access.lists import PAGE_SIZE, LazyPages
from aixin.access.models import Region
from aixin.access.permissions import STAFF, allow
from aixin.access.querysets import within
from aixin.access.regions import narrowed
from aixin.access.scoped import acting_user, editors_only, typed_ids
from care.programmes.choices import Reach, Standing
from care.programmes.models import Enrolment, Programme
from care.programmes.services import enrol_many
from children.choices import Category
from children.models import Child
from pairing.models import Pairing
from pairing.querysets import paired

BULK_LIMIT = 100


@allow(STAFF)
@editors_only
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """The paired children of a place who are not chosen yet (GET); those ticked are from now on (POST)."""
    user = acting_user(request)
    found = get_object_or_404(Programme.objects.visible_to(user), pk=pk, reach=Reach.CHOSEN)
    if found.is_over:
        messages.info(request, "项目已结束，不再选孩子。")
        return redirect("programmes:detail", found.pk)
    if request.method == "POST":
        return _store(request, found)
    return render(request, "care/programmes/choose.html", _page(request, found))


def _store(request: HttpRequest, found: Programme) -> HttpResponse:
    ids = typed_ids(request.POST.getlist("ids")[:BULK_LIMIT])
    chosen = list(_offered(acting_user(request), found, "").unlocked().filter(pk__in=ids))
    if chosen:
        enrol_many(request.user, found, chosen, Standing.IN)
        messages.success(request, f"选定了 {len(chosen)} 个孩子。")
    else:
        messages.info(request, "没有可以选定的：可能还没有勾选，或已经选过。")
    return redirect("programmes:choose", found.pk)


def _page(request: HttpRequest, found: Programme) -> dict[str, Any]:
    user = acting_user(request)
    assert user.acting_post is not None
    scope = user.acting_post.region_id or ""
    place, category = narrowed(request.GET.get("place", ""), scope), request.GET.get("category", "")
    rows = _offered(user, found, category).filter(within(place)).select_related("region")
    page = LazyPages(rows.order_by("region_id", "initials", "pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    own = Enrolment.objects.visible_to(user).filter(programme=found)
    return {
        "programme": found,
        "page_obj": page,
        "left_out": set(own.left_out().values_list("child_id", flat=True)),
        "chosen": own.chosen().count(),
        "scope": scope,
        "place": place,
        "places": Region.objects.children_of(scope),
        "category": category,
        "categories": Category.choices,
        "most": BULK_LIMIT,
    }


def _offered(user: Any, found: Programme, category: str) -> Any:
    """Return the paired children on the user's roster, of a category or any, who are not chosen yet."""
    chosen = Enrolment.objects.filter(programme=found, standing=Standing.IN).values("child")
    rows = paired(Child.objects.visible_to(user).registered(), Pairing.objects.all()).exclude(pk__in=chosen)
    return rows.filter(category=category) if category in Category.values else rows
