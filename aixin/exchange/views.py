"""Pages of an import: upload, preview with correctable headings, result, the rejected rows."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, editors_only, is_id
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.exporting import mark_of
from aixin.exchange.jobs import WorkbookError, confirm_job, preview_of, refresh, start_job
from aixin.exchange.models import ImportJob, ImportState
from aixin.exchange.reading.table import Table
from aixin.exchange.roster import CREATED, REJECTED, STATUSES, UPDATED, roster_kinds, roster_of
from aixin.exchange.writing import workbook_bytes, workbook_response

ROWS_SHOWN = 50
JOBS_SHOWN = 10
STATUS_LABELS = {"created": "新增", "updated": "更新", "unchanged": "无变化", "rejected": "退回"}
STATUS_TONES = {"created": "ok", "updated": "info", "unchanged": "", "rejected": "danger"}


class UploadForm(forms.Form):
    file = forms.FileField(
        label="名册文件",
        error_messages={"required": "请先选择文件。", "empty": "文件是空的，没有可以导入的内容。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.et,.csv,.txt"}),
    )


def upload_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Return the upload page of a roster, or take a file and go to its preview."""
    resource = roster_of(kind)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        uploaded = form.cleaned_data["file"]
        try:
            job = start_job(acting_user(request), kind, uploaded.read(), uploaded.name)
        except WorkbookError as error:
            form.add_error("file", str(error))
        else:
            return redirect("imports:detail", job.pk)
    context = {
        "form": form,
        "title": resource.roster_title,
        "columns": resource.columns(),
        "jobs": ImportJob.objects.visible_to(request.user)
        .filter(kind=kind)
        .select_related("created_by")[:JOBS_SHOWN],
    }
    return render(request, "imports/upload.html", context)


def _job(request: HttpRequest, pk: int) -> ImportJob:
    found: ImportJob = get_object_or_404(ImportJob.objects.visible_to(request.user), pk=pk)
    return found


def _own_job(request: HttpRequest, pk: int) -> ImportJob:
    """Return a job that the user uploaded herself; a colleague's in scope is 403."""
    job = _job(request, pk)
    if job.created_by_id != acting_user(request).pk:
        raise PermissionDenied
    return job


@allow(STAFF)
@editors_only
def home(request: HttpRequest) -> HttpResponse:
    """导入导出: the rosters and the latest imports."""
    known = [roster_of(kind) for kind in roster_kinds()]
    titles = {roster.roster_kind: roster.roster_title for roster in known}
    rosters = [
        (roster.roster_title, roster.address("import"), roster.address("export"))
        for roster in known
        if roster.offered_to(request.user)
    ]
    jobs = ImportJob.objects.visible_to(request.user).select_related("created_by")[:ROWS_SHOWN]
    for job in jobs:
        job.title = titles.get(job.kind, "")
    return render(request, "imports/home.html", {"rosters": rosters, "jobs": jobs})


