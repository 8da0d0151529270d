"""Counts of supervision for reports: of everyone's findings in a region, without a word of them."""

import datetime

from aixin.access.regions import upper_bound
from aixin.access.scope import Scope, opened
from reports.models.supervision import Finding
from reports.periods import Period


def supervision_counts(code: str, period: Period, today: datetime.date) -> dict[str, int]:
    """Return `findings_open`, `findings_overdue` and `findings_closed` of a region that the caller may ask about.

    The transaction opens the region for the counts alone: an official sees no findings but her own.
    """
    day = period.until(today)
    with opened(Scope(lo=code, hi=upper_bound(code))):
        rows = Finding.objects.within_region(code)
        return {
            "findings_open": rows.open_on(day).count(),
            "findings_overdue": rows.overdue_on(day).count(),
            "findings_closed": rows.closed_in(period.first, day).count(),
        }
