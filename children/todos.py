"""What the rosters say that somebody has to decide about a child: its age, a parent back, a move (DOMAIN section 2)."""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Region
from aixin.access.people import name_for
from aixin.access.regions import Level, county_of
from aixin.todos.kinds import Decision, DecisionError, Found, Kind, Shown
from aixin.todos.models import Todo
from children.choices import Category, LeavingReason, ParentKind, ParentStatus
from children.dates import years_after, years_before
from children.models import Child, Parent
from children.services import NotOnRosterError, change_category, leave_roster

LABEL = "children.child"
OVER_AGE, PARENT_BACK, MOVED = "child_over_age", "child_parent_back", "child_moved"
FIRST_WARNING, SECOND_WARNING = 90, 30
# Until what age a category holds: 留守 and 流动 under 16, the others under 18 [L].
UNTIL_16 = (Category.LEFT_BEHIND, Category.MIGRANT)
# Who may stay after 18 while still at school: extended support.
MAY_STAY = (Category.DE_FACTO_UNSUPPORTED, Category.ORPHAN_SCATTERED, Category.ORPHAN_INSTITUTION)
# A parent in one of these cannot care for the child; `NORMAL` and `AWAY` are those who can be asked.
UNABLE = [
    status
    for status in ParentStatus
    if status not in {ParentStatus.NORMAL, ParentStatus.AWAY, ParentStatus.UNKNOWN}
]
_CATEGORIES = {code: str(label) for code, label in Category.choices}
_PARENTS = {code: str(label) for code, label in ParentKind.choices}


def shown_children(user: Any, ids: Iterable[int]) -> dict[int, Shown]:
    """Return name and page of the children whom a user may open."""
    rows = Child.objects.visible_to(user).filter(pk__in=list(ids)).values_list("pk", "name")
    return {pk: Shown(name_for(user, name), reverse("children:detail", args=[pk])) for pk, name in rows}


def age_limit(category: str) -> int:
    """Return the age at which a category ends."""
    return 16 if category in UNTIL_16 else 18


def nearing_age_limit(today: datetime.date) -> Iterator[Found]:
    """Find children on the roster 90 days before the age limit of their category, again 30 days before, and on the day."""
    horizon = today + datetime.timedelta(days=FIRST_WARNING)
    at_16 = Q(category__in=UNTIL_16, birth__lte=years_before(horizon, 16))
    at_18 = ~Q(category__in=UNTIL_16) & Q(birth__lte=years_before(horizon, 18))
    rows = Child.objects.registered().filter(at_16 | at_18).order_by("pk")
    for row in rows.values("pk", "no", "region_id", "birth", "category", "other_categories"):
        limit = age_limit(row["category"])
        ends_on = years_after(row["birth"], limit)
        left = (ends_on - today).days
        if left > FIRST_WARNING:
            continue
        stage = FIRST_WARNING if left > SECOND_WARNING else SECOND_WARNING if left > 0 else 0
        yield Found(
            row["pk"],
            row["region_id"],
            f"{ends_on}:{stage}",
            (row["no"],),
            {
                "age": limit,
                "on": f"{ends_on}",
                "stage": stage,
                "category": row["category"],
                "others": _staying(row["other_categories"], row["category"], row["birth"], today),
            },
        )


def _staying(others: list[str], primary: str, birth: datetime.date, today: datetime.date) -> list[str]:
    """Return the further categories that still hold when the primary one has ended."""
    return [code for code in others if code != primary and years_after(birth, age_limit(code)) > today]


def _age_words(facts: dict[str, Any]) -> str:
    named = _CATEGORIES.get(facts["category"], "")
    when = (
        f"{facts['on']} 已满{facts['age']}岁" if facts["stage"] == 0 else f"{facts['on']} 满{facts['age']}岁"
    )
    also = "、".join(_CATEGORIES.get(code, "") for code in facts["others"])
    return f"{named}，{when}" + (f"；同时登记为{also}" if also else "")


def _leave(todo: Todo, user: Any, reason: LeavingReason) -> None:
    try:
        leave_roster(user, _child(todo), reason, timezone.localdate())
    except NotOnRosterError as error:
        raise DecisionError("这名儿童此前已出列。") from error


