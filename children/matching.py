"""The children's roster held against another department's list, and what is taken over from it.

Nobody leaves the roster by it, and nothing of a row is stored until a clerk takes it over: then it goes the way of an
import of one row, with its checks, its trail and its undoing.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from aixin.access.elsewhere import LookupLimitError, alarm_of_lookups, ids_elsewhere
from aixin.access.models import User
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.choices import ImportState
from aixin.exchange.comparing import LONGEST, Cells, Comparison, keep, opened, plain_cells, table_of
from aixin.exchange.drafts import REJECTED, UNCHANGED, Draft
from aixin.exchange.jobs import WorkbookError, import_table, load_table
from aixin.exchange.models import ImportJob
from aixin.exchange.reading.table import Table
from aixin.exchange.reading.values import clean_text
from aixin.exchange.reasons import sentences
from aixin.exchange.roster import RosterResource, Watch, lock_county
from aixin.privacy.fields import index_of
from aixin.privacy.masks import mask_idno
from children.models import Child
from children.querysets import opens_locked
from children.resources import ChildResource, reject_repeated

# What the clerk may state for the whole list cures these.
CURES = {"category": {"category_unknown"}, "township": {"region_unknown"}}
# Their own codes are not our numbers.
NOT_THEIRS = frozenset({"child_no"})
PEOPLE = ("guardian", "father", "mother")


class TakeError(Exception):
    """A row cannot be taken over; the message is for the user."""


@dataclass(frozen=True)
class Part:
    """What is taken over together: some columns, and the child's fields that come from them."""

    key: str
    columns: frozenset[str]
    fields: frozenset[str]


def _part(key: str, *columns: str, fields: tuple[str, ...] = ()) -> Part:
    return Part(key, frozenset(columns or (key,)), frozenset(fields or (key,)))


PARTS = (
    _part("name"),
    _part("idno", fields=("idno", "sex")),
    _part("sex"),
    _part("ethnicity"),
    _part("birth", fields=("birth", "birthday_is_lunar")),
    _part("category", fields=("category", "other_categories")),
    _part("place", "county", "township", "village"),
    _part("school"),
    _part("grade", fields=("grade", "schooling")),
    _part("guardian", "guardian", "relation", "phone", "guardian_address"),
    _part("father", *(f"father_{what}" for what in ("name", "status", "idno", "phone", "workplace"))),
    _part("mother", *(f"mother_{what}" for what in ("name", "status", "idno", "phone", "workplace"))),
    *map(
        _part,
        (
            "address", "hukou_place", "hukou_type", "health", "disability_kind", "disability_level", "illness",
            "schooling", "boarding", "guardianship", "income", "aid",
        ),
    ),
)  # fmt: skip
PART_OF = {part.key: part for part in PARTS}


class Matcher(ChildResource):
    """Tells which rows of a list the roster has, by ID, else by name and birth date."""

    def __init__(self, user: User) -> None:
        super().__init__(user)
        self._seen: set[int] = set()

    def compare(self, table: Table, comparison: Comparison) -> None:
        """Fill a comparison with what the table and the roster say of each other. Raises LookupLimitError."""
        drafts = self.drafts_of(table, Watch())
        reject_repeated(drafts)
        drafts = [draft for draft in drafts if "duplicate_in_file" not in draft.reasons]
        self._find(drafts)
        for draft in drafts:
            if draft.target is not None and draft.target.is_on_roster:
                self._note_match(draft, comparison)
            else:
                comparison.theirs.append(_shown(draft, comparison, self))

    def _find(self, drafts: list[Draft]) -> None:
        by_index, by_name = self._by_index(drafts), self._by_name_and_birth(drafts)
        for draft in drafts:
            idno = draft.get("idno")
            holder = by_index.get(str(index_of(idno))) if idno else None
            same = by_name.get((draft.get("name"), draft.values["born"]), [])
            draft.target = holder or _only_one(draft, same)
            if draft.target is None and same:
                draft.warn("similar_exists")
            elif draft.target is not None and not draft.target.is_on_roster:
                self._note_left(draft)
        unknown = [index_of(draft.get("idno")) for draft in drafts if draft.target is None]
        elsewhere = ids_elsewhere(self.user, "child", unknown)
        for draft in drafts:
            if draft.target is None and index_of(draft.get("idno")) in elsewhere:
                draft.reject("id_elsewhere")

    def _note_left(self, draft: Draft) -> None:
        if opens_locked(self.user):
            draft.warn("returns_to_roster")
        else:
            draft.reject("left_roster")

    def _note_match(self, draft: Draft, comparison: Comparison) -> None:
        """Note a child that both have; one that the list names twice counts as it is named first."""
        if draft.target.pk in self._seen:
            return
        self._seen.add(draft.target.pk)
        comparison.matched.append(draft.target.pk)
        found = self.differences(draft)
        if found:
            comparison.differing.append(
                {
                    "row": draft.number,
                    "cells": _stated(draft.cells),
                    "pk": draft.target.pk,
                    "differences": found,
                }
            )

    def differences(self, draft: Draft) -> list[dict[str, Any]]:
        """Return the parts in which a row says otherwise than its child: key, and label, old and new of each field."""
        found = []
        for part in PARTS:
            if not part.columns.isdisjoint(draft.cells):
                changes = self._changes(_narrowed(draft, part))
                lines = [[change.label, change.old, change.new] for change in changes]
                found += [{"key": part.key, "lines": lines}] if lines else []
        return found


