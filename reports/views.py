"""Coverage for leaders and staff: page, data, and the workbench that says what to do today."""

import datetime
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from aixin.access.models import Region
from aixin.access.permissions import VIEWERS_OF_FIGURES, allow
from aixin.access.regions import ancestor_codes, is_code
from aixin.access.replica import read_report, replica_age
from aixin.access.scoped import acting_user
from children.choices import Category
from pairing.models import Pairing
from reports.board import BESIDE, COLUMNS, HEADLINES, MOVES, STRUCTURE, Board, Row, parts_chart, trend_chart
from reports.dimensions import DIMENSIONS
from reports.drilling import current
from reports.figures import Figures, Values, figures_of
from reports.metrics import COVERAGE_KEYS, METRICS, OF_CHILDREN
from reports.periods import LABELS, Kind, Period
from reports.sentences import opening
from reports.small import TOTAL, Cover, cover_of_figures
from reports.teams import by_team
from reports.workbench import todos_of
from reports.written.composing import told_to

SHOWN_AT_ONCE = 8
# What 404.html reads of an address whose period is none.
NO_PERIOD = "period"
CHOICES_BACK = {Kind.MONTH: 13, Kind.QUARTER: 5, Kind.YEAR: 3}


def region_asked(request: HttpRequest) -> Region:
    """Return the region asked for, or the user's own; outside her scope 404."""
    post = acting_user(request).acting_post
    assert post is not None
    code = request.GET.get("region") or post.region_id or ""
    region: Region | None = Region.objects.filter(code=code).first() if is_code(code) else None
    if region is None or not post.covers(region.code):
        raise Http404
    return region


def period_asked(request: HttpRequest) -> Period:
    """Return the period asked for, or the month that runs; one that has not begun or is none at all 404."""
    key = request.GET.get("period", "")
    return begun(key) if key else Period.containing(timezone.localdate())


def begun(key: str) -> Period:
    """Return the period that an address writes; for one that has not begun, and for none at all, 404 says so."""
    try:
        period = Period.parse(key)
    except ValueError as wrong:
        raise Http404(NO_PERIOD) from wrong
    if period.first > timezone.localdate():
        raise Http404(NO_PERIOD)
    return period


def period_choices(chosen: Period) -> list[tuple[str, list[Period]]]:
    """Return the periods that a page offers by kind, the latest first, with the chosen one among them."""
    offered = []
    for kind, number in CHOICES_BACK.items():
        periods = [Period.containing(timezone.localdate(), kind)]
        while len(periods) < number:
            periods.append(periods[-1].previous)
        if chosen.kind == kind and chosen not in periods:
            periods.append(chosen)
        offered.append((LABELS[kind].removesuffix("报"), periods))
    return offered


@allow(VIEWERS_OF_FIGURES)
def coverage_json(request: HttpRequest) -> JsonResponse:
    """The figures of the page as data (DESIGN section 5)."""
    region = region_asked(request)
    month = Period.containing(timezone.localdate())
    user, today = acting_user(request), timezone.localdate()

    def count(using: str) -> tuple[Figures, Cover]:
        figures = figures_of(region, month, today=today, using=using)
        return figures, cover_of_figures(user, figures, today, using)

    figures, cover = read_report(count)
    behind = datetime.timedelta(seconds=replica_age() or 0)
    return JsonResponse(
        {
            "region": region.code,
            "as_of": (timezone.localtime() - behind).isoformat(timespec="seconds"),
            "totals": _numbers(cover, TOTAL, figures.totals),
            "children": [
                {"region": place.code, "name": place.name, **_numbers(cover, place.code, place.values)}
                for place in figures.places
                if place.is_shown(COVERAGE_KEYS)
            ],
        }
    )


def _numbers(cover: Cover, place: str, values: Values) -> Values:
    """Return what the contract names, None for what the user is not shown."""
    shown = cover.shown(place, values, None)
    return {key: shown[key] for key in COVERAGE_KEYS}


