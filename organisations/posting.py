"""外派 of a city's own volunteers: atomic, audited. Her record stays the city's; the county may pair her meanwhile."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.access.models import Region
from aixin.access.querysets import within
from aixin.audit.models import Action
from aixin.audit.trail import record
from organisations.models import Posting
from organisations.services import GroupError
from volunteers.models import Volunteer


def own_volunteers(user: Any) -> Any:
    """Return the volunteers of the city's own offices: those whose home is the city itself."""
    return (
        Volunteer.objects.visible_to(user).standing().unlocked().filter(region_id=user.acting_post.region_id)
    )


def guests(code: str) -> dict[int, str]:
    """Return who serves the counties of a region from outside today, each with her county."""
    current = Posting.objects.current().filter(within(code))
    return dict(current.values_list("volunteer_id", "region_id"))


@transaction.atomic
def post_to(
    actor: Any, volunteer: Volunteer, county: Region, since: datetime.date, until: datetime.date | None
) -> Posting:
    """Send a volunteer to a county for a time and return the posting; the same one sent twice is one.

    Raises GroupError where she serves a county in that time already.
    """
    held = Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
    if not Volunteer.objects.serving().filter(pk=held.pk).exists():
        raise GroupError("她已退出，不能外派。")
    mine = Posting.objects.of_volunteer(held.pk)
    same: Posting | None = mine.filter(region=county, since=since, until=until).first()
    if same is not None:
        return same
    other = mine.overlapping(since, until).select_related("region").first()
    if other is not None:
        raise GroupError(f"这段时间她已外派到{other.region.name}，请先结束那一次。")
    made = Posting.objects.create(volunteer=held, region=county, since=since, until=until)
    record(actor, Action.CREATE, made)
    return made


@transaction.atomic
def end_posting(actor: Any, posting: Posting) -> None:
    """End a posting today; one still to begin is removed. Pairings that she has there go on."""
    held = Posting.objects.select_for_update(of=("self",)).select_related("volunteer").get(pk=posting.pk)
    today = timezone.localdate()
    if held.until is not None and held.until < today:
        return
    record(actor, Action.UPDATE, held, reason="结束外派")
    if held.since >= today:
        held.delete()
        return
    # The day before was the last one: from now on she is in nobody's reach there.
    held.until = today - datetime.timedelta(days=1)
    held.save(update_fields=["until"])
