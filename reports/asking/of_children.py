"""Children as a subject of questions."""

from collections.abc import Sequence
from typing import Any

from django.db.models import OuterRef, Q
from django.urls import reverse

from aixin.access.regions import Level
from aixin.vocabulary import CareTopic, Sex
from children.choices import (
    Aid,
    Category,
    Consent,
    Guardianship,
    Health,
    HukouType,
    LeavingReason,
    NeedState,
    ParentKind,
    ParentStatus,
    Risk,
    Schooling,
    Status,
)
from children.ledger import CHILD_COLUMNS, CHILD_RECORDS, CHILD_TALLIES
from children.models import Child, Need, Parent
from pairing.models import Pairing
from reports.asking.ages import age, by_age
from reports.asking.contacts import by_last_contact, child_met, last_contact
from reports.asking.criteria import ChoiceCriterion, Criterion, DateCriterion, PlaceCriterion
from reports.asking.exports import asked_list
from reports.asking.groupings import Grouping, by_choice, by_month, by_number, by_place, by_yes_no
from reports.asking.of_programmes import programme
from reports.asking.subjects import (
    Subject,
    among,
    number,
    number_of,
    one_of,
    one_of_or_nothing,
    some_of,
    yes_no,
)

# Age bands of the statistics (DOMAIN section 2), and whoever stays beyond them.
BANDS = ((0, 5, "0–5 岁"), (6, 13, "6–13 岁"), (14, 17, "14–17 岁"), (18, None, "18 岁及以上"))
_ON_PAGES = [(Status.ON_ROSTER.value, "在册"), (Status.LEFT.value, "已出列")]


def active_pairings() -> Any:
    """Return how many volunteers a child is paired with, as an expression."""
    return number_of(Pairing.objects.active(), "child")


def _any_category(values: tuple[str, ...], user: Any) -> Q:
    return Q(category__in=values) | Q(other_categories__overlap=list(values))


def _open_needs(topics: Sequence[str]) -> Any:
    return Need.objects.filter(child=OuterRef("pk"), state=NeedState.OPEN, topic__in=topics)


def _parent(kind: ParentKind) -> Criterion:
    def having(statuses: Sequence[str]) -> Any:
        return Parent.objects.filter(child=OuterRef("pk"), kind=kind, status__in=statuses)

    return among(f"{kind.value.lower()}_status", f"{kind.label}状况", ParentStatus.choices, having)


def _groupings() -> list[Grouping]:
    return [
        by_place("city", "市", Level.CITY),
        by_place("county", "县区", Level.COUNTY),
        by_place("township", "乡镇", Level.TOWNSHIP),
        by_place("village", "村", Level.VILLAGE),
        by_choice("category", "类别", "category", Category.choices),
        by_choice("sex", "性别", "sex", Sex.choices),
        by_age("age", "年龄段", "birth", BANDS),
        by_choice("risk", "风险等级", "risk", Risk.choices),
        by_choice("schooling", "就学状况", "schooling", Schooling.choices),
        by_choice("health", "健康状况", "health", Health.choices),
        by_choice("guardianship", "监护类型", "guardianship", Guardianship.choices),
        by_choice("consent", "监护人意见", "consent", Consent.choices),
        by_yes_no("boarding", "是否寄宿", "boarding"),
        by_number("pairs", "爱心妈妈人数", active_pairings, 3, "人"),
        by_last_contact("last_visit", "最近走访", child_met),
        by_month("registered_on", "在册月份", "registered_on"),
        by_choice("left_reason", "出列原因", "left_reason", LeavingReason.choices),
    ]


_LISTED = asked_list(
    "children",
    "儿童查询结果",
    Child,
    CHILD_COLUMNS,
    tallies=CHILD_TALLIES,
    reading="for_ledger",
    records=CHILD_RECORDS,
)

CHILDREN = Subject(
    key="children",
    title="儿童",
    icon="people",
    unit="人",
    listed=_LISTED,
    usual=("sex", "age", "category", "risk", "county", "township", "village", "volunteers", "last_visit"),
    assumed=("status", (Status.ON_ROSTER.value,)),
    name="name",
    url=lambda child: reverse("children:detail", args=[child.pk]),
    own_criteria=[
        one_of("status", "在册状态", "status", _ON_PAGES),
        PlaceCriterion("place", "地区"),
        one_of("category", "类别", "category", Category.choices),
        ChoiceCriterion("any_category", "类别（含其他类别）", lambda _: Category.choices, _any_category),
        one_of_or_nothing("sex", "性别", "sex", Sex.choices),
        age("age", "年龄", "birth"),
        one_of_or_nothing("risk", "风险等级", "risk", Risk.choices),
        among("need", "未落实的需求", CareTopic.choices, _open_needs),
        number("pairs", "爱心妈妈人数", active_pairings, "人"),
        last_contact("last_visit", "最近走访", child_met),
        programme("关爱项目", "child"),
        one_of("consent", "监护人意见", "consent", Consent.choices),
        one_of_or_nothing("schooling", "就学状况", "schooling", Schooling.choices),
        yes_no("boarding", "是否寄宿", "boarding", may_be_unknown=True),
        one_of_or_nothing("health", "健康状况", "health", Health.choices),
        one_of_or_nothing("guardianship", "监护类型", "guardianship", Guardianship.choices),
        _parent(ParentKind.FATHER),
        _parent(ParentKind.MOTHER),
        some_of("aid", "享受救助", "aid", Aid.choices),
        one_of_or_nothing("hukou_type", "户籍类型", "hukou_type", HukouType.choices),
        DateCriterion("registered_on", "在册日期", "registered_on"),
        DateCriterion("left_on", "出列日期", "left_on", may_be_empty=True),
        one_of("left_reason", "出列原因", "left_reason", LeavingReason.choices),
    ],
    groupings=_groupings(),
    orders={
        "no": ("no",),
        "name": ("initials",),
        "sex": ("sex",),
        "age": ("-birth",),
        "category": ("category",),
        "township": ("region_id",),
    },
    plain_figures=frozenset({"registered", "left", "refused", "institution", "unasked"}),
)
