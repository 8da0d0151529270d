"""The place that a page of pairing is narrowed to, within the user's own."""

from typing import Any

from django.http import HttpRequest

from aixin.access.models import Region, User
from aixin.access.regions import LENGTHS, contains, is_code


def chosen_place(request: HttpRequest, user: User) -> str:
    """Return the region asked for, in the form sent or the address, where it lies in the user's own; else her own."""
    post = user.acting_post
    assert post is not None
    assert post.region_id is not None
    asked = request.POST.get("region") or request.GET.get("region", "")
    known = is_code(asked) and len(asked) in LENGTHS and contains(post.region_id, asked)
    return asked if known else post.region_id


def place_chip(user: User, chosen: str, more: str = "") -> dict[str, Any]:
    """Return the filter by the places one level below the user's own; `more` is the rest of the query."""
    post = user.acting_post
    assert post is not None
    assert post.region_id is not None
    places = {region.code: region.place for region in Region.objects.children_of(post.region_id)}
    if chosen != post.region_id and chosen not in places:
        places |= {region.code: region.place for region in Region.objects.filter(code=chosen)}
    rest = f"&{more}" if more else ""
    options = [
        {"label": label, "query": f"?region={code}{rest}", "active": code == chosen}
        for code, label in places.items()
    ]
    return {
        "name": "region",
        "label": "地区",
        "chosen": places.get(chosen, ""),
        "options": options,
        "clear": f"?{more}",
    }
