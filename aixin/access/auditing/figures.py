"""The figures of the yearly report: each stated once, counted by the database (DESIGN section 3.8)."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, IntegerField, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Left
from django.utils import timezone

from aixin.access.auditing.wording import region_names
from aixin.access.models import Region
from aixin.access.regions import LENGTHS, Level
from aixin.audit.models import Action, Entry, Seal, Verification
from aixin.audit.querysets import EntryQuerySet

SYSTEM_WIDE = "未归属地区（系统岗位、没有匹配到账号的登录）"


@dataclass(frozen=True)
class Measure:
    """One figure: what it is called, what it counts and in which unit."""

    key: str
    label: str
    unit: str
    definition: str
    counted: Aggregate


def _times(*actions: Action) -> Aggregate:
    return Count("pk", filter=Q(action__in=actions))


# Of log-ins only.
_ACCOUNTS = Count("user", distinct=True)
_ROWS = Sum(
    Cast(KeyTextTransform("rows", "detail"), IntegerField()), filter=Q(action=Action.EXPORT), default=0
)

GROUPS: tuple[tuple[str, tuple[Measure, ...]], ...] = (
    (
        "账号与登录",
        (
            Measure(
                "accounts",
                "活跃账号",
                "个",
                "本年度成功登录过的账号，每个账号只计一次",
                _ACCOUNTS,
            ),
            Measure("logins", "登录", "次", "成功登录的次数", _times(Action.LOGIN)),
            Measure(
                "failures",
                "登录失败",
                "次",
                "密码或两步验证码不对、锁定期内再试的次数，按被尝试的账号所在地区计",
                _times(Action.LOGIN_FAILED),
            ),
        ),
    ),
    (
        "查看与流转",
        (
            Measure(
                "views",
                "查看档案",
                "次",
                "打开儿童、爱心妈妈、结对、走访的详情或修改页的次数",
                _times(Action.VIEW),
            ),
            Measure(
                "reveals",
                "查看完整信息",
                "次",
                "说明原因后查看完整号码，以及爱心妈妈联系监护人的次数",
                _times(Action.REVEAL),
            ),
            Measure(
                "searches", "按号码查找", "次", "用完整身份证号或电话查找人员的次数", _times(Action.SEARCH)
            ),
            Measure("imports", "导入", "次", "确认导入名册的次数", _times(Action.IMPORT)),
            Measure("exports", "导出", "次", "下载名册、退回行、审计记录的次数", _times(Action.EXPORT)),
            Measure("rows", "导出行数", "行", "各次导出的行数之和，同一人导出两次计两行", _ROWS),
        ),
    ),
    (
        "权限与处置",
        (
            Measure("grants", "授予岗位", "次", "新设岗位的次数", _times(Action.GRANT)),
            Measure("revocations", "撤销岗位", "次", "收回或终止岗位的次数", _times(Action.REVOKE)),
            Measure(
                "erasures", "删除个人信息", "次", "按申请或保存期限删除个人信息的次数", _times(Action.ERASE)
            ),
            Measure(
                "refusals",
                "被拒绝",
                "次",
                "打开没有权限或不在范围内的页面的次数",
                _times(Action.REFUSED),
            ),
            Measure("alarms", "安全告警", "次", "系统发出安全告警的次数", _times(Action.ALARM)),
        ),
    ),
)
MEASURES = tuple(measure for _, measures in GROUPS for measure in measures)
_COUNTED = {measure.key: measure.counted for measure in MEASURES if measure.key != "accounts"}


@dataclass(frozen=True)
class Place:
    """The figures of one region."""

    name: str
    figures: dict[str, int]


@dataclass(frozen=True)
class Year:
    """One year of a region: its sums, and its places one by one."""

    year: int
    totals: dict[str, int]
    places: Sequence[Place]


@dataclass(frozen=True)
class Chain:
    """The state of the sealed trail: what a year brought, and the latest check of all of it."""

    seals: int
    entries: int
    checked: Verification | None


def bounds_of(year: int) -> tuple[datetime.datetime, datetime.datetime]:
    """Return the first moment of a year and of the next, local time."""
    first = datetime.datetime(year, 1, 1, tzinfo=timezone.get_current_timezone())
    return first, first.replace(year=year + 1)


def year_of(code: str, year: int) -> Year:
    """Return the figures of a region in a year, with a row for each county, or for each township of a county.

    An empty code is the whole system. Four queries however many entries there are.
    """
    entries = Entry.objects.between(*bounds_of(year)).with_area().in_area(code).order_by()
    rows = _by_place(entries, code)
    totals = {key: sum(row[key] for row in rows) for key in _COUNTED}
    # Who logged in at two places is one account all the same.
    totals["accounts"] = entries.filter(action=Action.LOGIN).aggregate(accounts=_ACCOUNTS)["accounts"]
    return Year(year, totals, _places(rows, code))


def _by_place(entries: EntryQuerySet, code: str) -> list[dict[str, Any]]:
    """Return a row of figures for each place; accounts apart, as telling them from one another needs sorting."""
    places = {"place": Left("area", _length_below(code))}
    logins = entries.filter(action=Action.LOGIN).values(**places).annotate(accounts=_ACCOUNTS)
    accounts = {row["place"]: row["accounts"] for row in logins}
    rows = entries.values(**places).annotate(**_COUNTED)
    return [{**row, "accounts": accounts.get(row["place"], 0)} for row in rows]


def _length_below(code: str) -> int:
    """Return the length of the codes that get a row: counties, and below a county its own next level."""
    county = LENGTHS[Level.COUNTY - 1]
    longer = [length for length in LENGTHS if length > len(code)]
    return max(county, longer[0] if longer else len(code))


def _places(rows: list[dict[str, Any]], code: str) -> list[Place]:
    names = region_names(row["place"] for row in rows)
    # What belongs to no place comes last.
    ordered = sorted(rows, key=lambda row: (not row["place"], row["place"]))
    return [Place(_place_name(row["place"], code, names), _figures(row)) for row in ordered]


def _place_name(place: str, code: str, names: dict[str, str]) -> str:
    if not place:
        return SYSTEM_WIDE
    name = names.get(place, place)
    return f"{name}本级" if place == code or len(place) < LENGTHS[Level.COUNTY - 1] else name


def _figures(row: dict[str, Any]) -> dict[str, int]:
    return {measure.key: row[measure.key] for measure in MEASURES}


def chain_of(year: int) -> Chain:
    """Return what was sealed in a year, and the latest check of the chain."""
    first, end = bounds_of(year)
    sealed = Seal.objects.filter(sealed_at__gte=first, sealed_at__lt=end)
    sums = sealed.aggregate(seals=Count("pk"), entries=Sum("entries", default=0))
    return Chain(sums["seals"], sums["entries"], Verification.objects.last())


def years_offered() -> list[int]:
    """Return the years that the trail reaches into, the latest first; this one at least."""
    oldest = Entry.objects.order_by("id").values_list("at", flat=True).first()
    now = timezone.localdate().year
    first = timezone.localtime(oldest).year if oldest else now
    return list(range(now, min(first, now) - 1, -1))


def regions_offered(scope: str) -> list[Region]:
    """Return the regions that a report may be about: the counties and above of a range."""
    regions = Region.objects.below(scope) if scope else Region.objects.all()
    return list(regions.filter(level__lte=Level.COUNTY, retired=False))
