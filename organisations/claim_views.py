"""认领 at the county's desk: opening children, deciding on claims, the link of an organisation."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from aixin.access.lists import PAGE_SIZE, LazyPages
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, note_look, typed_ids
from organisations.claiming import (
    ClaimError,
    confirm_claim,
    objections_to,
    open_children,
    openable,
    refuse_claim,
    take_back,
)
from organisations.forms import DecisionForm, RefusalForm
from organisations.models import Claim, Offering, Organisation
from organisations.rights import keeps, keeps_organisations
from organisations.services import GroupError, make_link, renew_link, revoke_links
from pairing.choices import State

AT_ONCE = 100
WAITING, OPEN, DONE = "", "open", "done"
DECIDED = "这份认领已经办过了。"


def _rows(user: Any, box: str) -> Any:
    if box == OPEN:
        return Offering.objects.visible_to(user).open().for_list()
    claims = Claim.objects.visible_to(user).for_list()
    return claims.decided() if box == DONE else claims.held().order_by("made_at", "pk")


@allow(STAFF)
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """Claims that wait, children open for claiming (`?box=open`), what is done (`?box=done`)."""
    user = acting_user(request)
    labels = {WAITING: "待确认", OPEN: "可认领的孩子", DONE: "已办结"}
    box = request.GET.get("box", WAITING)
    box = box if box in labels else WAITING
    rows = {key: _rows(user, key) for key in labels}
    pages: Paginator[Any] = LazyPages(rows[box], PAGE_SIZE)
    context = {
        "page_obj": pages.get_page(request.GET.get("page")),
        "tabs": [(key, label, rows[key].count(), key == box) for key, label in labels.items()],
        "box": box,
        "keeps": keeps_organisations(user),
    }
    return render(request, "organisations/claims.html", context)


def _keepers_only(request: HttpRequest) -> None:
    if not keeps_organisations(request.user):
        raise PermissionDenied


@allow(STAFF)
def choose(request: HttpRequest) -> HttpResponse:
    """The waiting list, with the guardian's yes on record (GET); open those ticked for claiming (POST)."""
    _keepers_only(request)
    user = acting_user(request)
    if request.method == "POST":
        return _opened(request, user)
    found = openable(user).select_related("region").prefetch_related("needs").order_by("registered_on", "pk")
    pages: Paginator[Any] = LazyPages(found, PAGE_SIZE)
    page = pages.get_page(request.GET.get("page"))
    return render(request, "organisations/choose.html", {"page_obj": page, "number": pages.count})


def _opened(request: HttpRequest, user: Any) -> HttpResponse:
    ids = typed_ids(request.POST.getlist("ids"))[:AT_ONCE]
    chosen = list(openable(user).filter(pk__in=ids))
    if not chosen:
        messages.error(request, "请先勾选孩子。")
        return redirect("organisations:choose")
    try:
        made = open_children(user, user.acting_post.region_id, chosen)
    except ClaimError as error:
        messages.error(request, str(error))
        return redirect("organisations:choose")
    messages.success(request, f"已开放 {len(made)} 名孩子，下面是单位看到的内容。")
    return _to_open()


def _to_open() -> HttpResponse:
    return redirect(f"{reverse('organisations:claims')}?box={OPEN}")


@allow(STAFF)
@require_POST
def take_offering_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a child back from claiming."""
    offering = get_object_or_404(Offering.objects.visible_to(request.user), pk=pk)
    if not keeps(request.user, offering):
        raise PermissionDenied
    take_back(request.user, offering)
    messages.success(request, "已收回，单位看不到这个孩子了。")
    return _to_open()


def _claim(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(Claim.objects.visible_to(request.user).for_list(), pk=pk)


@allow(STAFF)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A claim with child, organisation and volunteer, and what speaks against the two."""
    claim = _claim(request, pk)
    return _page(request, claim, _form(claim), RefusalForm())


def _form(claim: Claim, data: Any = None) -> DecisionForm:
    return DecisionForm(data, claim=claim)


def _page(
    request: HttpRequest, claim: Any, form: DecisionForm, refusing: RefusalForm, status: int = 200
) -> HttpResponse:
    deciding = keeps(request.user, claim) and claim.is_held
    note_look(request, claim.offering.child)
    context = {
        "claim": claim,
        "child": claim.offering.child,
        "deciding": deciding,
        "form": form,
        "refusal_form": refusing,
        "found": objections_to(claim, claim.volunteer) if deciding and claim.volunteer else None,
        "decided_by": claim.decided_by,
    }
    return render(request, "organisations/claim.html", context, status=status)


def _for_decision(request: HttpRequest, pk: int) -> Any:
    claim = _claim(request, pk)
    if not keeps(request.user, claim):
        raise PermissionDenied
    return claim


@allow(STAFF)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a claim: the two go the ordinary way of a pairing."""
    claim = _for_decision(request, pk)
    form = _form(claim, request.POST)
    if not claim.is_held:
        messages.info(request, DECIDED)
        return redirect("organisations:claim", pk)
    if not form.is_valid():
        return _page(request, claim, form, RefusalForm(), 422)
    try:
        pairing = confirm_claim(
            request.user, claim, form.cleaned_data["volunteer"], regardless=form.cleaned_data["regardless"]
        )
    except ClaimError as error:
        form.add_error(None, str(error))
        return _page(request, claim, form, RefusalForm(), 422)
    messages.success(
        request, "已确认，两人已结对。" if pairing.state == State.ACTIVE else "已确认，结对按程序继续办。"
    )
    return redirect("pairings:detail", pairing.pk)


@allow(STAFF)
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a claim with a reason; the child is free again."""
    claim = _for_decision(request, pk)
    form = RefusalForm(request.POST)
    if not claim.is_held:
        messages.info(request, DECIDED)
        return redirect("organisations:claim", pk)
    if not form.is_valid():
        return _page(request, claim, _form(claim), form, 422)
    try:
        refuse_claim(request.user, claim, form.cleaned_data["reason"])
        messages.success(request, "已答复单位：不同意。孩子可以由别的单位认领。")
    except ClaimError as error:
        messages.error(request, str(error))
    return redirect("organisations:claim", pk)


@allow(STAFF)
@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the link of an organisation's liaison person, let it hold for thirty more days, or stop it."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), pk=pk)
    if not keeps(request.user, organisation):
        raise PermissionDenied
    act = request.POST.get("act")
    if act == "make":
        _make(request, organisation)
    elif act == "renew":
        done = renew_link(request.user, organisation)
        messages.success(request, "已续期30天。") if done else messages.error(
            request, "没有在用的链接，请重新生成。"
        )
    elif act == "stop":
        revoke_links(request.user, organisation)
        messages.success(request, "链接已停用。")
    return redirect("organisations:detail", pk)


def _make(request: HttpRequest, organisation: Organisation) -> None:
    try:
        # Shown once, on the next page: the database keeps a digest only, the session is encrypted.
        request.session[f"liaison-{organisation.pk}"] = make_link(request.user, organisation)
    except GroupError as error:
        messages.error(request, str(error))
