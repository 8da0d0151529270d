"""A return that is sent back, a form that is changed under way: nobody reads what nobody handed in, nothing typed moves."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Role
from reports.models import HandValue, ReportForm, Return
from reports.periods import Period
from reports.returns.definition import Column, Definition, Row
from reports.returns.forms import DefinitionForms
from reports.returns.services import ReturnError, decide, sheet_url
from tests.cast import CITY, FENGCHENG, WENSHUI, XINGXIAN, Cast, make_user
from tests.conftest import Session
from tests.reports.test_returns import hand_in, make_form, period_now, ready, type_all

pytestmark = pytest.mark.django_db
HAND = (
    Column("在册", "metric", metric="registered"),
    Column("爱心妈妈", "metric", metric="volunteers"),
    Column("慰问金", "hand", own_unit="元"),
    Column("慰问品", "hand", own_unit="件"),
)


def texts(page: Any) -> str:
    return page.content.decode()


def sent_back(cast: Cast) -> tuple[ReportForm, Return]:
    """A first version of the county's with 2 in every row, sent back; 9 typed since."""
    form = make_form(cast.city)
    ready(cast.wenshui, form, WENSHUI)
    found = Return.objects.get()
    decide(cast.city, found, 1, accepted=False, remark="活动场次请核实")
    type_all(cast.wenshui, form, WENSHUI, "9")
    return form, found


def address(form: ReportForm) -> str:
    return sheet_url(form, period_now().key, WENSHUI)


def test_the_county_is_told_in_its_inbox(cast: Cast) -> None:
    """The message is kept with the city's region: whoever it is for reads it all the same."""
    form, _ = sent_back(cast)
    inbox = texts(Session(cast.wenshui).get(reverse("notify:inbox")))
    assert "被退回，请改正后再报" in inbox
    assert "活动场次请核实" in inbox
    assert "新报表：关爱月报" in inbox
    city, key = Session(cast.city), period_now().key
    city.post(reverse("reports:collection_remind", args=[form.pk, key, CITY]))
    assert f"请报送{period_now()}关爱月报" in texts(Session(cast.xingxian).get(reverse("notify:inbox")))


def test_the_city_reads_the_version_it_sent_back(cast: Cast) -> None:
    form, _ = sent_back(cast)
    for query in ("", "?now=1"):
        answer = Session(cast.city).get(address(form) + query)
        assert answer.context["version"].number == 1
        assert "第1版已退回" in texts(answer)
    assert Session(cast.wenshui).get(address(form)).context["version"] is None


def test_the_city_downloads_no_draft_behind_a_version(cast: Cast) -> None:
    form, _ = sent_back(cast)
    file = reverse("reports:return_file", args=[form.pk, period_now().key, WENSHUI])
    names = [
        Session(who).get(f"{file}?now=1").headers["Content-Disposition"] for who in (cast.city, cast.wenshui)
    ]
    assert ["%E8%8D%89%E7%A8%BF" in name for name in names] == [False, True], "草稿"


def test_a_remark_bears_no_name_of_a_child(cast: Cast) -> None:
    form = make_form(cast.city)
    ready(cast.wenshui, form, WENSHUI)
    said = {"act": "back", "number": "1", "remark": f"{cast.child.name}算了两次"}
    key = period_now().key
    page = Session(cast.city).post(
        reverse("reports:return_decide", args=[form.pk, key, WENSHUI]), said, follow=True
    )
    assert "已经隐去" in texts(page)
    collected = reverse("reports:collection", args=[form.pk, key, CITY])
    assert cast.child.name not in texts(Session(cast.official).get(collected))


def test_numbers_typed_for_former_columns_are_not_stored(cast: Cast, typed: ReportForm) -> None:
    address = reverse("reports:return_values", args=[typed.pk, period_now().key, WENSHUI])
    body = {"seen": typed.state_mark, f"value-{FENGCHENG}-2": "7", "source-2": "台账"}
    typed.save()
    answer = Session(cast.wenshui).post(address, body, follow=True)
    assert "上级改过这张报表" in texts(answer)
    assert ("r1", 2, 201) in stored()


def test_why_it_was_sent_back_stays_with_the_version(cast: Cast) -> None:
    form, found = sent_back(cast)
    hand_in(cast.wenshui, form, WENSHUI)
    found.refresh_from_db()
    assert (found.remark, [one["number"] for one in found.sent_back]) == ("", [1])
    session = Session(cast.city)
    assert "退回：活动场次请核实" in texts(session.get(address(form)))
    collected = session.get(reverse("reports:collection", args=[form.pk, period_now().key, CITY]))
    assert "第1版退回：活动场次请核实" in texts(collected)


