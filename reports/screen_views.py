"""The big screen of a meeting room: the same figures, large, without a name, fetched anew every minute."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aixin.access.permissions import VIEWERS_OF_FIGURES, allow
from aixin.access.scoped import acting_user
from reports.board import Board, parts_chart, trend_chart
from reports.metrics import METRICS
from reports.periods import Period
from reports.small import SHORT_LEGEND
from reports.views import region_asked

LARGE = ("registered", "coverage", "volunteers", "pairings", "visits", "visited")
WATCHED = ("unpaired", "never_visited", "overdue", "concerns_open", "clear_rate", "on_time_rate")
PLACES_SHOWN = 14
PLACE_COLUMNS = ("registered", "coverage", "unpaired", "visits", "overdue")


@allow(VIEWERS_OF_FIGURES)
def screen(request: HttpRequest) -> HttpResponse:
    """大屏 of a region: this month's figures, readable from ten metres."""
    region, today = region_asked(request), timezone.localdate()
    period = Period.containing(today)
    board = Board.of(acting_user(request), region, period, today)
    trend = board.trend()
    context = {
        "region": region,
        "period": period,
        "now": timezone.localtime(),
        "legend": SHORT_LEGEND if board.legend else "",
        "large": board.totals(LARGE),
        "watched": board.totals(WATCHED),
        "columns": [METRICS[key] for key in PLACE_COLUMNS],
        "places": board.places(PLACE_COLUMNS)[:PLACES_SHOWN],
        "trend": trend,
        "chart": board.rates_chart(),
        "trend_chart": trend_chart(trend),
        "ageing_chart": parts_chart(board.split("overdue", "ageing"), "超期未联系", "对"),
        "has_map": len(region.code) == 4,
    }
    return render(request, "reports/screen.html", context)
