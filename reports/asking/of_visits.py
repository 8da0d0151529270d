"""Visits as a subject of questions."""

from collections.abc import Sequence
from typing import Any

from django.db.models import OuterRef, Q
from django.urls import reverse

from aixin.access.regions import Level
from children.choices import Category, Risk
from reports.asking.criteria import ChoiceCriterion, DateCriterion, PlaceCriterion
from reports.asking.exports import asked_list
from reports.asking.groupings import by_choice, by_month, by_place, by_yes_no
from reports.asking.of_programmes import programme
from reports.asking.subjects import Subject, among, column_number, one_of, one_of_or_nothing, yes_no
from visits.choices import Finding, Way
from visits.ledger import VISIT_COLUMNS, VISIT_TALLIES, people_of
from visits.models import MINUTES_A_DAY, Visit, VisitedChild
from volunteers.choices import VolunteerKind

_STANDING = Q(withdrawn_at__isnull=True)


def _standing(values: tuple[str, ...], user: Any) -> Q:
    wanted = {"1": _STANDING, "0": ~_STANDING}
    return Q(*(wanted[value] for value in values), _connector=Q.OR)


def _reaching(column: str) -> Any:
    def having(values: Sequence[str]) -> Any:
        return VisitedChild.objects.filter(
            visit=OuterRef("pk"), **{f"child__{column}__in": values}
        ).order_by()

    return having


def _made_by(kinds: Sequence[str]) -> Any:
    return Visit.volunteers.through.objects.filter(visit=OuterRef("pk"), volunteer__kind__in=kinds)


def _with_goods(values: tuple[str, ...], user: Any) -> Q:
    given = ~Q(goods="") | Q(goods_value__gt=0)
    return Q(*({"1": given, "0": ~given}[value] for value in values), _connector=Q.OR)


_LISTED = asked_list(
    "visits",
    "走访查询结果",
    Visit,
    VISIT_COLUMNS,
    unit="次",
    tallies=VISIT_TALLIES,
    people=people_of,
)

VISITS = Subject(
    key="visits",
    title="走访",
    icon="journal-check",
    unit="次",
    listed=_LISTED,
    usual=("way", "persons", "county", "township", "volunteers", "seen", "recorder"),
    assumed=("standing", ("1",)),
    name="date",
    url=lambda visit: reverse("visits:detail", args=[visit.pk]),
    own_criteria=[
        ChoiceCriterion("standing", "记录", lambda _: [("1", "有效"), ("0", "已撤回")], _standing),
        PlaceCriterion("place", "地区"),
        DateCriterion("date", "走访日期", "date"),
        one_of("way", "方式", "way", Way.choices),
        among("category", "儿童类别", Category.choices, _reaching("category")),
        among("risk", "儿童风险等级", Risk.choices, _reaching("risk")),
        among("kind", "爱心妈妈类别", VolunteerKind.choices, _made_by),
        programme("儿童参加的关爱项目", "child__visited__visit"),
        one_of_or_nothing("family", "家庭情况", "family", Finding.choices),
        one_of_or_nothing("study", "学习情况", "study", Finding.choices),
        one_of_or_nothing("life", "生活情况", "life", Finding.choices),
        ChoiceCriterion("goods", "带物品", lambda _: [("1", "带了"), ("0", "没带")], _with_goods),
        yes_no("backfill", "补录", "is_backfill"),
        column_number("households", "户次", "households", "户"),
        column_number("minutes", "用时", "minutes", "分钟", MINUTES_A_DAY),
    ],
    groupings=[
        by_place("city", "市", Level.CITY),
        by_place("county", "县区", Level.COUNTY),
        by_place("township", "乡镇", Level.TOWNSHIP),
        by_place("village", "村", Level.VILLAGE),
        by_choice("way", "方式", "way", Way.choices),
        by_month("date", "月份", "date"),
        by_choice("family", "家庭情况", "family", Finding.choices),
        by_choice("study", "学习情况", "study", Finding.choices),
        by_choice("life", "生活情况", "life", Finding.choices),
        by_yes_no("backfill", "补录", "is_backfill", "补录", "当时记录"),
    ],
    orders={"date": ("date",), "way": ("way",), "households": ("households",), "township": ("region_id",)},
    plain_figures=frozenset({"standing", "withdrawn"}),
)
