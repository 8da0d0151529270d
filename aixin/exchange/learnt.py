"""Headings that a county's clerks have explained once, and what later files of the county make of them."""

from collections.abc import Mapping

from aixin.access.models import User
from aixin.access.regions import county_of
from aixin.exchange.models import LearntHeading


def learnt_by_county(code: str, kind: str) -> dict[str, str]:
    """Return what the headings of a roster mean in the county of a region: heading to key, or to "" for none."""
    rows = LearntHeading.objects.filter(region_id=county_of(code), kind=kind)
    return dict(rows.values_list("heading", "key"))


def learn(user: User, kind: str, corrected: Mapping[str, str]) -> None:
    """Remember the clerk's corrections for her county; what was said last holds."""
    post = user.acting_post
    assert post is not None
    assert post.region_id is not None
    county = county_of(post.region_id)
    rows = [
        LearntHeading(region_id=county, kind=kind, heading=heading, key=key, learnt_by=user)
        for heading, key in corrected.items()
        if heading
    ]
    LearntHeading.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["region", "kind", "heading"],
        update_fields=["key", "learnt_by", "learnt_at"],
    )
