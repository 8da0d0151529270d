"""Past visits (走访记录) as the import sees them: one row is one contact.

Siblings named in one cell were met together: that is one visit which reached several children, as when it is logged by
hand. So it counts once among the visits (次数), once for each child (人次) and once for each household (户次); two
visits instead would count a contact twice. Two rows that differ in the child alone stay two visits: a file says nowhere
that they were one.

A visit that is on record already is found again by day, way, child and volunteer, so that a file may come twice. Only
its author may correct it, and only for seven days, as on its page; else what was recorded stands.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils import timezone

from aixin.access.models import User
from aixin.access.people import name_for
from aixin.access.regions import county_of
from aixin.audit.trail import subjects_of
from aixin.exchange.drafts import CREATED, UNCHANGED, UPDATED, Change, Draft, follow_merged, take_phone
from aixin.exchange.reading.values import clean_name
from aixin.privacy.fields import index_of
from children.choices import Status
from children.models import Child
from visits.choices import Finding, Way
from visits.columns import VisitColumns
from visits.forms import is_late
from visits.models import Visit, VisitedChild
from visits.services import households_of
from visits.signals import visits_changed
from visits.whom import People, children_of, names_in, people_of
from volunteers.models import Volunteer

BATCH = 2000
VolunteerLink = Visit.volunteers.through
TOPICS = {"family": "家庭", "study": "学习", "life": "生活"}
FINDINGS = {str(label): value for value, label in Finding.choices if value}
_VALUE = re.compile(r"(?:约|价值)?\s?(\d{1,7}(?:\.\d{1,2})?)\s?元?")
Key = tuple[Any, str, int]


class VisitResource(VisitColumns):
    """走访记录."""

    roster_kind = "visits"
    roster_title = "走访记录"
    place_in_order = 40
    list_label = "看走访记录"
    place_label = "时间"
    names_persons = False
    footprint = ((Visit, "id"), (VisitedChild, "visit_id"), (VolunteerLink, "visit_id"))

    @classmethod
    def shown_as(cls, user: User, pks: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Return for each visit whom it reached and when, as the user may see it."""
        found = Visit.objects.visible_to(user).filter(pk__in=list(pks)).prefetch_related("visited__child")
        return {
            visit.pk: (
                "",
                "、".join(name_for(user, link.child.name) for link in visit.visited.all())
                + f" {visit.date:%Y-%m-%d}",
            )
            for visit in found
        }

    def check(self, draft: Draft) -> None:
        self._check_date(draft)
        draft.values["children"] = names_in(draft.get("child_name") or "")
        draft.values["names"] = names_in(draft.get("volunteer_name") or "")
        draft.values["volunteer_number"] = take_phone(draft, "volunteer_phone")
        if not (draft.values["children"] or draft.get("child_no") or draft.get("child_idno")):
            draft.reject("name_missing")
        if draft.get("township") or draft.get("village"):
            self.place(draft, needed=False)
        draft.values["fields"] = _fields(draft)

    def _check_date(self, draft: Draft) -> None:
        stated = draft.get("date")
        if stated is None or stated.precision != "day":
            draft.reject("visit_date_invalid")
        elif stated.value > timezone.localdate():
            draft.reject("visit_in_future")

    def summary(self, draft: Draft) -> tuple[str, str]:
        """Return who visited whom, and when and how."""
        names, children = "、".join(draft.values["names"]), "、".join(draft.values["children"])
        stated = draft.get("date")
        when = f"{stated.value:%Y-%m-%d} " if stated else ""
        way = str(Way(draft.values["fields"]["way"]).label)
        return f"{names} → {children}" if names else children, f"{when}{way}"

    def subjects(self, drafts: list[Draft]) -> list[str]:
        """Return the numbers of the children and volunteers of the drafts, already read."""
        people = [person for draft in drafts for person in (*children_of(draft), *people_of(draft))]
        return subjects_of(people)

    def resolve(self, drafts: list[Draft]) -> None:
        county = county_of(self.scope)
        follow_merged(drafts, "child_no", Child.objects.within_region(self.scope))
        follow_merged(drafts, "volunteer_no", Volunteer.objects.within_region(county))
        people = People(self._children(drafts), self._volunteers(drafts))
        for draft in drafts:
            people.find_for(draft)
        known = self._known([draft for draft in drafts if not draft.reasons])
        seen: set[Any] = set()
        for draft in drafts:
            if not draft.reasons:
                self._resolve_one(draft, known, seen)

    def _children(self, drafts: list[Draft]) -> list[Child]:
        visible = Child.objects.visible_to(self.user).exclude(status=Status.ERASED)
        found = (
            visible.filter(name__in={name for draft in drafts for name in draft.values["children"]})
            | visible.filter(idno_index__in=_indexes(drafts, "child_idno"))
            | visible.filter(no__in=_said(drafts, "child_no"))
        )
        return list(found.distinct())

    def _volunteers(self, drafts: list[Draft]) -> list[Volunteer]:
        # A township's clerk may name a volunteer from the next township of her county; who has left visited before.
        county = Volunteer.objects.within_region(county_of(self.scope)).unlocked()
        found = (
            county.filter(name__in={name for draft in drafts for name in draft.values["names"]})
            | county.filter(phone_index__in=_indexes(drafts, "volunteer_number"))
            | county.filter(no__in=_said(drafts, "volunteer_no"))
        )
        return list(found.distinct())

    def _known(self, drafts: list[Draft]) -> dict[Key, list[Visit]]:
        """Return the visits on record of the file's days and children, by day, way and child."""
        children = {child.pk for draft in drafts for child in children_of(draft)}
        days = {draft.get("date").value for draft in drafts}
        visits = Visit.objects.visible_to(self.user).standing()
        recorded = visits.filter(pk__in=VisitedChild.objects.filter(child__in=children).values("visit"))
        found: dict[Key, list[Visit]] = defaultdict(list)
        for visit in recorded.filter(date__in=days).prefetch_related("visited__child", "volunteers"):
            for link in visit.visited.all():
                found[visit.date, visit.way, link.child_id].append(visit)
        return found

    def _resolve_one(self, draft: Draft, known: dict[Key, list[Visit]], seen: set[Any]) -> None:
        fields, people = draft.values["fields"], {volunteer.pk for volunteer in people_of(draft)}
        keys = [(fields["date"], fields["way"], child.pk) for child in children_of(draft)]
        contacts = {(key, frozenset(people)) for key in keys}
        if contacts & seen:
            draft.reject("visit_repeated")
            return
        seen.update(contacts)
        recorded = [visit for key in keys for visit in known.get(key, []) if _is_by(visit, people)]
        if not recorded:
            draft.status = CREATED
            return
        draft.target = recorded[0]
        draft.status, changes = UNCHANGED, _changes(draft, recorded)
        if changes and self._may_correct(draft.target):
            draft.status, draft.changes = UPDATED, changes
        elif changes:
            draft.warn("visit_kept")

    def _may_correct(self, visit: Visit) -> bool:
        return visit.recorded_by_id == self.user.pk and visit.is_correctable

    def store(self, drafts: list[Draft]) -> None:
        created = [draft for draft in drafts if draft.status == CREATED]
        numbers = households_of([children_of(draft) for draft in created])
        for draft, households in zip(created, numbers, strict=True):
            draft.target = self._new_visit(draft, households)
        Visit.objects.bulk_create([draft.target for draft in created], batch_size=BATCH)
        updated = [draft for draft in drafts if draft.status == UPDATED]
        met = [
            VisitedChild(visit=draft.target, child=child)
            for draft in (*created, *updated)
            for child in (children_of(draft) if draft.status == CREATED else _added(draft))
        ]
        VisitedChild.objects.bulk_create(met, batch_size=BATCH)
        self._update(updated)
        links = [
            VolunteerLink(visit_id=draft.target.pk, volunteer_id=volunteer.pk)
            for draft in drafts
            for volunteer in people_of(draft)
            if draft.takes(f"volunteer.{volunteer.pk}")
        ]
        VolunteerLink.objects.bulk_create(links, batch_size=BATCH, ignore_conflicts=True)
        stored = [draft.target.pk for draft in drafts]
        reached = VisitedChild.objects.filter(visit__in=stored).values_list("child_id", flat=True)
        visits_changed.send(Visit, visits=stored, children=sorted(set(reached)))

    def _new_visit(self, draft: Draft, households: int) -> Visit:
        fields = draft.values["fields"]
        return Visit(
            region_id=children_of(draft)[0].region_id,
            households=households,
            recorded_by=self.user,
            is_backfill=is_late(fields["date"]),
            **fields,
        )

    def _update(self, drafts: list[Draft]) -> None:
        names = {name for draft in drafts for name in draft.values["fields"]} | {"households", "version"}
        reached = [[*_recorded_children(draft.target), *_added(draft)] for draft in drafts]
        for draft, households in zip(drafts, households_of(reached), strict=True):
            draft.target.households = households
            draft.target.version += 1
            for name, value in draft.values["fields"].items():
                if draft.takes(name):
                    setattr(draft.target, name, value)
        if drafts:
            Visit.objects.bulk_update([draft.target for draft in drafts], sorted(names), batch_size=500)

    def plain(self, draft: Draft) -> dict[str, Any]:
        """Return the row's values as they are stored."""
        fields = draft.values["fields"]
        texts = ("seen", "done", "next_step", "goods", "companions")
        return {
            "date": fields["date"].isoformat() if fields["date"] else "",
            "way": str(Way(fields["way"]).label),
            "child": "、".join(draft.values["children"]),
            "volunteers": draft.values["names"],
            **{name: fields.get(name, "") for name in texts},
        }


