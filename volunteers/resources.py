"""The volunteers' roster as import and export see it."""

from collections import defaultdict
from typing import Any

from django.utils import timezone

from aixin.access.elsewhere import ids_elsewhere
from aixin.access.models import User
from aixin.access.numbers import allocate, is_valid
from aixin.exchange.drafts import CREATED, UNCHANGED, UPDATED, Change, Draft, notes_of, take_phone
from aixin.exchange.identity import SEX_OF_TEXT, is_name
from aixin.exchange.reading.values import birth_from_idno, sex_from_idno
from aixin.privacy.fields import index_of
from aixin.privacy.masks import mask_idno, mask_phone
from aixin.vocabulary import CareTopic, Reach, Sex
from volunteers.choices import VolunteerKind, WishedCategory
from volunteers.columns import VolunteerColumns
from volunteers.models import MAX_CAPACITY, Volunteer

SECRET = {"idno": mask_idno, "phone": mask_phone, "other_phones": mask_phone}
BATCH = 2000
# An orphan at school may stay somewhat beyond 18 (DOMAIN section 2).
OLDEST_CHILD = 25
LABELS_OF: dict[str, dict[str, Any]] = {
    "skills": dict(CareTopic.choices),
    "wished_categories": dict(WishedCategory.choices),
    "kind": dict(VolunteerKind.choices),
    "reach": dict(Reach.choices),
    "wished_sex": dict(Sex.choices),
}


