"""转入转出: the list for both sides, asking, offering, and the page on which a transfer is decided."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from aixin.access.lists import PAGE_SIZE, LazyPages
from aixin.access.models import User
from aixin.access.people import recorder_for
from aixin.access.permissions import STAFF, allow, may_edit
from aixin.access.scoped import acting_user, editors_only, note_look
from aixin.exchange.views import own_job
from children.models import Child
from transfers.asking import ELSEWHERE, wanted_in_row
from transfers.forms import AcceptForm, OfferForm, RefuseForm, RequestForm
from transfers.models import Holding, Transfer
from transfers.moving import accept, child_of
from transfers.services import (
    TransferError,
    Wanted,
    ask_for,
    decides,
    leads_county,
    may_withdraw,
    offer,
    office_name,
    open_pairings,
    refuse,
    with_places,
    withdraw,
)


@allow(STAFF)
@require_safe
def transfers(request: HttpRequest) -> HttpResponse:
    """Show what goes out and waits, with `?box=` what comes in and what is finished."""
    visible = Transfer.objects.visible_to(request.user).for_list()
    boxes = [
        ("", "转出待处理", visible.open().outgoing()),
        ("in", "转入申请", visible.open().incoming()),
        ("done", "已办结", visible.finished()),
    ]
    # Without a choice: what waits, wherever it does.
    (_, _, going), (_, _, coming), _ = boxes
    wanted = request.GET.get("box") or ("in" if coming.exists() and not going.exists() else "")
    box, _, shown = next((found for found in boxes if found[0] == wanted), boxes[0])
    pages: Paginator[Any] = LazyPages(shown, PAGE_SIZE)
    waiting = set(Transfer.objects.awaiting(request.user).values_list("pk", flat=True))
    page = pages.get_page(request.GET.get("page"))
    page.object_list = with_places(page.object_list)
    context = {
        "page_obj": page,
        "tabs": [(key, label, rows.count(), key == box) for key, label, rows in boxes],
        "box": box,
        "waiting": waiting if leads_county(request.user) else set(),
        "may_edit": may_edit(request.user),
    }
    return render(request, "transfers/list.html", context)


@allow(STAFF)
@editors_only
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a child by hand; also where the child's form goes when the ID is held elsewhere."""
    user = acting_user(request)
    form = RequestForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            return _asked(request, user, form.wanted())
        except TransferError as error:
            form.add_error(None, str(error))
    status = 422 if form.errors else 200
    return render(request, "transfers/request.html", {"form": form}, status=status)


@allow(STAFF)
@editors_only
@require_POST
def ask_for_row(request: HttpRequest, job: int, place: int) -> HttpResponse:
    """Ask for the child that a rejected row of one's own import names."""
    user, found = acting_user(request), own_job(request, job)
    rows = found.rows()
    if place >= len(rows) or ELSEWHERE not in rows[place].get("codes", ()):
        raise Http404
    try:
        return _asked(request, user, wanted_in_row(user, found, rows[place]["mark"]))
    except TransferError as error:
        messages.error(request, str(error))
        return redirect("imports:detail", job)


def _asked(request: HttpRequest, user: User, wanted: Wanted) -> HttpResponse:
    transfer = ask_for(user, wanted)
    messages.success(request, "已请对方转来。对方答复后，您会在消息里看到。")
    return redirect("transfers:detail", transfer.pk)


