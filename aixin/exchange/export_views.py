"""Pages of exports: asking, deciding, fetching the file, and what was exported."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from aixin.access.authority import deciders_at, deciders_for
from aixin.access.lists import PAGE_SIZE
from aixin.access.permissions import STAFF, allow, may_edit
from aixin.access.scoped import acting_user
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.choices import ExportState, FileFormat
from aixin.exchange.exporting import Selection, list_of
from aixin.exchange.forms import DecisionForm, ExportForm
from aixin.exchange.ledgers import Look
from aixin.exchange.models import Export, StandingApproval
from aixin.exchange.progress import asks_still, progress_of
from aixin.exchange.services import (
    ExportError,
    awaiting,
    decide,
    may_decide,
    may_revoke,
    nobody_decides,
    remembered_columns,
    request_export,
    revoke,
)
from aixin.exchange.writing import CSV, XLSX, file_response

TONES = {
    ExportState.REQUESTED: "warn",
    ExportState.WAITING: "info",
    ExportState.FAILED: "danger",
    ExportState.READY: "ok",
    ExportState.REFUSED: "danger",
    ExportState.EXPIRED: "neutral",
}

_ANSWERS = {
    ExportState.READY: "已批准，申请人可以下载了。",
    ExportState.WAITING: "已批准，正在生成文件，好了会告诉申请人。",
    ExportState.REFUSED: "已退回，申请人会收到您的意见。",
}


def export_page(request: HttpRequest, kind: str, chosen: Sequence[str] = ()) -> HttpResponse:
    """Say what a list's export would hold and ask what for (GET); make it or ask for approval (POST).

    `chosen` columns are ticked, else those of the user's last export of the list.
    """
    user, listed = acting_user(request), list_of(kind)
    selection = Selection(listed, user, request.GET)
    form = ExportForm(
        request.POST or None,
        may_full=may_edit(user),
        columns=listed.offered(Look(user, full=may_edit(user))),
        chosen=chosen or remembered_columns(user, kind),
    )
    if request.method == "POST" and form.is_valid():
        try:
            export = request_export(user, listed, selection, form.terms())
        except ExportError as error:
            form.add_error(None, str(error))
        else:
            return redirect("exports:detail", export.pk)
    context = {
        "form": form,
        "listed": listed,
        "selection": selection,
        "list_url": f"{listed.list_url}?{request.GET.urlencode()}",
        "may_full": may_edit(user),
        "nobody": "" if not may_edit(user) or deciders_for(user) else nobody_decides(user),
    }
    return render(request, "exports/new.html", context)


@allow(STAFF)
def export_list(request: HttpRequest) -> HttpResponse:
    """导出记录: what awaits one's decision, one's own exports, and for a head those of her region."""
    user = acting_user(request)
    post = user.acting_post
    heads = post is not None and post.is_head
    of_region = heads and request.GET.get("of") == "region"
    shown: Any = Export.objects.shown_to(user) if of_region else Export.objects.visible_to(user).of(user)
    page = Paginator(shown.without_content(), PAGE_SIZE).get_page(request.GET.get("page"))
    for export in page:
        export.tone = _tone(export)
    standing: Any = StandingApproval.objects.shown_to(user).valid().select_related("requester", "granted_by")
    context = {
        "page": page,
        "heads": heads,
        "of_region": of_region,
        "awaiting": awaiting(user),
        "standing": [(row, may_revoke(user, row)) for row in standing],
    }
    return render(request, "exports/list.html", context)


def _tone(export: Export) -> str:
    return TONES[ExportState.EXPIRED if export.is_over else ExportState(export.state)]


def _shown(request: HttpRequest, pk: int) -> Export:
    """Return an export that the user may see; one of somebody else's in her scope is 403."""
    user = acting_user(request)
    visible: Any = Export.objects.visible_to(user).without_content()
    export: Export = get_object_or_404(visible, pk=pk)
    if not Export.objects.shown_to(user).filter(pk=pk).exists():
        raise PermissionDenied
    return export


@allow(STAFF)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One export: what it holds, what became of it, the file for its requester, the decision for a head."""
    return _detail(request, _shown(request, pk), DecisionForm())


def _detail(request: HttpRequest, export: Export, form: DecisionForm) -> HttpResponse:
    user = acting_user(request)
    deciders = deciders_at(export.region_id, export.requested_by) if export.is_requested else []
    context = {
        "export": export,
        "tone": _tone(export),
        "mine": export.is_of(user),
        "may_decide": may_decide(user, export),
        "deciders": [decider.get_full_name() for decider in deciders],
        "form": form,
        **_progress(export),
    }
    return render(request, "exports/detail.html", context)


def _progress(export: Export) -> dict[str, Any]:
    """Return how far the worker has come with the file."""
    if not export.is_waiting:
        return {}
    return {"progress": progress_of(export.progress_key), "asks": asks_still(export.queued_at)}


@allow(STAFF)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a long file has come: a fragment that asks again, until it has the page loaded anew."""
    export = _shown(request, pk)
    response = render(request, "exports/progress.html", {"export": export, **_progress(export)})
    if not export.is_waiting:
        response.headers["HX-Refresh"] = "true"
    return response


@allow(STAFF)
@require_POST
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse a request."""
    export, user = _shown(request, pk), acting_user(request)
    if export.is_requested and not may_decide(user, export):
        raise PermissionDenied
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _detail(request, export, form)
    try:
        decided = decide(user, export, form.answer())
    except ExportError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _ANSWERS[ExportState(decided.state)])
    return redirect("exports:detail", pk)


@allow(STAFF)
@require_POST
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file, for its requester alone; each time goes into the trail."""
    user = acting_user(request)
    export = get_object_or_404(Export.objects.visible_to(user), pk=pk)
    if not export.is_of(user):
        raise PermissionDenied
    if not export.is_available:
        messages.error(request, "这份导出已过期或还没有批准，不能下载。需要的话请重新导出。")
        return redirect("exports:detail", pk)
    record(user, Action.EXPORT, export, what=export.title, rows=export.rows, full=export.full)
    content_type = CSV if export.file_format == FileFormat.CSV else XLSX
    return file_response(export.filename, export.file_bytes(), content_type)


@allow(STAFF)
@require_POST
def revoke_standing(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a standing approval back."""
    user = acting_user(request)
    standing = get_object_or_404(StandingApproval.objects.visible_to(user), pk=pk)
    if not may_revoke(user, standing):
        raise PermissionDenied
    revoke(user, standing)
    messages.success(request, "已撤销，以后的导出要重新审批。")
    return redirect("exports:list")
