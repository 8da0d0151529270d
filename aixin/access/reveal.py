"""The one way to plaintext: a reason, an entry in the trail, one field for a minute (DESIGN section 3.4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from aixin.access.forms import RevealForm
from aixin.access.permissions import STAFF, allow
from aixin.audit.models import Action
from aixin.audit.trail import record

Reader = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Revealable:
    """A model's fields that staff may ask to see in full."""

    model: type[models.Model]
    fields: frozenset[str]


_revealables: dict[str, Revealable] = {}


def register_revealable(model: type[models.Model], *fields: str) -> None:
    """Let a higher app offer fields of a scoped model to reveal."""
    _revealables[model._meta.label_lower] = Revealable(model, frozenset(fields))


@allow(STAFF)
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, label: str, pk: int, field: str) -> HttpResponse:
    """Ask for a reason (GET), then show one field of one row (POST). 404 outside the user's scope."""
    offered = _revealables.get(label)
    if offered is None or field not in offered.fields:
        raise Http404
    row = get_object_or_404(offered.model._default_manager.visible_to(request.user), pk=pk)  # type: ignore[attr-defined]
    if not offered.model._default_manager.unlocked().filter(pk=pk).exists():  # type: ignore[attr-defined]
        raise PermissionDenied
    form = RevealForm(request.POST or None)
    context = {"form": form, "label": label, "pk": pk, "field": field}
    if request.method == "POST" and form.is_valid():
        record(request.user, Action.REVEAL, row, reason=form.stated_reason, field=field)
        response = render(request, "access/revealed.html", {**context, "value": getattr(row, field)})
        response["Cache-Control"] = "no-store"
        return response
    return render(request, "access/reveal_form.html", context)
