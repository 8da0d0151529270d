"""Coverage for leaders and staff: page, data, and the workbench that says what to do today."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Region, Role
from aixin.access.permissions import VIEWERS_OF_FIGURES, allow
from aixin.access.regions import ancestor_codes, is_code
from aixin.access.scoped import acting_user
from children.choices import Category
from pairing.models import Pairing
from reports.coverage import CategoryFigures, Coverage, by_category, coverage_of
from reports.metrics import COVERAGE_KEYS, METRICS, Metric
from reports.workbench import todos_of

HEADLINES = ("registered", "volunteers", "unpaired", "visits_30d", "never_visited", "overdue")
BESIDE = ("eligible", "paired", "pairings", "visits_total", "refused", "institution")


def _region(request: HttpRequest) -> Region:
    """Return the region asked for, or the user's own; outside her scope 404."""
    post = acting_user(request).acting_post
    assert post is not None
    code = request.GET.get("region") or post.region_id or ""
    region: Region | None = Region.objects.filter(code=code).first() if is_code(code) else None
    if region is None or not post.covers(region.code):
        raise Http404
    return region


@allow(VIEWERS_OF_FIGURES)
def coverage_json(request: HttpRequest) -> JsonResponse:
    """The figures of the page as data (DESIGN section 5)."""
    coverage = coverage_of(_region(request))
    return JsonResponse(
        {
            "region": coverage.region.code,
            "as_of": timezone.localtime().isoformat(timespec="seconds"),
            "totals": {key: coverage.totals.figures[key] for key in COVERAGE_KEYS},
            "children": [
                {"region": place.code, "name": place.name}
                | {key: place.figures[key] for key in COVERAGE_KEYS}
                for place in coverage.places
            ],
        }
    )


@allow(VIEWERS_OF_FIGURES)
def dashboard(request: HttpRequest) -> HttpResponse:
    """结对关爱情况 of a region: figures that open their rows, places below, categories, chart and map."""
    region = _region(request)
    coverage = coverage_of(region)
    sees_rows = acting_user(request).acting_post.role == Role.STAFF  # type: ignore[union-attr]
    context = {
        "region": region,
        "coverage": coverage,
        "sees_rows": sees_rows,
        "headlines": [_headline(METRICS[key], coverage, sees_rows=sees_rows) for key in HEADLINES],
        "beside": [_headline(METRICS[key], coverage, sees_rows=sees_rows) for key in BESIDE],
        "places": [_place_row(place, sees_rows=sees_rows) for place in coverage.places],
        "categories": category_rows(region, sees_rows=sees_rows),
        "crumbs": _crumbs(request, region),
        "chart": _chart(coverage),
        "has_map": len(region.code) == 4,
        "as_of": timezone.localtime(),
    }
    return render(request, "reports/dashboard.html", context)


def _headline(metric: Metric, coverage: Coverage, *, sees_rows: bool) -> dict[str, Any]:
    url = metric.url(coverage.region.code) if sees_rows else ""
    return {"metric": metric, "value": coverage.totals.figures[metric.key], "url": url}


def _place_row(place: Any, *, sees_rows: bool) -> dict[str, Any]:
    columns = (
        "registered",
        "eligible",
        "paired",
        "unpaired",
        "volunteers",
        "visits_30d",
        "never_visited",
        "overdue",
    )
    cells = [
        {
            "value": place.figures[key],
            "url": METRICS[key].url(place.code) if sees_rows and not place.is_rest else "",
            "key": key,
        }
        for key in columns
    ]
    below = len(place.code) < 12 and not place.is_rest
    url = f"{reverse('reports:dashboard')}?region={place.code}" if below else ""
    return {"place": place, "cells": cells, "url": url}


PUBLISHED_TOGETHER = (Category.LEFT_BEHIND, Category.DIFFICULT)


def category_rows(region: Region, *, sees_rows: bool) -> list[dict[str, Any]]:
    """Return the table by primary category; 留守 and 困境 also as the sum in which they are published."""
    figures = by_category(region)
    together = [row for row in figures if row.code in PUBLISHED_TOGETHER]
    others = [row for row in figures if row.code not in PUBLISHED_TOGETHER and row.registered]
    rows = [_category_row(_sum_of(together, "留守困境儿童"), region, sees_rows=False)]
    rows += [{**_category_row(row, region, sees_rows=sees_rows), "is_part": True} for row in together]
    return rows + [_category_row(row, region, sees_rows=sees_rows) for row in others]


def _sum_of(rows: list[CategoryFigures], name: str) -> CategoryFigures:
    counted = ("registered", "eligible", "paired", "unpaired")
    return CategoryFigures("", name, *(sum(getattr(row, key) for row in rows) for key in counted))


def _category_row(row: CategoryFigures, region: Region, *, sees_rows: bool) -> dict[str, Any]:
    url = METRICS["registered"].url(region.code, category=row.code) if sees_rows else ""
    return {**vars(row), "url": url, "is_part": False}


def _crumbs(request: HttpRequest, region: Region) -> list[Region]:
    post = acting_user(request).acting_post
    codes = [code for code in ancestor_codes(region.code) if post and post.covers(code)]
    return list(Region.objects.filter(code__in=codes))


def _chart(coverage: Coverage) -> dict[str, Any]:
    """Return the rates by place for bars and map."""
    shown = [place for place in coverage.places if not place.is_rest]
    items = [
        {
            "code": place.code,
            "name": place.name,
            "value": place.rate,
            "url": f"{reverse('reports:dashboard')}?region={place.code}",
            "note": f"已结对 {place.figures['paired']} / 应结对 {place.figures['eligible']} 人",
        }
        for place in shown
    ]
    known = [place.rate for place in shown if place.rate is not None]
    lowest = max(0, int(min(known, default=0)) // 5 * 5 - 5)
    return {"name": "结对率", "unit": "%", "min": lowest, "max": 100, "items": items}


def staff_home(request: HttpRequest) -> HttpResponse:
    """工作台: what needs doing today, each with its next step, and four facts at the side."""
    user = acting_user(request)
    region = user.acting_post.region  # type: ignore[union-attr]
    assert region is not None
    coverage = coverage_of(region)
    context = {
        "region": region,
        "todos": todos_of(user, coverage.totals.figures),
        "own": Pairing.objects.visible_to(user).of_volunteer_user(user).select_related("child__region"),
        "coverage": coverage,
        "metrics": METRICS,
        "urls": {key: metric.url(region.code) for key, metric in METRICS.items()},
    }
    return render(request, "reports/workbench.html", context)


def official_home(request: HttpRequest) -> HttpResponse:
    """A leader's home is the coverage page."""
    return redirect("reports:dashboard")