class VolunteerResource(VolunteerColumns):
    """爱心妈妈花名册. Who stands on a county's roster is counted as qualified; her clearance is still to be checked."""

    roster_kind = "volunteers"
    roster_title = "爱心妈妈花名册"
    place_in_order = 20
    footprint = ((Volunteer, "id"),)
    numbers = ("volunteer_no",)
    ending = ("volunteers:edit", "改状态")

    @classmethod
    def expected(cls, user: User) -> Any:
        """Return the volunteers who have not left."""
        return Volunteer.objects.visible_to(user).serving()

    def check(self, draft: Draft) -> None:
        if not draft.get("name") and not _is_numbered(draft):
            draft.reject("name_missing")
        elif draft.get("name") and not is_name(draft.get("name")):
            draft.reject("name_invalid")
        self._check_person(draft)
        self.place(draft, needed=False)
        draft.values["number"] = take_phone(draft, "phone")
        draft.values["fields"] = self._fields(draft)

    def _check_person(self, draft: Draft) -> None:
        idno, stated = draft.get("idno"), draft.get("birth")
        if stated and stated.value > timezone.localdate():
            draft.reject("birth_in_future")
        elif idno and stated and not stated.agrees_with(birth_from_idno(idno)):
            draft.reject("birth_differs_from_id")
        elif not idno and stated and stated.or_october:
            draft.reject("birth_invalid")
        if idno and draft.get("sex") and draft.get("sex") != sex_from_idno(idno):
            draft.reject("sex_differs_from_id")

    def _fields(self, draft: Draft) -> dict[str, Any]:
        """Return the fields that the row states; what it leaves blank stays as it is."""
        idno, stated = draft.get("idno"), draft.get("birth")
        sex = sex_from_idno(idno) if idno else draft.get("sex")
        kinds, capacity = draft.get("kind") or [], draft.get("capacity")
        values = {
            "name": draft.get("name"),
            "idno": idno,
            "sex": SEX_OF_TEXT[sex].value if sex else None,
            "birth": birth_from_idno(idno) if idno else stated and stated.value,
            "phone": draft.values["number"],
            "other_phones": draft.values["phone_others"],
            "unit": (draft.get("unit") or "")[:60],
            "duty": (draft.get("duty") or "")[:40],
            "kind": kinds[0] if kinds else None,
            "skills": draft.get("skills"),
            "capacity": min(capacity, MAX_CAPACITY) if capacity is not None else None,
            **_wishes(draft),
            "notes": notes_of(draft),
        }
        return {key: value for key, value in values.items() if value not in (None, "", [])}

    def resolve(self, drafts: list[Draft]) -> None:
        _reject_repeated(drafts)
        by_index, by_number, by_phone = self._holders(drafts), self._numbered(drafts), self._phones(drafts)
        elsewhere = ids_elsewhere(self.user, "volunteer", (index_of(draft.get("idno")) for draft in drafts))
        for draft in drafts:
            if index_of(draft.get("idno")) in elsewhere:
                draft.reject("id_elsewhere")
            else:
                self._resolve_one(draft, by_index, by_number, by_phone)

    def _holders(self, drafts: list[Draft]) -> dict[str, Volunteer]:
        wanted = {index_of(draft.get("idno")) for draft in drafts if draft.get("idno")}
        found = Volunteer.objects.visible_to(self.user).filter(idno_index__in=wanted).select_related("region")
        return {str(volunteer.idno_index): volunteer for volunteer in found}

    def _numbered(self, drafts: list[Draft]) -> dict[str, Volunteer]:
        wanted = {draft.get("volunteer_no") for draft in drafts if draft.get("volunteer_no")}
        visible = Volunteer.objects.visible_to(self.user)
        found = visible.filter(no__in=wanted).select_related("region", "merged_into__region")
        return {volunteer.no: volunteer.merged_into or volunteer for volunteer in found}

    def _phones(self, drafts: list[Draft]) -> dict[tuple[str, str], list[Volunteer]]:
        wanted = {index_of(draft.values["number"]) for draft in drafts if draft.values["number"]}
        found: dict[tuple[str, str], list[Volunteer]] = defaultdict(list)
        visible = Volunteer.objects.visible_to(self.user).filter(phone_index__in=wanted)
        for volunteer in visible.select_related("region", "merged_into__region"):
            found[volunteer.name, volunteer.phone].append(volunteer.merged_into or volunteer)
        return found

    def _resolve_one(
        self,
        draft: Draft,
        by_index: dict[str, Volunteer],
        by_number: dict[str, Volunteer],
        by_phone: dict[tuple[str, str], list[Volunteer]],
    ) -> None:
        idno = draft.get("idno")
        holder = by_index.get(str(index_of(idno))) if idno else None
        same = by_phone.get((draft.get("name"), draft.values["number"]), [])
        same = [volunteer for volunteer in same if not (volunteer.idno and idno)]
        draft.target = holder or by_number.get(draft.get("volunteer_no") or "") or next(iter(same), None)
        if draft.target is None and _is_numbered(draft):
            draft.reject("number_unknown")
            return
        if draft.target is None:
            draft.status = CREATED
            return
        if draft.target.is_erased:
            draft.reject("erased")
            return
        draft.changes = self._changes(draft)
        draft.status = UPDATED if draft.changes else UNCHANGED

    def _changes(self, draft: Draft) -> list[Change]:
        volunteer: Volunteer = draft.target
        found = [
            Change(
                key,
                str(Volunteer._meta.get_field(key).verbose_name),  # type: ignore[union-attr]
                _text(key, getattr(volunteer, key)),
                _text(key, value),
            )
            for key, value in draft.values["fields"].items()
            if getattr(volunteer, key) != value
        ]
        if _moves(volunteer, draft):
            assert draft.region is not None
            found.append(Change("region", "所在地", volunteer.region.place, draft.region.place))
        return found

    def store(self, drafts: list[Draft]) -> None:
        created = [draft for draft in drafts if draft.status == CREATED]
        numbers = allocate(Volunteer.NUMBER_KIND, len(created)) if created else []
        for draft, number in zip(created, numbers, strict=True):
            assert draft.region is not None
            draft.target = Volunteer(no=number, region=draft.region, **draft.values["fields"])
            draft.target.prepare()
        Volunteer.objects.bulk_create([draft.target for draft in created], batch_size=BATCH)
        self._update([draft for draft in drafts if draft.status == UPDATED])

    def _update(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            volunteer: Volunteer = draft.target
            for key, value in draft.values["fields"].items():
                if draft.takes(key):
                    setattr(volunteer, key, value)
            if _moves(volunteer, draft) and draft.takes("region"):
                volunteer.region = draft.region  # type: ignore[assignment]
            volunteer.prepare()
            volunteer.idno_index, volunteer.phone_index = index_of(volunteer.idno), index_of(volunteer.phone)
            volunteer.updated_at = timezone.now()
        names = [
            f.name
            for f in Volunteer._meta.concrete_fields
            if f.name not in {"id", "no", "created_at", "user"}
        ]
        Volunteer.objects.bulk_update([draft.target for draft in drafts], names, batch_size=500)

    def plain(self, draft: Draft) -> dict[str, Any]:
        """Return the row's values under the keys of the sample truths."""
        fields, region = draft.values["fields"], draft.region
        township, _ = self.lookup.names(region)
        birth = fields.get("birth")
        return {
            "name": fields.get("name", ""),
            "sex": {"F": "女", "M": "男"}.get(fields.get("sex", ""), ""),
            "birth": birth.isoformat() if birth else "",
            "idno": fields.get("idno", ""),
            "township": township,
            "township_code": region.code[:9] if region and township else "",
            "phone": fields.get("phone", ""),
            "unit": fields.get("unit", ""),
            "duty": fields.get("duty", ""),
            "kind": _text("kind", fields.get("kind", "")),
            "skills": _text("skills", fields.get("skills", [])),
            "capacity": fields.get("capacity"),
            "notes": fields.get("notes", ""),
        }


def _wishes(draft: Draft) -> dict[str, Any]:
    """Return what she would like, as far as the row says it; ages the wrong way round go to the notes."""
    sex, youngest, oldest = draft.get("wished_sex"), draft.get("wished_age_from"), draft.get("wished_age_to")
    if youngest is not None and oldest is not None and oldest < youngest:
        draft.extra_notes.append(f"愿意结对年龄：{youngest}—{oldest}")
        youngest = oldest = None
    return {
        "reach": (draft.get("reach") or [None])[0],
        "wished_age_from": None if youngest is None else min(youngest, OLDEST_CHILD),
        "wished_age_to": None if oldest is None else min(oldest, OLDEST_CHILD),
        "wished_sex": SEX_OF_TEXT[sex].value if sex else None,
        "wished_categories": draft.get("wished_categories"),
    }


def _is_numbered(draft: Draft) -> bool:
    """Return whether a row names its volunteer by a public number: what it leaves out then stays as it is."""
    return is_valid(draft.get("volunteer_no") or "")


def _reject_repeated(drafts: list[Draft]) -> None:
    seen: set[Any] = set()
    for draft in drafts:
        key = draft.get("idno") or (draft.get("name"), draft.values["number"])
        if key in seen:
            draft.reject("duplicate_in_file")
        elif draft.get("idno") or draft.values["number"]:
            seen.add(key)


def _moves(volunteer: Volunteer, draft: Draft) -> bool:
    """Return whether the file names another place; no place at all, or only the township, moves nobody."""
    stated = draft.region if draft.get("township") or draft.get("village") else None
    return stated is not None and not volunteer.region_id.startswith(stated.code)


def _text(key: str, value: Any) -> str:
    if key in SECRET:
        return SECRET[key](value)
    if isinstance(value, list):
        return "、".join(str(LABELS_OF[key][code]) for code in value)
    if key in LABELS_OF:
        return str(LABELS_OF[key].get(value, ""))
    return "" if value is None else str(value)
