"""The pairing roster (结对台账) as import and export see it.

Pairs that a county already has come in as active, marked 存量待核 (DOMAIN section 3).
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from aixin.access.models import User
from aixin.access.numbers import Kind, allocate
from aixin.access.people import name_for
from aixin.access.regions import county_of
from aixin.exchange.drafts import (
    CREATED,
    UNCHANGED,
    UPDATED,
    Change,
    Draft,
    follow_merged,
    notes_of,
    take_phone,
)
from aixin.exchange.reading.values import clean_name
from aixin.privacy.fields import index_of
from aixin.privacy.masks import mask_phone
from children.choices import Consent
from children.models import Child
from pairing.choices import State
from pairing.columns import PairingColumns
from pairing.models import Pairing
from volunteers.models import Volunteer

BATCH = 2000
LABELS = {"started_on": "结对日期", "liaison": "村妇联主席", "agreement_signed": "责任书", "notes": "备注"}


class PairingResource(PairingColumns):
    """结对台账."""

    roster_kind = "pairings"
    roster_title = "结对台账"
    place_in_order = 30
    place_label = "结对日期"
    names_persons = False
    footprint = ((Pairing, "id"),)
    numbers = ("child_no", "volunteer_no")
    ending = ("pairings:end", "办解除")

    @classmethod
    def expected(cls, user: User) -> Any:
        """Return the pairings that have not ended."""
        return Pairing.objects.visible_to(user).open()

    @classmethod
    def shown_as(cls, user: User, pks: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Return number and the two names of the pairings, as the user may see them."""
        found = Pairing.objects.visible_to(user).filter(pk__in=list(pks)).select_related("child", "volunteer")
        return {
            pairing.pk: (
                pairing.no,
                f"{name_for(user, pairing.child.name)} ↔ {name_for(user, pairing.volunteer.name)}",
            )
            for pairing in found
        }

    def check(self, draft: Draft) -> None:
        started = draft.get("started")
        if started and (started.or_october or started.value > timezone.localdate()):
            draft.reject("date_invalid")
        draft.values["volunteer_number"] = take_phone(draft, "volunteer_phone")
        draft.values["liaison_number"] = take_phone(draft, "liaison_phone")
        draft.values["child"] = clean_name(draft.get("child_name") or "")
        draft.values["volunteer"] = clean_name(draft.get("volunteer_name") or "")
        draft.values["fields"] = self._fields(draft)

    def _fields(self, draft: Draft) -> dict[str, Any]:
        started = draft.get("started")
        values = {
            "started_on": started.value if started else None,
            "liaison": clean_name(draft.get("liaison") or "")[:40],
            "liaison_phone": draft.values["liaison_number"],
            "liaison_other_phones": draft.values["liaison_phone_others"],
            "agreement_signed": draft.get("agreement_signed"),
            "notes": notes_of(draft),
        }
        return {key: value for key, value in values.items() if value not in (None, "")}

    def place_of(self, draft: Draft) -> str:
        """Return the code of the child's region."""
        child: Child | None = draft.values["children_found"]
        return child.region_id if child else ""

    def summary(self, draft: Draft) -> tuple[str, str]:
        """Return the two, and since when."""
        started = draft.get("started")
        since = f"{started.value:%Y-%m-%d} 起" if started else ""
        return f"{draft.values['child']} ↔ {draft.values['volunteer']}", since

    def resolve(self, drafts: list[Draft]) -> None:
        county = county_of(self.scope)
        follow_merged(drafts, "child_no", Child.objects.within_region(self.scope))
        follow_merged(drafts, "volunteer_no", Volunteer.objects.within_region(county))
        children, volunteers = _Finder(self._children(drafts)), _Finder(self._volunteers(drafts))
        for draft in drafts:
            self._find_both(draft, children, volunteers)
        known = self._known(drafts)
        seen: set[tuple[int, int]] = set()
        for draft in drafts:
            if not draft.reasons:
                self._resolve_one(draft, known, seen)

    def _children(self, drafts: list[Draft]) -> Any:
        visible = Child.objects.visible_to(self.user).registered()
        return (
            visible.filter(name__in=_said(drafts, "child"))
            | visible.filter(idno_index__in={index_of(idno) for idno in _said(drafts, "child_idno")})
            | visible.filter(no__in=_said(drafts, "child_no"))
        )

    def _volunteers(self, drafts: list[Draft]) -> Any:
        # A township's clerk may name a volunteer from the next township of her county.
        county = Volunteer.objects.within_region(county_of(self.scope)).unlocked()
        return (
            county.filter(name__in=_said(drafts, "volunteer"))
            | county.filter(phone_index__in={index_of(phone) for phone in _said(drafts, "volunteer_number")})
            | county.filter(idno_index__in={index_of(idno) for idno in _said(drafts, "volunteer_idno")})
            | county.filter(no__in=_said(drafts, "volunteer_no"))
        )

    def _find_both(self, draft: Draft, children: "_Finder", volunteers: "_Finder") -> None:
        found = children.find(
            number=draft.get("child_no"), idno=draft.get("child_idno"), name=draft.values["child"]
        )
        draft.values["children_found"] = _only(draft, found, "child_not_found")
        found = volunteers.find(
            number=draft.get("volunteer_no"),
            idno=draft.get("volunteer_idno"),
            phone=draft.values["volunteer_number"],
            name=draft.values["volunteer"],
        )
        draft.values["volunteers_found"] = _only(draft, found, "volunteer_not_found")

    def _known(self, drafts: list[Draft]) -> dict[tuple[int, int], Pairing]:
        ids = {draft.values["children_found"].pk for draft in drafts if not draft.reasons}
        open_pairings = Pairing.objects.open().filter(child__in=ids)
        return {(pairing.child_id, pairing.volunteer_id): pairing for pairing in open_pairings}

    def _resolve_one(
        self, draft: Draft, known: dict[tuple[int, int], Pairing], seen: set[tuple[int, int]]
    ) -> None:
        two = (draft.values["children_found"].pk, draft.values["volunteers_found"].pk)
        if two in seen:
            draft.reject("duplicate_in_file")
            return
        seen.add(two)
        draft.target = known.get(two)
        if draft.target is None and draft.values["children_found"].consent == Consent.REFUSED:
            draft.reject("consent_refused")
            return
        if draft.target is None:
            draft.status = CREATED
            return
        draft.target.child, draft.target.volunteer = (
            draft.values["children_found"],
            draft.values["volunteers_found"],
        )
        draft.changes = _changes(draft)
        draft.status = UPDATED if draft.changes else UNCHANGED

    def store(self, drafts: list[Draft]) -> None:
        self._create([draft for draft in drafts if draft.status == CREATED])
        changed = [draft for draft in drafts if draft.status == UPDATED]
        for draft in changed:
            for key, value in draft.values["fields"].items():
                if draft.takes(key):
                    setattr(draft.target, key, value)
            draft.target.updated_at = timezone.now()
        names = [
            "started_on",
            "liaison",
            "liaison_phone",
            "liaison_other_phones",
            "agreement_signed",
            "notes",
            "updated_at",
        ]
        Pairing.objects.bulk_update([draft.target for draft in changed], names, batch_size=500)

    def _create(self, drafts: list[Draft]) -> None:
        numbers = allocate(Kind.PAIRING, len(drafts)) if drafts else []
        have_main = set(
            Pairing.objects.active()
            .filter(is_main=True, child__in=[draft.values["children_found"].pk for draft in drafts])
            .values_list("child_id", flat=True)
        )
        for draft, number in zip(drafts, numbers, strict=True):
            draft.target = self._new_pairing(draft, number, have_main)
        Pairing.objects.bulk_create([draft.target for draft in drafts], batch_size=BATCH)

    def _new_pairing(self, draft: Draft, number: str, have_main: set[int]) -> Pairing:
        child: Child = draft.values["children_found"]
        is_main = child.pk not in have_main
        have_main.add(child.pk)
        fields = {"started_on": timezone.localdate(), **draft.values["fields"]}
        return Pairing(
            no=number,
            child=child,
            volunteer=draft.values["volunteers_found"],
            region_id=child.region_id,
            state=State.ACTIVE,
            is_main=is_main,
            to_verify=True,
            **fields,
        )

    def plain(self, draft: Draft) -> dict[str, Any]:
        """Return the row's values under the keys of the sample truths."""
        fields = draft.values["fields"]
        child, volunteer = draft.values["children_found"], draft.values["volunteers_found"]
        started = fields.get("started_on")
        return {
            "volunteer": volunteer.name if volunteer else draft.values["volunteer"],
            "volunteer_phone": volunteer.phone if volunteer else draft.values["volunteer_number"],
            "child": child.name if child else draft.values["child"],
            "child_idno": child.idno if child else draft.get("child_idno") or "",
            "started": started.isoformat() if started else "",
            "liaison": fields.get("liaison", ""),
            "liaison_phone": fields.get("liaison_phone", ""),
            "agreement_signed": bool(fields.get("agreement_signed")),
            "notes": fields.get("notes", ""),
        }


