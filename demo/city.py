"""Builds the demo city: 吕梁 as published, every person invented."""

import datetime
from collections import defaultdict
from itertools import cycle

from django.db import transaction
from django.utils import timezone

from aixin.access.division import load_regions
from aixin.access.models import Post, Region, Role, User
from aixin.access.numbers import Kind, allocate
from aixin.access.regions import Level
from aixin.vocabulary import CareTopic
from children.choices import Consent, NeedSource, NoIdReason
from children.models import Child, Guardian, Need
from demo.accounts import make_accounts
from demo.applications import make_applications
from demo.caring import make_care, make_duties
from demo.circles import make_circles
from demo.figures import CHILDREN, CITY, VISITS, VOLUNTEERS, shares
from demo.lives import make_lives, make_proposals, make_siblings, make_village
from demo.neighbours import make_neighbours
from demo.people import GRANDPARENTS, Inventor, school_at
from demo.policy import go_live, hold_programme, make_policies, tick_programme
from demo.reporting import make_reporting
from demo.rights import make_consents, make_requests
from demo.rounds import make_round
from demo.supervision import make_supervision
from pairing.choices import State
from pairing.models import Pairing
from visits.choices import Finding, Way
from visits.forms import PARTS
from visits.models import Visit, VisitedChild
from visits.situations import renew
from volunteers.choices import Clearance, VolunteerKind
from volunteers.models import Volunteer

SEED = 1411
BATCH = 2000
WENSHUI = "141121"
SINCE = datetime.timedelta(days=330)
KINDS = [kind for kind in VolunteerKind.values if kind not in {"FATHER", "OTHER"}]
UNITS = ("县妇联", "中心校", "县人民医院", "村委会", "县人民法院")
# Every how manyth visit is the second of its pairing, and within how many days.
AGAIN, LATELY = 4, 25
# What a visit saw, and of which of family, study and life it tells.
SEEN = (
    ("和奶奶住，妈妈每月回来一次；作业按时写；吃穿都好。", "family study life"),
    ("奶奶腿疼，赶集不方便，孩子会帮着做饭。", "family life"),
    ("爸爸在太原打工；数学测验有进步，想要一本字典；饭量也好。", "family study life"),
    ("天冷了，给孩子带了一件棉衣。", "life"),
    ("和孩子聊了半小时，说想爸爸妈妈，周末约了视频。", "family"),
    ("家里刚收完玉米，孩子作业写完了帮着晒粮。", "family study life"),
)


class AlreadySeededError(Exception):
    """The database has children; a demo city is built into an empty one only."""


@transaction.atomic
def build_city(today: datetime.date) -> dict[str, str]:
    """Build the demo city and return its accounts' passwords; raise AlreadySeededError."""
    if Child.objects.exists() or User.objects.exists():
        raise AlreadySeededError
    load_regions([CITY])
    builder = CityBuilder(today)
    builder.make_children()
    make_siblings(builder.children[WENSHUI])
    village = make_village(builder.children[WENSHUI])
    builder.make_volunteers()
    builder.make_pairings()
    builder.make_visits()
    make_policies()
    go_live(today)
    make_consents(builder.children)
    make_requests(builder.children[WENSHUI], today)
    make_neighbours()
    passwords = make_accounts(builder.mothers(), builder.chair(village), village)
    make_applications(builder.invent, builder.volunteers[WENSHUI][-1])
    make_lives(builder.pairings, today)
    make_proposals()
    make_circles(builder.volunteers, builder.children[WENSHUI], today)
    make_round(builder.children[WENSHUI], today)
    hold_programme(today)
    make_duties(today)
    tick_programme(today)
    make_care(today)
    make_supervision(today)
    make_reporting(today)
    return passwords


