"""Volunteers: what two records of one volunteer share, and what follows when they become one."""

import datetime
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.db.models import Model

from aixin.access.models import Post, User
from aixin.access.scope import EVERYTHING, opened
from aixin.accounts.services import end_as_volunteer
from aixin.exchange.identity import SEX_OF_TEXT
from aixin.exchange.reading.values import birth_from_idno, sex_from_idno
from duplicates.choices import Reason
from duplicates.kinds import Key, Kind, Light, birth_blocks, register_kind
from duplicates.models import VolunteerDuplicate
from duplicates.nearness import TOWNSHIP, Facts, near_volunteers
from duplicates.pairings import end_doubles
from duplicates.sides import FIRST, SECOND, Cell, Choice, Row
from organisations.models import OrganisationMember, TeamMember
from visits.models import Visit
from volunteers.choices import Clearance, State
from volunteers.erasing import empty_double
from volunteers.models import Volunteer

VisitLink = Visit.volunteers.through
ACCOUNT, CLEARANCE = "account", "clearance"
_CLEARANCE_FIELDS = ("clearance", "cleared_on", "cleared_by")
_CONCLUDED = (Clearance.PASSED, Clearance.FAILED)
_TOLD = {"other_phones": "两边的号码都留下", "sex": "以身份证号为准", "birth": "以身份证号为准"}


class Volunteers(Kind):
    key, label, noun = "volunteers", "爱心妈妈", "人"
    follows = "结对、走访、消息都归到一起，两个手机号都留下；准入查询以较晚的结果为准"
    model, pairs = Volunteer, VolunteerDuplicate
    place_label = "所在地"
    shared = ("pinyin", "birth", "phone_index")
    needed = (*Kind.needed, "phone", "phone_index")
    fields = (
        "name", "idno", "sex", "birth", "phone", "other_phones", "region", "unit", "duty", "kind", "skills",
        "capacity", "state", "notes",
    )  # fmt: skip
    numbers = ("idno", "phone", "other_phones")
    owner = "volunteer"
    refusal = "这一对已经处理过，或有一位已退出，不能合并。"
    once = {
        "visits.Visit_volunteers": lambda row: row.visit_id,
        "pairing.RejectedPair": lambda row: row.child_id,
        "organisations.TeamMember": lambda row: None if row.until else row.team_id,
        "organisations.OrganisationMember": lambda row: None if row.until else row.organisation_id,
    }

    def comparable(self) -> Any:
        return Volunteer.objects.serving()

    def blocks(self, light: Light) -> Iterator[Key]:
        yield from birth_blocks(light)
        yield "name", light.pinyin, light.region_id[:TOWNSHIP]
        if light.phone_index:
            yield "phone", light.phone_index
            yield "both", light.phone_index, light.pinyin

    def near(self, one: Facts, other: Facts) -> Reason | None:
        return near_volunteers(one, other)

    def compared(self, row: Volunteer) -> tuple[Any, ...]:
        return row.name, row.birth, row.idno_index, row.phone_index

    def rank(self, row: Volunteer) -> tuple[Any, ...]:
        """The one with an ID number, who is at work, who logs in; else the one on the roster for longer."""
        return not row.idno, row.state != State.QUALIFIED, row.user_id is None, row.created_at, row.pk

    def remark(self, name: str, first: Volunteer, second: Volunteer) -> str:
        told = _TOLD.get(name, "")
        return told if name == "other_phones" or first.idno or second.idno else ""

    def further_rows(self, user: User, first: Volunteer, second: Volunteer, better: str) -> list[Row]:
        return [_clearance_row(first, second), _account_row(first, second)]

    def counts(self, first: Volunteer, second: Volunteer) -> list[tuple[str, int, int]]:
        return [
            ("结对", first.pairings.count(), second.pairings.count()),
            ("走访", first.visits.count(), second.visits.count()),
        ]

    def reach(self) -> AbstractContextManager[None]:
        """She may stand by children of another county: her pairings and visits there follow as well."""
        return opened(EVERYTHING)

    def may_merge(self, row: Volunteer) -> bool:
        return row.state not in {State.LEFT, State.ERASED, State.MERGED}

    def before(self, actor: User, kept: Volunteer, gone: Volunteer, choice: Choice) -> None:
        end_doubles(actor, "volunteer", kept, gone)
        kept.other_phones = _other_phones(kept, gone, choice)
        _take_account(actor, kept, gone, choice)

    def retire(self, gone: Volunteer) -> None:
        gone.state, gone.idno = State.MERGED, ""

    def complete(self, actor: User, kept: Volunteer, gone: Volunteer, choice: Choice) -> None:
        source = _with_better_clearance(kept, gone)
        for name in _CLEARANCE_FIELDS:
            setattr(kept, name, getattr(source, name))
        if kept.idno:
            kept.birth, kept.sex = birth_from_idno(kept.idno), SEX_OF_TEXT[sex_from_idno(kept.idno)]

    def remove(self, model: type[Model], pks: list[int]) -> None:
        """She was at a visit once, and is in a team once. An ended pairing stays with the stub's number."""
        if model in {VisitLink, TeamMember, OrganisationMember}:
            model._default_manager.filter(pk__in=pks).delete()

    def mentions(self, pk: int) -> tuple[str, ...]:
        return (f"/volunteers/{pk}/",)

    def addressee(self, row: Volunteer) -> str:
        return row.addressee

    def further_shots(self, pks: list[int]) -> list[tuple[type[Model], str, list[int]]]:
        """One of two accounts is closed, and what it wrote down becomes the other's to correct."""
        rows = Volunteer.objects.filter(pk__in=pks, user__isnull=False)
        accounts = list(rows.values_list("user", flat=True))
        return [
            (User, "id", accounts),
            (Post, "user_id", accounts),
            (Visit, "recorded_by_id", accounts if len(accounts) > 1 else []),
        ]

    def release(self, held: Any) -> None:
        held.update(idno_index=None, user=None)

    def empty_double(self, row: Volunteer) -> None:
        empty_double(row)


