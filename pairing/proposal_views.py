"""结对建议: the proposals of a region as a list, made, compared and confirmed; `amending_views` works on one of them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from aixin.access.lists import PAGE_SIZE
from aixin.access.models import Region
from aixin.access.permissions import STAFF, allow, may_edit
from aixin.access.querysets import within
from aixin.access.regions import Level, county_of
from aixin.access.scoped import acting_user, editors_only, is_id, typed_ids
from children.models import Child
from pairing.confirming import AT_ONCE, confirm_proposals
from pairing.left_over import explained, waiting_in
from pairing.models import Proposal, ProposalRun, RejectedPair
from pairing.places import chosen_place, place_chip
from pairing.policy_views import decides_policy
from pairing.proposing import ProposingError, compare, propose_pairs
from pairing.spoken_for import spoken_for_in

PROPOSED, LEFT, REJECTED = "", "left", "rejected"
CONFIRMED = "proposals_confirmed"
TABS = {PROPOSED: "建议", LEFT: "未能安排", REJECTED: "已否决"}
HEADS = {
    PROPOSED: [("孩子", False), ("爱心妈妈", False), ("理由", False), ("得分", True)],
    LEFT: [("孩子", False), ("还缺", True), ("为什么", False), ("怎么办", False)],
    REJECTED: [("孩子", False), ("爱心妈妈", False), ("否决原因", False), ("时间", False)],
}


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
    rows = {name: _rows(user, name, code) for name in TABS}
    page = Paginator(rows[tab], PAGE_SIZE).get_page(request.GET.get("page"))
    children = Child.objects.visible_to(user).filter(within(code))
    context = {
        "page": page,
        "rows": _shown(tab, list(page)),
        "heads": HEADS[tab],
        "tab": tab,
        "code": code,
        "chips": [place_chip(user, code, f"tab={tab}")],
        "tabs": [(name, label, rows[name].count(), name == tab) for name, label in TABS.items()],
        "run": ProposalRun.objects.visible_to(user).select_related("made_by").first(),
        "may_edit": may_edit(user),
        "may_propose": may_propose(user),
        "decides_policy": decides_policy(user),
        "refused": children.refused().count() if tab == LEFT else 0,
        "institution": children.in_institution().count() if tab == LEFT else 0,
        "confirmed": request.session.pop(CONFIRMED, None),
        "confirm_words": f"要确认选中的 {{n}} 对吗（一次最多 {AT_ONCE} 对）",
    }
    return render(request, "proposals/list.html", context)


def _rows(user: Any, tab: str, code: str) -> Any:
    if tab == LEFT:
        return waiting_in(user, code)
    found: Any
    if tab == PROPOSED:
        found = (
            Proposal.objects.visible_to(user).for_list().order_by("-locked", "region_id", "child_id", "pk")
        )
    else:
        found = RejectedPair.objects.visible_to(user).select_related("child__region", "volunteer__region")
    return found.filter(within(code))


def _shown(tab: str, rows: list[Any]) -> list[Any]:
    """Return the rows of a page with what the page says of them."""
    if tab == LEFT:
        return list(explained(rows))
    if tab == PROPOSED:
        counties = {county_of(row.region_id) for row in rows}
        claimed = {child for county in counties for child in spoken_for_in(county)}
        for row in rows:
            row.is_spoken_for = row.child_id in claimed
    return rows


def back_to_list(request: HttpRequest, tab: str = PROPOSED) -> HttpResponse:
    """Return the way back to the list as it was narrowed and paged."""
    query = {"tab": tab, "region": chosen_place(request, acting_user(request))}
    page = request.POST.get("page") or request.GET.get("page", "")
    if is_id(page) and page != "1":
        query["page"] = page
    return redirect(reverse("proposals:list", query=query))


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
    assert post.region_id is not None
    try:
        runs = propose_pairs(user, Region.objects.get(code=post.region_id))
    except ProposingError as error:
        messages.error(request, str(error))
        return back_to_list(request)
    pairs = sum(run.pairs for run in runs)
    missing = waiting_in(user, post.region_id).aggregate(all=Sum("lacks"))["all"]
    still = f"还缺 {missing:,} 人次，见“未能安排”。" if missing else ""
    messages.success(request, f"已生成 {pairs:,} 对建议。{still}")
    broken = [lock["child"] for run in runs for lock in run.broken_locks]
    for number in Child.objects.visible_to(user).filter(pk__in=broken).values_list("no", flat=True):
        messages.warning(request, f"编号 {number} 的孩子锁定的建议不再符合规定，已去掉。")
    return back_to_list(request)


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
        messages.success(request, f"已确认 {len(outcome.made):,} 对。")
        request.session[CONFIRMED] = outcome.figures
    for sentence in outcome.sentences:
        messages.warning(request, sentence)
    if not outcome.made and not outcome.refused:
        messages.info(request, "没有可确认的建议：可能别的同事已经处理过了。")
    return back_to_list(request)
