"""Whom an imported visit is about: found once for a whole file, by number, ID, phone, name, place and pairing."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from aixin.exchange.drafts import Draft
from aixin.exchange.reading.values import clean_name
from children.models import Child
from pairing.models import Pairing
from volunteers.models import Volunteer

_BETWEEN_NAMES = re.compile(r"[、，,；;/\n]+|\s和\s")


@dataclass(frozen=True)
class _Found:
    """Who may be meant: those of one number, or of one name."""

    by: dict[tuple[str, str], list[Any]]

    def find(self, name: str, **marks: str | None) -> list[Any]:
        """Return who is meant: the surest mark that the row states decides; a name narrows several."""
        for key, value in marks.items():
            if value:
                found = self.by.get((key, value), [])
                return [person for person in found if person.name == name] or found
        return self.by.get(("name", name), []) if name else []


class People:
    """The children and volunteers that a file may mean, and who was ever paired with whom: three queries."""

    def __init__(self, children: list[Child], volunteers: list[Volunteer]) -> None:
        self._children = _gathered(children)
        self._volunteers = _gathered(volunteers)
        self._pairs: dict[tuple[int, int], list[Pairing]] = defaultdict(list)
        for pairing in Pairing.objects.filter(child__in=children, volunteer__in=volunteers):
            self._pairs[pairing.child_id, pairing.volunteer_id].append(pairing)

    def find_for(self, draft: Draft) -> None:
        """Set the draft's child and volunteers, or say why they are not known."""
        named = [self._children_of(draft, name) for name in draft.values["children"] or [""]]
        children = [child for found in named for child in found]
        volunteers = [self._volunteers_of(draft, name) for name in draft.values["names"] or [""]]
        draft.values["people"] = []
        for found in filter(None, volunteers):
            self._add_volunteer(draft, self._paired(found, children, child_first=False))
        if not all(volunteers) and (
            draft.values["names"] or draft.get("volunteer_no") or draft.values["volunteer_number"]
        ):
            draft.reject("volunteer_not_found")
        draft.values["children_found"] = []
        for same_name in named:
            self._add_child(draft, self._paired(same_name, people_of(draft), child_first=True))

    def _add_child(self, draft: Draft, found: list[Child]) -> None:
        if len(found) == 1:
            draft.values["children_found"].append(found[0])
            self._check_child(draft, found[0])
        elif not draft.reasons:
            draft.reject("ambiguous" if found else "child_not_found")

    def _children_of(self, draft: Draft, name: str) -> list[Child]:
        alone = len(draft.values["children"]) <= 1
        marks = {"no": draft.get("child_no"), "idno": draft.get("child_idno")} if alone else {}
        found = self._children.find(name, **marks)
        if len(found) > 1 and draft.region is not None:
            near = [child for child in found if child.region_id.startswith(draft.region.code)]
            found = near or found
        present = [child for child in found if child.is_on_roster]
        return present or found

    def _volunteers_of(self, draft: Draft, name: str) -> list[Volunteer]:
        alone = len(draft.values["names"]) <= 1
        marks = {"no": draft.get("volunteer_no"), "phone": draft.values["volunteer_number"]} if alone else {}
        return self._volunteers.find(name, **marks)

    def _paired(self, found: list[Any], others: list[Any], *, child_first: bool) -> list[Any]:
        """Of several persons of one name, those who were ever paired with one of the others."""
        if len(found) < 2:
            return found
        pairs = {(one.pk, other.pk) for one in found for other in others}
        both = {pair for pair in pairs if (pair if child_first else pair[::-1]) in self._pairs}
        return [one for one in found if any(one.pk == first for first, _ in both)] or found

    def _add_volunteer(self, draft: Draft, found: list[Volunteer]) -> None:
        if len(found) == 1:
            draft.values["people"].append(found[0])
        else:
            draft.reject("ambiguous")

    def _check_child(self, draft: Draft, child: Child) -> None:
        day = draft.values["fields"]["date"]
        if day is None:
            return
        if child.left_on and not child.is_on_roster and day > child.left_on:
            draft.reject("left_roster")
        elif child.birth and day < child.birth:
            draft.reject("visit_before_birth")
        elif any(not self._was_paired(child, volunteer, day) for volunteer in people_of(draft)):
            draft.warn("not_paired_then")

    def _was_paired(self, child: Child, volunteer: Volunteer, day: Any) -> bool:
        return any(
            pairing.started_on
            and pairing.started_on <= day
            and (pairing.ended_on is None or day <= pairing.ended_on)
            for pairing in self._pairs.get((child.pk, volunteer.pk), [])
        )


def _gathered(people: list[Any]) -> _Found:
    by: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for person in people:
        for key in ("no", "idno", "phone", "name"):
            if value := getattr(person, key, ""):
                by[key, value].append(person)
    return _Found(by)


def children_of(draft: Draft) -> list[Child]:
    """Return the children that a row without reasons is about, in the order of the cell."""
    return list(draft.values["children_found"])


def people_of(draft: Draft) -> list[Volunteer]:
    """Return the volunteers whom a row names and the roster has."""
    return list(draft.values["people"])


def names_in(text: str) -> list[str]:
    """Return the names that a cell lists, each once."""
    return list(dict.fromkeys(filter(None, map(clean_name, _BETWEEN_NAMES.split(text)))))