@allow(STAFF)
@editors_only
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Preview of an open job, or result of a finished one."""
    job = _job(request, pk)
    shown = request.GET.get("status") if request.GET.get("status") in STATUSES else ""
    rows = [row for row in job.rows() if not shown or row["status"] == shown]
    page = Paginator(rows, ROWS_SHOWN).get_page(request.GET.get("page"))
    for row in page:
        row["label"], row["tone"] = STATUS_LABELS[row["status"]], STATUS_TONES[row["status"]]
    context = {
        "job": job,
        "title": roster_of(job.kind).roster_title,
        "tallies": [(key, STATUS_LABELS[key], job.counts.get(key, 0), key == shown) for key in STATUSES],
        "good": job.counts.get(CREATED, 0) + job.counts.get(UPDATED, 0),
        "list_url": roster_of(job.kind).address("list"),
        "list_label": roster_of(job.kind).list_label,
        "rejected": job.counts.get(REJECTED, 0),
        "total": sum(job.counts.values()),
        "page": page,
        "shown": shown,
        "mine": job.created_by_id == acting_user(request).pk,
        "reasons": Counter(row["reasons"] for row in job.rows() if row["reasons"]).most_common(),
    }
    if job.is_open:
        return _with_mapping(request, job, context)
    return render(request, "imports/detail.html", context)


def _with_mapping(request: HttpRequest, job: ImportJob, context: dict[str, Any]) -> HttpResponse:
    try:
        table = preview_of(acting_user(request), job).table
    except WorkbookError as error:
        context["unreadable"] = str(error)
    else:
        context["headings"] = _headings(job, table)
        context["missing"] = [spec.title for spec in table.missing]
        context["choices"] = [(column.key, column.title) for column in roster_of(job.kind).columns()]
    return render(request, "imports/detail.html", context)


def _headings(job: ImportJob, table: Table) -> list[dict[str, Any]]:
    """Return each heading of the file, what it was taken for, and an example of its cells."""
    first = table.rows[0].cells if table.rows else ()
    return [
        {
            "column": heading.column,
            "text": heading.text,
            "key": table.mapping.get(heading.column, ""),
            "example": _example(job, table, heading.column, first),
        }
        for heading in table.headings
    ]


def _example(job: ImportJob, table: Table, column: int, cells: tuple[Any, ...]) -> str:
    """Return the first cell of a column, hidden where it is a number of a person."""
    kinds = {known.key: known.kind for known in roster_of(job.kind).columns()}
    text = str(cells[column]) if column < len(cells) else ""
    hidden = kinds.get(table.mapping.get(column, "")) in {"idno", "phone"} or sum(map(str.isdigit, text)) > 6
    return f"{text[:3]}…" if hidden and text else text[:12]


@allow(STAFF)
@editors_only
@require_POST
def remap(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the clerk's corrections of headings and compute the preview again."""
    job = _own_job(request, pk)
    known = {column.key for column in roster_of(job.kind).columns()} | {""}
    fields = {
        name.removeprefix("column-"): value
        for name, value in request.POST.items()
        if name.startswith("column-")
    }
    chosen = {column: key for column, key in fields.items() if is_id(column) and key in known}
    if chosen != fields:
        messages.error(request, "表头对应有误，请从列出的字段里选。")
        return redirect("imports:detail", pk)
    if not job.is_open or len([key for key in chosen.values() if key]) != len(
        {key for key in chosen.values() if key}
    ):
        messages.error(request, "同一个字段不能对应两列，请改正后再试。")
        return redirect("imports:detail", pk)
    job.mapping = chosen
    try:
        refresh(acting_user(request), job)
        job.save()
        messages.success(request, "已按新的表头对应重新核对。")
    except WorkbookError as error:
        messages.error(request, str(error))
    return redirect("imports:detail", pk)


@allow(STAFF)
@editors_only
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the good rows in; a second click finds the job done and changes nothing."""
    job = _own_job(request, pk)
    try:
        confirm_job(acting_user(request), job)
    except WorkbookError as error:
        messages.error(request, str(error))
    return redirect("imports:detail", pk)


@allow(STAFF)
@editors_only
@require_POST
def abandon(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop an open job; nothing was written, nothing is."""
    job = _own_job(request, pk)
    ImportJob.objects.filter(pk=job.pk, state=ImportState.PREVIEW).update(state=ImportState.ABANDONED)
    messages.info(request, "已放弃这次导入，名册没有变化。")
    return redirect(roster_of(job.kind).address("import"))


@allow(STAFF)
@editors_only
def rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows that stayed out, with reasons, as a workbook; unmasked, so for the uploader alone, and logged."""
    job = _own_job(request, pk)
    rows = [row for row in job.rows() if row["status"] == REJECTED]
    record(request.user, Action.EXPORT, job, rows=len(rows), what="rejected rows")
    if not job.content:
        messages.info(request, "这个文件里有人的资料已按请求删除，文件不再保存。")
        return redirect("imports:detail", pk)
    table = preview_of(acting_user(request), job).table
    headings = [
        *(_heading_at(table, column) for column in range(len(table.rows[0].cells) if table.rows else 0)),
        "退回原因",
    ]
    content = workbook_bytes(
        f"{roster_of(job.kind).roster_title}退回行",
        "改正后可直接重新导入，已导入的行不会重复。",
        headings,
        ([*row["cells"], row["reasons"]] for row in rows),
        mark=mark_of(acting_user(request)),
    )
    return workbook_response(f"退回_{job.filename.rsplit('.', 1)[0]}.xlsx", content)


def _heading_at(table: Table, column: int) -> str:
    found = next((heading for heading in table.headings if heading.column == column), None)
    return found.text.replace(" / ", "") if found else ""
