"""Pairings as a subject of questions."""

from django.urls import reverse

from aixin.access.regions import Level
from children.choices import Category, Risk
from pairing.choices import EndReason, State
from pairing.ledger import PAIRING_COLUMNS, PAIRING_TALLIES
from pairing.models import Pairing
from reports.asking.ages import age, by_age
from reports.asking.contacts import by_last_contact, last_contact, pair_met
from reports.asking.criteria import DateCriterion, PlaceCriterion
from reports.asking.exports import asked_list
from reports.asking.groupings import by_choice, by_month, by_place, by_yes_no
from reports.asking.of_children import BANDS
from reports.asking.of_programmes import programme
from reports.asking.subjects import Subject, one_of, one_of_or_nothing, yes_no
from volunteers.choices import VolunteerKind

_LISTED = asked_list(
    "pairings",
    "结对查询结果",
    Pairing,
    PAIRING_COLUMNS,
    unit="对",
    tallies=PAIRING_TALLIES,
    people=lambda pairing: (pairing.child, pairing.volunteer),
    prepare=lambda rows: rows.prefetch_related("child__guardians"),
)

PAIRINGS = Subject(
    key="pairings",
    title="结对",
    icon="link-45deg",
    unit="对",
    listed=_LISTED,
    usual=("age", "category", "county", "township", "started_on", "is_main", "agreement", "state"),
    assumed=("state", (State.ACTIVE.value,)),
    name="no",
    url=lambda pairing: reverse("pairings:detail", args=[pairing.pk]),
    own_criteria=[
        one_of("state", "状态", "state", State.choices),
        PlaceCriterion("place", "儿童现居地"),
        one_of("category", "儿童类别", "child__category", Category.choices),
        one_of_or_nothing("risk", "儿童风险等级", "child__risk", Risk.choices),
        age("age", "儿童年龄", "child__birth"),
        one_of("kind", "爱心妈妈类别", "volunteer__kind", VolunteerKind.choices),
        last_contact("last_visit", "最近走访", pair_met),
        programme("儿童参加的关爱项目", "child", "child"),
        yes_no("agreement", "安全责任书", "agreement_signed", "已签", "未签"),
        yes_no("is_main", "主责", "is_main"),
        yes_no("to_verify", "存量待核", "to_verify"),
        DateCriterion("started_on", "结对日期", "started_on", may_be_empty=True),
        DateCriterion("ended_on", "解除日期", "ended_on", may_be_empty=True),
        one_of("end_reason", "解除原因", "end_reason", EndReason.choices),
    ],
    groupings=[
        by_place("city", "市", Level.CITY),
        by_place("county", "县区", Level.COUNTY),
        by_place("township", "乡镇", Level.TOWNSHIP),
        by_place("village", "村", Level.VILLAGE),
        by_choice("state", "状态", "state", State.choices),
        by_choice("category", "儿童类别", "child__category", Category.choices),
        by_choice("risk", "儿童风险等级", "child__risk", Risk.choices),
        by_age("age", "儿童年龄段", "child__birth", BANDS),
        by_choice("kind", "爱心妈妈类别", "volunteer__kind", VolunteerKind.choices),
        by_last_contact("last_visit", "最近走访", pair_met),
        by_yes_no("agreement", "安全责任书", "agreement_signed", "已签", "未签"),
        by_month("started_on", "结对月份", "started_on"),
        by_choice("end_reason", "解除原因", "end_reason", EndReason.choices),
    ],
    orders={"no": ("no",), "started_on": ("started_on",), "state": ("state",), "township": ("region_id",)},
    plain_figures=frozenset({"active", "approval", "consent", "paused", "ended"}),
)
