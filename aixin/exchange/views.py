"""Pages of an import: upload, preview with correctable headings, result, the rejected rows."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, editors_only, is_id
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.background import WorkbookError, abandon, confirm, recheck, upload
from aixin.exchange.blank_rosters import blank_roster
from aixin.exchange.choices import ImportState
from aixin.exchange.deciding import not_in_file
from aixin.exchange.decisions import POLICIES
from aixin.exchange.drafts import CREATED, STATUSES, UPDATED
from aixin.exchange.exporting import listed_kinds, mark_of
from aixin.exchange.models import ImportJob
from aixin.exchange.progress import progress_of
from aixin.exchange.remedies import remedy_for
from aixin.exchange.roster import roster_kinds, roster_of
from aixin.exchange.undo import is_undoable, may_undo
from aixin.exchange.word_templates import replaceable
from aixin.exchange.writing import Faulty, workbook_bytes, workbook_response

ROWS_SHOWN = 50
JOBS_SHOWN = 10
STATUS_LABELS = {"created": "新增", "updated": "更新", "unchanged": "无变化", "rejected": "退回"}
GROUP_LABELS = {**STATUS_LABELS, "differing": "与名册不同", "doubtful": "存疑"}
STATUS_TONES = {"created": "ok", "updated": "info", "unchanged": "", "rejected": "danger"}
STATE_TONES = {
    ImportState.DONE: "ok",
    ImportState.PREVIEW: "warn",
    ImportState.FAILED: "danger",
    ImportState.ABANDONED: "neutral",
    ImportState.UNDONE: "neutral",
}
GONE = "退回行已过下载期限。请从原文件里改正后再导入。"
FILE_LOST = "这个文件里有人的资料已按请求删除，文件不再保存。"


PASTED_NAME = "粘贴的表格.txt"
PASTED_LENGTH = 2_000_000


class UploadForm(forms.Form):
    """A file, or what was copied from a spreadsheet: cells are separated by tabs then."""

    file = forms.FileField(
        label="名册文件",
        required=False,
        error_messages={"empty": "文件是空的，没有可以导入的内容。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.et,.csv,.txt"}),
    )
    pasted = forms.CharField(
        label="连表头一起粘贴",
        required=False,
        strip=False,
        max_length=PASTED_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6, "wrap": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("file") and not cleaned.get("pasted", "").strip():
            self.add_error("file", "请先选择文件。")
        return cleaned

    def content(self) -> tuple[bytes, str]:
        """Return the roster's bytes and its name."""
        file = self.cleaned_data.get("file")
        return (file.read(), file.name) if file else (self.cleaned_data["pasted"].encode(), PASTED_NAME)


def upload_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Return the upload page of a roster, or take a file and go to its preview."""
    resource = roster_of(kind)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data, name = form.content()
        try:
            job = upload(acting_user(request), kind, data, name)
        except WorkbookError as error:
            form.add_error("file" if form.cleaned_data.get("file") else "pasted", str(error))
        else:
            return redirect("imports:detail", job.pk)
    context = {
        "form": form,
        "kind": kind,
        "title": resource.roster_title,
        "columns": resource.columns(),
        "jobs": jobs_shown(request, JOBS_SHOWN, kind=kind),
    }
    return render(request, "imports/upload.html", context)


def jobs_shown(request: HttpRequest, number: int, **only: Any) -> list[ImportJob]:
    """Return the latest imports of the user's scope, those in work with how far they have come."""
    jobs = list(ImportJob.objects.visible_to(request.user).filter(**only).without_files()[:number])
    for job in jobs:
        job.title = roster_of(job.kind).roster_title
        job.tone = STATE_TONES.get(ImportState(job.state), "info")
        job.progress = progress_of(job.progress_key) if job.is_busy else None
    return jobs


def job_of(request: HttpRequest, pk: int, *, files: bool = True) -> ImportJob:
    """Return a job of the user's scope, or without its files; outside it 404."""
    jobs = ImportJob.objects.visible_to(request.user)
    found: ImportJob = get_object_or_404(jobs.defer("content") if files else jobs.without_files(), pk=pk)
    return found


def own_job(request: HttpRequest, pk: int) -> ImportJob:
    """Return a job that the user uploaded herself; a colleague's in scope is 403."""
    job = job_of(request, pk)
    if job.created_by_id != acting_user(request).pk:
        raise PermissionDenied
    return job


@allow(STAFF)
@editors_only
def home(request: HttpRequest) -> HttpResponse:
    """导入导出: the rosters and the latest imports."""
    rosters = [
        {
            "kind": roster.roster_kind,
            "title": roster.roster_title,
            "further_pages": roster.further_pages,
            "import_url": roster.address("import"),
            "export_url": roster.address("export"),
        }
        for roster in sorted(map(roster_of, roster_kinds()), key=lambda found: found.place_in_order)
        if roster.offered_to(request.user)
    ]
    imported = {roster["kind"] for roster in rosters}
    context = {
        "rosters": rosters,
        "may_replace": bool(replaceable(acting_user(request))),
        "ledgers": [listed for listed in listed_kinds() if listed.kind not in imported],
        "jobs": jobs_shown(request, ROWS_SHOWN),
    }
    return render(request, "imports/home.html", context)


@allow(STAFF)
@editors_only
@require_GET
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """A roster to fill in, with the places of the user's scope; it holds nobody's data."""
    user = acting_user(request)
    if kind not in roster_kinds():
        raise Http404
    resource = roster_of(kind)
    if not resource.offered_to(user):
        raise PermissionDenied
    return workbook_response(f"{resource.roster_title}模板.xlsx", blank_roster(resource(user)))


