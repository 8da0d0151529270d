"""结对建议: the proposals of a region, worked on until they are confirmed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from aixin.access.lists import PAGE_SIZE
from aixin.access.models import Region
from aixin.access.permissions import STAFF, allow, may_edit
from aixin.access.querysets import within
from aixin.access.regions import Level
from aixin.access.scoped import acting_user, editors_only, is_id, typed_ids
from children.models import Child
from pairing.choices import State
from pairing.confirming import AT_ONCE, confirm_proposals
from pairing.models import LeftOver, Pairing, Proposal, ProposalRun, RejectedPair
from pairing.places import chosen_place, place_chip
from pairing.proposal_forms import RejectForm
from pairing.proposing import (
    ProposingError,
    choose_another,
    compare,
    forget_rejection,
    propose_pairs,
    reject,
    set_locked,
)
from pairing.reach import volunteers_for

PROPOSED, LEFT, REJECTED = "", "left", "rejected"
TABS = {PROPOSED: "建议", LEFT: "未能安排", REJECTED: "已否决"}


def may_propose(user: Any) -> bool:
    """Return whether the user may have proposals made: staff of a county, for the whole of it."""
    post = user.acting_post
    return may_edit(user) and post is not None and post.level == Level.COUNTY


@allow(STAFF)
def proposals(request: HttpRequest) -> HttpResponse:
    """The latest proposals with their reasons, the children left over with the cause, and what was rejected."""
    user = acting_user(request)
    tab = request.GET.get("tab", PROPOSED)
    tab = tab if tab in TABS else PROPOSED
    code = chosen_place(request, user)
    rows = {name: _rows(user, name).filter(within(code)) for name in TABS}
    page = Paginator(rows[tab], PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "tab": tab,
        "code": code,
        "chips": [place_chip(user, code, f"tab={tab}")],
        "tabs": [(name, label, rows[name].count(), name == tab) for name, label in TABS.items()],
        "run": ProposalRun.objects.visible_to(user).select_related("made_by").first(),
        "may_edit": may_edit(user),
        "may_propose": may_propose(user),
        "confirm_words": f"要确认选中的 {{n}} 对吗（一次最多 {AT_ONCE} 对）",
    }
    return render(request, "proposals/list.html", context)


def _rows(user: Any, tab: str) -> Any:
    if tab == PROPOSED:
        return Proposal.objects.visible_to(user).for_list().order_by("-locked", "region_id", "child_id", "pk")
    if tab == LEFT:
        return LeftOver.objects.visible_to(user).select_related("child__region")
    return RejectedPair.objects.visible_to(user).select_related("child", "volunteer")


def _name_alternatives(proposal: Any) -> None:
    """Put to a proposal the volunteers whom the child could have instead, with their names, in one query."""
    wanted = {other["volunteer"] for other in proposal.alternatives}
    known = volunteers_for(proposal.region_id).select_related("region").in_bulk(list(wanted))
    proposal.others = [
        {**other, "volunteer": known[other["volunteer"]]}
        for other in proposal.alternatives
        if other["volunteer"] in known
    ]


@allow(STAFF)
def comparison(request: HttpRequest) -> HttpResponse:
    """How good the proposals are: beside nearest-first by hand, and beside today's pairs. A fragment."""
    user = acting_user(request)
    if not may_propose(user):
        raise PermissionDenied
    post = user.acting_post
    assert post is not None
    assert post.region_id is not None
    return render(request, "proposals/comparison.html", {"found": compare(post.region_id)})


@allow(STAFF)
@editors_only
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Solve the county anew around what is locked."""
    user = acting_user(request)
    if not may_propose(user):
        raise PermissionDenied
    post = user.acting_post
    assert post is not None
    try:
        runs = propose_pairs(user, Region.objects.get(code=post.region_id))
    except ProposingError as error:
        messages.error(request, str(error))
        return redirect("proposals:list")
    pairs, missing = sum(run.pairs for run in runs), sum(run.missing for run in runs)
    messages.success(
        request, f"已生成 {pairs:,} 对建议。" + (f"还缺 {missing:,} 人次，见“未能安排”。" if missing else "")
    )
    broken = [lock["child"] for run in runs for lock in run.broken_locks]
    for number in Child.objects.visible_to(user).filter(pk__in=broken).values_list("no", flat=True):
        messages.warning(request, f"编号 {number} 的孩子锁定的建议不再符合规定，已去掉。")
    return redirect("proposals:list")


@allow(STAFF)
@editors_only
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Pair those ticked, or all of them, as far as rules and the other clerks allow by now."""
    user = acting_user(request)
    found: Any = Proposal.objects.visible_to(user).select_related("child", "volunteer")
    if request.POST.get("select_all") != "1":
        found = found.filter(pk__in=typed_ids(request.POST.getlist("ids")))
    found = found.filter(within(chosen_place(request, user)))
    outcome = confirm_proposals(user, found.order_by("pk")[:AT_ONCE])
    if outcome.made:
        messages.success(request, f"已确认 {len(outcome.made):,} 对。" + _still_to_do(outcome.made))
    for sentence in outcome.sentences:
        messages.warning(request, sentence)
    if not outcome.made and not outcome.refused:
        messages.info(request, "没有可确认的建议：可能别的同事已经处理过了。")
    return redirect("proposals:list")


def _still_to_do(made: list[Pairing]) -> str:
    """Return how many of the pairs made wait for somebody before they begin."""
    waiting = sum(pairing.state != State.ACTIVE for pairing in made)
    return f"其中 {waiting:,} 对还要等审批或监护人同意。" if waiting else ""


def _proposal(request: HttpRequest, pk: int) -> Proposal:
    found: Proposal = get_object_or_404(
        Proposal.objects.visible_to(request.user).select_related("child", "volunteer"), pk=pk
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
    return redirect("proposals:list")


@allow(STAFF)
@editors_only
def reject_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why two are not to be proposed to each other, and remember it."""
    proposal = _proposal(request, pk)
    form = RejectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reject(acting_user(request), proposal, form.cleaned_data["reason"])
            messages.success(request, "已否决，以后不再建议这一对。可以重新生成，给孩子换一位。")
        except ProposingError as error:
            messages.error(request, str(error))
        return redirect("proposals:list")
    return render(request, "proposals/reject.html", {"form": form, "proposal": proposal})


@allow(STAFF)
@editors_only
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """The next best for a child (GET); propose one of them to it, fixed (POST)."""
    proposal = _proposal(request, pk)
    if request.method == "POST":
        return _chosen(request, proposal)
    _name_alternatives(proposal)
    return render(request, "proposals/choose.html", {"proposal": proposal})


def _chosen(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    user, chosen = acting_user(request), request.POST.get("volunteer", "")
    volunteer = get_object_or_404(volunteers_for(proposal.region_id), pk=int(chosen) if is_id(chosen) else 0)
    try:
        choose_another(user, proposal, volunteer)
        messages.success(request, "已换人并锁定。重新生成后，其他孩子会相应调整。")
    except ProposingError as error:
        messages.error(request, str(error))
    return redirect("proposals:list")


@allow(STAFF)
@editors_only
@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a rejected pair be proposed again."""
    rejected = get_object_or_404(RejectedPair.objects.visible_to(request.user), pk=pk)
    forget_rejection(acting_user(request), rejected)
    messages.success(request, "已取消否决，下次生成时可以再建议这一对。")
    return redirect("proposals:list")
