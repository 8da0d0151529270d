"""Pages of pairing by hand: candidates, confirming, ending."""

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django.views.generic import DetailView, UpdateView

from aixin.access.extension import extensions_of
from aixin.access.history import timeline
from aixin.access.lists import PAGE_SIZE, RosterList
from aixin.access.people import name_for
from aixin.access.permissions import STAFF, allow, may_edit
from aixin.access.scoped import (
    EditorMixin,
    RecordedViewMixin,
    acting_user,
    editors_only,
    note_look,
    typed_text,
)
from aixin.access.search import note_number_search
from children.choices import Consent
from children.models import Child
from pairing.choices import EndReason, State
from pairing.filters import PairingFilter
from pairing.forms import ConfirmForm, EndForm, PairingForm, heir_in
from pairing.models import AgreementScan, DoorReport, Pairing
from pairing.paper_views import cards_in_use
from pairing.querysets import candidates_for
from pairing.reach import volunteers_for
from pairing.rules import decides_pairings
from pairing.services import PairingError, confirm, end, liaison_for, make_main, save_papers
from pairing.steps import time_line
from pairing.tables import PairingTable, state_tags

SEARCHED = 100


class PairingList(RosterList):
    allowed_roles = STAFF
    model = Pairing
    table_class = PairingTable
    filterset_class = PairingFilter
    template_name = "pairings/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visible = Pairing.objects.visible_to(self.request.user)
        waiting = extensions_of("children.child").narrow(
            Child.objects.visible_to(self.request.user), "unpaired"
        )
        return {
            **super().get_context_data(**kwargs),
            "active": visible.active().count(),
            "waiting": waiting.count(),
            "reports": DoorReport.objects.visible_to(self.request.user).open().count(),
        }


# So many of those before are named on a pairing's page.
PREDECESSORS = 3


class PairingDetail(RecordedViewMixin, DetailView):  # type: ignore[type-arg]
    allowed_roles = STAFF
    model = Pairing
    template_name = "pairings/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, pairing = acting_user(self.request), cast("Pairing", self.object)
        return {
            **super().get_context_data(**kwargs),
            "child_name": name_for(user, pairing.child.name),
            "volunteer_name": name_for(user, pairing.volunteer.name),
            "state_tags": state_tags(pairing),
            "steps": timeline(pairing, user),
            "lines": time_line(pairing, user),
            "agreement": getattr(pairing, "agreement", None),
            "has_scan": AgreementScan.objects.filter(pairing=pairing).exists(),
            "cards": cards_in_use(pairing),
            "follows": Pairing.objects.visible_to(user).before(pairing)[:PREDECESSORS],
            "handovers": pairing.handovers.select_related("written_by"),
            "decides": decides_pairings(user) and pairing.state == State.APPROVAL,
            "consented": pairing.child.consent == Consent.GIVEN,
            "may_edit": may_edit(user),
            "acts": extensions_of("pairing.pairing").acts_for(user, pairing),
        }


class PairingUpdate(EditorMixin, RecordedViewMixin, UpdateView):  # type: ignore[type-arg]
    allowed_roles = STAFF
    model = Pairing
    form_class = PairingForm
    template_name = "pairings/form.html"

    def form_valid(self, form: Any) -> HttpResponse:
        pairing = save_papers(self.request.user, form.save(commit=False))
        messages.success(self.request, "已保存。")
        return redirect("pairings:detail", pairing.pk)


def volunteers_in_reach(request: HttpRequest) -> Any:
    """Volunteers of the user's county, and who serves it: a township may pair its child with one from next door."""
    post = acting_user(request).acting_post
    assert post is not None
    assert post.region_id is not None
    return volunteers_for(post.region_id)


@allow(STAFF)
@editors_only
def candidates(request: HttpRequest, child: int) -> HttpResponse:
    """Volunteers for a child, those of its own township first, with their load and capacity."""
    wanted = get_object_or_404(Child.objects.visible_to(request.user).select_related("region"), pk=child)
    note_look(request, wanted)
    found = candidates_for(wanted, volunteers_in_reach(request))
    text = typed_text(request, "q")
    # A search answers a POST, so its matches stand on one page.
    page = Paginator(
        found.with_text(text)[:SEARCHED] if text else found, SEARCHED if text else PAGE_SIZE
    ).get_page(request.GET.get("page"))
    post = acting_user(request).acting_post
    note_number_search(request.user, text, page)
    for volunteer in page:
        volunteer.is_in_scope = post is not None and post.covers(volunteer.region_id)
    context = {
        "child": wanted,
        "page": page,
        "text": text,
        "current": wanted.pairings.active().select_related("volunteer"),
    }
    return render(request, "pairings/candidates.html", context)


@allow(STAFF)
@editors_only
def create(request: HttpRequest, child: int, volunteer: int) -> HttpResponse:
    """Confirm a child with a volunteer."""
    wanted = get_object_or_404(Child.objects.visible_to(request.user).select_related("region"), pk=child)
    chosen = get_object_or_404(volunteers_in_reach(request), pk=volunteer)
    first = not wanted.pairings.active().exists()
    liaison, _ = liaison_for(wanted)
    initial = {"started_on": timezone.localdate(), "is_main": first, "liaison": liaison}
    form = ConfirmForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            pairing = confirm(request.user, wanted, chosen, form.terms())
        except PairingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _said(pairing))
            return redirect("pairings:detail", pairing.pk)
    load = chosen.pairings.active().count()
    return render(
        request, "pairings/confirm.html", {"form": form, "child": wanted, "volunteer": chosen, "load": load}
    )


def _said(pairing: Pairing) -> str:
    """Return what became of a pairing that was just made, and what comes next."""
    two = f"{pairing.child.name}与{pairing.volunteer.name}"
    if pairing.state == State.APPROVAL:
        return f"{two}已报县级审批，同意后继续。"
    if pairing.state == State.CONSENT:
        return f"{two}已登记，等监护人同意后开始。"
    return f"{two}已结对。"


@allow(STAFF)
@editors_only
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """End a pairing with reason and date; the child is on the waiting list at once when nobody is left."""
    pairing = get_object_or_404(Pairing.objects.visible_to(request.user).for_list(), pk=pk)
    form = EndForm(request.POST or None, pairing=pairing, initial={"day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            reason, heir = EndReason(cleaned["reason"]), heir_in(form)
            end(request.user, pairing, reason, cleaned["day"], cleaned["handover"], heir)
        except PairingError as error:
            form.add_error(None, str(error))
        else:
            return _after_end(request, pairing)
    return render(request, "pairings/end.html", {"form": form, "pairing": pairing})


def _after_end(request: HttpRequest, pairing: Pairing) -> HttpResponse:
    if pairing.child.is_on_roster and not Pairing.objects.active().filter(child=pairing.child_id).exists():
        messages.warning(request, f"已解除。{pairing.child.name}现在没有爱心妈妈，请从下面选一位。")
        return redirect("pairings:candidates", child=pairing.child_id)
    messages.success(request, "已解除。")
    return redirect("pairings:detail", pairing.pk)


@allow(STAFF)
@editors_only
@require_POST
def set_main(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an active pairing the main one of its child."""
    pairing = get_object_or_404(Pairing.objects.visible_to(request.user).active(), pk=pk)
    try:
        make_main(request.user, pairing)
        messages.success(request, "已设为主责。")
    except PairingError as error:
        messages.error(request, str(error))
    return redirect("pairings:detail", pk)
