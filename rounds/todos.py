"""What a round found that somebody has to look into: a child said to be gone, a change (DOMAIN section 2)."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from aixin.access.regions import Level
from aixin.todos.kinds import Decision, Found, Kind
from children.choices import Status
from children.todos import LABEL
from rounds.choices import Outcome
from rounds.models import RoundAnswer

LEFT, CHANGED = "round_left", "round_changed"
# For how long after it was said it is asked about.
ASKED_DAYS = 90


def _said(outcome: Outcome, today: datetime.date) -> Iterator[Found]:
    """Find what was said of children on the roster; said again in another round, it is another occasion."""
    since = today - datetime.timedelta(days=ASKED_DAYS)
    rows = RoundAnswer.objects.filter(
        outcome=outcome, answered_at__date__gte=since, child__status=Status.ON_ROSTER
    )
    values = rows.order_by("pk").values(
        "round_id", "child_id", "child__no", "child__region_id", "answered_at__date"
    )
    for row in values:
        yield Found(
            row["child_id"],
            row["child__region_id"],
            f"round:{row['round_id']}",
            (row["child__no"],),
            {"on": f"{row['answered_at__date']}"},
        )


def said_to_have_left(today: datetime.date) -> Iterator[Found]:
    """Find children of whom a village says that they are gone, though they stand on the roster."""
    return _said(Outcome.LEFT, today)


def said_to_have_changed(today: datetime.date) -> Iterator[Found]:
    """Find children of whom a village says that something has changed."""
    return _said(Outcome.CHANGED, today)


def _leaving_page(todo: Any) -> str:
    return reverse("children:leave", args=[todo.subject_id])


def _form_page(todo: Any) -> str:
    return reverse("children:edit", args=[todo.subject_id])


LEFT_KIND = Kind(
    LEFT,
    "摸排：孩子离开",
    LABEL,
    Level.TOWNSHIP,
    7,
    said_to_have_left,
    lambda facts: f"{facts['on']} 村里摸排说孩子已经离开，名册上还在",
    (
        Decision("leave", "办理出列", url=_leaving_page),
        Decision("here", "核实过，还在", needs_reason=True, question="怎么核实的", asks_again=None),
    ),
)
CHANGED_KIND = Kind(
    CHANGED,
    "摸排：有变化",
    LABEL,
    Level.TOWNSHIP,
    7,
    said_to_have_changed,
    lambda facts: f"{facts['on']} 村里摸排说情况有变化，请核对名册",
    (
        Decision("edit", "修改名册", url=_form_page),
        Decision("checked", "已核对", asks_again=None, bulk=True, meaning="这一轮不再问。"),
    ),
)