def test_a_period_that_runs_is_not_handed_in(cast: Cast) -> None:
    running = Period.containing(timezone.localdate())
    if running.last == timezone.localdate():
        running = running.next
    form = make_form(cast.city, since=running, columns=HAND[:2], checks=())
    with pytest.raises(ReturnError, match="还没有结束"):
        hand_in(cast.wenshui, form, WENSHUI, running)
    page = Session(cast.wenshui).get(sheet_url(form, Period.containing(timezone.localdate()).key, WENSHUI))
    assert not page.context["may_submit"] or running != Period.containing(timezone.localdate())


def test_an_official_sees_who_has_handed_in_and_opens_only_that(cast: Cast) -> None:
    form = make_form(cast.city)
    ready(cast.wenshui, form, WENSHUI)
    leader = Session(cast.official)
    collected = reverse("reports:collection", args=[form.pk, period_now().key, CITY])
    assert collected in texts(leader.get(reverse("reports:returns")))
    page = texts(leader.get(collected))
    assert address(form) in page
    assert "没报" in page
    assert sheet_url(form, period_now().key, XINGXIAN) not in page
    assert "提醒没报的" not in page
    county = make_user("county-leader", Role.OFFICIAL, WENSHUI)
    assert Session(county).get(collected).status_code == 404


def posted(form: ReportForm, *, dropped: str, **changes: str) -> dict[str, str]:
    """What the page of a form sends back, with one line ticked to be removed."""
    parts = DefinitionForms(form)
    body = {"seen": form.state_mark, f"{dropped}-DELETE": "on", **changes}
    for part in (parts.head, *parts.columns.forms, *parts.rows.forms, *parts.checks.forms):
        body |= {field.html_name: str(field.value() or "") for field in part if field.name != "DELETE"}
    for formset in (parts.columns, parts.rows, parts.checks):
        body |= {field.html_name: str(field.value()) for field in formset.management_form}
    return body | changes


def edit(cast: Cast, form: ReportForm, body: dict[str, str]) -> Any:
    return Session(cast.city).post(reverse("reports:form_edit", args=[form.pk]), body)


def stored(column: int | None = None) -> list[tuple[str, int, int]]:
    rows = HandValue.objects.order_by("row", "column").values_list("row", "column", "value")
    return [(row, at, int(value)) for row, at, value in rows if column in {None, at}]


@pytest.fixture
def typed(cast: Cast) -> ReportForm:
    """A form of three rows of one's own; in each, 100 and more in the third column, 200 and more in the fourth."""
    form = make_form(cast.city, checks=(), columns=HAND)
    rows = (Row("全县"), Row("留守", "category", "LEFT_BEHIND"), Row("困境", "category", "DIFFICULT"))
    form.definition = Definition("rows", HAND[:1] + HAND[2:], own_rows=rows).as_json()
    form.save()
    of = Return.objects.create(form=form, region_id=WENSHUI, period=period_now().key)
    for at in (1, 2, 3):
        for column in (2, 3):
            HandValue.objects.create(
                of=of, row=f"r{at}", column=column, value=column * 100 + at, typed_by=cast.wenshui
            )
    return form


def test_what_was_typed_goes_along_with_its_column(cast: Cast, typed: ReportForm) -> None:
    assert "各地已手工填了 6 格" in texts(
        Session(cast.city).get(reverse("reports:form_edit", args=[typed.pk]))
    )
    assert edit(cast, typed, posted(typed, dropped="columns-0")).status_code == 302
    assert stored() == [
        ("r1", 1, 201),
        ("r1", 2, 301),
        ("r2", 1, 202),
        ("r2", 2, 302),
        ("r3", 1, 203),
        ("r3", 2, 303),
    ]
    typed.refresh_from_db()
    assert edit(cast, typed, posted(typed, dropped="columns-0")).status_code == 302
    assert stored() == [("r1", 1, 301), ("r2", 1, 302), ("r3", 1, 303)]


def test_what_was_typed_goes_along_with_its_row(cast: Cast, typed: ReportForm) -> None:
    assert edit(cast, typed, posted(typed, dropped="rows-0")).status_code == 302
    assert stored(2) == [("r1", 2, 202), ("r2", 2, 203)]


def test_a_column_that_is_counted_from_now_on_forgets_what_was_typed(cast: Cast, typed: ReportForm) -> None:
    body = posted(typed, dropped="rows-9", **{"columns-1-source": "eligible"})
    assert edit(cast, typed, body).status_code == 302
    assert {column for _, column, _ in stored()} == {3}


def test_a_page_of_yesterday_changes_nothing(cast: Cast, typed: ReportForm) -> None:
    """Two people at one form: the second would move what was typed by numbers that hold no more."""
    body = posted(typed, dropped="columns-0")
    assert edit(cast, typed, body).status_code == 302
    before = stored()
    answer = edit(cast, typed, body)
    assert answer.status_code == 422
    assert "有人改过这张报表" in texts(answer)
    assert stored() == before