@allow(STAFF)
@editors_only
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress of a job in work, preview of an open one, or result of a finished one."""
    job = job_of(request, pk)
    context = {
        "job": job,
        "title": roster_of(job.kind).roster_title,
        "place_label": roster_of(job.kind).place_label,
        "mine": job.created_by_id == acting_user(request).pk,
    }
    if job.is_busy:
        return render(request, "imports/busy.html", {**context, "progress": progress_of(job.progress_key)})
    return render(request, "imports/detail.html", {**context, **_rows(request, job), **_offers(request, job)})


def _rows(request: HttpRequest, job: ImportJob) -> dict[str, Any]:
    """Return the page of rows of the chosen fate, and how many there are of each."""
    rows = job.rows()
    for place, row in enumerate(rows):
        row["place_in_file"], row["label"], row["tone"] = (
            place,
            STATUS_LABELS[row["status"]],
            STATUS_TONES[row["status"]],
        )
    groups = {key: [row for row in rows if row["status"] == key] for key in STATUSES} | doubtful_groups(rows)
    shown = request.GET.get("status") if request.GET.get("status") in groups else ""
    page = Paginator(groups[shown] if shown else rows, ROWS_SHOWN).get_page(request.GET.get("page"))
    for row in page:
        row["remedy"] = remedy_of_row(job, row, row["place_in_file"])
    return {
        "tallies": [
            (key, GROUP_LABELS[key], job.counts.get(key, len(found)), key == shown)
            for key, found in groups.items()
            if found or key in STATUSES
        ],
        "good": job.counts.get(CREATED, 0) + job.counts.get(UPDATED, 0),
        "rejected": job.counts.get("rejected", 0),
        "total": sum(job.counts.values()),
        "differs": bool(groups["differing"]),
        "page": page,
        "shown": shown,
        "reasons": Counter(row["reasons"] for row in rows if row["reasons"]).most_common(),
    }


def remedy_of_row(job: ImportJob, row: dict[str, Any], place: int) -> dict[str, str] | None:
    """Return label and address of what else can be done about a row that stays out."""
    remedy = remedy_for(job.kind, row.get("codes", ()))
    return {"label": remedy.label, "url": remedy.row_url(job.pk, place)} if remedy else None


def _absent(request: HttpRequest, job: ImportJob) -> int:
    """Return how many people of the file's places are on the roster and not in the file."""
    found = not_in_file(acting_user(request), job) if job.is_open or job.state == ImportState.DONE else None
    return 0 if found is None else found.count()


def doubtful_groups(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows that want a second look: the file against the roster, or a warning."""
    return {
        "differing": [row for row in rows if any(change["old"] for change in row["changes"])],
        "doubtful": [row for row in rows if row["doubtful"]],
    }


def _offers(request: HttpRequest, job: ImportJob) -> dict[str, Any]:
    """Return what can be done with the job: its headings corrected while it is open, the whole undone when done."""
    offers = {
        "list_url": roster_of(job.kind).address("list"),
        "list_label": roster_of(job.kind).list_label,
        "undoable": is_undoable(job) and may_undo(acting_user(request), job),
        "absent": _absent(request, job),
    }
    if not job.is_open:
        return offers
    choices = [(column.key, column.title) for column in roster_of(job.kind).columns()]
    return {
        **offers,
        **job.understood(),
        "choices": choices,
        "policies": [(key, label, key == job.decisions().policy) for key, label in POLICIES.items()],
    }


@allow(STAFF)
@editors_only
@require_POST
def remap(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the clerk's corrections of headings and compute the preview again."""
    job = own_job(request, pk)
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
    try:
        recheck(acting_user(request), job, chosen)
        messages.success(request, "已按新的表头对应核对；以后本县的文件也照此对应。")
    except WorkbookError as error:
        messages.error(request, str(error))
    return redirect("imports:detail", pk)


@allow(STAFF)
@editors_only
@require_POST
def confirm_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the good rows in; a second click finds the job done and changes nothing."""
    job = own_job(request, pk)
    try:
        confirm(acting_user(request), job)
    except WorkbookError as error:
        messages.error(request, str(error))
    return redirect("imports:detail", pk)


@allow(STAFF)
@editors_only
@require_POST
def abandon_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop an open job; nothing was written, nothing is."""
    job = own_job(request, pk)
    abandon(job)
    messages.info(request, "已放弃这次导入，名册没有变化。")
    return redirect(roster_of(job.kind).address("import"))


@allow(STAFF)
@editors_only
def rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows that stayed out, with reasons, as a workbook; unmasked, so for the uploader alone, and logged."""
    job = own_job(request, pk)
    if job.lost_its_file or (job.counts.get("rejected") and not job.offers_rejected):
        messages.error(request, FILE_LOST if job.lost_its_file else GONE)
        return redirect("imports:detail", pk)
    rows, layout = job.rejected_rows(), job.understood()
    record(request.user, Action.EXPORT, job, rows=len(rows), what="rejected rows")
    texts = {heading["column"]: heading["text"].replace(" / ", "") for heading in layout["headings"]}
    headings = [*(texts.get(column, "") for column in range(layout.get("width", 0))), "退回原因"]
    content = workbook_bytes(
        f"{roster_of(job.kind).roster_title}退回行",
        "标红的格有问题，改正后可直接重新导入，已导入的行不会重复。",
        headings,
        ([*_coloured(row), row["reasons"]] for row in rows),
        mark=mark_of(acting_user(request)),
    )
    return workbook_response(f"退回_{job.filename.rsplit('.', 1)[0]}.xlsx", content)


def _coloured(row: dict[str, Any]) -> list[str]:
    """Return a row's cells, those at fault marked."""
    return [Faulty(text) if column in row["faulty"] else text for column, text in enumerate(row["cells"])]
