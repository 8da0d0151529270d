"""From which period a form applies: nothing before is asked for, nothing is overdue on its first day (issue 7)."""

from django.urls import reverse
from django.utils import timezone

from aixin.access.scope import acting
from aixin.notify.models import Notice
from reports.models import ReportForm
from reports.periods import Period
from reports.returns.due import due_period, open_tasks, tasks_of
from tests.cast import CITY, Cast
from tests.conftest import Session
from tests.reports.test_returns import make_form


def period_now() -> Period:
    return Period.containing(timezone.localdate())


def test_a_new_form_is_asked_for_from_the_period_that_runs(cast: Cast) -> None:
    form = make_form(cast.city, since=period_now())
    assert form.first_period == period_now()
    assert Notice.objects.filter(body__startswith=f"从{period_now()}起报").exists()
    with acting(cast.wenshui):
        (task,) = tasks_of(cast.wenshui)
        assert (task.period, task.is_ahead, task.is_late) == (period_now(), True, False)
        assert open_tasks(cast.wenshui) == []
    city = Session(cast.city)
    earlier = [form.pk, period_now().previous.key, CITY]
    assert "提醒没报的" not in city.get(reverse("reports:collection", args=earlier)).content.decode()
    page = city.post(reverse("reports:collection_remind", args=earlier), follow=True).content.decode()
    assert "这一期不用催" in page
    assert not Notice.objects.filter(title__startswith="请报送").exists()
    assert (
        period_now().previous.name not in city.get(reverse("reports:form", args=[form.pk])).content.decode()
    )


def test_the_office_may_ask_for_the_period_that_is_over(cast: Cast) -> None:
    form = make_form(cast.city, is_open=False, due_days=0)
    address, city = reverse("reports:form_use", args=[form.pk]), Session(cast.city)
    assert "从哪一期起报" in city.get(reverse("reports:form", args=[form.pk])).content.decode()
    for wrong in ("2020-01", period_now().next.key, "x"):
        city.post(address, {"act": "open", "since": wrong})
        form.refresh_from_db()
        assert not form.is_open
    city.post(address, {"act": "open", "since": period_now().previous.key})
    with acting(cast.wenshui):
        (task,) = open_tasks(cast.wenshui)
        assert (task.period, task.is_late) == (period_now().previous, True)


def test_a_form_put_to_use_last_year_asks_for_the_period_that_is_over(cast: Cast) -> None:
    form = make_form(cast.city, since=period_now())
    ReportForm.objects.update(applies_from=period_now().year_before.first)
    form.refresh_from_db()
    assert due_period(form, timezone.localdate()) == period_now().previous
    ReportForm.objects.update(applies_from=None)
    form.refresh_from_db()
    assert due_period(form, timezone.localdate()) == period_now().previous
