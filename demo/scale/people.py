"""Children and volunteers of a county as rows for COPY, always the same ones for the same place."""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from stdnum.cn.ric import calc_check_digit

from aixin.access.numbers import Kind, build
from aixin.access.people import initials_of, pinyin_of
from aixin.privacy.cipher import blind_index, encrypt
from aixin.vocabulary import CareTopic
from children.choices import NEVER_THERE, Category, Consent, LeavingReason, NoIdReason, Status
from children.models import Child, Guardian
from demo.people import GRANDPARENTS, PLANTS, SURNAMES, TERMS, school_at
from volunteers.choices import Clearance, State, VolunteerKind
from volunteers.models import Volunteer

SEED = 1411
PHONES = 100_000
# What one in this many is.
LEFT, WITHOUT_ID = 33, 80
CATEGORIES = (
    *[Category.LEFT_BEHIND] * 50, *[Category.DIFFICULT] * 19, *[Category.DE_FACTO_UNSUPPORTED] * 20,
    *[Category.ORPHAN_SCATTERED] * 6, *[Category.ORPHAN_INSTITUTION] * 2, *[Category.MIGRANT] * 3,
)  # fmt: skip
CONSENTS = (*[Consent.GIVEN] * 95, *[Consent.REFUSED] * 2, *[Consent.UNKNOWN] * 3)
RISKS = (*[""] * 30, *["LOW"] * 50, *["MEDIUM"] * 14, *["HIGH"] * 6)
HEALTHS = (*["HEALTHY"] * 94, *["ILL"] * 3, *["DISABLED"] * 3)
NEEDS = (*[""] * 5, *CareTopic.values)
REASONS = [reason for reason in LeavingReason.values if reason not in NEVER_THERE]
KINDS = [kind for kind in VolunteerKind.values if kind not in {"FATHER", "OTHER"}]
UNITS = ("县妇联", "中心校", "县人民医院", "村委会", "县人民法院")
CLEARANCES = (*[Clearance.PASSED] * 95, *[Clearance.IN_PROGRESS] * 2, *[Clearance.UNCHECKED] * 3)
UNQUALIFIED = (State.LEFT, State.SUSPENDED, State.APPLIED)

CHILD_COLUMNS = (
    "id", "no", "name", "initials", "pinyin", "sex", "birth", "idno", "idno_index", "idno_reason", "temporary_no",
    "region_code", "ethnicity", "hukou_type", "category", "risk", "consent", "health", "schooling", "school", "grade",
    "status", "registered_on", "left_on", "left_reason",
)  # fmt: skip
VOLUNTEER_COLUMNS = (
    "id", "no", "name", "initials", "pinyin", "sex", "birth", "idno", "idno_index", "phone", "phone_index",
    "region_code", "unit", "kind", "skills", "state", "clearance", "cleared_on", "cleared_by",
)  # fmt: skip
GUARDIAN_COLUMNS = ("child_id", "region_code", "name", "relation", "phone", "phone_index")
NEED_COLUMNS = ("child_id", "region_code", "topic", "source", "raised_on")


class MadeChild(NamedTuple):
    """What pairings need to know of a child."""

    key: int
    region: str
    since: datetime.date
    until: datetime.date | None
    eligible: bool


class Numbers:
    """Keys of rows, and public numbers from where the sequence stands."""

    def __init__(self, last_running: int) -> None:
        self.children, self.volunteers, self.pairings = count(1), count(1), count(1)
        self.last_running = last_running
        self._identities = count()

    def public(self, kind: Kind) -> str:
        self.last_running += 1
        return build(kind, self.last_running)

    def idno(self, birth: datetime.date, sex: str) -> str:
        """Return an ID number with a right check digit, of a district code that is not in use (99…)."""
        district, order = divmod(next(self._identities), 499)
        body = f"99{district % 10_000:04d}{birth:%Y%m%d}{2 * order + (1 if sex == 'M' else 2):03d}"
        return body + str(calc_check_digit(f"{body}0"))


@dataclass(frozen=True)
class Pools:
    """Names and phones that many bear: made once, because pinyin and encryption take their time."""

    names: list[tuple[str, str, str]]
    guardians: list[tuple[str, str]]
    volunteers: list[tuple[str, str]]

    @classmethod
    def make(cls, phones: int = PHONES) -> "Pools":
        """Return every name there is and so many phones, encrypted for each roster."""
        names = [family + term + plant for family in SURNAMES for term in TERMS for plant in PLANTS]
        numbers = [f"1990{n:07d}" for n in range(1, phones + 1)]
        return cls(
            [(name, initials_of(name), pinyin_of(name)) for name in names],
            [(encrypt(phone, _context(Guardian, "phone")), blind_index(phone)) for phone in numbers],
            [(encrypt(phone, _context(Volunteer, "phone")), blind_index(phone)) for phone in numbers],
        )


