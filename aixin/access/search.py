"""Search over the rosters. A POST, so that no ID or phone stands in a URL or a log."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from aixin.access.numbers import is_valid
from aixin.access.people import name_for
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import typed_text
from aixin.audit.models import Action
from aixin.audit.trail import record, subjects_of

SHOWN = 50
ID_LENGTHS = (15, 18)
SHORTEST_PHONE, MOBILE = 7, 11


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
    note_number_search(request.user, text, (row for group in groups for row in group["rows"]))
    results = [result for group in groups for result in group["results"]]
    if len(results) == 1:
        return redirect(results[0]["url"])
    return render(request, "access/search.html", {"text": text, "groups": groups, "total": len(results)})


def _found(searchable: Searchable, user: Any, text: str) -> dict[str, Any]:
    rows = list(searchable.rows(user).with_text(text)[: SHOWN + 1])  # type: ignore[attr-defined]
    results = [
        {"name": name_for(user, row.name), "url": searchable.url(row), "detail": searchable.detail(row)}
        for row in rows
    ]
    return {
        "label": searchable.label,
        "rows": rows,
        "results": results[:SHOWN],
        "more": len(results) > SHOWN,
    }


def note_number_search(user: Any, text: str, rows: Iterable[Any]) -> None:
    """Note in the trail that a person was looked for by an ID or phone number: which kind and who was found."""
    kind = number_kind(text)
    if kind:
        found = subjects_of(rows)
        record(user, Action.SEARCH, subjects=found, field=kind, found=len(found))


def number_kind(text: str) -> str:
    """Return `idno` or `phone` for a text that is such a number, else nothing; a public number is neither."""
    plain = "".join(filter(str.isalnum, text))
    is_public = len(plain) < MOBILE and is_valid(plain)
    if not plain[:-1].isdigit() or len(plain) < SHORTEST_PHONE or is_public:
        return ""
    if len(plain) in ID_LENGTHS:
        return "idno"
    return "phone" if plain.isdigit() else ""