def _only_one(draft: Draft, same: list[Child]) -> Child | None:
    """Return the child of the same name and birth date, unless there are several or both have an ID."""
    found = [child for child in same if not (child.idno and draft.get("idno"))]
    if len(found) > 1 and draft.region is not None:
        found = [child for child in found if child.region_id[:9] == draft.region.code[:9]]
    return found[0] if len(found) == 1 else None


def _narrowed(draft: Draft, part: Part) -> Draft:
    """Return a draft that states nothing but one part."""
    values = {**draft.values, "need": None}
    values["fields"] = {key: value for key, value in values["fields"].items() if key in part.fields}
    for person in PEOPLE:
        if person != part.key:
            values |= dict.fromkeys(_keys_of(person), "")
    region = draft.region if part.key == "place" else None
    return Draft(draft.number, draft.cells, values, region=region, target=draft.target)


def _keys_of(person: str) -> list[str]:
    phone = "phone" if person == "guardian" else f"{person}_phone"
    return [*PART_OF[person].columns, f"{phone}_number", f"{phone}_others"]


def _stated(cells: Cells) -> Cells:
    return {key: value for key, value in cells.items() if clean_text(value)}


def _shown(draft: Draft, comparison: Comparison, resource: RosterResource) -> dict[str, Any]:
    """Return what the page shows of a row that the roster does not have."""
    cured = {code for key in comparison.defaults for code in CURES[key] if not draft.get(key)}
    why = [code for code in draft.reasons if code not in cured]
    name, place = resource.summary(draft)
    return {
        "row": draft.number,
        "cells": _stated(draft.cells),
        "name": name,
        "birth": f"{draft.values['born']:%Y-%m-%d}" if draft.values["born"] else "",
        "idno": mask_idno(draft.get("idno") or ""),
        "place": place or clean_text(draft.cells.get("township", "")),
        "category": clean_text(draft.cells.get("category", "")),
        "why": sentences(why),
        "note": sentences(
            [code for code in draft.warnings if code in {"similar_exists", "returns_to_roster"}]
        ),
    }


def compare(user: User, data: bytes, filename: str, department: str, defaults: dict[str, str]) -> Comparison:
    """Hold a list against the roster, keep the outcome for two hours and return it.

    `defaults` are the category and township, in words, of rows that state none and are taken over. Raises
    WorkbookError; nothing is kept then.
    """
    matcher = Matcher(user)
    table = load_table(matcher, data, filename, {})
    if len(table.rows) > LONGEST:
        raise WorkbookError("too_large", f"名单超过 {LONGEST:,} 行，请拆成几个文件后再比对。")
    rows = [(n, {k: v for k, v in cells.items() if k not in NOT_THEIRS}) for n, cells in plain_cells(table)]
    comparison = Comparison(department, filename[-120:], len(rows), defaults=defaults)
    try:
        matcher.compare(table_of(matcher.columns(), rows), comparison)
    except LookupLimitError as error:
        alarm_of_lookups(user)
        raise WorkbookError("lookup_limit", str(error)) from error
    keep(user, comparison)
    record(
        user,
        Action.VIEW,
        what="department_match",
        department=department,
        total=comparison.total,
        theirs=len(comparison.theirs),
        differing=len(comparison.differing),
    )
    return comparison


