"""Report forms of the demo's city: most counties have handed in, one was sent back, some are missing."""

import datetime
from collections.abc import Iterable
from decimal import Decimal

from aixin.access.models import Region, User
from aixin.access.regions import Level
from aixin.access.scope import acting
from demo.figures import CITY
from reports.models import ReportForm, Return
from reports.periods import Kind, Period
from reports.returns.definition import Check, Column, Definition, RowsKind, Source
from reports.returns.drafting import draft_of
from reports.returns.samples import samples
from reports.returns.services import Seen, Typed, decide, set_in_use, submit, type_in

OFFICE = "lvliang"
WENSHUI, XINGXIAN = "141121", "141123"
# Of the month: who has not handed in yet, and who may rest.
MISSING = {"141127", "141129", "141130"}
ACCEPTED = {"141102", WENSHUI}
# Of the quarter: who has handed in; 文水 has typed its values and not handed in yet.
EARLY = {"141122", "141181"}
REMARK = "走访次数比上期多很多，请核对有没有重复登记的，改正后再报。"
HELD = "关爱活动"
QUARTERLY = Definition(
    RowsKind.PLACES,
    (
        Column("在册儿童", Source.METRIC, metric="registered"),
        Column("应结对", Source.METRIC, metric="eligible"),
        Column("已结对", Source.METRIC, metric="paired"),
        Column("结对率", Source.FORMULA, formula="3/2"),
        Column("爱心妈妈", Source.METRIC, metric="volunteers"),
        Column("走访", Source.METRIC, metric="visits"),
        Column(HELD, Source.HAND, own_unit="场次"),
    ),
    checks=(Check(3, "<=", "2", ""),),
)


def make_reporting(today: datetime.date) -> None:
    """Put a monthly and a quarterly form to use and let the counties answer for the periods that are over."""
    office = User.objects.get(username=OFFICE)
    shipped = samples()["monthly"]
    monthly = _form(office, shipped.title, Kind.MONTH, shipped.definition, today)
    quarterly = _form(office, "爱心妈妈结对关爱季报", Kind.QUARTER, QUARTERLY, today)
    month, quarter = (Period.containing(today, form.kind).previous for form in (monthly, quarterly))
    counties = Region.objects.below(CITY).filter(level=Level.COUNTY, retired=False).order_by("code")
    for county in counties.exclude(code__in=MISSING):
        _type(monthly, county, month)
        _hand_in(monthly, county, month)
    _decide(office, monthly, month)
    for county in counties.filter(code__in={*EARLY, WENSHUI}):
        _type(quarterly, county, quarter)
    for county in counties.filter(code__in=EARLY):
        _hand_in(quarterly, county, quarter)


def _form(office: User, title: str, kind: Kind, definition: Definition, today: datetime.date) -> ReportForm:
    since = Period.containing(today, kind).previous
    form: ReportForm = ReportForm.objects.create(
        region_id=CITY, title=title, period_kind=kind.value, due_days=10, definition=definition.as_json(),
        opened_on=since.first, made_by=office,
    )  # fmt: skip
    set_in_use(office, form, in_use=True, since=since)
    form.refresh_from_db()
    return form


def _hand_in(form: ReportForm, county: Region, period: Period) -> None:
    clerk = _clerk(county.code)
    with acting(clerk):
        submit(clerk, form, county, period, Seen(0, draft_of(form, county, period).digest))


def _type(form: ReportForm, county: Region, period: Period) -> None:
    clerk = _clerk(county.code)
    with acting(clerk):
        lines = draft_of(form, county, period).now.lines
        type_in(clerk, form, county, period, _activities(form, [line.key for line in lines]))


def _activities(form: ReportForm, rows: Iterable[str]) -> list[Typed]:
    (column,) = form.defined.hand_columns
    return [Typed(row, column, Decimal(1 + place % 3), "活动台账") for place, row in enumerate(rows)]


def _decide(office: User, form: ReportForm, period: Period) -> None:
    for found in Return.objects.standing().of(form, period.key).filter(region__in={*ACCEPTED, XINGXIAN}):
        is_back = found.region_id == XINGXIAN
        decide(office, found, 1, accepted=not is_back, remark=REMARK if is_back else "")


def _clerk(county: str) -> User:
    return User.objects.get(username=f"clerk-{county}")
