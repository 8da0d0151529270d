"""How far each child and each volunteer has come in a programme: by place and name, never by number."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from aixin.access.lists import PAGE_SIZE, LazyPages, county_names_for
from aixin.access.models import Region
from aixin.access.people import name_for, place_for
from aixin.access.permissions import STAFF, allow, may_edit
from aixin.access.querysets import within
from aixin.access.regions import narrowed
from aixin.access.scoped import acting_user
from care.models import Duty
from care.programmes.certificates import OF_CHILD, OF_VOLUNTEER, completed_in
from care.programmes.choices import Certified
from care.programmes.models import Enrolment, Programme
from care.programmes.progress import tallies
from children.models import Child
from volunteers.models import Volunteer


@allow(STAFF)
@require_safe
def children(request: HttpRequest, pk: int) -> HttpResponse:
    """Each child that takes part, with what is done of each item; below, who was left out."""
    user, found, region, duties = _narrowed(request, pk)
    taking_part = Child.objects.visible_to(user).filter(pk__in=duties.values("child"))
    left_out = Enrolment.objects.visible_to(user).filter(within(region), programme=found).left_out()
    context = {
        **_table(request, found, region, duties, "child_id", taking_part),
        "left_out": [
            (one.child_id, name_for(user, one.child.name)) for one in left_out.select_related("child")
        ],
        "certifies": found.certificate == Certified.CHILD and may_edit(user),
        "document": OF_CHILD.key,
    }
    return render(request, "care/programmes/children.html", context)


@allow(STAFF)
@require_safe
def volunteers(request: HttpRequest, pk: int) -> HttpResponse:
    """Each volunteer who has something to do in a programme, with what is done: to see who needs help."""
    user, found, region, duties = _narrowed(request, pk)
    hers = Volunteer.objects.filter(pk__in=duties.values("volunteer"))
    context = {
        **_table(request, found, region, duties, "volunteer_id", hers),
        "certifies": found.certificate == Certified.VOLUNTEER and may_edit(user),
        "document": OF_VOLUNTEER.key,
    }
    return render(request, "care/programmes/volunteers.html", context)


def _narrowed(request: HttpRequest, pk: int) -> tuple[Any, Any, str, Any]:
    """Return user, programme, the place the page is narrowed to, and the programme's duties there."""
    user = acting_user(request)
    assert user.acting_post is not None
    found = get_object_or_404(Programme.objects.visible_to(user).with_items(), pk=pk)
    region = narrowed(request.GET.get("region", ""), user.acting_post.region_id or "")
    return user, found, region, Duty.objects.visible_to(user).filter(within(region), item__programme=found)


def _table(
    request: HttpRequest, found: Any, region: str, duties: Any, by: str, people: Any
) -> dict[str, Any]:
    """Return a page of people with what was asked of each and done; four queries."""
    user = acting_user(request)
    counties = county_names_for(user)
    rows = people.select_related("region").order_by("region_id", "initials", "pk")
    page = LazyPages(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    tallied = tallies(duties.filter(**{f"{by}__in": [one.pk for one in page.object_list]}), by)
    completed = completed_in(found, tallied)
    lines = [
        {
            "row": one,
            "name": name_for(user, one.name),
            "place": place_for(user, one.region, counties),
            "cells": tallied[one.pk].cells(found.standing_items),
            "tally": tallied[one.pk],
            "completed": one.pk in completed,
        }
        for one in page.object_list
    ]
    place = Region.objects.filter(code=region).first()
    return {
        "programme": found,
        "items": found.standing_items,
        "page_obj": page,
        "lines": lines,
        "place": place,
    }
