"""One proposal at a time: fixed, rejected with a reason, or somebody else chosen."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from aixin.access.lists import PAGE_SIZE
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, editors_only, is_id, note_look, typed_text
from aixin.access.search import note_number_search
from children.models import Child
from pairing.amending import choose_another, choose_for, forget_rejection, reject, set_locked
from pairing.choosing import SEARCHED, Choosing
from pairing.models import Proposal, RejectedPair
from pairing.places import chosen_place
from pairing.proposal_forms import RejectForm
from pairing.proposal_views import LEFT, REJECTED, back_to_list
from pairing.proposing import ProposingError
from pairing.reach import volunteers_for

BEST = 3


def _proposal(request: HttpRequest, pk: int) -> Proposal:
    found: Proposal = get_object_or_404(
        Proposal.objects.visible_to(request.user).select_related("child__region", "volunteer__region"), pk=pk
    )
    return found


@allow(STAFF)
@editors_only
@require_POST
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Fix a proposal, or let it go again."""
    locked = request.POST.get("locked") == "1"
    try:
        set_locked(acting_user(request), _proposal(request, pk), locked=locked)
        messages.success(request, "已锁定，重新生成时保留这一对。" if locked else "已取消锁定。")
    except ProposingError as error:
        messages.error(request, str(error))
    return back_to_list(request)


@allow(STAFF)
@editors_only
def reject_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why two are not to be proposed to each other, and remember it."""
    proposal = _proposal(request, pk)
    form = RejectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reject(acting_user(request), proposal, form.cleaned_data["reason"])
            messages.success(
                request,
                "已否决，以后不再建议这一对。孩子在“未能安排”里等着，可以重新生成，也可以自己选一位。",
            )
        except ProposingError as error:
            messages.error(request, str(error))
        return back_to_list(request)
    context = {"form": form, "proposal": proposal, "code": chosen_place(request, acting_user(request))}
    return render(request, "proposals/reject.html", context)


@allow(STAFF)
@editors_only
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """The volunteers whom a child could have instead (GET, or a search by POST); propose one of them, fixed (POST)."""
    proposal = _proposal(request, pk)
    if "volunteer" not in request.POST:
        return _choosing(request, proposal.child, proposal)
    volunteer = _volunteer(request, proposal.child)
    try:
        choose_another(acting_user(request), proposal, volunteer)
        messages.success(request, "已换人并锁定。重新生成后，其他孩子会相应调整。")
    except ProposingError as error:
        messages.error(request, str(error))
    return back_to_list(request)


@allow(STAFF)
@editors_only
def choose_for_child(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for a child that was left over: nobody is proposed to it yet."""
    child: Child = get_object_or_404(Child.objects.visible_to(request.user).select_related("region"), pk=pk)
    if "volunteer" not in request.POST:
        return _choosing(request, child, None)
    volunteer = _volunteer(request, child)
    try:
        choose_for(acting_user(request), child, volunteer)
        messages.success(request, "已选定并锁定，在“建议”里等您确认。")
    except ProposingError as error:
        messages.error(request, str(error))
    return back_to_list(request, LEFT)


def _volunteer(request: HttpRequest, child: Child) -> Any:
    chosen = request.POST.get("volunteer", "")
    return get_object_or_404(volunteers_for(child.region_id), pk=int(chosen) if is_id(chosen) else 0)


def _choosing(request: HttpRequest, child: Child, proposal: Proposal | None) -> HttpResponse:
    note_look(request, child)
    choosing, text = Choosing(child), typed_text(request, "q")
    found = choosing.found(text) if text else []
    note_number_search(request.user, text, [one.volunteer for one in found])
    page = Paginator(choosing.best(), PAGE_SIZE).get_page(request.GET.get("at"))
    rows = [] if text else choosing.shown(page)
    first = BEST if page.number == 1 else 0
    context = {
        "child": child,
        "proposal": proposal,
        "text": text,
        "found": found,
        "searched": SEARCHED,
        "best": rows[:first],
        "others": rows[first:],
        "page": page,
        "code": chosen_place(request, acting_user(request)),
        "tab": "" if proposal else LEFT,
    }
    return render(request, "proposals/choose.html", context)


@allow(STAFF)
@editors_only
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a rejected pair be proposed again."""
    rejected = get_object_or_404(RejectedPair.objects.visible_to(request.user), pk=pk)
    forget_rejection(acting_user(request), rejected)
    messages.success(request, "已取消否决，下次生成时可以再建议这一对。")
    return back_to_list(request, REJECTED)
