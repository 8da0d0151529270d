"""How a volunteer is forgotten: her row stays for the counts, with nothing in it that tells who she was."""

from typing import Any

from django.db.models import Q, QuerySet

from aixin.access.erasure import ERASED_NAME, Subject, close_account, erase_history, former_values
from volunteers.choices import State
from volunteers.models import Volunteer
from volunteers.services import save_volunteer

LABEL = "volunteers.volunteer"


def leave(actor: Any, volunteer: Volunteer) -> None:
    """End her work here, and her pairings with it, unless she has left before."""
    if volunteer.state != State.LEFT:
        volunteer.state = State.LEFT
        save_volunteer(actor, volunteer)


def describe(volunteer: Volunteer) -> Subject:
    """Return by what the volunteer is found, former names and numbers included."""
    records = list(_records(volunteer.pk))
    names = {name for one in records for name in former_values(one, "name")}
    if volunteer.user is not None:
        names.add(volunteer.user.display_name)
    numbers = {number for one in records for number in former_values(one, "idno", "phone", "other_phones")}
    return Subject(
        label=LABEL,
        pk=volunteer.pk,
        no=volunteer.no,
        region=volunteer.region_id,
        names=frozenset(name for name in names if name),
        numbers=frozenset(part for number in numbers for part in number.split("、")),
        links=rf"/volunteers/{volunteer.pk}/",
        stand_in="某爱心妈妈",
    )


def forget_volunteer(subject: Subject) -> dict[str, int]:
    """Anonymise the volunteer's row, her log-in and her history; return what was removed."""
    if subject.label != LABEL:
        return {}
    records = list(_records(subject.pk))
    accounts = [record.user for record in records if record.user is not None]
    for record in records:
        _empty(record)
        record.save()
    return {
        "姓名和号码": 1,
        "登录账号": sum(map(close_account, accounts)),
        "变更记录": erase_history(Volunteer, "pgh_obj_id", [record.pk for record in records]),
    }


def empty_double(volunteer: Volunteer) -> None:
    """Empty a double that was merged into another record: its number alone stays, and leads there."""
    _empty(volunteer)
    volunteer.save()


def _records(volunteer: int) -> QuerySet[Volunteer]:
    """Return the volunteer's record and the doubles that were merged into it."""
    found = Volunteer.objects.filter(Q(pk=volunteer) | Q(merged_into=volunteer))
    return found.select_related("user")


def _empty(volunteer: Volunteer) -> None:
    volunteer.name, volunteer.initials, volunteer.pinyin = ERASED_NAME, "", ""
    volunteer.idno = volunteer.phone = volunteer.other_phones = ""
    volunteer.unit = volunteer.duty = volunteer.notes = volunteer.cleared_by = ""
    if volunteer.birth:
        volunteer.birth = volunteer.birth.replace(month=1, day=1)
    volunteer.region_id = volunteer.region_id[:9]
    volunteer.state = State.MERGED if volunteer.is_merged else State.ERASED
    volunteer.user = None
