"""Pages between preview and import: one row of the file, whose values stand, and who is not in the file."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, editors_only, is_id
from aixin.exchange.columns import NUMBER_KINDS
from aixin.exchange.deciding import choose, correct, leave_out, not_in_file, note_staying, set_policy
from aixin.exchange.decisions import POLICIES
from aixin.exchange.drafts import REJECTED
from aixin.exchange.models import ImportJob
from aixin.exchange.reading.model import WorkbookError
from aixin.exchange.roster import roster_of
from aixin.exchange.views import STATUS_LABELS, STATUS_TONES, own_job, remedy_of_row
from aixin.privacy.masks import mask_numbers

ROWS_SHOWN = 50
CELL_LENGTH = 500
CLOSED = "这次导入已经不在核对中，没有改动。"


@allow(STAFF)
@editors_only
@require_POST
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    """Say for the whole file whose values stand where it differs from the roster."""
    job = own_job(request, pk)
    chosen = request.POST.get("policy", "")
    if chosen not in POLICIES:
        messages.error(request, "请从列出的做法里选一种。")
    elif not job.is_open:
        messages.error(request, CLOSED)
    else:
        set_policy(job, chosen)
        messages.success(request, f"与名册不同的，{POLICIES[chosen]}。逐行选过的不变。")
    return redirect("imports:detail", pk)


@allow(STAFF)
@editors_only
def row_page(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """One row of an open job: its faults to be corrected, its changes to be chosen, or the row left out."""
    job = own_job(request, pk)
    rows = job.rows()
    if place >= len(rows):
        raise Http404
    if not job.is_open:
        messages.error(request, CLOSED)
        return redirect("imports:detail", pk)
    if request.method == "POST":
        return _decided(request, job, place, rows[place])
    row = rows[place]
    context = {
        "job": job,
        "place": place,
        "row": row,
        "title": roster_of(job.kind).roster_title,
        "label": STATUS_LABELS[row["status"]],
        "tone": STATUS_TONES[row["status"]],
        "is_out": row["mark"] in job.decisions().left_out,
        "cells": _cells(job, row) if row["status"] == REJECTED else [],
        "next_place": _next_alike(rows, place),
        "remedy": remedy_of_row(job, row, place),
    }
    return render(request, "imports/row.html", context)


def _next_alike(rows: list[dict[str, Any]], place: int) -> int | None:
    """Return the place of the next row of the same fate, so that the faulty ones are done one after the other."""
    after = range(place + 1, len(rows))
    return next((other for other in after if rows[other]["status"] == rows[place]["status"]), None)


def _cells(job: ImportJob, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the row's cells as the form shows them: numbers of a person are typed anew and never shown."""
    kept = next((found for found in job.rejected_rows() if found["mark"] == row["mark"]), None)
    if kept is None:
        return []
    columns = {column.key: column for column in roster_of(job.kind).columns()}
    texts = {
        heading["key"]: (kept["cells"][heading["column"]], heading["column"] in kept["faulty"])
        for heading in job.understood()["headings"]
        if heading["key"] in columns
    }
    missing = {
        key: ("", True) for key, column in columns.items() if column.spec.required and key not in texts
    }
    corrected = job.decisions().corrections.get(row["mark"], {})
    cells = []
    for key, (text, faulty) in (missing | texts).items():
        known = corrected.get(key, text)
        hidden = columns[key].kind in NUMBER_KINDS
        cells.append(
            {
                "key": key,
                "title": columns[key].title,
                "faulty": faulty,
                "hidden": hidden,
                "text": "" if hidden else mask_numbers(known),
                "hint": f"文件里是 {known[:3]}…，共 {len(known)} 位；留空表示不改"
                if hidden and known
                else "",
            }
        )
    return cells


def _decided(request: HttpRequest, job: ImportJob, place: int, row: dict[str, Any]) -> HttpResponse:
    user, mark, act = acting_user(request), row["mark"], request.POST.get("act")
    try:
        if act == "out":
            leave_out(user, job, mark, out=True)
        elif act == "in":
            leave_out(user, job, mark, out=False)
        elif act == "choose":
            keys = [change["key"] for change in row["changes"]]
            choose(job, mark, {key: request.POST.get(f"choice-{key}", "") for key in keys}, keys)
        elif act == "correct":
            return _corrected(request, job, place, row)
    except WorkbookError as error:
        messages.error(request, str(error))
    return redirect("imports:row", job.pk, place)


def _corrected(request: HttpRequest, job: ImportJob, place: int, row: dict[str, Any]) -> HttpResponse:
    cells = _typed(request, job, row)
    if not cells:
        messages.info(request, "没有改动。")
        return redirect("imports:row", job.pk, place)
    correct(acting_user(request), job, row["mark"], cells)
    job.refresh_from_db()
    now = job.rows()[place]
    if now["status"] == REJECTED:
        messages.error(request, f"还不能导入：{now['reasons']}。")
        return redirect("imports:row", job.pk, place)
    messages.success(request, f"第 {row['row']} 行可以导入了。")
    further = _next_rejected(job, place)
    if further is None:
        return redirect("imports:detail", job.pk)
    return redirect("imports:row", job.pk, further)


def _next_rejected(job: ImportJob, place: int) -> int | None:
    rows = job.rows()
    order = [*range(place + 1, len(rows)), *range(place)]
    return next((other for other in order if rows[other]["status"] == REJECTED), None)


def _typed(request: HttpRequest, job: ImportJob, row: dict[str, Any]) -> dict[str, str]:
    """Return the cells that the clerk has changed, by column; a hidden number left blank is unchanged."""
    found = {}
    for cell in _cells(job, row):
        text = request.POST.get(f"cell-{cell['key']}", cell["text"])[:CELL_LENGTH].replace("\0", "").strip()
        if text != cell["text"] and (text or not cell["hidden"]):
            found[cell["key"]] = text
    return found


@allow(STAFF)
@editors_only
def absent(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is on the roster in the file's places and not in the file; nobody leaves the roster by this page alone."""
    job, user = own_job(request, pk), acting_user(request)
    found = not_in_file(user, job)
    if found is None or job.is_over:
        return redirect("imports:detail", pk)
    roster = roster_of(job.kind)
    if request.method == "POST":
        chosen = request.POST.get("row", "")
        if is_id(chosen) and found.filter(pk=chosen).exists():
            note_staying(job, int(chosen))
        return redirect("imports:absent", pk)
    page = Paginator(found.select_related("region").order_by("region_id", "pk"), ROWS_SHOWN).get_page(
        request.GET.get("page")
    )
    shown = roster.shown_as(user, [row.pk for row in page])
    address, label = roster.ending
    people = [
        {
            "pk": row.pk,
            "no": shown[row.pk][0],
            "name": shown[row.pk][1],
            "place": row.region.place,
            "url": reverse(f"{job.kind}:detail", args=[row.pk]),
            "ending": reverse(address, args=[row.pk]),
        }
        for row in page
    ]
    context = {
        "job": job,
        "title": roster.roster_title,
        "page": page,
        "people": people,
        "ending_label": label,
        "staying": len(job.decisions().staying),
    }
    return render(request, "imports/absent.html", context)
