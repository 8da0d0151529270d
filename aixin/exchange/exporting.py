"""A list as a workbook: what the page shows, masked as the page masks it, logged with its number of rows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import strip_tags

from aixin.access.lists import RosterList
from aixin.audit.models import Action
from aixin.audit.trail import record, subjects_of
from aixin.exchange.writing import workbook_bytes, workbook_response

SKIPPED = frozenset({"menu", "ids"})
LIMIT = 5000


def export_list(request: HttpRequest, view_class: type[RosterList], title: str) -> HttpResponse:
    """Return the filtered list of a list page as .xlsx; at most 5,000 rows."""
    view = view_class()
    view.setup(request)
    rows = view.filterset_class(request.GET, queryset=view.get_queryset(), request=request).qs[:LIMIT]
    table = view.table_class(rows, **view.get_table_kwargs())
    table.request = request
    shown = [column for column in table.columns if column.name not in SKIPPED]
    lines = [[_plain(row.get_cell(column.name)) for column in shown] for row in table.rows]
    record(request.user, Action.EXPORT, subjects=subjects_of(rows), what=title, rows=len(lines))
    when = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    note = f"导出人 {request.user.get_username()}　导出时间 {when}　共 {len(lines)} 行　号码已隐去"
    content = workbook_bytes(title, note, [str(column.header) for column in shown], lines)
    return workbook_response(f"{title}_{timezone.localdate():%Y%m%d}.xlsx", content)


def _plain(cell: Any) -> str:
    return " ".join(strip_tags(str(cell)).split())
