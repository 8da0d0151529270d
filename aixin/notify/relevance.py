"""Which notices still matter at the moment of sending (LESSONS: reminders after the case was closed)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from aixin.notify.models import Notice

# Given open notices of one kind, returns the keys of those whose matter is still their addressee's.
StillRelevant = Callable[[Collection[Notice]], Collection[int]]
_judges: dict[str, StillRelevant] = {}


def register_relevance(kind: str, still_relevant: StillRelevant) -> None:
    """Let a higher app say which of its notices still matter; without it every open one does."""
    _judges[kind] = still_relevant


def relevant(notices: Iterable[Notice]) -> list[Notice]:
    """Return the notices that still matter, judged kind by kind."""
    by_kind: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_kind[notice.kind].append(notice)
    found: list[Notice] = []
    for kind, rows in by_kind.items():
        judge = _judges.get(kind)
        kept = {row.pk for row in rows} if judge is None else set(judge(rows))
        found += [row for row in rows if row.pk in kept]
    return found


def matters(notices: Iterable[Notice]) -> int:
    """Return how many things notices are about: several about one pairing are one."""
    return len({notice.subject or notice.key for notice in notices})