def _child(todo: Todo) -> Child:
    child: Child | None = Child.objects.filter(pk=todo.subject_id).first()
    if child is None:
        raise DecisionError("这名儿童已不在本辖区的名册上。")
    return child


def _change(todo: Todo, user: Any, category: str) -> None:
    try:
        change_category(user, _child(todo), category)
    except NotOnRosterError as error:
        raise DecisionError("这名儿童此前已出列。") from error


def _has_passed(todo: Todo) -> bool:
    return bool(todo.facts.get("stage") == 0)


OVER_AGE_KIND = Kind(
    OVER_AGE,
    "超龄",
    LABEL,
    Level.COUNTY,
    30,
    nearing_age_limit,
    _age_words,
    (
        Decision("noted", "知道了", asks_again=None, bulk=True, offered=lambda todo: not _has_passed(todo)),
        Decision(
            "change",
            "改类别，继续在册",
            act=lambda user, todo, _: _change(todo, user, todo.facts["others"][0]),
            meaning="改为同时登记的那个类别，孩子继续在册，结对不变。",
            offered=lambda todo: bool(todo.facts["others"]),
        ),
        Decision(
            "stay",
            "仍在校，继续保留",
            needs_reason=True,
            asks_again=180,
            meaning="孤儿和事实无人抚养儿童满18岁仍在校的，可以继续保留，半年后再问。",
            offered=lambda todo: _has_passed(todo) and todo.facts["category"] in MAY_STAY,
        ),
        Decision(
            "leave",
            "超龄出列",
            act=lambda user, todo, _: _leave(todo, user, LeavingReason.OVER_AGE),
            meaning="今天起出列，结对同时解除。如有误，可在孩子的页面恢复在册。",
            offered=_has_passed,
        ),
    ),
)


def parents_back(today: datetime.date) -> Iterator[Found]:
    """Find children for whom the record of a parent was changed: one who was away is back, one who was unable is able.

    A roster that says 正常 of a parent from the start says nothing of a return.
    """
    was_away = _last_said([ParentStatus.AWAY])
    was_unable = _last_said(UNABLE)
    back = Q(child__category__in=UNTIL_16, status=ParentStatus.NORMAL, away_until__isnull=False)
    able = Q(
        child__category=Category.DE_FACTO_UNSUPPORTED,
        status__in=[ParentStatus.NORMAL, ParentStatus.AWAY],
        unable_until__isnull=False,
    )
    rows = (
        Parent.objects.unlocked()
        .annotate(away_until=was_away, unable_until=was_unable)
        .filter(back | able)
        .order_by("child_id", "kind")
        .values(
            "child_id", "kind", "status", "region_id", "away_until", "unable_until", "child__no",
            "child__category", "child__other_categories",
        )
    )  # fmt: skip
    by_child: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_child[row["child_id"]].append(row)
    return (_returned(found) for found in by_child.values())


def _last_said(statuses: Iterable[str]) -> Subquery:
    """Return until when the history of a parent's record said one of these."""
    events = Parent.events.rel.related_model.objects  # type: ignore[attr-defined]
    said = events.filter(pgh_obj_id=OuterRef("pk"), status__in=list(statuses)).order_by().values("pgh_obj_id")
    return Subquery(said.annotate(last=Max("pgh_created_at")).values("last"))


def _returned(rows: list[dict[str, Any]]) -> Found:
    first = rows[0]
    when = [(row["kind"], row["away_until"] or row["unable_until"]) for row in rows]
    others = [code for code in first["child__other_categories"] if code != first["child__category"]]
    return Found(
        first["child_id"],
        first["region_id"],
        ",".join(f"{kind}:{timezone.localdate(moment)}" for kind, moment in when),
        (first["child__no"],),
        {
            "parents": [row["kind"] for row in rows],
            "category": first["child__category"],
            "others": others or [Category.DIFFICULT.value],
        },
    )


def _parent_words(facts: dict[str, Any]) -> str:
    who = "、".join(_PARENTS.get(code, "") for code in facts["parents"])
    named = _CATEGORIES.get(facts["category"], "")
    said = "已返乡" if facts["category"] in UNTIL_16 else "状态已恢复"
    return f"档案改为{who}{said}；现类别{named}"


def _reason_of_return(todo: Todo) -> LeavingReason:
    back = todo.facts["category"] in UNTIL_16
    return LeavingReason.PARENT_BACK if back else LeavingReason.PARENT_RECOVERED


