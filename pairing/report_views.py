"""扫码反馈: what families reported by a card, for the county."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from aixin.access.lists import PAGE_SIZE
from aixin.access.permissions import STAFF, allow, may_edit
from aixin.access.scoped import acting_user, editors_only
from pairing.cards import close_report
from pairing.forms import ReportAnswerForm
from pairing.models import DoorReport


@allow(STAFF)
def reports(request: HttpRequest) -> HttpResponse:
    """What families reported, the open ones first; empty below the county, for it may be about the office there."""
    found = DoorReport.objects.visible_to(request.user).for_list()
    context = {
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_edit": may_edit(request.user),
    }
    return render(request, "pairings/reports.html", context)


@allow(STAFF)
@editors_only
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what was done about a report."""
    found = get_object_or_404(DoorReport.objects.visible_to(request.user), pk=pk)
    form = ReportAnswerForm(request.POST)
    if form.is_valid():
        close_report(acting_user(request), found, form.cleaned_data["remark"])
        messages.success(request, "已办结。")
    else:
        messages.error(request, "请写明怎么办理的（300 字以内）。")
    return redirect("pairings:reports")
