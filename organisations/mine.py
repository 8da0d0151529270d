"""我的小分队: what a volunteer sees of her teams on her phone, and a leader of who is with her."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from aixin.access.models import Role, acting_role
from aixin.access.permissions import allow
from aixin.access.regions import upper_bound
from aixin.access.scope import Scope, opened
from aixin.access.scoped import acting_user
from aixin.privacy.masks import mask_name
from organisations.models import Team, TeamMember
from volunteers.models import Volunteer


@dataclass(frozen=True)
class OwnTeam:
    """A team as one of its members sees it; `members` are masked names, for its leader alone."""

    name: str
    purpose: str
    leads: bool
    number: int
    members: list[str]


def own_teams(user: Any) -> list[OwnTeam]:
    """Return the open teams of the volunteer who logs in as `user`."""
    volunteer = Volunteer.objects.filter(user=user).first()
    if volunteer is None:
        return []
    mine = TeamMember.objects.standing().of_volunteer(volunteer.pk)
    teams = list(Team.objects.open().filter(pk__in=mine.values("team")).order_by("name"))
    return [_own(user, team, leads=team.leader_id == volunteer.pk) for team in teams]


def _own(user: Any, team: Team, *, leads: bool) -> OwnTeam:
    members = _masked_members(user, team) if leads else []
    return OwnTeam(team.name, team.purpose, leads, len(members), members)


def _masked_members(user: Any, team: Team) -> list[str]:
    """Return the members' names, masked.

    Her post opens no other volunteer's row: the transaction opens the team's place for these names alone.
    """
    scope = Scope(lo=team.region_id, hi=upper_bound(team.region_id), user_id=str(user.pk))
    with opened(scope):
        rows = TeamMember.objects.standing().filter(team=team).order_by("volunteer__initials", "pk")
        return [mask_name(name) for name in rows.values_list("volunteer__name", flat=True)]


def has_teams(user: Any) -> bool:
    """Return whether the user is a volunteer with a team, so that the way to it is offered."""
    if acting_role(user) != Role.VOLUNTEER:
        return False
    return TeamMember.objects.standing().filter(volunteer__user=user, team__closed_on__isnull=True).exists()


@allow(frozenset({Role.VOLUNTEER}))
def my_teams(request: HttpRequest) -> HttpResponse:
    """Her teams; to a leader the masked names of who is with her."""
    return render(request, "organisations/mine.html", {"teams": own_teams(acting_user(request))})
