"""Pages of an import's work: how far a task has come, another try, and taking an import back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, editors_only
from aixin.exchange.background import WorkbookError, choose_sheet, recheck, undo
from aixin.exchange.models import ImportJob
from aixin.exchange.progress import asks_still, progress_of
from aixin.exchange.roster import roster_of
from aixin.exchange.undo import UndoError, is_undoable, may_undo, outlook
from aixin.exchange.views import job_of, own_job


@allow(STAFF)
@editors_only
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job in work has come: a fragment that asks again, until it has the page or list loaded anew."""
    job = job_of(request, pk, files=False)
    template = "imports/progress_line.html" if "line" in request.GET else "imports/progress.html"
    context = {
        "job": job,
        "progress": progress_of(job.progress_key),
        "asks": job.is_busy and asks_still(job.queued_at),
    }
    response = render(request, template, context)
    if not job.is_busy:
        response.headers["HX-Refresh"] = "true"
    return response


@allow(STAFF)
@editors_only
@require_POST
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Check another sheet of the file, or all of one shape."""
    job = own_job(request, pk)
    understood, chosen = job.understood(), request.POST.get("sheet")
    if chosen is None or chosen not in {"", *understood["sheets"], *understood["other_sheets"]}:
        messages.error(request, "文件里没有这张工作表，请从列出的里面选。")
        return redirect("imports:detail", pk)
    try:
        choose_sheet(acting_user(request), job, chosen)
    except WorkbookError as error:
        messages.error(request, str(error))
    return redirect("imports:detail", pk)


@allow(STAFF)
@editors_only
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Check a file again whose check has failed."""
    job = own_job(request, pk)
    try:
        recheck(acting_user(request), job, job.mapping)
    except WorkbookError as error:
        messages.error(request, str(error))
    return redirect("imports:detail", pk)


@allow(STAFF)
@editors_only
def undo_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what taking an import back would do and what stands in the way; take it back when that is confirmed."""
    user, job = acting_user(request), job_of(request, pk, files=False)
    if not may_undo(user, job):
        raise PermissionDenied
    if not is_undoable(job):
        messages.info(request, "这次导入现在不能撤销。")
        return redirect("imports:detail", pk)
    try:
        if request.method == "POST":
            return _undone(request, job)
        found = outlook(user, job)
    except UndoError as error:
        messages.error(request, str(error))
        return redirect("imports:detail" if request.method == "GET" else "imports:undo", pk)
    context = {"job": job, "title": roster_of(job.kind).roster_title, "outlook": found}
    return render(request, "imports/undo.html", context)


def _undone(request: HttpRequest, job: ImportJob) -> HttpResponse:
    done = undo(acting_user(request), job)
    if not done.is_busy:
        messages.success(request, "已撤销，名册恢复到导入之前。")
    return redirect("imports:detail", job.pk)
