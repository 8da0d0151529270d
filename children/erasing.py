"""How a child is forgotten: its row stays for the counts, with nothing in it that tells who it was."""

from collections import Counter
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from aixin.access.erasure import ERASED_NAME, Subject, erase_history, former_values
from children.choices import LeavingReason, NoIdReason, Status
from children.models import Child, ConsentRecord, ConsentScan, Guardian, Need, Parent, RetentionHold
from children.services import leave_roster

LABEL = "children.child"
# What a count needs stays: number, sex, categories, consent, dates and reason of leaving.
EMPTIED_TEXTS = (
    "initials", "pinyin", "idno", "ethnicity", "hukou_place", "hukou_type", "address", "risk", "health",
    "disability_kind", "disability_level", "illness", "schooling", "school", "grade", "guardianship", "income",
    "notes", "contact_notes",
)  # fmt: skip


def leave(actor: Any, child: Child) -> None:
    """Take the child off the roster, which ends its pairings, unless it has left before."""
    if child.is_on_roster:
        leave_roster(actor, child, LeavingReason.GUARDIAN_WITHDREW, timezone.localdate())


def describe(child: Child) -> Subject:
    """Return by what the child is found, former names and numbers included."""
    return Subject(
        label=LABEL,
        pk=child.pk,
        no=child.no,
        region=child.region_id,
        names=frozenset(value for record in _records(child.pk) for value in former_values(record, "name")),
        numbers=frozenset(value for record in _records(child.pk) for value in former_values(record, "idno")),
        links=rf"/children/{child.pk}/|[?&]child={child.pk}(&|$)",
        stand_in="某儿童",
    )


def forget_child(subject: Subject) -> dict[str, int]:
    """Anonymise the child's row, remove its family, papers and history; return what was removed."""
    if subject.label != LABEL:
        return {}
    removed = Counter({"姓名、号码和家庭资料": 1})
    for child in _records(subject.pk):
        removed.update(_forget_record(child))
        removed["变更记录"] += _forget_history(child.pk)
    return dict(removed)


def empty_double(child: Child) -> None:
    """Empty a double that was merged into another record: its number alone stays, and leads there."""
    _forget_record(child)


def _forget_record(child: Child) -> Counter[str]:
    removed = Counter({**_forget_family(child.pk), **_forget_consents(child.pk)})
    _empty(child)
    child.status = Status.MERGED if child.merged_into_id else Status.ERASED
    child.save()
    return removed


def _records(child: int) -> QuerySet[Child]:
    """Return the child's record and the doubles that were merged into it."""
    return Child.objects.filter(Q(pk=child) | Q(merged_into=child))


def _forget_family(child: int) -> dict[str, int]:
    guardians, _ = Guardian.objects.filter(child=child).delete()
    parents, _ = Parent.objects.filter(child=child).delete()
    needs = Need.objects.filter(child=child).update(detail="", met_by="")
    return {"监护人和父母": guardians + parents, "需求内容": needs}


def _forget_consents(child: int) -> dict[str, int]:
    """Keep which text was answered how and when; remove who answered, and the signed paper."""
    scans, _ = ConsentScan.objects.filter(child=child).delete()
    records = ConsentRecord.objects.filter(child=child).update(given_by=ERASED_NAME, relation="", note="")
    RetentionHold.objects.filter(child=child).delete()
    return {"同意书扫描件": scans, "同意记录": records}


def _empty(child: Child) -> None:
    for name in EMPTIED_TEXTS:
        setattr(child, name, "")
    child.name, child.temporary_no, child.idno_reason = ERASED_NAME, "", NoIdReason.NOT_PROVIDED
    child.birthday_is_lunar, child.boarding, child.aid = False, None, []
    child.family_case = False
    if child.birth:
        child.birth = child.birth.replace(month=1, day=1)
    child.region_id = child.region_id[:9]


def _forget_history(child: int) -> int:
    owned = sum(
        erase_history(model, "child_id", [child]) for model in (Guardian, Parent, Need, ConsentRecord)
    )
    return owned + erase_history(Child, "pgh_obj_id", [child])