@allow(VIEWERS_OF_FIGURES)
def dashboard(request: HttpRequest) -> HttpResponse:
    """结对关爱情况 of a region and period: figures that open their rows, places below, structure, trend."""
    region, period = region_asked(request), period_asked(request)
    board = Board.of(acting_user(request), region, period, timezone.localdate())
    trend = board.trend()
    ageing = board.split("overdue", "ageing")
    context = {
        "region": region,
        "period": period,
        "opening": opening(told_to(board.comparison, board.covers)),
        "periods": period_choices(period),
        "board": board,
        "headlines": board.totals(HEADLINES),
        "beside": board.totals(BESIDE),
        "moves": board.totals(MOVES),
        "problems": board.problems(),
        "columns": [METRICS[key] for key in COLUMNS],
        "places": board.places(),
        "categories": category_rows(board),
        "structure_columns": [METRICS[key] for key in STRUCTURE],
        "structures": [(DIMENSIONS[key], board.structure(key)) for key in OF_CHILDREN[1:]],
        "ways": board.split("visits", "way"),
        "kinds": Unfolding.of(_by_number(board.split("volunteers", "kind"))),
        "states": board.split("volunteers_on_file", "state"),
        "teams": Unfolding.of(_by_team(board)),
        "ageing": ageing,
        "trend": trend,
        "crumbs": _crumbs(request, region),
        "chart": board.rates_chart(),
        "trend_chart": trend_chart(trend),
        "ageing_chart": parts_chart(ageing, "超期未联系", "对"),
        "has_map": len(region.code) == 4,
        "as_of": timezone.localtime() if board.now.as_of == timezone.localdate() else board.now.as_of,
        "is_today": board.now.as_of == timezone.localdate(),
        "seconds_behind": replica_age(),
    }
    return render(request, "reports/dashboard.html", context)


@dataclass(frozen=True)
class Unfolding:
    """A long table: the rows shown at once, and the others behind a line that opens them."""

    rows: list[Row]
    more: list[Row]

    @classmethod
    def of(cls, rows: list[Row]) -> "Unfolding":
        return cls(rows[:SHOWN_AT_ONCE], rows[SHOWN_AT_ONCE:])


def _by_number(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.cells[0].value or 0, reverse=True)


def _by_team(board: Board) -> list[Row]:
    return board.teams(read_report(lambda using: by_team(board.code, board.now.as_of, using)))


PUBLISHED_TOGETHER = (Category.LEFT_BEHIND, Category.DIFFICULT)


def category_rows(board: Board) -> list[Row]:
    """Return the table by primary category; 留守 and 困境 also as the sum in which they are published."""
    rows = {row.name: row for row in board.structure("category")}
    together = [rows.pop(str(code.label)) for code in PUBLISHED_TOGETHER if str(code.label) in rows]
    if not together:
        return list(rows.values())
    parts = [Row(row.name, row.cells, is_part=True) for row in together]
    return [_sum_of(together, "留守困境儿童"), *parts, *rows.values()]


def _sum_of(rows: list[Row], name: str) -> Row:
    columns = zip(*(row.cells for row in rows), strict=True)
    return Row(name, [column[0].plus(column[1:]) for column in columns])


def _crumbs(request: HttpRequest, region: Region) -> list[Region]:
    post = acting_user(request).acting_post
    codes = [code for code in ancestor_codes(region.code) if post and post.covers(code)]
    return list(Region.objects.filter(code__in=codes))


def staff_home(request: HttpRequest) -> HttpResponse:
    """工作台: what needs doing today, each with its next step, and four facts at the side."""
    user = acting_user(request)
    region = user.acting_post.region  # type: ignore[union-attr]
    assert region is not None
    today = timezone.localdate()
    figures = figures_of(region, Period.containing(today), today=today)
    context = {
        "region": region,
        "todos": todos_of(user, figures.totals),
        "own": Pairing.objects.visible_to(user).of_volunteer_user(user).select_related("child__region"),
        "totals": figures.totals,
        "metrics": METRICS,
        "urls": {key: current(region.code, key, today) for key in ("registered", "volunteers", "visits_30d")},
    }
    return render(request, "reports/workbench.html", context)


def official_home(request: HttpRequest) -> HttpResponse:
    """A leader's home is the coverage page."""
    return redirect("reports:dashboard")