@allow(STAFF)
def offer_child(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a child to another county."""
    user = acting_user(request)
    child = get_object_or_404(Child.objects.visible_to(user).select_related("region"), pk=pk)
    if not leads_county(user) or not child.is_on_roster:
        raise PermissionDenied
    known = Holding.objects.filter(child=child, is_open=True).first()
    if known is not None:
        messages.info(request, "这名儿童已在办理转接。")
        return redirect("transfers:detail", known.transfer_id)
    pairings = open_pairings(child).select_related("volunteer")
    form = OfferForm(request.POST or None, user=user, pairings=pairings, own=child.region_id)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            begun = offer(user, child, data["county"], data["remark"], data.get("going_on", ()))
        except TransferError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已发给对方。对方接收前，孩子仍在本县名册。")
            return redirect("transfers:detail", begun.pk)
    note_look(request, child)
    status = 422 if form.errors else 200
    return render(request, "transfers/offer.html", {"child": child, "form": form}, status=status)


@allow(STAFF)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a transfer as the user's side may see it."""
    transfer = _transfer(request, pk)
    return _page(request, transfer, _accept_form(acting_user(request), transfer), _refuse_form())


def _transfer(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(Transfer.objects.visible_to(request.user).for_list(), pk=pk)


def _accept_form(user: User, transfer: Transfer, data: Any = None) -> AcceptForm:
    child = child_of(transfer) if transfer.is_request else None
    pairings = open_pairings(child).select_related("volunteer") if child else ()
    return AcceptForm(data, user=user, transfer=transfer, pairings=pairings, auto_id="accept_%s")


def _refuse_form(data: Any = None) -> RefuseForm:
    return RefuseForm(data, auto_id="refuse_%s")


def _page(
    request: HttpRequest, transfer: Any, accepting: AcceptForm, refusing: RefuseForm, status: int = 200
) -> HttpResponse:
    user, child = acting_user(request), child_of(transfer)
    with_places([transfer])
    note_look(request, child or transfer)
    context = {
        "transfer": transfer,
        "child": child,
        "pairings": open_pairings(child).select_related("volunteer") if child else (),
        "asker": _asker(user, transfer),
        "decides": decides(user, transfer),
        "may_withdraw": may_withdraw(user, transfer),
        "accept_form": accepting,
        "refuse_form": refusing,
    }
    return render(request, "transfers/detail.html", context, status=status)


def _asker(user: User, transfer: Transfer) -> str:
    """Return the office that has begun it, and who there; an account that is the office's own says so already."""
    office, name = office_name(transfer.office), recorder_for(user, transfer.asked_by)
    return office if name == office else f"{office} {name}"


@allow(STAFF)
@editors_only
@require_POST
def accept_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a transfer: the child moves at once."""
    user, transfer = acting_user(request), _for_decision(request, pk)
    form = _accept_form(user, transfer, request.POST)
    if transfer.is_open and not form.is_valid():
        return _page(request, transfer, form, _refuse_form(), 422)
    said = (
        "孩子已转出，本县名册不再有这份档案。" if transfer.is_request else "孩子已转入，档案和走访记录都在。"
    )
    return _done(request, transfer, said, lambda: accept(user, transfer, form.terms()))


@allow(STAFF)
@editors_only
@require_POST
def refuse_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a transfer, with a reason."""
    user, transfer = acting_user(request), _for_decision(request, pk)
    form = _refuse_form(request.POST)
    if transfer.is_open and not form.is_valid():
        return _page(request, transfer, _accept_form(user, transfer), form, 422)
    return _done(
        request,
        transfer,
        "已答复对方：不同意。",
        lambda: refuse(user, transfer, form.cleaned_data["answer"]),
    )


@allow(STAFF)
@editors_only
@require_POST
def withdraw_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what one's own office has begun."""
    user, transfer = acting_user(request), _transfer(request, pk)
    if transfer.is_open and not may_withdraw(user, transfer):
        raise PermissionDenied
    return _done(request, transfer, "已撤回。", lambda: withdraw(user, transfer))


def _for_decision(request: HttpRequest, pk: int) -> Any:
    transfer = _transfer(request, pk)
    if transfer.is_open and not decides(acting_user(request), transfer):
        raise PermissionDenied
    return transfer


def _done(request: HttpRequest, transfer: Transfer, said: str, act: Callable[[], Any]) -> HttpResponse:
    """Do what was decided; who comes second is told so."""
    if not transfer.is_open:
        messages.info(request, "这次转接已经办结，没有改动。")
        return redirect("transfers:detail", transfer.pk)
    try:
        act()
        messages.success(request, said)
    except TransferError as error:
        messages.error(request, str(error))
    return redirect("transfers:detail", transfer.pk)
