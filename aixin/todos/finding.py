"""The daily search: what is new becomes a to-do, what is no longer true lapses. A second run finds nothing new."""

import datetime
import logging
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from aixin.access.models import Post, Role
from aixin.access.regions import LENGTHS, Level, level_of
from aixin.access.scope import EVERYTHING, opened
from aixin.todos.choices import State
from aixin.todos.escalating import escalate
from aixin.todos.kinds import Found, Kind, kinds
from aixin.todos.models import Todo

BATCH = 2000
_log = logging.getLogger(__name__)
# What follows the row that a to-do is about while it is open.
_FOLLOWING = ("region_id", "level", "numbers", "facts")
_FOLLOWING_FIELDS = ["region", "level", "numbers", "facts"]


def find_all(today: datetime.date) -> list[str]:
    """Search for every kind, send up what was left, remove what is old; return the kinds whose search failed.

    Whatever day it last ran, it does what is due by now.
    """
    failed = find_kinds([kind.key for kind in kinds()], today)
    with opened(EVERYTHING):
        escalate(today)
        kept_since = timezone.now() - datetime.timedelta(days=settings.TODOS_KEPT_DAYS)
        Todo.objects.closed().filter(closed_at__lt=kept_since).delete()
    return failed


def find_kinds(keys: Collection[str], today: datetime.date) -> list[str]:
    """Search for some kinds, each in a transaction of its own; return those whose search failed."""
    failed = []
    for kind in kinds():
        if kind.key in keys:
            try:
                with opened(EVERYTHING):
                    search(kind, today)
            except Exception as error:  # noqa: BLE001 - whatever stops one search, the others are due all the same
                # The kind of error only: the database's own words may repeat a row.
                _log.error("The search for %s failed: %s", kind.key, type(error).__name__)
                failed.append(kind.key)
    return failed


@transaction.atomic
def search(kind: Kind, today: datetime.date) -> None:
    """Bring the open to-dos of a kind in line with what is found today."""
    staffed = _staffed_offices()
    wanted = {(one.subject_id, one.occasion): one for one in kind.find(today)}
    open_rows = Todo.objects.open().filter(kind=kind.key).defer("remark")
    standing = {(row.subject_id, row.occasion): row for row in open_rows}
    _lapse([row.pk for key, row in standing.items() if key not in wanted])
    _follow([(standing[key], one) for key, one in wanted.items() if key in standing], kind, staffed)
    _add([one for key, one in wanted.items() if key not in standing], kind, staffed, today)


def _lapse(gone: list[int]) -> None:
    Todo.objects.open().filter(pk__in=gone).update(state=State.LAPSED, closed_at=timezone.now())


def _follow(pairs: list[tuple[Todo, Found]], kind: Kind, staffed: set[str]) -> None:
    """Let open to-dos follow their rows: to another place, with other facts."""
    changed = []
    for todo, one in pairs:
        values = (one.region_id, level_for(kind, one.region_id, staffed), list(one.numbers), one.facts)
        if values != tuple(getattr(todo, name) for name in _FOLLOWING):
            todo.region_id, todo.level, todo.numbers, todo.facts = values
            changed.append(todo)
    Todo.objects.bulk_update(changed, _FOLLOWING_FIELDS, batch_size=BATCH)


def _add(news: list[Found], kind: Kind, staffed: set[str], today: datetime.date) -> None:
    """Open what is new, but for what somebody has decided and is not to be asked again yet."""
    ids = {one.subject_id for one in news}
    answered = Todo.objects.answered(today).filter(kind=kind.key, subject_id__in=ids)
    settled = set(answered.values_list("subject_id", "occasion"))
    fresh = [one for one in news if (one.subject_id, one.occasion) not in settled]
    # Another run at the same moment may have opened it.
    Todo.objects.bulk_create(
        (_todo(kind, one, staffed, today) for one in fresh), batch_size=BATCH, ignore_conflicts=True
    )


def _todo(kind: Kind, one: Found, staffed: set[str], today: datetime.date) -> Todo:
    return Todo(
        kind=kind.key,
        subject=kind.subject,
        subject_id=one.subject_id,
        region_id=one.region_id,
        occasion=one.occasion,
        numbers=list(one.numbers),
        facts=one.facts,
        level=level_for(kind, one.region_id, staffed),
        found_on=today,
        due_on=one.due_on or today + datetime.timedelta(days=kind.days),
    )


def _staffed_offices() -> set[str]:
    """Return the codes of the regions in which somebody of an office works today."""
    posts = Post.objects.current().filter(role=Role.STAFF, user__is_active=True)
    return set(posts.values_list("region_id", flat=True).distinct())


def level_for(kind: Kind, code: str, staffed: set[str]) -> Level:
    """Return which level decides at a place: the kind's; above it where nobody works there, up to the county."""
    level = min(kind.level, level_of(code))
    while level > Level.COUNTY and code[: LENGTHS[level - 1]] not in staffed:
        level = Level(level - 1)
    return Level(level)
