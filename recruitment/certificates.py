"""持证上岗: a volunteer's certificates, kept by staff on her page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import editors_only, refuse_locked
from recruitment.forms import CertificateForm
from recruitment.models import Certificate
from recruitment.services import add_certificate, drop_certificate
from volunteers.models import Volunteer


def tab_context(user: Any, volunteer: Volunteer) -> dict[str, Any]:
    """Return what the tab 证书 shows."""
    return {"certificates": volunteer.certificates.all(), "certificate_form": CertificateForm()}


def _tab(volunteer: int) -> str:
    return f"{reverse('volunteers:detail', args=[volunteer])}?tab=certificates"


@allow(STAFF)
@editors_only
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a certificate of a volunteer of one's own region."""
    volunteer = get_object_or_404(Volunteer.objects.visible_to(request.user), pk=pk)
    refuse_locked(volunteer)
    form = CertificateForm(request.POST)
    if not form.is_valid():
        context = {"volunteer": volunteer, "certificate_form": form}
        return render(request, "recruitment/certificate_form.html", context)
    add_certificate(request.user, volunteer, form.save(commit=False))
    messages.success(request, "证书已登记。")
    return redirect(_tab(pk))


@allow(STAFF)
@editors_only
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a certificate."""
    certificate = get_object_or_404(
        Certificate.objects.visible_to(request.user).select_related("volunteer"), pk=pk
    )
    refuse_locked(certificate.volunteer)
    drop_certificate(request.user, certificate)
    messages.success(request, "证书已移除。")
    return redirect(_tab(certificate.volunteer_id))