def _said(drafts: list[Draft], key: str) -> set[str]:
    return {value for draft in drafts if (value := draft.get(key))}


def _indexes(drafts: list[Draft], key: str) -> set[str | None]:
    return {index_of(value) for value in _said(drafts, key)}


def _is_by(visit: Visit, people: set[int]) -> bool:
    """Return whether a visit on record is by the people whom a row names, as far as both name anybody."""
    recorded = {volunteer.pk for volunteer in visit.volunteers.all()}
    return not recorded or not people or bool(recorded & people)


def _fields(draft: Draft) -> dict[str, Any]:
    """Return the fields that the row states; what it leaves blank stays as it is."""
    stated, value = draft.get("date"), _value(draft)
    findings = {key: FINDINGS[text] for key in TOPICS if (text := draft.get(key)) in FINDINGS}
    texts = {
        "seen": _seen(draft),
        "done": draft.get("done"),
        "next_step": draft.get("next_step"),
        "goods": draft.get("goods"),
        "goods_value": value,
        "companions": _companions(draft),
        **findings,
    }
    ways = draft.get("way") or [Way.HOME]
    kept = {key: _cut(key, value) for key, value in texts.items() if value not in (None, "")}
    if not draft.get("way"):
        draft.warn("way_assumed")
    return {"date": stated.value if stated else None, "way": str(ways[0]), **kept}


