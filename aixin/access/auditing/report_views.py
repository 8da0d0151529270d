"""The yearly compliance report: on the page, and as a Word file to hand in by the end of January."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header

from aixin.access.auditing.figures import GROUPS, regions_offered, years_offered
from aixin.access.auditing.report import TITLE, WHOLE_SYSTEM, Report, document_of, report_of
from aixin.access.auditing.views import AUDITORS_AND_HEADS
from aixin.access.models import Region
from aixin.access.permissions import allow, may_report
from aixin.access.scoped import acting_user, is_id
from aixin.audit.models import Action
from aixin.audit.trail import record

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@allow(AUDITORS_AND_HEADS)
def page(request: HttpRequest) -> HttpResponse:
    """Return the report of a year and region; 403 for staff who head no county or above, 404 outside the region."""
    scope, code, year = _asked(request)
    context = {
        "report": _report(code, year),
        "code": code,
        "years": years_offered(),
        "regions": regions_offered(scope),
        "whole": "" if scope else WHOLE_SYSTEM,
        "title": TITLE,
        "groups": GROUPS,
        "is_running": year == timezone.localdate().year,
    }
    return render(request, "audit/report.html", context)


@allow(AUDITORS_AND_HEADS)
def document(request: HttpRequest) -> HttpResponse:
    """Return the report as a Word file; noted as an export. Refuses as the page does."""
    _, code, year = _asked(request)
    made = _report(code, year)
    content = document_of(made, acting_user(request).get_full_name())
    record(request.user, Action.EXPORT, what="report", year=year, region=made.name)
    response = HttpResponse(content, content_type=DOCX)
    name = f"{made.name}{year}年{TITLE}.docx"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "no-store"
    return response


def _asked(request: HttpRequest) -> tuple[str, str, int]:
    """Return the user's range, the region asked for in it, and the year: last year's report until February."""
    post = acting_user(request).acting_post
    if post is None or not may_report(post):
        raise PermissionDenied
    scope = post.region_id or ""
    code = request.GET.get("region", scope) or scope
    if not code.startswith(scope):
        raise Http404
    return scope, code, _year(request.GET.get("year", ""))


def _year(text: str) -> int:
    offered = years_offered()
    if is_id(text) and int(text) in offered:
        return int(text)
    today = timezone.localdate()
    return today.year - 1 if today.month == 1 and today.year - 1 in offered else today.year


def _report(code: str, year: int) -> Report:
    name = WHOLE_SYSTEM
    if code:
        found: Any = Region.objects.filter(code=code).values_list("name", flat=True).first()
        if found is None:
            raise Http404
        name = found
    return report_of(code, name, year)