def _context(model: Any, name: str) -> str:
    return str(model._meta.get_field(name).context)


_CHILD_ID, _VOLUNTEER_ID = _context(Child, "idno"), _context(Volunteer, "idno")


@dataclass
class County:
    """Invents a county's people; `places` are its villages."""

    code: str
    places: list[str]
    today: datetime.date
    numbers: Numbers
    pools: Pools
    made: list[MadeChild] = field(default_factory=list)
    helpers: list[int] = field(default_factory=list)
    guardians: list[tuple[Any, ...]] = field(default_factory=list)
    needs: list[tuple[Any, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(f"{SEED}/{self.code}")  # noqa: S311 - invented people need no secrecy

    def days_ago(self, first: int, last: int) -> datetime.date:
        """Return a day between the two numbers of days before today."""
        return self.today - datetime.timedelta(days=self.random.randint(first, last))

    def children(self, number: int) -> Iterator[tuple[Any, ...]]:
        """Give the rows of so many children on the roster, and of some who have left it."""
        for position in range(number):
            yield self._child(left=False)
            if position % LEFT == LEFT - 1:
                yield self._child(left=True)

    def _child(self, *, left: bool) -> tuple[Any, ...]:
        draw = self.random.choice
        key, number = next(self.numbers.children), self.numbers.public(Kind.CHILD)
        sex, birth, region = draw("FM"), self.days_ago(365, 6500), draw(self.places)
        since = self.days_ago(600, 900) if left else self.days_ago(5, 900)
        until = self.days_ago(1, 500) if left else None
        category, consent = draw(CATEGORIES), draw(CONSENTS)
        eligible = category != Category.ORPHAN_INSTITUTION and consent != Consent.REFUSED
        self.made.append(MadeChild(key, region, since, until, eligible))
        self._around(key, region, since)
        school = school_at((self.today - birth).days // 365)
        return (
            key, number, *draw(self.pools.names), sex, birth, *self._identity(number, birth, sex),
            region, "汉族", "RURAL", category, draw(RISKS), consent, draw(HEALTHS),
            school["schooling"], school["school"], school["grade"],
            Status.LEFT if left else Status.ON_ROSTER, since, until, draw(REASONS) if left else "",
        )  # fmt: skip

    def _identity(self, number: str, birth: datetime.date, sex: str) -> tuple[str, str | None, str, str]:
        if self.random.randrange(WITHOUT_ID) == 0:
            return "", None, NoIdReason.NO_HUKOU, f"T{number}"
        idno = self.numbers.idno(birth, sex)
        return encrypt(idno, _CHILD_ID), blind_index(idno), "", ""

    def _around(self, child: int, region: str, since: datetime.date) -> None:
        """Keep a guardian, and often a need, for the child."""
        draw = self.random.choice
        name, *_ = draw(self.pools.names)
        self.guardians.append((child, region, name, draw(GRANDPARENTS), *draw(self.pools.guardians)))
        topic = draw(NEEDS)
        if topic:
            self.needs.append((child, region, topic, "ROSTER", since))

    def volunteers(self, number: int) -> Iterator[tuple[Any, ...]]:
        """Give the rows of so many qualified volunteers, and of some who are not or not any more."""
        for position in range(number):
            yield self._volunteer(State.QUALIFIED)
            if position % LEFT == LEFT - 1:
                yield self._volunteer(self.random.choice(UNQUALIFIED))

    def _volunteer(self, state: State) -> tuple[Any, ...]:
        draw = self.random.choice
        key = next(self.numbers.volunteers)
        if state == State.QUALIFIED:
            self.helpers.append(key)
        sex, birth = "M" if self.random.randrange(LEFT) == 0 else "F", self.days_ago(25 * 366, 60 * 365)
        idno = self.numbers.idno(birth, sex)
        clearance = draw(CLEARANCES)
        cleared = self.days_ago(20, 375) if clearance == Clearance.PASSED else None
        return (
            key, self.numbers.public(Kind.VOLUNTEER), *draw(self.pools.names), sex, birth,
            encrypt(idno, _VOLUNTEER_ID), blind_index(idno), *draw(self.pools.volunteers), draw(self.places),
            draw(UNITS), "FATHER" if sex == "M" else draw(KINDS), [draw(CareTopic.values)], state,
            clearance, cleared, "县妇联" if cleared else "",
        )  # fmt: skip