class CityBuilder:
    """Holds what one part of the city needs of the others while it is built."""

    def __init__(self, today: datetime.date) -> None:
        self.today = today
        self.invent = Inventor(SEED, today)
        self.children: dict[str, list[Child]] = defaultdict(list)
        self.volunteers: dict[str, list[Volunteer]] = defaultdict(list)
        self.pairings: dict[str, list[Pairing]] = defaultdict(list)
        self.places = self._places()

    def _places(self) -> dict[str, list[Region]]:
        """Return the villages of each county, and those of 凤城镇 first in theirs."""
        found: dict[str, list[Region]] = defaultdict(list)
        for region in Region.objects.below(CITY).filter(level=Level.VILLAGE):
            found[region.code[:6]].append(region)
        return found

    def make_children(self) -> None:
        """Make the published number of each category, spread over the counties by population."""
        counties = cycle([code for code, n in shares(sum(CHILDREN.values())).items() for _ in range(n)])
        order = [next(counties) for _ in range(sum(CHILDREN.values()))]
        self.invent.random.shuffle(order)
        categories = [code for code, number in CHILDREN.items() for _ in range(number)]
        numbers = allocate(Kind.CHILD, len(order))
        made = [self._child(*row) for row in zip(numbers, categories, order, strict=True)]
        Child.objects.bulk_create(made, batch_size=BATCH)
        Guardian.objects.bulk_create([self._guardian(child) for child in made], batch_size=BATCH)
        Need.objects.bulk_create([self._need(child) for child in made], batch_size=BATCH)
        for child in made:
            self.children[child.region_id[:6]].append(child)

    def _child(self, number: str, category: str, county: str) -> Child:
        draw = self.invent.random
        sex, birth = draw.choice("FM"), self.invent.birth(3, 15 if category == "LEFT_BEHIND" else 17)
        child = Child(
            no=number, name=self.invent.name(), sex=sex, birth=birth, idno=self.invent.idno(county, birth, sex),
            region=draw.choice(self.places[county]), ethnicity="汉族", category=category, consent=Consent.GIVEN,
            registered_on=self.invent.days_ago(60, 300), hukou_type="RURAL", health="HEALTHY",
            **school_at(self.today.year - birth.year),
        )  # fmt: skip
        if draw.random() < 0.01:
            child.idno, child.idno_reason = "", NoIdReason.NO_HUKOU
        child.prepare()
        return child

    def _guardian(self, child: Child) -> Guardian:
        return Guardian(
            child=child,
            region_id=child.region_id,
            name=self.invent.name(),
            relation=self.invent.random.choice(GRANDPARENTS),
            phone=self.invent.phone(),
        )

    def _need(self, child: Child) -> Need:
        topic = self.invent.random.choice(CareTopic.values)
        day = self.invent.days_ago(10, 60)
        return Need(
            child=child, region_id=child.region_id, topic=topic, source=NeedSource.ROSTER, raised_on=day
        )

    def make_volunteers(self) -> None:
        """Make the published number of volunteers, spread like the children."""
        counties = [code for code, n in shares(VOLUNTEERS).items() for _ in range(n)]
        numbers = allocate(Kind.VOLUNTEER, len(counties))
        made = [self._volunteer(number, county) for number, county in zip(numbers, counties, strict=True)]
        Volunteer.objects.bulk_create(made, batch_size=BATCH)
        # They were there before the children's volunteers were written down here: figures of past months count them.
        Volunteer.objects.update(created_at=timezone.now() - SINCE)
        for volunteer in made:
            self.volunteers[volunteer.region_id[:6]].append(volunteer)

    def _volunteer(self, number: str, county: str) -> Volunteer:
        draw = self.invent.random
        birth = self.invent.birth(25, 60)
        volunteer = Volunteer(
            no=number, name=self.invent.name(), sex="F", birth=birth, idno=self.invent.idno(county, birth, "F"),
            phone=self.invent.phone(), region=draw.choice(self.places[county]), kind=draw.choice(KINDS),
            skills=[draw.choice(CareTopic.values)], unit=draw.choice(UNITS),
            clearance=Clearance.PASSED, cleared_on=self.invent.days_ago(20, 330), cleared_by="县妇联",
        )  # fmt: skip
        volunteer.prepare()
        return volunteer

    def make_pairings(self) -> None:
        """Give every child a volunteer, then every further volunteer a child: many-to-one is normal."""
        made: list[Pairing] = []
        for county, children in self.children.items():
            for position, volunteer in enumerate(self.volunteers[county]):
                child = children[position % len(children)]
                made.append(self._pairing(child, volunteer, is_main=position < len(children)))
            made += self._further(children, self.volunteers[county])
        for pairing, number in zip(made, allocate(Kind.PAIRING, len(made)), strict=True):
            pairing.no = number
            self.pairings[pairing.region_id[:6]].append(pairing)
        Pairing.objects.bulk_create(made, batch_size=BATCH)

    def _further(self, children: list[Child], volunteers: list[Volunteer]) -> list[Pairing]:
        """Pair the first volunteers of a county with a second child, and children left over with somebody."""
        left = children[len(volunteers) :]
        pairs = [(child, volunteers[i % len(volunteers)], True) for i, child in enumerate(left)]
        pairs += [
            (children[i + 1], volunteers[i], False) for i in range(min(8, len(children) - 1, len(volunteers)))
        ]
        return [self._pairing(child, volunteer, is_main=main) for child, volunteer, main in pairs]

    def _pairing(self, child: Child, volunteer: Volunteer, *, is_main: bool) -> Pairing:
        recent = self.invent.random.random() < 0.75
        return Pairing(
            child=child,
            volunteer=volunteer,
            region_id=child.region_id,
            state=State.ACTIVE,
            is_main=is_main,
            started_on=self.invent.days_ago(2, 28) if recent else self.invent.days_ago(35, 200),
            liaison="村妇联主席",
            agreement_signed=True,
        )

    def make_visits(self) -> None:
        """Make the published number of visits, the longest-standing pairings first and some of them a second time."""
        for county, number in shares(VISITS).items():
            clerk = self._clerk(county)
            oldest = sorted(self.pairings[county], key=lambda pairing: pairing.started_on or self.today)
            again = number // AGAIN
            once = oldest[4 : 4 + number - again] if len(oldest) > number + 4 else oldest[: number - again]
            chosen = [*once, *once[: number - len(once)]]
            visits = [self._visit(pairing, clerk) for pairing in once]
            visits += [self._visit(pairing, clerk, LATELY) for pairing in chosen[len(once) :]]
            Visit.objects.bulk_create(visits, batch_size=BATCH)
            VisitedChild.objects.bulk_create(
                [VisitedChild(visit=v, child_id=p.child_id) for v, p in zip(visits, chosen, strict=True)]
            )
            link = Visit.volunteers.through
            link.objects.bulk_create(
                [
                    link(visit_id=v.pk, volunteer_id=p.volunteer_id)
                    for v, p in zip(visits, chosen, strict=True)
                ]
            )
            renew(pairing.child_id for pairing in chosen)

    def _clerk(self, county: str) -> User:
        """Return the county's clerk who typed the paper records in; she has no password."""
        name = Region.objects.get(code=county).name
        user = User.objects.create_user(f"clerk-{county}", display_name=f"{name}妇联")
        Post.objects.create(user=user, role=Role.STAFF, region_id=county)
        return user

    def _visit(self, pairing: Pairing, clerk: User, within: int = 55) -> Visit:
        age = (self.today - (pairing.started_on or self.today)).days
        seen, told = self.invent.random.choice(SEEN)
        return Visit(
            region_id=pairing.region_id,
            date=self.invent.days_ago(0, min(age, within)),
            way=self.invent.random.choice([Way.HOME, Way.PHONE, Way.MEETING, Way.SCHOOL]),
            **{part: Finding.CHANGED if part in told else Finding.UNCHANGED for part in PARTS},
            seen=seen,
            recorded_by=clerk,
        )

    def mothers(self) -> dict[str, Volunteer]:
        """Return the two volunteers of 文水县 who log in, each with children of her own, one of them overdue."""
        # The second has a child in common with the first, so the third logs in.
        first, second = self.volunteers[WENSHUI][0], self.volunteers[WENSHUI][2]
        for volunteer, days in ((first, 40), (second, 52)):
            mine = [p for p in self.pairings[WENSHUI] if p.volunteer_id == volunteer.pk]
            Visit.volunteers.through.objects.filter(volunteer=volunteer).delete()
            Pairing.objects.filter(pk=mine[0].pk).update(
                started_on=self.today - datetime.timedelta(days=days)
            )
        return {"mama1": first, "mama2": second}

    def chair(self, village: str) -> Volunteer:
        """Return the volunteer of a child of a village who is its chair too."""
        theirs = [p for p in self.pairings[WENSHUI] if p.is_main and p.region_id == village]
        return theirs[-1].volunteer