def _seen(draft: Draft) -> str:
    """Return what was seen, with what stood in columns of its own and in none."""
    topics = [
        f"{label}：{draft.get(key)}"
        for key, label in TOPICS.items()
        if draft.get(key) and draft.get(key) not in FINDINGS
    ]
    return "；".join(filter(None, [draft.get("seen"), *topics, draft.get("notes"), *draft.extra_notes]))


def _value(draft: Draft) -> Decimal | None:
    typed = draft.get("goods_value")
    found = _VALUE.fullmatch(typed) if typed else None
    if typed and not found:
        draft.extra_notes.append(f"物品价值：{typed}")
    return Decimal(found[1]) if found else None


def _companions(draft: Draft) -> str:
    """Return who else was there; who wrote the paper record is kept with them unless she is the volunteer."""
    recorder = clean_name(draft.get("recorder") or "")
    noted = f"记录人：{recorder}" if recorder and recorder not in draft.values["names"] else ""
    return "；".join(filter(None, [draft.get("companions"), noted]))


def _cut(key: str, value: Any) -> Any:
    longest = getattr(Visit._meta.get_field(key), "max_length", None)
    return value[:longest] if longest and isinstance(value, str) else value


def _recorded_children(visit: Visit) -> list[Child]:
    return [link.child for link in visit.visited.all()]


def _added(draft: Draft) -> list[Child]:
    """Return the children whom the row adds to the visit on record, as far as the clerk takes them."""
    added = draft.values["children_added"]
    return [child for child in added if draft.takes(f"child.{child.pk}")]


def _changes(draft: Draft, recorded_visits: list[Visit]) -> list[Change]:
    """Return what the row says otherwise than the visit on record; a person is added, never taken away.

    A child whom another visit of the same day, way and people reached already is not added.
    """
    met = {child.pk for visit in recorded_visits for child in _recorded_children(visit)}
    added = draft.values["children_added"] = [child for child in children_of(draft) if child.pk not in met]
    visit: Visit = draft.target
    found = [
        Change(key, _label(key), _text(key, getattr(visit, key)), _text(key, value))
        for key, value in draft.values["fields"].items()
        if getattr(visit, key) != value
    ]
    recorded = list(visit.volunteers.all())
    new = [volunteer for volunteer in people_of(draft) if volunteer not in recorded]
    found += [Change(f"child.{child.pk}", "走访到的儿童", "", child.name) for child in added]
    return found + [Change(f"volunteer.{who.pk}", "爱心妈妈", "", who.name) for who in new]


def _label(key: str) -> str:
    return str(Visit._meta.get_field(key).verbose_name)  # type: ignore[union-attr]


def _text(key: str, value: Any) -> str:
    if key in TOPICS:
        return str(Finding(value).label) if value else ""
    return "" if value is None else str(value)
