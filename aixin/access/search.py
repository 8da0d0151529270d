"""Search over the rosters. A POST, so that no ID or phone stands in a URL or a log."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from aixin.access.people import name_for
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import typed_text

SHOWN = 50


@dataclass(frozen=True)
class Searchable:
    """A roster that can be searched, and what a result shows beside the name."""

    label: str
    rows: Callable[[Any], QuerySet[Any]]
    url: Callable[[Any], str]
    detail: Callable[[Any], str]


_searchables: list[Searchable] = []


def register_searchable(searchable: Searchable) -> None:
    _searchables.append(searchable)


@allow(STAFF)
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Show who matches a name, pinyin, number, exact ID or exact phone; a single match is opened."""
    text = typed_text(request, "q")
    groups = [_found(searchable, request.user, text) for searchable in _searchables] if text else []
    results = [result for group in groups for result in group["results"]]
    if len(results) == 1:
        return redirect(results[0]["url"])
    return render(request, "access/search.html", {"text": text, "groups": groups, "total": len(results)})


def _found(searchable: Searchable, user: Any, text: str) -> dict[str, Any]:
    rows = searchable.rows(user).with_text(text)[: SHOWN + 1]  # type: ignore[attr-defined]
    results = [
        {"name": name_for(user, row.name), "url": searchable.url(row), "detail": searchable.detail(row)}
        for row in rows
    ]
    return {"label": searchable.label, "results": results[:SHOWN], "more": len(results) > SHOWN}
