"""Volunteers as a subject of questions."""

from typing import Any

from django.urls import reverse

from aixin.access.regions import Level
from aixin.vocabulary import CareTopic, Sex
from pairing.models import Pairing
from reports.asking.ages import age, by_age
from reports.asking.contacts import by_last_contact, last_contact, volunteer_met
from reports.asking.criteria import DateCriterion, PlaceCriterion
from reports.asking.exports import asked_list
from reports.asking.groupings import by_choice, by_number, by_place
from reports.asking.of_programmes import programme
from reports.asking.subjects import (
    Subject,
    column_number,
    number,
    number_of,
    one_of,
    one_of_or_nothing,
    some_of,
    yes_no,
)
from volunteers.choices import SET_BY_ACT, Clearance, State, VolunteerKind, WishedCategory
from volunteers.ledger import VOLUNTEER_COLUMNS, VOLUNTEER_TALLIES
from volunteers.models import MAX_CAPACITY, Volunteer

BANDS = (
    (0, 17, "18 岁以下"),
    (18, 35, "18–35 岁"),
    (36, 50, "36–50 岁"),
    (51, 65, "51–65 岁"),
    (66, None, "66 岁及以上"),
)
_STATES = [choice for choice in State.choices if choice[0] not in SET_BY_ACT]


def active_pairings() -> Any:
    """Return how many children a volunteer is paired with, as an expression."""
    return number_of(Pairing.objects.active(), "volunteer")


_LISTED = asked_list(
    "volunteers",
    "爱心妈妈查询结果",
    Volunteer,
    VOLUNTEER_COLUMNS,
    tallies=VOLUNTEER_TALLIES,
)

VOLUNTEERS = Subject(
    key="volunteers",
    title="爱心妈妈",
    icon="person-hearts",
    unit="人",
    listed=_LISTED,
    usual=("sex", "phone", "unit", "kind", "county", "township", "skills", "clearance", "load"),
    assumed=("state", (State.QUALIFIED.value,)),
    name="name",
    url=lambda volunteer: reverse("volunteers:detail", args=[volunteer.pk]),
    own_criteria=[
        one_of("state", "状态", "state", _STATES),
        PlaceCriterion("place", "地区"),
        one_of("kind", "类别", "kind", VolunteerKind.choices),
        one_of_or_nothing("sex", "性别", "sex", Sex.choices),
        age("age", "年龄", "birth"),
        some_of("skill", "特长", "skills", CareTopic.choices),
        one_of("clearance", "准入查询", "clearance", Clearance.choices),
        DateCriterion("cleared_on", "查询日期", "cleared_on", may_be_empty=True),
        column_number("capacity", "可结对人数", "capacity", "人", MAX_CAPACITY),
        number("pairs", "现结对人数", active_pairings, "人"),
        last_contact("last_visit", "最近走访", volunteer_met),
        programme("负责的关爱项目", "volunteer"),
        some_of("wished", "愿意结对的类别", "wished_categories", WishedCategory.choices),
        yes_no("account", "登录账号", "user__isnull", "没有", "有"),
    ],
    groupings=[
        by_place("city", "市", Level.CITY),
        by_place("county", "县区", Level.COUNTY),
        by_place("township", "乡镇", Level.TOWNSHIP),
        by_place("village", "村", Level.VILLAGE),
        by_choice("kind", "类别", "kind", VolunteerKind.choices),
        by_choice("state", "状态", "state", _STATES),
        by_choice("sex", "性别", "sex", Sex.choices),
        by_age("age", "年龄段", "birth", BANDS),
        by_choice("clearance", "准入查询", "clearance", Clearance.choices),
        by_number("pairs", "现结对人数", active_pairings, 4, "人"),
        by_last_contact("last_visit", "最近走访", volunteer_met),
    ],
    orders={
        "no": ("no",),
        "name": ("initials",),
        "age": ("-birth",),
        "kind": ("kind",),
        "capacity": ("capacity",),
        "township": ("region_id",),
    },
    plain_figures=frozenset({"qualified", "applied", "suspended", "left"}),
)
