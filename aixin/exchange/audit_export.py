"""The filtered trail as a workbook, for the auditor; noted in the trail itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from aixin.access.auditing.views import AUDITORS, filtered
from aixin.access.auditing.wording import Line, lines_of
from aixin.access.permissions import allow
from aixin.access.scoped import acting_user
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.exporting import mark_of
from aixin.exchange.writing import workbook_bytes, workbook_response

TITLE = "审计记录"
LIMIT = 20_000
HEADINGS = ("序号", "时间", "操作人", "岗位", "动作", "对象", "涉及人员编号", "说明", "来源地址")
TOO_MANY = f"符合条件的记录超过 {LIMIT:,} 条，请缩短时间或增加条件后再导出。"


@allow(AUDITORS)
def export_trail(request: HttpRequest) -> HttpResponse:
    """Return what the auditor's page lists, all pages of it; back to the page when a filter is wrong or it is too much."""
    narrowed = filtered(request)
    entries = list(narrowed.qs.for_lines()[: LIMIT + 1])
    if narrowed.errors or len(entries) > LIMIT:
        messages.error(request, "筛选条件有误，请改正后再导出。" if narrowed.errors else TOO_MANY)
        return redirect(f"{reverse('home')}?{request.GET.urlencode()}")
    record(request.user, Action.EXPORT, what="trail", rows=len(entries), filters=narrowed.stated())
    note, mark = f"共 {len(entries)} 条　不含姓名和号码", mark_of(acting_user(request), "用途：审计检查")
    content = workbook_bytes(TITLE, note, HEADINGS, [_cells(line) for line in lines_of(entries)], mark=mark)
    return workbook_response(f"{TITLE}_{timezone.localdate():%Y%m%d}.xlsx", content)


def _cells(line: Line) -> list[str]:
    numbers = "、".join(line.subjects) + (f" 等，另有 {line.more_subjects} 人" if line.more_subjects else "")
    when = f"{timezone.localtime(line.entry.at):%Y-%m-%d %H:%M:%S}"
    return [
        str(line.entry.pk),
        when,
        line.who,
        line.office,
        line.action,
        line.about,
        numbers,
        line.said,
        line.entry.address or "",
    ]
