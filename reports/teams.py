"""Volunteers by team (小分队): counted from the rows when asked, because a country has more teams than all other cells.

A volunteer may be in several teams, so that the teams' numbers may come to more than `volunteers_teamed`.
"""

import datetime
from dataclasses import dataclass

from django.db import connections
from django.db.models.expressions import RawSQL

from organisations.models import Team

METRIC, DIMENSION = "volunteers_teamed", "team"
# Regions above a city have more teams than anybody reads through.
SHORTEST_CODE = 4
_NUMBERS = "SELECT team, name, count(*) FROM aixin_teams(%s, %s) GROUP BY team, name ORDER BY count(*) DESC, name, team"
_ROWS = "SELECT volunteer FROM aixin_teams(%s, %s) WHERE team = %s"


@dataclass(frozen=True)
class TeamNumber:
    """How many 爱心妈妈 of a region a team had on a day."""

    team: int
    name: str
    number: int


def by_team(code: str, day: datetime.date, using: str = "default") -> list[TeamNumber]:
    """Return the volunteers of a region by team on a day, the largest first; nothing for a province or above.

    Nothing either where the transaction's scope does not allow the region's figures (DESIGN section 3.2).
    """
    if len(code) < SHORTEST_CODE:
        return []
    with connections[using].cursor() as cursor:
        cursor.execute(_NUMBERS, [code, day])
        return [TeamNumber(*row) for row in cursor.fetchall()]


def rows_in_team(code: str, day: datetime.date, team: str) -> RawSQL:
    """Return SQL for the keys of the volunteers whom `by_team` counts for a team."""
    return RawSQL(_ROWS, [code, day, int(team)])  # noqa: S611 - values are parameters


def name_of_team(team: str) -> str:
    """Return a team's name as far as the user may know the team."""
    name: str | None = Team.objects.filter(pk=int(team)).values_list("name", flat=True).first()
    return name or "小分队"