class ChosenParts(ChildResource):
    """Takes some parts of a row over to a known child; what else the row says, or does not say, is left alone."""

    def __init__(self, user: User, child: Child, keys: set[str]) -> None:
        super().__init__(user)
        self.child, self.keys = child, keys

    def check(self, draft: Draft) -> None:
        super().check(draft)
        not_chosen = {"name_missing", "birth_missing", "category_unknown"}
        draft.reasons = [code for code in draft.reasons if code not in not_chosen]
        draft.warnings = [code for code in draft.warnings if code != "id_missing"]

    def _fields(self, draft: Draft) -> dict[str, Any]:
        """Return the fields without the notes, where a cell's further words would go."""
        return {key: value for key, value in super()._fields(draft).items() if key != "notes"}

    def place(self, draft: Draft, *, needed: bool) -> None:
        if "place" in self.keys:
            super().place(draft, needed=needed)

    def resolve(self, drafts: list[Draft]) -> None:
        super().resolve(drafts)
        for draft in drafts:
            if draft.target is None or draft.target.pk != self.child.pk:
                draft.reject("child_not_found")

    def summary(self, draft: Draft) -> tuple[str, str]:
        return self.child.name, self.child.region.place


def take(user: User, number: int, keys: set[str]) -> ImportJob:
    """Take a row of the user's comparison over: a missing child, or the chosen parts of a differing one.

    Returns the import of one row; a second click returns the first one's. Raises TakeError, and then nothing is
    changed.
    """
    try:
        with transaction.atomic():
            return _take(user, number, keys)
    except WorkbookError as error:
        if error.code == "lookup_limit":
            alarm_of_lookups(user)
        raise TakeError(str(error)) from error


def _take(user: User, number: int, keys: set[str]) -> ImportJob:
    lock_county(ChildResource(user).scope)
    comparison = opened(user)
    if comparison is None:
        raise TakeError("这次比对已经结束，请重新上传名单。")
    row = comparison.row(number)
    if row is None:
        raise TakeError("名单里没有这一行。")
    before = standing_jobs(comparison).get(number)
    if before is not None:
        return before
    resource, cells = _way_in(user, comparison, row, keys)
    name = f"部门比对-{comparison.department_name}-第{number}行"
    job, outcome = import_table(user, resource, table_of(resource.columns(), [(number, cells)]), name)
    (draft,) = outcome.drafts
    if draft.status in {REJECTED, UNCHANGED}:
        raise TakeError(
            f"没有录入：{sentences(draft.reasons)}。" if draft.reasons else "名册里已经是这样，没有变化。"
        )
    comparison.taken[str(number)] = job.pk
    comparison.matched.append(draft.target.pk)
    keep(user, comparison)
    return job


def _way_in(
    user: User, comparison: Comparison, row: dict[str, Any], keys: set[str]
) -> tuple[ChildResource, Cells]:
    """Return the resource that takes a row over, and the cells that it gets."""
    cells: Cells = row["cells"]
    if "pk" not in row:
        return ChildResource(user), {**comparison.defaults, **cells}
    child = Child.objects.visible_to(user).registered().filter(pk=row["pk"]).select_related("region").first()
    chosen = keys & {difference["key"] for difference in row["differences"]}
    if child is None:
        raise TakeError("名册里已没有这名儿童，可能已出列或转走。")
    if not chosen:
        raise TakeError("请先勾选要采用哪几项。")
    columns = {column for key in chosen for column in PART_OF[key].columns}
    taken = {key: value for key, value in cells.items() if key in columns}
    return ChosenParts(user, child, chosen), {**taken, "child_no": child.no}


def standing_jobs(comparison: Comparison) -> dict[int, ImportJob]:
    """Return the imports of rows taken over, by number, as far as they have not been undone."""
    jobs = ImportJob.objects.filter(pk__in=comparison.taken.values()).without_files()
    found = {job.pk: job for job in jobs.exclude(state=ImportState.UNDONE)}
    return {int(number): found[pk] for number, pk in comparison.taken.items() if pk in found}
