"""The big screen of a meeting room: the same figures, large, without a name, fetched anew every minute."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aixin.access.permissions import VIEWERS_OF_FIGURES, allow
from aixin.access.replica import replica_age
from aixin.access.scoped import acting_user
from reports.board import Board, Row, parts_chart, trend_chart
from reports.metrics import METRICS
from reports.small import SHORT_LEGEND
from reports.views import period_asked, region_asked

LARGE = ("registered", "coverage", "volunteers", "pairings", "visits", "visited")
WATCHED = ("unpaired", "never_visited", "overdue", "concerns_open", "clear_rate", "on_time_rate")
# So many rows can be read from ten metres; of more places a part is shown at a time, in turns.
PLACES_SHOWN = 14
PLACE_COLUMNS = ("registered", "coverage", "unpaired", "visits", "overdue")
SECONDS, SECONDS_A_TURN = 60, 20


@dataclass(frozen=True)
class Turns:
    """Which part of the places is shown: of so many turns of nearly equal length the one asked for, or the first."""

    rows: list[Row]
    asked: str

    @property
    def number(self) -> int:
        return max(1, -(-len(self.rows) // PLACES_SHOWN))

    @property
    def current(self) -> int:
        known = {str(turn) for turn in range(self.number)}
        return int(self.asked) if self.asked in known else 0

    @property
    def following(self) -> int:
        return (self.current + 1) % self.number

    @property
    def shown(self) -> list[Row]:
        length = -(-len(self.rows) // self.number)
        return self.rows[self.current * length : (self.current + 1) * length]

    @property
    def seconds(self) -> int:
        """How long it stands."""
        return SECONDS_A_TURN if self.number > 1 else SECONDS


@allow(VIEWERS_OF_FIGURES)
def screen(request: HttpRequest) -> HttpResponse:
    """大屏 of a region and period, by default the month that runs: figures readable from ten metres."""
    region, period, today = region_asked(request), period_asked(request), timezone.localdate()
    board = Board.of(acting_user(request), region, period, today)
    trend = board.trend()
    turns = Turns(board.places(PLACE_COLUMNS), request.GET.get("turn", ""))
    has_map = len(region.code) == 4
    context = {
        "region": region,
        "period": period,
        "now": timezone.localtime(),
        "seconds_behind": replica_age(),
        "legend": SHORT_LEGEND if board.legend else "",
        "as_of": board.now.as_of,
        "is_today": board.now.as_of == today,
        "large": board.totals(LARGE),
        "watched": board.totals(WATCHED),
        "columns": [METRICS[key] for key in PLACE_COLUMNS],
        "places": turns.shown,
        "all_places": len(turns.rows),
        "turn": turns.current,
        "turns": turns.number,
        "seconds": turns.seconds,
        "next_query": _next_query(request, turns),
        "trend": trend,
        "chart": board.rates_chart() if has_map else _only(board.rates_chart(), turns.shown),
        "trend_chart": trend_chart(trend),
        "ageing_chart": parts_chart(board.split("overdue", "ageing"), "超期未联系", "对"),
        "has_map": has_map,
    }
    return render(request, "reports/screen.html", context)


def _next_query(request: HttpRequest, turns: Turns) -> str:
    """Return what is fetched next: the same region and period, the next places."""
    stated = {key: request.GET[key] for key in ("region", "period") if request.GET.get(key)}
    return urlencode(stated | ({"turn": turns.following} if turns.number > 1 else {}))


def _only(chart: dict[str, Any], rows: list[Row]) -> dict[str, Any]:
    """Return a chart with the places of a turn alone."""
    names = {row.name for row in rows}
    return {**chart, "items": [item for item in chart["items"] if item["name"] in names]}
