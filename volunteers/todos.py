"""A 准入查询 that runs out: somebody has it checked anew; nothing is paused by itself (DOMAIN section 3)."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse

from aixin.access.people import name_for
from aixin.access.regions import Level
from aixin.todos.kinds import Decision, Found, Kind, Shown
from volunteers.choices import Clearance, State
from volunteers.models import Volunteer

LABEL = "volunteers.volunteer"
CLEARANCE = "volunteer_clearance"
WARNING = 30


def shown_volunteers(user: Any, ids: Iterable[int]) -> dict[int, Shown]:
    """Return name and page of the volunteers whom a user may open."""
    rows = Volunteer.objects.visible_to(user).filter(pk__in=list(ids)).values_list("pk", "name")
    return {pk: Shown(name_for(user, name), reverse("volunteers:detail", args=[pk])) for pk, name in rows}


def clearances_running_out(today: datetime.date) -> Iterator[Found]:
    """Find those who serve and whose 准入查询 holds 30 days more at most, and again when it has run out."""
    valid = datetime.timedelta(days=settings.CLEARANCE_VALID_DAYS)
    oldest = today + datetime.timedelta(days=WARNING) - valid
    rows = Volunteer.objects.filter(
        state__in=[State.QUALIFIED, State.SUSPENDED], clearance=Clearance.PASSED, cleared_on__lte=oldest
    )
    for row in rows.order_by("pk").values("pk", "no", "region_id", "cleared_on"):
        until = row["cleared_on"] + valid
        stage = 0 if until < today else WARNING
        yield Found(
            row["pk"],
            row["region_id"],
            f"{until}:{stage}",
            (row["no"],),
            {"until": f"{until}", "stage": stage},
        )


def _words(facts: dict[str, Any]) -> str:
    if facts["stage"] == 0:
        return f"{facts['until']} 已到期，现有结对照常，不能新结对"
    return f"{facts['until']} 到期"


CLEARANCE_KIND = Kind(
    CLEARANCE,
    "准入查询到期",
    LABEL,
    Level.COUNTY,
    30,
    clearances_running_out,
    _words,
    (
        Decision(
            "sent",
            "已送查",
            asks_again=30,
            bulk=True,
            meaning="查询结果登记后自动消除；30天没有结果再问。",
        ),
        Decision("later", "暂不送查", needs_reason=True, asks_again=30, meaning="30天后再问。"),
    ),
)