class _Finder:
    """People by number, ID, phone and name, read once."""

    def __init__(self, people: Any) -> None:
        self._by: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for person in people.distinct():
            for key in ("no", "idno", "phone", "name"):
                if value := getattr(person, key, ""):
                    self._by[key, value].append(person)

    def find(self, *, name: str, number: str | None, idno: str | None, phone: str = "") -> list[Any]:
        """Return who is meant: the surest mark that the row states decides; a name narrows several."""
        for key, value in (("no", number), ("idno", idno), ("phone", phone)):
            if value:
                found = self._by.get((key, value), [])
                return [p for p in found if p.name == name] or found if len(found) > 1 else found
        return self._by.get(("name", name), []) if name else []


def _said(drafts: list[Draft], key: str) -> set[str]:
    return {value for draft in drafts if (value := draft.get(key))}


def _only(draft: Draft, found: list[Any], missing: str) -> Any:
    if len(found) == 1:
        return found[0]
    if not (missing == "child_not_found" and any(code.startswith("id_") for code in draft.reasons)):
        draft.reject("ambiguous" if found else missing)
    return None


def _changes(draft: Draft) -> list[Change]:
    pairing: Pairing = draft.target
    found = []
    for key, value in draft.values["fields"].items():
        old = getattr(pairing, key)
        if old != value:
            found.append(Change(key, LABELS.get(key, "主席电话"), _text(key, old), _text(key, value)))
    return found


def _text(key: str, value: Any) -> str:
    if key in {"liaison_phone", "liaison_other_phones"}:
        return mask_phone(value)
    if isinstance(value, bool):
        return "已签" if value else "未签"
    return "" if value is None else str(value)
