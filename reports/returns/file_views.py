"""A return as a workbook to print."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from aixin.access.models import Role
from aixin.access.permissions import VIEWERS_OF_FIGURES, allow
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.exporting import mark_of
from aixin.exchange.writing import workbook_response
from reports.models import ReturnVersion
from reports.returns.drafting import WHICH, draft_of
from reports.returns.printing import Head, Printed, return_xlsx
from reports.returns.showing import HIDDEN
from reports.returns.views import Spot, chosen_version, hidden_sheets, spot_of


@allow(VIEWERS_OF_FIGURES)
@require_safe
def file(request: HttpRequest, pk: int, period: str, code: str) -> HttpResponse:
    """The version that stands, or a draft that says so."""
    spot = spot_of(request, pk, period, code)
    version = None if _wants_draft(request, spot) else chosen_version(request, spot)
    printed, as_of = _printed(spot, version)
    record(spot.user, Action.EXPORT, spot.form, period=period, region=code)
    head = Head(
        title=f"{spot.region.name}{spot.form.title}",
        period=spot.period.name,
        office=f"{spot.region.name}妇联",
        author=version.submitted_by.get_full_name() if version and spot.post.role == Role.STAFF else "",
        day=f"{timezone.localtime(version.submitted_at) if version else timezone.localtime():%Y年%m月%d日}",
        as_of=f"{as_of:%Y年%m月%d日}",
        mark=mark_of(spot.user),
        note=_note(version, has_hidden=bool(printed.hidden["now"])),
    )
    said = f"第{version.number}版" if version else "草稿"
    return workbook_response(f"{head.title}{spot.period.name}（{said}）.xlsx", return_xlsx(head, printed))


def _wants_draft(request: HttpRequest, spot: Spot) -> bool:
    return "now" in request.GET and spot.is_own


def _printed(spot: Spot, version: ReturnVersion | None) -> tuple[Printed, object]:
    """Return the values to print and the day that they are of."""
    if version:
        definition, as_of = version.defined, version.as_of
        sheets = {which: version.sheet(which) for which in WHICH}
    else:
        draft = draft_of(spot.form, spot.region, spot.period)
        definition, as_of, sheets = draft.definition, draft.as_of, draft.sheets
    return Printed(definition, sheets, hidden_sheets(spot, version)), as_of


def _note(version: ReturnVersion | None, *, has_hidden: bool) -> str:
    said = [] if version else ["草稿，还没有报送。"]
    if version and version.number > 1:
        said.append(f"本表为第{version.number}版，更正 {len(version.differences)} 处。")
    if has_hidden:
        said.append(f"“{HIDDEN}”：人数少于5，或可由此推算，不显示。")
    return "".join(said)
