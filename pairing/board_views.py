"""结对看板 and 乡镇分布: where pairing stands, at a glance; every number opens its list."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from aixin.access.models import Region, User
from aixin.access.permissions import STAFF, allow, may_edit
from aixin.access.regions import Level, level_of
from aixin.access.scoped import acting_user
from pairing.board import board_of
from pairing.places import chosen_place, place_chip
from pairing.policy_views import decides_policy
from pairing.townships import picture_of


@allow(STAFF)
def board(request: HttpRequest) -> HttpResponse:
    """The five stages of pairing with their first children; on a phone one stage at a time."""
    user = acting_user(request)
    code = chosen_place(request, user)
    columns = board_of(user, code)
    open_one = request.GET.get("column", "")
    context = {
        "columns": columns,
        "open_one": open_one if open_one in {column.key for column in columns} else columns[0].key,
        "code": code,
        "chips": [place_chip(user, code)],
        "is_narrowed": code != _own_region(user),
        "shows_cards": may_edit(user),
        "shows_map": decides_policy(user),
    }
    return render(request, "pairings/board.html", context)


def _own_region(user: User) -> str:
    post = user.acting_post
    assert post is not None
    assert post.region_id is not None
    return post.region_id


@allow(STAFF)
def county_map(request: HttpRequest) -> HttpResponse:
    """A county's townships as tiles, neighbours together; for its office and those above, who choose the county."""
    user = acting_user(request)
    if not decides_policy(user):
        raise PermissionDenied
    county = _county_asked(request, user)
    if county is None:
        counties = Region.objects.below(_own_region(user)).filter(level=Level.COUNTY, retired=False)
        return render(request, "pairings/map_choose.html", {"counties": counties.order_by("code")})
    picture = picture_of(user, county.code)
    chosen = next((tile for tile in picture.tiles if tile.code == request.GET.get("at")), None)
    context: dict[str, Any] = {
        "county": county,
        "picture": picture,
        "chosen": chosen,
        "near": [tile for tile in picture.tiles if chosen and tile.code in chosen.beside],
        "short": sum(tile.short for tile in picture.tiles),
        "waiting": sum(tile.waiting for tile in picture.tiles),
        "may_edit": may_edit(user),
    }
    return render(request, "pairings/map.html", context)


def _county_asked(request: HttpRequest, user: User) -> Region | None:
    """Return the county asked for, or the user's own; None where there are several."""
    code = chosen_place(request, user)
    return Region.objects.filter(code=code).first() if level_of(code) == Level.COUNTY else None
