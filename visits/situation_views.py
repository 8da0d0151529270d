"""三必清 on the pages of a child."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from aixin.access.permissions import STAFF, allow, may_edit
from aixin.access.scoped import acting_user, editors_only, refuse_locked, typed_text
from aixin.web.templatetags.ui import tag
from children.models import Child
from visits.choices import Part
from visits.forms import SituationForm
from visits.models import Situation
from visits.situations import NothingKnownError, fresh_since, freshness_days, newest_changes, state

CONFIRM, CORRECT = "confirm", "correct"
CHANGES_SHOWN = 20
# What a list has room for.
SHORT = {Part.FAMILY: "家庭", Part.STUDY: "学习", Part.LIFE: "生活"}

PART_CHOICES = [(part.value, SHORT[part]) for part in Part]


@dataclass(frozen=True)
class Shown:
    """One part as a page shows it."""

    part: Part
    situation: Situation | None
    is_clear: bool

    @property
    def short(self) -> str:
        return SHORT[self.part]


def shown_parts(child: Child) -> list[Shown]:
    """Return the three parts of a child, known or not; one query."""
    known = {row.part: row for row in child.situations.all()}
    since = fresh_since(timezone.localdate(), child.region_id)
    return [_shown(part, known.get(part), since) for part in Part]


def _shown(part: Part, row: Situation | None, since: Any) -> Shown:
    return Shown(part, row, row is not None and row.confirmed_on >= since)


def tab(user: Any, child: Child) -> dict[str, Any]:
    """Return what the tab 三必清 shows."""
    return {
        "parts": shown_parts(child),
        "changes": newest_changes(child, CHANGES_SHOWN),
        "fresh_days": freshness_days(child.region_id),
        "may_state": may_edit(user) and child.is_on_roster,
    }


def card(user: Any, child: Child) -> dict[str, Any]:
    """Return what the volunteer's page of the child shows."""
    return {"parts": shown_parts(child)}


def cell(child: Any, user: Any) -> str | SafeString:
    """Return what the list of children shows: 清, or the parts that are not."""
    missing = _missing(child)
    if not child.is_on_roster:
        return "–"
    words = "都" if len(missing) == len(Part) else "、".join(missing)
    return tag(f"{words}未清", "warn") if missing else "清"


def text(child: Any, user: Any) -> str:
    """Return what a file says."""
    missing = _missing(child)
    return "" if not child.is_on_roster else "、".join(missing) + "未清" if missing else "清"


def _missing(child: Any) -> list[str]:
    return [SHORT[part] for part in Part if part not in child.clear_parts]


@allow(STAFF)
@editors_only
@require_POST
def state_part(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Confirm a part of 三必清 as it stands, or correct it."""
    user = acting_user(request)
    child = get_object_or_404(Child.objects.visible_to(user), pk=pk)
    if part not in Part.values:
        raise Http404
    refuse_locked(child)
    act, form = typed_text(request, "act") or CORRECT, SituationForm(request.POST)
    if act == CONFIRM:
        _state(request, child, Part(part), "")
    elif act == CORRECT and form.is_valid():
        _state(request, child, Part(part), form.cleaned_data["text"])
    elif act == CORRECT:
        messages.error(request, str(form.errors["text"][0]))
    return redirect(reverse("children:detail", args=[pk]) + "?tab=situations")


def _state(request: HttpRequest, child: Child, part: Part, words: str) -> None:
    try:
        state(request.user, child, part, words)
        messages.success(request, f"{part.label}已核实，记为今天。")
    except NothingKnownError as error:
        messages.error(request, str(error))
