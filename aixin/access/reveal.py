"""The one way to plaintext: a reason, an entry in the trail, one field for a minute (DESIGN section 3.4)."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from aixin.access.alarms import HOUR, raise_alarm
from aixin.access.forms import RevealForm
from aixin.access.models import User
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, refuse_locked
from aixin.audit.models import Action, Entry
from aixin.audit.trail import record

# First key of the advisory lock under which one user's reveals are counted; the second is the user's id.
COUNTING = 7301


@dataclass(frozen=True)
class Revealable:
    """A model's fields that staff may ask to see in full. The row has `masked_<field>` for each."""

    model: type[models.Model]
    fields: frozenset[str]


_revealables: dict[str, Revealable] = {}


def register_revealable(model: type[models.Model], *fields: str) -> None:
    """Let a higher app offer fields of a scoped model to reveal."""
    _revealables[model._meta.label_lower] = Revealable(model, frozenset(fields))


@allow(STAFF)
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, label: str, pk: int, field: str) -> HttpResponse:
    """Ask for a reason (GET), then show one field of one row (POST). 404 outside the user's scope, 429 beyond the limit."""
    user, row = acting_user(request), _row(request, label, pk, field)
    form = RevealForm(request.POST or None)
    context = {"form": form, "label": label, "pk": pk, "field": field}
    if request.method != "POST" or not form.is_valid():
        return render(request, "access/reveal_form.html", context)
    refused = refusal_beyond_limit(request)
    if refused is not None:
        return refused
    record(user, Action.REVEAL, row, reason=form.stated_reason, field=field)
    return _fragment(request, "access/revealed.html", {**context, "value": getattr(row, field)})


def refusal_beyond_limit(request: HttpRequest) -> HttpResponse | None:
    """Return the 429 for a user who has opened as many fields as an hour allows, and tell the level above; else None."""
    user = acting_user(request)
    if revealed_last_hour(user) < settings.REVEALS_PER_HOUR:
        return None
    _tell(user)
    return _fragment(request, "access/reveal_refused.html", {}, status=429)


@allow(STAFF)
@require_safe
def conceal(request: HttpRequest, label: str, pk: int, field: str) -> HttpResponse:
    """Return the masked value again, which the page asks for after a minute."""
    row = _row(request, label, pk, field)
    context = {"label": label, "pk": pk, "field": field, "shown": getattr(row, f"masked_{field}")}
    return _fragment(request, "access/masked.html", context)


def _row(request: HttpRequest, label: str, pk: int, field: str) -> Any:
    offered = _revealables.get(label)
    if offered is None or field not in offered.fields:
        raise Http404
    row = get_object_or_404(offered.model._default_manager.visible_to(request.user), pk=pk)  # type: ignore[attr-defined]
    refuse_locked(row)
    return row


def _fragment(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    # A refusal, too, takes its place on the page.
    response["X-Fragment"] = "1"
    return response


def revealed_last_hour(user: User) -> int:
    """Return how many fields the user has opened within the hour, each waiting for the one before to be counted.

    What a call or call-back assigned to her has opened does not count.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [COUNTING, user.pk])
    opened = Entry.objects.filter(user=user, action=Action.REVEAL, at__gt=timezone.now() - HOUR)
    return opened.exclude(detail__has_key="assigned").count()


def _tell(user: User) -> None:
    title = f"{user.get_full_name()}一小时内查看完整号码达到上限"
    body = f"一小时内已查看{settings.REVEALS_PER_HOUR}次，之后的已被拦下。请了解是否工作需要。"
    raise_alarm(user, "reveals", title, body)
