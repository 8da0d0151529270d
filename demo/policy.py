"""What the demo city decided: two volunteers a child, 文水's classification, and since when its counties remind."""

import datetime

from django.db.models import F, Value
from django.db.models.functions import Least

from aixin.access.models import Region
from aixin.access.regions import Level
from care.choices import Festival, State
from care.models import CarePolicy, Duty, GoLive
from care.programmes.choices import How, ProgrammeState
from care.programmes.models import Joining
from care.programmes.shipped import examples, programme_from
from demo.figures import CITY
from pairing.matching.problem import Trait
from pairing.models import MatchingPolicy
from volunteers.choices import VolunteerKind

WENSHUI = "141121"
# Has not pressed 开始提醒 yet, so that the page before it can be seen.
BEFORE_REMINDING = "141123"
WANTED = 2
LIVE_DAYS = 60
# Every how manyth of a programme's ticks is made.
DONE_EACH = 3
WENSHUI_RULES = [
    {"trait": Trait.DISABLED, "name": "助残协会", "unit_words": ["助残", "残联"]},
    {
        "trait": Trait.HIGH_SCHOOL,
        "name": "教育系统",
        "kinds": [VolunteerKind.TEACHER],
        "unit_words": ["学校", "中学", "教育"],
    },
    {
        "trait": Trait.FAMILY_CASE,
        "name": "政法系统",
        "kinds": [VolunteerKind.JUDGE, VolunteerKind.PROSECUTOR, VolunteerKind.POLICE],
        "unit_words": ["法院", "检察院", "公安"],
    },
]


def make_policies() -> None:
    """Store the decisions of the city and of 文水县; the other counties follow the city."""
    MatchingPolicy.objects.create(region_id=CITY, wanted=WANTED)
    MatchingPolicy.objects.create(region_id=WENSHUI, classifications=WENSHUI_RULES)


def go_live(today: datetime.date) -> None:
    """Let every county but 兴县 remind for two months now; 文水县 also wants the school to be asked.

    352 visits are few for so many children: the city asks for no more than they can have done.
    """
    counties = Region.objects.below(CITY).filter(level=Level.COUNTY, retired=False)
    since = today - datetime.timedelta(days=LIVE_DAYS)
    GoLive.objects.bulk_create(
        GoLive(region=county, started_on=since) for county in counties.exclude(code=BEFORE_REMINDING)
    )
    CarePolicy.objects.create(region_id=CITY, school=False, festivals=[Festival.SPRING, Festival.CHILDREN])
    CarePolicy.objects.create(region_id=WENSHUI, school=True)


def hold_programme(today: datetime.date) -> None:
    """Let 文水县 hold the first of the examples, since the day on which it began to remind."""
    since = today - datetime.timedelta(days=LIVE_DAYS)
    held = programme_from(next(iter(examples())), WENSHUI, since)
    held.state = ProgrammeState.RUNNING
    held.save()
    Joining.objects.create(programme=held, region_id=WENSHUI, joined_on=since)


def tick_programme(today: datetime.date) -> None:
    """Let some of the programme be done, each in time."""
    ticked = Duty.objects.open().filter(item__how=How.MARK, opens_on__lte=today).order_by("pk")
    done = list(ticked.values_list("pk", flat=True))[::DONE_EACH]
    Duty.objects.filter(pk__in=done).update(state=State.DONE, done_on=Least(F("due_on"), Value(today)))
