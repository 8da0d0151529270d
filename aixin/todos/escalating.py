"""What is left beyond its days comes up to the next level, which is told once a day (DESIGN section 3.7)."""

import datetime
from collections import Counter, defaultdict
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from aixin.access.models import Post, Role, User
from aixin.access.regions import LENGTHS, Level
from aixin.access.signals import message_due
from aixin.todos.models import Todo

# After which an office above that does nothing either has the next one above see it.
FURTHER_DAYS = 14
HIGHEST = Level.CITY


def escalate(today: datetime.date) -> int:
    """Send up what is overdue and tell each office above once; return how many came up today.

    The office below keeps it. A second run the same day sends nothing up and tells nobody again.
    """
    first = Q(escalated_to__isnull=True, level__gt=HIGHEST, due_on__lt=today)
    long_since = today - datetime.timedelta(days=FURTHER_DAYS)
    further = Q(escalated_to__gt=HIGHEST, escalated_on__lt=long_since)
    came_up = (
        Todo.objects.open()
        .filter(first | further)
        .update(escalated_to=Coalesce(F("escalated_to"), F("level")) - 1, escalated_on=today)
    )
    _tell(today)
    return came_up


def _tell(today: datetime.date) -> None:
    news, all_late = _by_office(Todo.objects.filter(escalated_on=today)), _by_office(Todo.objects.all())
    staff = _staff_of(set(news))
    for office, number in sorted(news.items()):
        message_due.send(
            Todo,
            to=staff[office],
            code=office,
            kind="todos",
            key=f"todos-up:{office}:{today}",
            title=f"新增 {number} 件下级逾期待办",
            body=f"下级没有按期办的待办现有 {all_late[office]} 件，请过问。",
            link=f"{reverse('todos:list')}?figure=escalated",
        )


def _by_office(rows: Any) -> Counter[str]:
    """Return how many to-dos have come up to each office."""
    found: Counter[str] = Counter()
    for code, level in rows.escalated().values_list("region_id", "escalated_to"):
        found[code[: LENGTHS[level - 1]]] += 1
    return found


def _staff_of(offices: set[str]) -> dict[str, list[User]]:
    """Return the heads of each office, or where none is marked as head whoever works there."""
    posts = Post.objects.current().filter(role=Role.STAFF, user__is_active=True, region__in=offices)
    heads: dict[str, list[User]] = defaultdict(list)
    others: dict[str, list[User]] = defaultdict(list)
    for post in posts.select_related("user"):
        (heads if post.is_head else others)[post.region_id or ""].append(post.user)
    return defaultdict(list, {code: heads[code] or others[code] for code in offices})