PARENT_BACK_KIND = Kind(
    PARENT_BACK,
    "父母返乡",
    LABEL,
    Level.TOWNSHIP,
    14,
    parents_back,
    _parent_words,
    (
        Decision(
            "change",
            "改类别，继续在册",
            act=lambda user, todo, _: _change(todo, user, todo.facts["others"][0]),
            meaning="改为同时登记的类别，没有的改为困境儿童，继续在册，结对不变。",
        ),
        Decision("stay", "仍需关爱，维持现状", needs_reason=True, asks_again=180, meaning="半年后再问。"),
        Decision(
            "leave",
            "出列",
            act=lambda user, todo, _: _leave(todo, user, _reason_of_return(todo)),
            meaning="今天起出列，结对同时解除。如有误，可在孩子的页面恢复在册。",
        ),
    ),
)


def moved_children(today: datetime.date) -> Iterator[Found]:
    """Find children whose 户籍地 or address was changed into one that names another county, and not their own."""
    said_before = {"hukou_place": _last_other("hukou_place"), "address": _last_other("address")}
    changed = Q(hukou_place_until__isnull=False) & ~Q(hukou_place="")
    changed |= Q(address_until__isnull=False) & ~Q(address="")
    rows = (
        Child.objects.registered()
        .annotate(**{f"{name}_until": moment for name, moment in said_before.items()})
        .filter(changed)
        .order_by("pk")
        .values("pk", "no", "region_id", "hukou_place", "hukou_place_until", "address", "address_until")
    )
    names = _CountyNames()
    for row in rows:
        moved = [
            name
            for name in said_before
            if row[f"{name}_until"] and names.lead_elsewhere(row[name], row["region_id"])
        ]
        if moved:
            occasion = ",".join(f"{name}:{timezone.localdate(row[f'{name}_until'])}" for name in moved)
            yield Found(row["pk"], row["region_id"], occasion, (row["no"],), {"moved": moved})


def _last_other(name: str) -> Subquery:
    """Return until when the history of a child's record said something else in a field."""
    events = Child.events.rel.related_model.objects  # type: ignore[attr-defined]
    other = events.filter(pgh_obj_id=OuterRef("pk")).exclude(**{name: OuterRef(name)}).order_by()
    return Subquery(other.values("pgh_obj_id").annotate(last=Max("pgh_created_at")).values("last"))


class _CountyNames:
    """Which counties a text names; read once for all texts."""

    def __init__(self) -> None:
        self._by_code: dict[str, tuple[str, str]] | None = None

    def lead_elsewhere(self, text: str, code: str) -> bool:
        """Return whether a text names another county, and not the one in which a place lies."""
        if self._by_code is None:
            counties = Region.objects.filter(level=Level.COUNTY).values_list("code", "name", "short_name")
            self._by_code = {county: (name, short) for county, name, short in counties}
            names = sorted({name for name, _ in self._by_code.values()}, key=len, reverse=True)
            self._any = re.compile("|".join(map(re.escape, names)) or "$^")
        own, short = self._by_code.get(county_of(code), ("", ""))
        found = set(self._any.findall(text))
        return bool(found) and own not in text and not (len(short) > 1 and short in text)


def _moved_words(facts: dict[str, Any]) -> str:
    words = {"hukou_place": "户籍地", "address": "住址"}
    return f"档案里{'、'.join(words[name] for name in facts['moved'])}改到了其他县区"


MOVED_KIND = Kind(
    MOVED,
    "户籍或住处迁移",
    LABEL,
    Level.COUNTY,
    14,
    moved_children,
    _moved_words,
    (
        Decision("stay", "仍住本县，继续在册", needs_reason=True, asks_again=None),
        Decision(
            "leave",
            "迁出省外，出列",
            act=lambda user, todo, _: _leave(todo, user, _reason_of_move(todo)),
            needs_reason=True,
            meaning="能转接的请转往其他县区，档案和编号随孩子走；只有迁到本系统以外才出列。",
        ),
    ),
)


def _reason_of_move(todo: Todo) -> LeavingReason:
    at_home = "address" in todo.facts["moved"]
    return LeavingReason.RESIDENCE_MOVED if at_home else LeavingReason.HUKOU_MOVED
