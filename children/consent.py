"""Pages of the guardian's consent: recording an answer, the paper to sign, its scan, the texts."""

import base64
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Role
from aixin.access.permissions import STAFF, allow
from aixin.access.regions import Level
from aixin.access.scoped import acting_user, editors_only, refuse_locked
from aixin.access.signals import ending_planned
from aixin.audit.models import Action
from aixin.audit.trail import record
from children.choices import ConsentAnswer, ScanKind
from children.consent_forms import ConsentForm, TextForm
from children.consenting import ConsentError, publish_text, record_consent, text_at
from children.models import Child, ConsentScan, ConsentText
from children.services import NotOnRosterError

ANSWERS = {answer.value.lower(): answer for answer in ConsentAnswer}


def may_publish(user: Any) -> bool:
    """Return whether the user publishes texts: the head of a county, city or province office."""
    post = getattr(user, "acting_post", None)
    return post is not None and post.role == Role.STAFF and post.is_head and post.level <= Level.COUNTY


def _child(request: HttpRequest, pk: int) -> Child:
    child: Child = get_object_or_404(Child.objects.visible_to(request.user).select_related("region"), pk=pk)
    refuse_locked(child)
    return child


@allow(STAFF)
@editors_only
def consent(request: HttpRequest, pk: int, answer: str) -> HttpResponse:
    """登记同意, 登记拒绝, 登记撤回: shows the text to read out, then records what the guardian said."""
    child = _child(request, pk)
    said = ANSWERS[answer]
    text = text_at(child.region_id)
    form = ConsentForm(request.POST or None, request.FILES or None, initial=_initial(child, text))
    if request.method == "POST" and form.is_valid():
        try:
            record_consent(
                request.user, child, form.said(said), form.cleaned_data["shown"], form.cleaned_data["scan"]
            )
        except (ConsentError, NotOnRosterError) as error:
            messages.error(request, str(error) or f"{child.name}已出列。")
            return redirect(request.path)
        messages.success(request, f"已登记：监护人{said.label}。")
        return redirect(reverse("children:detail", args=[pk]) + "?tab=consent")
    context = {"child": child, "form": form, "text": text, "said": said, "endings": _endings(child, said)}
    return render(request, "children/consent_form.html", context)


def _initial(child: Child, text: ConsentText) -> dict[str, Any]:
    guardian = child.main_guardian
    return {
        "shown": text.pk or 0,
        "given_on": timezone.localdate(),
        "given_by": guardian.name if guardian else "",
        "relation": guardian.relation if guardian else "",
    }


def _endings(child: Child, said: ConsentAnswer) -> list[str]:
    """Return in words what ends with a no, so that nobody is surprised."""
    if said == ConsentAnswer.AGREED:
        return []
    planned = ending_planned.send(Child, label=Child._meta.label_lower, pk=child.pk)
    return [text for _, text in planned if text]


@allow(STAFF)
@editors_only
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The text in force with lines to sign, to be printed."""
    child = _child(request, pk)
    return render(request, "children/consent_paper.html", {"child": child, "text": text_at(child.region_id)})


@allow(STAFF)
@editors_only
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan of a signed paper as a download, logged; never shown within a page."""
    found = get_object_or_404(ConsentScan.objects.visible_to(request.user).select_related("child"), pk=pk)
    refuse_locked(found)
    record(request.user, Action.REVEAL, found.child, reason="查看同意书扫描件", consent=found.record_id)
    response = HttpResponse(base64.b64decode(found.content), content_type=ScanKind(found.kind).label)
    name = f"consent-{found.child.no}-{found.record_id}.{found.kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@allow(STAFF)
def texts(request: HttpRequest) -> HttpResponse:
    """The text in force where the user acts, and the versions before and to come."""
    code = _own_code(request)
    context = {
        "text": text_at(code),
        "versions": ConsentText.objects.reaching(code).select_related("region", "published_by"),
        "may_publish": may_publish(request.user),
    }
    return render(request, "children/consent_texts.html", context)


def _own_code(request: HttpRequest) -> str:
    post = acting_user(request).acting_post
    assert post is not None
    return post.region_id or ""


@allow(STAFF)
def publish(request: HttpRequest) -> HttpResponse:
    """A new version for the own region and all below it, from a day on; for the office's head."""
    if not may_publish(request.user):
        raise PermissionDenied
    post = acting_user(request).acting_post
    assert post is not None
    assert post.region is not None
    present = text_at(post.region.code)
    initial = {"title": present.title, "body": present.body, "valid_from": timezone.localdate()}
    form = TextForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = publish_text(request.user, post.region, **form.cleaned_data)
        messages.success(request, f"已发布{made.label}，{made.valid_from:%Y-%m-%d} 起使用。")
        return redirect("children:texts")
    return render(request, "children/consent_publish.html", {"form": form, "present": present})
