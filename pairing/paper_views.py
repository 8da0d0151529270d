"""安全责任书 with its scan, the printed card, and the volunteer's picture on it."""

import base64
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from aixin.access.models import Role, User
from aixin.access.permissions import CARERS, STAFF, allow
from aixin.access.scoped import acting_user, editors_only, note_look
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.documents import DocumentError, filled_in
from aixin.exchange.word_filling import Picture
from aixin.exchange.writing import DOCX, file_response
from aixin.web.qr import qr_png
from children.choices import ScanKind
from pairing.cards import print_card, void_cards
from pairing.documents import PAIRING_CARD
from pairing.forms import AgreementForm, PortraitForm
from pairing.lifecycle_views import pairing_at
from pairing.models import Agreement, AgreementScan, Pairing, Portrait
from pairing.papers import sign_agreement
from pairing.portraits import keep_portrait, picture_of, remove_portrait
from pairing.services import PairingError
from volunteers.models import Volunteer

QR_MILLIMETRES = 32
VOLUNTEER = frozenset({Role.VOLUNTEER})


@allow(STAFF)
@editors_only
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """登记安全责任书: on which days the two signed, and the scan."""
    pairing = pairing_at(request, pk)
    known = Agreement.objects.filter(pairing=pairing).first()
    initial = {
        "volunteer_signed_on": known.volunteer_signed_on if known else None,
        "guardian_signed_on": known.guardian_signed_on if known else None,
    }
    form = AgreementForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        days = (form.cleaned_data["volunteer_signed_on"], form.cleaned_data["guardian_signed_on"])
        try:
            sign_agreement(request.user, pairing, *days, form.cleaned_data["scan"])
        except PairingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已登记安全责任书。")
            return redirect("pairings:detail", pk)
    return render(request, "pairings/agreement.html", {"form": form, "pairing": pairing})


@allow(STAFF)
@editors_only
def agreement_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan of a signed 安全责任书 as a download, logged; never shown within a page."""
    pairing = pairing_at(request, pk)
    found = get_object_or_404(AgreementScan.objects.visible_to(request.user), pairing=pairing)
    record(request.user, Action.REVEAL, pairing, reason="查看安全责任书扫描件")
    response = HttpResponse(base64.b64decode(found.content), content_type=ScanKind(found.kind).label)
    response.headers["Content-Disposition"] = f'attachment; filename="agreement-{pairing.no}.{found.kind}"'
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@allow(STAFF)
@editors_only
@require_POST
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """A new 结对卡 to print, as a page or as the Word document; its code is shown now and never again."""
    pairing = pairing_at(request, pk)
    try:
        with transaction.atomic():
            token = print_card(request.user, pairing)
            url = request.build_absolute_uri(reverse("check", args=[token]))
            if request.POST.get("file") == "word":
                return _private(_word_card(acting_user(request), pairing, url))
    except (PairingError, DocumentError) as error:
        messages.error(request, str(error))
        return redirect("pairings:detail", pk)
    return _private(render(request, "pairings/card.html", {"pairing": pairing, "url": url}))


def _word_card(user: User, pairing: Pairing, url: str) -> HttpResponse:
    """Return the 结对卡 as a Word file with a card's code; raise DocumentError."""
    content = filled_in(PAIRING_CARD, pairing, user, {"qr": Picture(qr_png(url), QR_MILLIMETRES)})
    record(user, Action.EXPORT, pairing, what="document", document=PAIRING_CARD.key, rows=1)
    return file_response(f"{PAIRING_CARD.title}_{pairing.no}.docx", content, DOCX)


@allow(STAFF)
@editors_only
@require_POST
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back all cards of a pairing, when one was lost."""
    number = void_cards(request.user, pairing_at(request, pk))
    messages.success(
        request, f"{number} 张结对卡已作废，可以重新打印。" if number else "没有可以作废的结对卡。"
    )
    return redirect("pairings:detail", pk)


@allow(STAFF)
@editors_only
def portrait(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a volunteer's picture on her cards, or take it away, for her."""
    found = get_object_or_404(Volunteer.objects.visible_to(request.user).unlocked(), pk=pk)
    note_look(request, found)
    return _portrait_page(request, found, reverse("volunteers:detail", args=[pk]), "staff.html")


@allow(VOLUNTEER)
def my_portrait(request: HttpRequest) -> HttpResponse:
    """A volunteer's own picture."""
    return _portrait_page(request, _herself(request), reverse("account"), "phone.html")


def _herself(request: HttpRequest) -> Volunteer:
    found: Volunteer = get_object_or_404(Volunteer.objects.unlocked(), user=acting_user(request))
    return found


def _portrait_page(request: HttpRequest, volunteer: Volunteer, back: str, frame: str) -> HttpResponse:
    removes = request.method == "POST" and "remove" in request.POST
    form = PortraitForm(None if removes else request.POST or None, request.FILES or None)
    if removes:
        remove_portrait(request.user, volunteer)
        messages.success(request, "照片已删除，结对卡上不再显示。")
        return redirect(request.path)
    if request.method == "POST" and form.is_valid():
        keep_portrait(request.user, volunteer, form.cleaned_data["picture"])
        messages.success(request, "照片已保存。")
        return redirect(request.path)
    kept = Portrait.objects.of_volunteer(volunteer.pk).first()
    context: dict[str, Any] = {
        "form": form,
        "volunteer": volunteer,
        "kept": kept,
        "back": back,
        "frame": frame,
    }
    return render(request, "pairings/portrait.html", context)


@allow(CARERS)
def portrait_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture itself, for staff of her region and herself; 404 for others."""
    user = acting_user(request)
    post = user.acting_post
    if post is not None and post.role == Role.VOLUNTEER:
        found = _herself(request)
        if found.pk != pk:
            raise Http404
    else:
        found = get_object_or_404(Volunteer.objects.visible_to(user).unlocked(), pk=pk)
    picture = picture_of(found.pk)
    if picture is None:
        raise Http404
    return _private(HttpResponse(picture, content_type=ScanKind.JPG.label))


def cards_in_use(pairing: Pairing) -> int:
    """Return how many cards of a pairing open its page."""
    return pairing.cards.filter(voided_at__isnull=True).count()
