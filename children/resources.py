"""The children's roster as import and export see it: checks of a row, matching against the roster, storing."""

import datetime
from collections import defaultdict
from typing import Any, cast

from django.utils import timezone

from aixin.access.elsewhere import ids_elsewhere
from aixin.access.models import User
from aixin.access.numbers import allocate, is_valid
from aixin.exchange.drafts import CREATED, UNCHANGED, UPDATED, Change, Draft, notes_of, take_phone
from aixin.exchange.identity import SEX_OF_TEXT, is_name
from aixin.exchange.reading.values import PartialDate, birth_from_idno, sex_from_idno
from aixin.privacy.fields import index_of
from aixin.vocabulary import CareTopic
from children.choices import NeedSource, NeedState, NoIdReason, ParentKind, Schooling, Status
from children.columns import ChildColumns
from children.contacts import spread_contacts
from children.models import Child, Guardian, Need, Parent
from children.querysets import opens_locked
from children.roster_records import (
    GUARDIAN,
    as_record,
    change_of,
    differences,
    guardian_values,
    parent_values,
    store_records,
)

SCHOOLING_OF_STAGE = {str(label): code for code, label in Schooling.choices}
TEXT_FIELDS = (
    "ethnicity", "school", "address", "hukou_place", "disability_kind", "disability_level", "illness",
)  # fmt: skip
CHOICE_FIELDS = ("hukou_type", "health", "schooling", "guardianship", "income")
BATCH = 2000
MOST_WANTED = 10


