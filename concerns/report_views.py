"""强制报告: whom to call stands on the screen first; then the record, for a head alone."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from aixin.access.permissions import CARERS, STAFF, allow, may_report
from aixin.access.scoped import acting_user, note_look, typed_text
from aixin.web.drafts import draft_key, mark_draft_saved
from children.models import Child
from concerns.forms import ReportForm, StepForm
from concerns.models import Report
from concerns.reporting import close_report, note_step, report
from concerns.services import ConcernError
from concerns.views import child_of, first_error

SHOWN = 100


@allow(CARERS)
def alarm(request: HttpRequest, pk: int) -> HttpResponse:
    """发现孩子受到伤害: numbers at once, and a report that needs nobody's leave."""
    child = child_of(request, pk)
    form = ReportForm(request.POST or None)
    key = draft_key(request, f"report-{pk}")
    if request.method == "POST" and form.is_valid():
        report(
            acting_user(request),
            child,
            form.stated_signs,
            form.cleaned_data["text"],
            about_head=form.cleaned_data["about_head"],
            form=form.cleaned_data["client_uuid"],
        )
        mark_draft_saved(request, key)
        return redirect(reverse("concerns:alarm", args=[pk]) + "?sent=1")
    context = {"form": form, "child": child, "form_draft_key": key, "sent": "sent" in request.GET}
    return render(request, "concerns/alarm.html", context, status=422 if form.errors else 200)


def _heads_only(request: HttpRequest) -> None:
    post = acting_user(request).acting_post
    if post is None or not may_report(post):
        raise PermissionDenied


@allow(STAFF)
def reports(request: HttpRequest) -> HttpResponse:
    """强制报告: those that the head keeps, the open ones first; without a name."""
    _heads_only(request)
    rows = Report.objects.visible_to(request.user).defer("text", "outcome")[:SHOWN]
    return render(request, "concerns/reports.html", {"reports": rows})


@allow(STAFF)
def report_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: read by its head, each time into the trail; steps noted, closed in the end."""
    _heads_only(request)
    found = get_object_or_404(Report.objects.visible_to(request.user).select_related("raised_by"), pk=pk)
    if request.method == "POST":
        return _act(request, found)
    note_look(request, found)
    response = render(request, "concerns/report.html", _shown(request, found))
    response["Cache-Control"] = "no-store"
    return response


def _shown(request: HttpRequest, found: Report) -> dict[str, Any]:
    # The child may have moved to another county since.
    child = Child.objects.visible_to(request.user).filter(pk=found.child_id).select_related("region").first()
    return {
        "report": found,
        "child": child,
        "steps": found.steps.select_related("by"),
        "form": StepForm(),
    }


def _act(request: HttpRequest, found: Report) -> HttpResponse:
    act = {"step": note_step, "close": close_report}.get(typed_text(request, "act"))
    if act is None:
        raise Http404
    form = StepForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("concerns:report", found.pk)
    try:
        act(request.user, found, form.cleaned_data["text"])
        messages.success(request, "已记下。")
    except ConcernError as error:
        messages.info(request, str(error))
    return redirect("concerns:report", found.pk)
