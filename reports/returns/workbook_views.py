"""上级空表: upload, the grid whose cells are mapped, filling in for a period, the filled file."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user
from aixin.exchange.writing import workbook_response
from reports.metrics import METRICS
from reports.models import FormWorkbook
from reports.periods import Period
from reports.returns.definition import cell_label, split_cell
from reports.returns.rights import office_of
from reports.returns.sheet_labels import Labels, letters_of
from reports.returns.views import period_of
from reports.returns.workbook_forms import FillForm, MapForm, UploadForm
from reports.returns.workbooks import (
    GridCell,
    WorkbookRefusedError,
    drop,
    filled_workbook,
    grid_of,
    hand_cells,
    is_half_number,
    map_cells,
    places_of,
    take_in,
    type_into,
    values_for,
    with_texts,
)


def _own(request: HttpRequest, pk: int) -> FormWorkbook:
    """Return a workbook of the user's own office, 404 for others'."""
    user = acting_user(request)
    office_of(user)
    found: FormWorkbook = get_object_or_404(
        FormWorkbook.objects.visible_to(user).select_related("region"), pk=pk
    )
    return found


@allow(STAFF)
def upload(request: HttpRequest) -> HttpResponse:
    """Take in a blank workbook."""
    user = acting_user(request)
    post = office_of(user)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        workbook = form.save(commit=False)
        workbook.region, workbook.uploaded_by = post.region, user
        try:
            taken = take_in(user, workbook, form.cleaned_data["file"].read())
        except WorkbookRefusedError as fault:
            form.add_error("file", str(fault))
        else:
            messages.success(request, "已收下。现在勾选单元格，说明各填什么；下个周期不用再做。")
            return redirect("reports:workbook", taken.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "reports/returns/upload.html", {"form": form}, status=status)


@allow(STAFF)
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet as a grid, with what each cell holds; ticked cells are given something to hold."""
    workbook = _own(request, pk)
    grid, places = grid_of(workbook), places_of(workbook.region)
    data = request.POST if request.method == "POST" else None
    form = MapForm(data, grid=grid, region=workbook.region, places=places, mapped=workbook.mapping)
    if request.method == "POST" and form.is_valid():
        wanted = form.wanted()
        map_cells(request.user, workbook, wanted)
        messages.success(request, f"已对应 {len(wanted)} 格。")
        return redirect("reports:workbook", pk)
    names = {place.code: place.name for place in places}
    context = {
        "workbook": workbook,
        "form": form,
        "grid": [[_shown(cell, workbook.mapping, names) for cell in row] for row in grid],
        "letters": letters_of(grid),
        "ticked": request.POST.getlist("cells"),
        "number": len(workbook.mapping),
        "period": Period.containing(timezone.localdate(), workbook.kind).previous,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "reports/returns/mapping.html", context, status=status)


def _shown(cell: GridCell, mapped: dict[str, dict[str, str]], names: dict[str, str]) -> dict[str, Any]:
    what = mapped.get(cell.name)
    return {
        "cell": cell,
        "holds": _words(what, names) if what else "",
        "is_hand": bool(what and "hand" in what),
    }


def _words(what: dict[str, str], names: dict[str, str]) -> str:
    """Return in words what a cell holds: 在册儿童 · 性别 女 · 文水县."""
    if "hand" in what:
        return f"手填：{what['hand']}"
    metric = METRICS.get(what["metric"])
    said = (
        metric.name if metric else "",
        cell_label(what["dimension"], what["value"]),
        cell_label(*split_cell(what.get("across", ""))),
        names.get(what["place"], ""),
    )
    return " · ".join(part for part in said if part)


@allow(STAFF)
def fill(request: HttpRequest, pk: int, period: str) -> HttpResponse:
    """The workbook with a period's values, and what is to be typed."""
    workbook = _own(request, pk)
    wanted = period_of(workbook.kind, period)
    known = list(workbook.hand_values.filter(period=wanted.key).select_related("typed_by"))
    grid = grid_of(workbook)
    data = request.POST if request.method == "POST" else None
    form = FillForm(data, hand_cells(workbook), known, Labels(grid).of)
    if request.method == "POST" and form.is_valid():
        number = type_into(request.user, workbook, wanted, form.typed())
        messages.success(request, f"已保存，改了 {number} 格。" if number else "没有变化。")
        return redirect("reports:workbook_fill", pk, wanted.key)
    values = values_for(workbook, wanted)
    asked = dict(form.cells)
    context = {
        "workbook": workbook,
        "period": wanted,
        "later": wanted.next.key if wanted.next.first <= timezone.localdate() else "",
        "grid": [[(cell, cell.name in values) for cell in row] for row in with_texts(grid, values)],
        "letters": letters_of(grid),
        "form": form,
        "known": known,
        "half_numbers": [asked[row.cell] for row in known if row.cell in asked and is_half_number(row.value)],
        "number": len(values),
        "missing": len(workbook.mapping) - len(values),
    }
    return render(request, "reports/returns/fill.html", context, status=422 if form.errors else 200)


@allow(STAFF)
@require_safe
def filled(request: HttpRequest, pk: int, period: str) -> HttpResponse:
    """The filled workbook, to be handed in upwards."""
    workbook = _own(request, pk)
    wanted = period_of(workbook.kind, period)
    content = filled_workbook(request.user, workbook, wanted)
    return workbook_response(f"{workbook.title}{wanted}.xlsx", content)


@allow(STAFF)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a workbook of the office."""
    drop(request.user, _own(request, pk))
    messages.success(request, "已删除。")
    return redirect("reports:returns")