class ChildResource(ChildColumns):
    """儿童花名册."""

    roster_kind = "children"
    roster_title = "儿童花名册"
    place_in_order = 10
    footprint = ((Child, "id"), (Guardian, "child_id"), (Parent, "child_id"), (Need, "child_id"))
    relied_on = frozenset({"status"})
    numbers = ("child_no",)
    ending = ("children:leave", "办出列")
    further_pages = (("部门比对", "matching:home"),)

    @classmethod
    def expected(cls, user: User) -> Any:
        """Return the children on the roster."""
        return Child.objects.visible_to(user).registered()

    def check(self, draft: Draft) -> None:
        spread_contacts(draft)
        numbered = _is_numbered(draft)
        if not draft.get("name") and not numbered:
            draft.reject("name_missing")
        elif draft.get("name") and not is_name(draft.get("name")):
            draft.reject("name_invalid")
        self._check_birth(draft)
        self._check_sex(draft)
        if not draft.get("category") and (not numbered or draft.cells.get("category")):
            draft.reject("category_unknown")
        self.place(draft, needed=not numbered)
        for key in ("phone", "father_phone", "mother_phone"):
            draft.values[f"{key}_number"] = take_phone(draft, key)
        if not draft.get("idno") and "idno" not in _faulty(draft) and not _is_numbered(draft):
            draft.warn("id_missing")
        draft.values["fields"] = self._fields(draft)

    def _check_birth(self, draft: Draft) -> None:
        idno, stated = draft.get("idno"), cast("PartialDate | None", draft.get("birth"))
        if stated and stated.value > timezone.localdate():
            draft.reject("birth_in_future")
        elif idno and stated and not stated.agrees_with(birth_from_idno(idno)):
            draft.reject("birth_differs_from_id")
        elif not idno and stated and stated.or_october and not draft.reasons:
            draft.reject("birth_invalid")
        elif not idno and not stated and not draft.reasons and not _is_numbered(draft):
            draft.reject("birth_missing")
        draft.values["born"] = birth_from_idno(idno) if idno else stated and stated.value

    def _check_sex(self, draft: Draft) -> None:
        idno, stated = draft.get("idno"), draft.get("sex")
        if idno and stated and stated != sex_from_idno(idno):
            draft.reject("sex_differs_from_id")
        text = sex_from_idno(idno) if idno else stated
        draft.values["sex_code"] = SEX_OF_TEXT[text].value if text else ""

    def _fields(self, draft: Draft) -> dict[str, Any]:
        """Return the child's own fields that the row states; what it leaves blank stays as it is."""
        grade = draft.get("grade")
        categories = draft.get("category") or []
        stated: dict[str, Any] = {
            "name": draft.get("name"),
            "sex": draft.values["sex_code"],
            "birth": draft.values["born"],
            "idno": draft.get("idno"),
            "category": categories[0] if categories else None,
            "other_categories": categories[1:] or None,
            "grade": grade.text[:20] if grade else None,
            "boarding": draft.get("boarding"),
            "wanted_volunteers": _at_most(MOST_WANTED, draft.get("wanted_volunteers")),
            "family_case": draft.get("family_case"),
            "aid": draft.get("aid"),
            "notes": notes_of(draft),
            "contact_notes": (draft.get("contact_notes") or "")[:500],
            "birthday_is_lunar": True if draft.get("birth") and draft.get("birth").lunar else None,
        }
        stated |= {key: draft.get(key) for key in TEXT_FIELDS}
        stated |= {key: (draft.get(key) or [None])[0] for key in CHOICE_FIELDS}
        if grade and grade.stage and not stated["schooling"]:
            stated["schooling"] = SCHOOLING_OF_STAGE.get(grade.stage)
        return {key: _cut(key, value) for key, value in stated.items() if value not in (None, "", [])}

    def resolve(self, drafts: list[Draft]) -> None:
        reject_repeated(drafts)
        by_index = self._by_index(drafts)
        by_number = self._by_number(drafts)
        by_name = self._by_name_and_birth(drafts)
        elsewhere = ids_elsewhere(self.user, "child", (index_of(draft.get("idno")) for draft in drafts))
        for draft in drafts:
            if index_of(draft.get("idno")) in elsewhere:
                draft.reject("id_elsewhere")
            else:
                self._resolve_one(draft, by_index, by_number, by_name)

    def _by_index(self, drafts: list[Draft]) -> dict[str, Child]:
        """Return the holders of the file's ID numbers within the scope, those off the roster too."""
        wanted = {index_of(draft.get("idno")) for draft in drafts if draft.get("idno")}
        within = Child.objects.within_region(self.scope).filter(idno_index__in=wanted)
        return {str(c.idno_index): c for c in _with_records(within)}

    def _by_number(self, drafts: list[Draft]) -> dict[str, Child]:
        wanted = {draft.get("child_no") for draft in drafts if draft.get("child_no")}
        within = Child.objects.within_region(self.scope)
        doubles = within.led_to(wanted)
        standing = _with_records(within.standing().filter(no__in=wanted | set(doubles.values())))
        found = {c.no: c for c in standing}
        return found | {no: found[into] for no, into in doubles.items() if into in found}

    def _by_name_and_birth(self, drafts: list[Draft]) -> dict[tuple[str, Any], list[Child]]:
        names = {draft.get("name") for draft in drafts if draft.get("name")}
        births = {draft.values["born"] for draft in drafts if draft.values["born"]}
        found: dict[tuple[str, Any], list[Child]] = defaultdict(list)
        for child in _with_records(
            Child.objects.visible_to(self.user).standing().filter(name__in=names, birth__in=births)
        ):
            found[child.name, child.birth].append(child)
        return found

    def _resolve_one(
        self,
        draft: Draft,
        by_index: dict[str, Child],
        by_number: dict[str, Child],
        by_name: dict[tuple[str, Any], list[Child]],
    ) -> None:
        idno = draft.get("idno")
        holder = by_index.get(str(index_of(idno))) if idno else None
        same_name = by_name.get((draft.get("name"), draft.values["born"]), [])
        draft.target = (
            holder or by_number.get(draft.get("child_no") or "") or self._same_child(draft, same_name)
        )
        if draft.target is None and _is_numbered(draft):
            draft.reject("number_unknown")
            return
        if draft.target is None:
            if not idno and same_name:
                draft.warn("similar_exists")
            draft.status = CREATED
            return
        if self._is_locked(draft):
            return
        draft.changes = self._changes(draft)
        draft.status = UPDATED if draft.changes else UNCHANGED

    def _is_locked(self, draft: Draft) -> bool:
        """Reject a row about an erased child, and one off the roster that this user may not open."""
        if draft.target.is_erased:
            draft.reject("erased")
        elif not draft.target.is_on_roster and not opens_locked(self.user):
            draft.reject("left_roster")
        return bool(draft.reasons)

    def _same_child(self, draft: Draft, candidates: list[Child]) -> Child | None:
        """Return the child of the same name, birth date, township and guardian, unless both have an ID."""
        if draft.region is None:
            return None
        for child in candidates:
            guardian = child.main_guardian
            same_place = child.region_id[:9] == draft.region.code[:9]
            same_guardian = (guardian.name if guardian else "") == (draft.get("guardian") or "")
            if same_place and same_guardian and not (child.idno and draft.get("idno")):
                return child
        return None

    def _changes(self, draft: Draft) -> list[Change]:
        child: Child = draft.target
        found = [
            change_of(child, key, getattr(child, key), value)
            for key, value in draft.values["fields"].items()
            if getattr(child, key) != value
        ]
        if draft.region and _moves(child.region_id, draft.region.code):
            found.append(Change("region", "现居地", child.region.place, draft.region.place))
        if not child.is_on_roster:
            found.append(Change("status", "在册状态", child.get_status_display(), Status.ON_ROSTER.label))
        return found + self._record_changes(draft, child)

    def _record_changes(self, draft: Draft, child: Child) -> list[Change]:
        found = differences(child.main_guardian or Guardian(), guardian_values(draft), GUARDIAN, "监护人")
        parents = {parent.kind: parent for parent in child.parents.all()}
        for kind, label in ParentKind.choices:
            found += differences(parents.get(kind, Parent()), parent_values(draft, kind), kind, str(label))
        open_topics = {need.topic for need in child.needs.all() if need.state == NeedState.OPEN}
        labels = dict(CareTopic.choices)
        new = [topic for topic in draft.get("need") or [] if topic not in open_topics]
        return found + [Change(f"need.{topic}", "需求", "", str(labels[topic])) for topic in new]

    def store(self, drafts: list[Draft]) -> None:
        self._create([draft for draft in drafts if draft.status == CREATED])
        self._update([draft for draft in drafts if draft.status == UPDATED])

    def _create(self, drafts: list[Draft]) -> None:
        numbers = allocate(Child.NUMBER_KIND, len(drafts)) if drafts else []
        for draft, number in zip(drafts, numbers, strict=True):
            assert draft.region is not None
            draft.target = Child(no=number, region=draft.region, **draft.values["fields"])
            if not draft.target.idno:
                draft.target.idno_reason = NoIdReason.LOST_IN_FILE
            draft.target.prepare()
        Child.objects.bulk_create([draft.target for draft in drafts], batch_size=BATCH)
        self._add_records(drafts)

    def _add_records(self, drafts: list[Draft]) -> None:
        guardians = [
            as_record(Guardian(), draft, guardian_values(draft)) for draft in drafts if draft.get("guardian")
        ]
        Guardian.objects.bulk_create(guardians, batch_size=BATCH)
        parents = [
            as_record(Parent(kind=kind), draft, values)
            for draft in drafts
            for kind in ParentKind.values
            if (values := parent_values(draft, kind))
        ]
        Parent.objects.bulk_create(parents, batch_size=BATCH)
        self._add_needs([(draft, topic) for draft in drafts for topic in draft.get("need") or []])

    def _add_needs(self, wanted: list[tuple[Draft, str]]) -> None:
        needs = [
            as_record(Need(source=NeedSource.ROSTER), draft, {"topic": topic}) for draft, topic in wanted
        ]
        Need.objects.bulk_create(needs, batch_size=BATCH)

    def _update(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            child: Child = draft.target
            for key, value in draft.values["fields"].items():
                if draft.takes(key):
                    setattr(child, key, value)
            if draft.region and _moves(child.region_id, draft.region.code) and draft.takes("region"):
                child.region = draft.region
            if draft.takes("status"):
                child.status, child.left_on, child.left_reason = Status.ON_ROSTER, None, ""
            child.prepare()
            child.idno_index = index_of(child.idno)
            child.updated_at = timezone.now()
        children = [draft.target for draft in drafts]
        names = [f.name for f in Child._meta.concrete_fields if f.name not in {"id", "no", "created_at"}]
        Child.objects.bulk_update(children, names, batch_size=500)
        self._update_records(drafts)

    def _update_records(self, drafts: list[Draft]) -> None:
        fresh: list[Any] = []
        changed: list[Any] = []
        wanted: list[tuple[Draft, str]] = []
        for draft in drafts:
            records = {parent.kind: parent for parent in draft.target.parents.all()}
            rows = [(draft.target.main_guardian or Guardian(), guardian_values(draft))]
            rows += [(records.get(k, Parent(kind=k)), parent_values(draft, k)) for k in ParentKind.values]
            for row, values in rows:
                if differences(row, values):
                    (changed if row.pk else fresh).append(as_record(row, draft, values))
            known = {need.topic for need in draft.target.needs.all() if need.state == NeedState.OPEN}
            new = [topic for topic in draft.get("need") or [] if topic not in known]
            wanted += [(draft, topic) for topic in new if draft.takes(f"need.{topic}")]
        self._add_needs(wanted)
        store_records(fresh, changed)

    def plain(self, draft: Draft) -> dict[str, Any]:
        """Return the row's values under the keys of the sample truths."""
        fields, region = draft.values["fields"], draft.region
        township, village = self.lookup.names(region)
        need = dict(CareTopic.choices).get((draft.get("need") or [""])[0], "")
        born = draft.values["born"]
        return {
            "name": fields.get("name", ""),
            "sex": {"F": "女", "M": "男"}.get(draft.values["sex_code"], ""),
            "ethnicity": fields.get("ethnicity", ""),
            "birth": born.isoformat() if isinstance(born, datetime.date) else "",
            "idno": fields.get("idno", ""),
            "township": township,
            "township_code": region.code[:9] if region else "",
            "village": village,
            "village_code": region.code if region and village else "",
            "category": fields.get("category", ""),
            "school": fields.get("school", ""),
            "grade": fields.get("grade", ""),
            "guardian": draft.get("guardian") or "",
            "relation": draft.get("relation") or "",
            "phone": draft.values["phone_number"],
            "need": str(need),
            "notes": fields.get("notes", ""),
        }


def _at_most(most: int, number: int | None) -> int | None:
    return None if number is None else min(number, most)


def _is_numbered(draft: Draft) -> bool:
    """Return whether a row names its child by a public number: what it leaves out then stays as it is."""
    return is_valid(draft.get("child_no") or "")


def _faulty(draft: Draft) -> set[str]:
    """Return the keys whose cell could not be read."""
    return {"idno"} if any(code.startswith("id_") for code in draft.reasons) else set()


def _cut(key: str, value: Any) -> Any:
    """Return a text no longer than its column."""
    longest = getattr(Child._meta.get_field(key), "max_length", None)
    return value[:longest] if longest and isinstance(value, str) else value


def reject_repeated(drafts: list[Draft]) -> None:
    """Reject rows about a child whom an earlier row is about already."""
    seen: set[Any] = set()
    for draft in drafts:
        key = draft.get("idno") or (
            draft.get("name"), draft.values["born"], draft.region and draft.region.code[:9], draft.get("guardian"),
        )  # fmt: skip
        if key in seen:
            draft.reject("duplicate_in_file")
        elif draft.get("idno") or not draft.reasons:
            seen.add(key)


def _with_records(children: Any) -> Any:
    return children.select_related("region").prefetch_related("guardians", "parents", "needs")


def _moves(present: str, stated: str) -> bool:
    """Return whether the file says another place; a township alone does not take back a known village."""
    return not present.startswith(stated)
