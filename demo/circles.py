"""The demo city's teams, 文水's organisations with an open claim, and one of the city's own who serves 文水."""

import datetime
from typing import Any

from django.utils import timezone

from aixin.access.models import User
from aixin.access.numbers import Kind, allocate
from children.models import Child
from demo.figures import CITY
from organisations.anonymity import Crowd
from organisations.choices import ClaimState, OrganisationKind
from organisations.claiming import show, traits_in
from organisations.models import Claim, Offering, Organisation, OrganisationMember, Posting, Team, TeamMember
from organisations.models.groups import Group
from volunteers.choices import State, VolunteerKind
from volunteers.models import Volunteer

WENSHUI = "141121"
TEAMS = (
    (WENSHUI, "法官妈妈", "给孩子讲法，帮家庭解决抚养纠纷", VolunteerKind.JUDGE),
    (WENSHUI, "警官妈妈", "讲安全，护送上学路", VolunteerKind.POLICE),
    (WENSHUI, "白衣妈妈", "看体检单，教卫生习惯", VolunteerKind.MEDIC),
    (CITY, "市检察官妈妈", "全市法治课和个案帮助", VolunteerKind.PROSECUTOR),
)
ORGANISATIONS = (
    ("文水县助残协会", OrganisationKind.DISABLED, "结对残疾和患病的孩子", VolunteerKind.SOCIAL_WORKER),
    ("文水县教育系统", OrganisationKind.EDUCATION, "结对高中生，辅导功课", VolunteerKind.TEACHER),
    ("文水县人民法院", OrganisationKind.COURT, "结对涉家事案件的孩子", VolunteerKind.LAWYER),
)
MEMBERS, OFFERED = 6, 4


def make_circles(volunteers: dict[str, list[Volunteer]], children: list[Child], today: datetime.date) -> None:
    """Make the groups with members of fitting professions, open a few children, and let one be claimed."""
    for region, name, purpose, kind in TEAMS:
        team = Team.objects.create(
            name=name, purpose=purpose, region_id=region, founded_on=today - datetime.timedelta(days=120)
        )
        found = _of_kind(volunteers, region, kind)
        # The first of 文水, who logs in as mama1, leads its first team.
        first = volunteers[WENSHUI][:1] if name == TEAMS[0][1] and volunteers[WENSHUI][0] not in found else []
        members = _fill(team, [*first, *found], today)
        Team.objects.filter(pk=team.pk).update(leader=members[0])
    made = []
    for number, (name, sort, purpose, kind) in enumerate(ORGANISATIONS, 1):
        organisation = Organisation.objects.create(
            name=name, kind=sort, purpose=purpose, region_id=WENSHUI, liaison_name="谷联络",
            liaison_phone=f"1990000900{number}", founded_on=today - datetime.timedelta(days=90),
        )  # fmt: skip
        made.append((organisation, _fill(organisation, _of_kind(volunteers, WENSHUI, kind), today)))
    _open(children, *made[0])
    _post(today)


def _of_kind(volunteers: dict[str, list[Volunteer]], region: str, kind: str) -> list[Volunteer]:
    counties = [county for county in sorted(volunteers) if county.startswith(region)]
    found = [one for county in counties for one in volunteers[county] if one.kind == kind]
    # Of a city's team each county has some.
    return found[:: max(len(found) // MEMBERS, 1)][:MEMBERS]


def _fill(group: Group, members: list[Volunteer], today: datetime.date) -> list[Volunteer]:
    model: Any
    model, owner = (TeamMember, "team") if isinstance(group, Team) else (OrganisationMember, "organisation")
    since = today - datetime.timedelta(days=80)
    model.objects.bulk_create(
        model(**{owner: group}, volunteer=one, region_id=group.region_id, since=since) for one in members
    )
    return members


def _open(children: list[Child], organisation: Organisation, members: list[Volunteer]) -> None:
    """Open children for a further volunteer; the first of them is claimed and waits for the county."""
    clerk = User.objects.get(username=f"clerk-{WENSHUI}")
    known = traits_in(WENSHUI)
    crowd = Crowd(known.values())
    opened = []
    for child in children[-OFFERED:]:
        offering = Offering(child=child, region_id=WENSHUI, opened_by=clerk)
        show(offering, crowd, known[child.pk])
        offering.save()
        opened.append(offering)
    Claim.objects.create(
        offering=opened[0], organisation=organisation, volunteer=members[0], region_id=WENSHUI
    )
    Claim.objects.create(
        offering=opened[1], organisation=organisation, region_id=WENSHUI, state=ClaimState.REFUSED,
        reason="离孩子住处太远，请换一位近些的", decided_at=timezone.now(), decided_by=clerk,
    )  # fmt: skip


def _post(today: datetime.date) -> None:
    """Send a volunteer of the city's own offices to 文水.

    She stands beside the published number as one who has signed up, so that the figures stay as they are.
    """
    (number,) = allocate(Kind.VOLUNTEER, 1)
    volunteer = Volunteer(
        no=number, name="谷禾晴", sex="F", birth=today - datetime.timedelta(days=40 * 365), phone="19900009009",
        region_id=CITY, kind=VolunteerKind.OFFICE, unit="市直机关", state=State.APPLIED,
    )  # fmt: skip
    volunteer.prepare()
    volunteer.save()
    Posting.objects.create(volunteer=volunteer, region_id=WENSHUI, since=today - datetime.timedelta(days=30))
