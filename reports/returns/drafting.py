"""What a region would hand in now: its figures with what was typed, or the sum of the places below it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from aixin.access.models import Region
from reports.figures import compared, figures_of
from reports.models import ReportForm, Return, ReturnVersion
from reports.periods import Period
from reports.returns.definition import Definition
from reports.returns.filling import filled
from reports.returns.formulas import Number
from reports.returns.rights import sums_up
from reports.returns.sheets import Broken, Sheet, added_up, broken_checks, digest_of

WHICH = ("now", "before", "year_ago")


@dataclass(frozen=True)
class Draft:
    """The sheets of a return that is not frozen yet, the versions it sums up, and who has not handed in."""

    definition: Definition
    sheets: dict[str, Sheet]
    as_of: datetime.date
    made_of: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def now(self) -> Sheet:
        return self.sheets["now"]

    @property
    def digest(self) -> str:
        return digest_of(self.now)

    @property
    def broken(self) -> list[Broken]:
        """The checks that fail, and the values still missing."""
        return broken_checks(self.definition, self.now)


def draft_of(form: ReportForm, region: Region, period: Period) -> Draft:
    """Return what a region would hand in on a form for a period at this moment."""
    if sums_up(region.code):
        return _summed(form, region, period)
    return _counted(form, region, period)


def _counted(form: ReportForm, region: Region, period: Period) -> Draft:
    definition, found = form.defined, compared(region, period)
    own = Return.objects.filter(region=region).of(form, period.key).first()
    sheets = {
        "now": filled(definition, found.now, typed_into(own)),
        "before": _reported(form, region, period.previous) or filled(definition, found.before),
        "year_ago": _reported(form, region, period.year_before) or filled(definition, found.year_ago),
    }
    return Draft(definition, sheets, found.now.as_of)


def typed_into(found: Return | None) -> dict[tuple[str, int], Number]:
    """Return the values that people typed into a return, by row and column."""
    rows = found.hand_values.values_list("row", "column", "value") if found else ()
    return {(row, column): plain(value) for row, column, value in rows}


def plain(value: Any) -> Number:
    """Return a stored decimal as a whole number, where it is one."""
    return int(value) if value == int(value) else float(value)


def _reported(form: ReportForm, region: Region, period: Period) -> Sheet | None:
    """Return what the region handed in for an earlier period; the figures stand in where it did not."""
    earlier = Return.objects.standing().filter(region=region).of(form, period.key)
    version = ReturnVersion.objects.newest_of(earlier).first()
    return version.sheet() if version else None


def _summed(form: ReportForm, region: Region, period: Period) -> Draft:
    places = list(Region.objects.children_of(region.code).order_by("code"))
    versions = versions_below(form, period, [place.code for place in places])
    known = [(place, versions[place.code]) for place in places if place.code in versions]
    sheets = {
        which: added_up(
            form.defined, [(place.code, place.name, version.sheet(which)) for place, version in known]
        )
        for which in WHICH
    }
    missing = tuple(place.name for place in places if place.code not in versions)
    as_of = max((version.as_of for _, version in known), default=period.until(timezone.localdate()))
    return Draft(form.defined, sheets, as_of, tuple(version.pk for _, version in known), missing)


def versions_below(form: ReportForm, period: Period, codes: Iterable[str]) -> dict[str, ReturnVersion]:
    """Return the standing version of each region that has handed in, by its code; two queries."""
    standing = Return.objects.standing().of(form, period.key).filter(region__in=list(codes))
    newest = ReturnVersion.objects.newest_of(standing).select_related("of")
    return {version.of.region_id: version for version in newest}


def counted_now(form: ReportForm, region: Region, period: Period) -> Sheet:
    """Return what the system itself counts for a region that sums up, to stand beside the sum."""
    return filled(form.defined, figures_of(region, period))
