"""What an office has to hand in, and what it collects."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils import timezone

from aixin.access.models import Region
from reports.models import ReportForm, Return
from reports.periods import Period
from reports.returns.choices import ReturnState
from reports.returns.rights import sums_up
from reports.returns.services import sheet_url

DONE = {ReturnState.SUBMITTED, ReturnState.ACCEPTED}


@dataclass(frozen=True)
class Task:
    """A return of a form for a period, by a region."""

    form: ReportForm
    period: Period
    url: str
    due_on: datetime.date
    found: Return | None = None

    @property
    def is_done(self) -> bool:
        return self.found is not None and self.found.state in DONE

    @property
    def is_returned(self) -> bool:
        return self.found is not None and self.found.state == ReturnState.RETURNED

    @property
    def is_late(self) -> bool:
        return not self.is_done and self.due_on < timezone.localdate()

    @property
    def is_ahead(self) -> bool:
        """Whether its period still runs, so that nothing can be handed in yet: it can from the last day on."""
        return not self.is_done and not self.is_returned and self.period.last > timezone.localdate()


@dataclass(frozen=True)
class Collected:
    """How many of the places below have handed in."""

    form: ReportForm
    period: Period
    done: int
    places: int

    @property
    def is_ahead(self) -> bool:
        """Whether the period still runs."""
        return self.period.last > timezone.localdate()


def due_period(form: ReportForm, today: datetime.date) -> Period:
    """Return the period that is to be handed in: the last one that is over, none before the form's first."""
    over = Period.containing(today, form.kind).previous
    return max(over, form.first_period or over)


def owed_periods(form: ReportForm, today: datetime.date) -> list[Period]:
    """Return every period that is to be handed in, from the form's first on; the last is the one that is due."""
    periods = [due_period(form, today)]
    while form.first_period and periods[0] > form.first_period:
        periods.insert(0, periods[0].previous)
    return periods


def first_periods(form: ReportForm, today: datetime.date) -> list[Period]:
    """Return the periods from which a form may be put to use: the running one, or the one that is over."""
    running = Period.containing(today, form.kind)
    return [running, running.previous]


def due_on(form: ReportForm, period: Period) -> datetime.date:
    """Return the last day on which a return is in time."""
    return period.last + datetime.timedelta(days=form.due_days)


def task_of(form: ReportForm, period: Period, code: str, found: Return | None) -> Task:
    return Task(form, period, sheet_url(form, period.key, code), due_on(form, period), found)


def tasks_of(user: Any) -> list[Task]:
    """Return what the user's office is to hand in: of each form in use the period that is over, and what stayed behind."""
    code, today = user.acting_post.region_id, timezone.localdate()
    forms = list(ReportForm.objects.visible_to(user).in_use().for_list())
    own = {
        (found.form_id, found.period): found
        for found in Return.objects.filter(region=code, form__in=forms).select_related("form__region")
    }
    tasks = []
    for form in forms:
        *earlier, due = (
            task_of(form, period, code, own.pop((form.pk, period.key), None))
            for period in owed_periods(form, today)
        )
        tasks += [task for task in earlier if not task.is_done] + [due]
    back = [found for found in own.values() if found.state == ReturnState.RETURNED]
    tasks += [task_of(found.form, found.of_period, code, found) for found in back]
    return sorted(tasks, key=lambda task: (task.is_done, task.due_on, task.form.pk))


def collected_by(user: Any) -> list[Collected]:
    """Return for each form in use how far the places below the user's office are; a county collects nothing.

    Of the period that is over, and of every one before in which somebody is missing.
    """
    code, today = user.acting_post.region_id, timezone.localdate()
    if not sums_up(code):
        return []
    places = list(Region.objects.children_of(code).values_list("code", flat=True))
    forms = list(ReportForm.objects.visible_to(user).in_use().for_list())
    counted = (
        Return.objects.standing()
        .filter(form__in=forms, region__in=places)
        .values_list("form", "period")
        .annotate(number=Count("pk"))
        .order_by()
    )
    done = {(form, period): number for form, period, number in counted}
    found = []
    for form in forms:
        *earlier, due = (
            Collected(form, period, done.get((form.pk, period.key), 0), len(places))
            for period in owed_periods(form, today)
        )
        found += [one for one in earlier if one.done < one.places] + [due]
    return found


def open_tasks(user: Any) -> list[Task]:
    """Return what the user's office has still to hand in, for the workbench."""
    return [task for task in tasks_of(user) if not task.is_done and not task.is_ahead]
