"""A trail in short: who looked how often, when first and when last. Counted by the database."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Min

from aixin.access.auditing.wording import office_text, region_names, who_text
from aixin.access.models import User
from aixin.audit.models import Action
from aixin.audit.querysets import EntryQuerySet


@dataclass
class Visitor:
    """Everything that one account did about a person in one office."""

    who: str
    office: str
    user_id: int | None
    first: datetime.datetime
    last: datetime.datetime
    acts: list[tuple[str, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(count for _, count in self.acts)


@dataclass(frozen=True)
class Deed:
    """How often an account did one kind of thing."""

    action: str
    count: int
    first: datetime.datetime
    last: datetime.datetime


def visitors_of(entries: EntryQuerySet) -> list[Visitor]:
    """Return who is in a trail, the latest first; three queries however long it is."""
    counted = list(_counted(entries, "user_id", "role", "region_code", "action"))
    users = User.objects.in_bulk({row["user_id"] for row in counted if row["user_id"]})
    names = region_names(row["region_code"] for row in counted)
    found: dict[tuple[Any, ...], Visitor] = {}
    for row in counted:
        key = (row["user_id"], row["role"], row["region_code"])
        known = found.setdefault(key, _visitor(row, users, names))
        known.first, known.last = min(known.first, row["first"]), max(known.last, row["last"])
        known.acts.append((_label(row["action"]), row["count"]))
    return sorted(found.values(), key=lambda visitor: visitor.last, reverse=True)


def _counted(entries: EntryQuerySet, *keys: str) -> Any:
    grouped = entries.order_by().values(*keys)
    return grouped.annotate(count=Count("pk"), first=Min("at"), last=Max("at")).order_by("-count", "-last")


def _visitor(row: dict[str, Any], users: dict[int, User], names: dict[str, str]) -> Visitor:
    place = names.get(row["region_code"], row["region_code"])
    who = who_text(users.get(row["user_id"]), row["role"])
    return Visitor(who, office_text(row["role"], place), row["user_id"], row["first"], row["last"])


def deeds_of(entries: EntryQuerySet) -> list[Deed]:
    """Return what is done in a trail, the most frequent first; one query."""
    return [
        Deed(_label(row["action"]), row["count"], row["first"], row["last"])
        for row in _counted(entries, "action")
    ]


def _label(action: str) -> str:
    return str(Action(action).label) if action in Action.values else action