def _with_better_clearance(one: Volunteer, other: Volunteer) -> Volunteer:
    """Return whose clearance counts: the later result, of one day the bad one; a result before a check under way."""

    def weight(row: Volunteer) -> tuple[Any, ...]:
        return (
            row.clearance in _CONCLUDED,
            row.cleared_on or datetime.date.min,
            row.clearance == Clearance.FAILED,
            row.clearance == Clearance.IN_PROGRESS,
        )

    return max(one, other, key=weight)


def _clearance_row(first: Volunteer, second: Volunteer) -> Row:
    better = _with_better_clearance(first, second)
    cells = tuple(
        Cell(side, " ".join(filter(None, [row.clearance_text, row.cleared_by])), (), row is better)
        for side, row in ((FIRST, first), (SECOND, second))
    )
    differs = any(getattr(first, name) != getattr(second, name) for name in _CLEARANCE_FIELDS)
    return Row(CLEARANCE, "准入查询", (cells[0], cells[1]), differs, "以较晚的结果为准" if differs else "")


def _account_row(first: Volunteer, second: Volunteer) -> Row:
    """Return who has an account: of two the clerk chooses which stays, a single one stays anyway."""
    later = max((first, second), key=lambda row: (row.user_id is not None, _last_login(row)))
    cells = tuple(
        Cell(side, _account_text(row), (), row is later) for side, row in ((FIRST, first), (SECOND, second))
    )
    both = first.user_id is not None and second.user_id is not None
    one = first.user_id is not None or second.user_id is not None
    remark = "归到留下的档案" if one and not both else ""
    label = "登录账号（没选的停用）" if both else "登录账号"
    return Row(ACCOUNT, label, (cells[0], cells[1]), first.user_id != second.user_id, remark)


def _last_login(row: Volunteer) -> float:
    return row.user.last_login.timestamp() if row.user and row.user.last_login else 0


def _account_text(row: Volunteer) -> str:
    if row.user is None:
        return ""
    return f"有，{row.user.last_login:%Y-%m-%d} 登录过" if row.user.last_login else "有，没有登录过"


def _other_phones(kept: Volunteer, gone: Volunteer, choice: Choice) -> str:
    main = gone.phone if choice.takes("phone") else kept.phone
    said = [kept.phone, gone.phone, *kept.other_phones.split("、"), *gone.other_phones.split("、")]
    return "、".join(number for number in dict.fromkeys(said) if number and number != main)


def _take_account(actor: User, kept: Volunteer, gone: Volunteer, choice: Choice) -> None:
    """Leave one account: the chosen one of two. The other no longer logs in as a volunteer."""
    mine, theirs = kept.user, gone.user
    gone.user = None
    if theirs is None:
        return
    stays, ends = (theirs, mine) if mine is None or choice.takes(ACCOUNT) else (mine, theirs)
    kept.user = stays
    if ends is not None and end_as_volunteer(actor, ends.pk):
        Visit.objects.filter(recorded_by=ends).update(recorded_by=stays)


VOLUNTEERS = register_kind(Volunteers())
