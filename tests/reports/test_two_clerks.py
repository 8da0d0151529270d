"""Two people at one return, workbook or form: what one has saved the other does not wipe out unseen."""

from typing import Any

import pytest
from django.urls import reverse

from aixin.access.models import Role, User
from aixin.access.scope import acting
from reports.models import FormWorkbook, HandValue, ReportForm, Return, ReturnVersion, WorkbookValue
from reports.returns.definition import Column, Definition
from reports.returns.moving import Moves
from reports.returns.services import ReturnError, Seen, Typed, decide, save_form, set_in_use, type_in
from tests.cast import CITY, FENGCHENG, KAISHAN, PLACES, WENSHUI, Cast, make_regions, make_user
from tests.conftest import Session
from tests.pages import hidden_fields
from tests.reports.test_blank_workbooks import blank
from tests.reports.test_returns import draft_by, period_now, press, region

pytestmark = pytest.mark.django_db
REGISTERED = Column("在册", "metric", metric="registered")
EVENTS = Column("活动", "hand", own_unit="场次")


@pytest.fixture
def second(cast: Cast) -> User:
    return make_user("wenshui2", Role.STAFF, WENSHUI)


def form_in_use(cast: Cast, *columns: Column) -> ReportForm:
    definition = Definition("places", columns).as_json()
    form = ReportForm.objects.create(region_id=CITY, title="表", definition=definition, made_by=cast.city)
    set_in_use(cast.city, form, in_use=True, since=period_now())
    form.refresh_from_db()
    return form


def opened(session: Session, address: str) -> dict[str, str]:
    """Return what the page's form would send as it stands."""
    return hidden_fields(session.get(address).content.decode())


def test_each_clerk_s_numbers_stay(cast: Cast, second: User) -> None:
    form = form_in_use(cast, REGISTERED, EVENTS)
    address = reverse("reports:return_values", args=[form.pk, period_now().key, WENSHUI])
    one, other = Session(cast.wenshui), Session(second)
    ones, others = opened(one, address), opened(other, address)
    one.post(address, {**ones, f"value-{FENGCHENG}-2": "7", f"value-{KAISHAN}-2": "", "source-2": "甲的台账"})
    other.post(
        address, {**others, f"value-{FENGCHENG}-2": "", f"value-{KAISHAN}-2": "5", "source-2": "乙的台账"}
    )
    assert dict(HandValue.objects.values_list("row", "value")) == {FENGCHENG: 7, KAISHAN: 5}
    again = opened(one, address)
    one.post(
        address, {**again, f"value-{FENGCHENG}-2": "", f"value-{KAISHAN}-2": "5", "source-2": "甲的台账"}
    )
    assert dict(HandValue.objects.values_list("row", "value")) == {KAISHAN: 5}, "what she empties goes"


def test_a_new_source_alone_takes_no_number_back(cast: Cast, second: User) -> None:
    form = form_in_use(cast, REGISTERED, EVENTS)
    address = reverse("reports:return_values", args=[form.pk, period_now().key, WENSHUI])
    one, other = Session(cast.wenshui), Session(second)
    one.post(
        address,
        {**opened(one, address), f"value-{FENGCHENG}-2": "7", f"value-{KAISHAN}-2": "", "source-2": "台账"},
    )
    stale = opened(other, address)
    one.post(
        address,
        {**opened(one, address), f"value-{FENGCHENG}-2": "8", f"value-{KAISHAN}-2": "", "source-2": "台账"},
    )
    other.post(
        address, {**stale, f"value-{FENGCHENG}-2": "7", f"value-{KAISHAN}-2": "", "source-2": "县妇联台账"}
    )
    stored = HandValue.objects.get()
    assert (stored.value, stored.source) == (8, "县妇联台账")


def test_each_clerk_s_cells_of_a_workbook_stay(cast: Cast, second: User) -> None:
    book = FormWorkbook.objects.create(
        region_id=WENSHUI,
        title="空表",
        sheet="汇总表",
        mapping={"D3": {"hand": "经费"}, "D4": {"hand": "活动"}},
        content=blank(),
        uploaded_by=cast.wenshui,
    )
    address = reverse("reports:workbook_fill", args=[book.pk, period_now().key])
    one, other = Session(cast.wenshui), Session(second)
    ones, others = opened(one, address), opened(other, address)
    empty = {"value-D3": "", "value-D4": "", "source-D3": "", "source-D4": ""}
    one.post(address, {**ones, **empty, "value-D3": "7", "source-D3": "台账"})
    other.post(address, {**others, **empty, "value-D4": "5", "source-D4": "台账"})
    assert dict(WorkbookValue.objects.values_list("cell", "value")) == {"D3": "7", "D4": "5"}


def changed(cast: Cast, form: ReportForm) -> None:
    """The city puts a column before the others."""
    new = ReportForm.objects.get(pk=form.pk)
    first = Column("应结对", "metric", metric="eligible")
    new.definition = Definition("places", (first, *new.defined.columns)).as_json()
    save_form(cast.city, new, Moves(), new.state_mark)


def test_nothing_is_handed_in_on_a_form_that_was_just_changed(cast: Cast) -> None:
    form = form_in_use(cast, REGISTERED)
    seen = Seen(0, draft_by(cast.wenshui, form, WENSHUI).digest)
    read_before = ReportForm.objects.get(pk=form.pk)
    changed(cast, form)
    with pytest.raises(ReturnError, match="有变化"):
        press(cast.wenshui, read_before, WENSHUI, seen)
    assert not ReturnVersion.objects.exists()


def test_nothing_is_typed_into_a_form_that_was_just_changed(cast: Cast) -> None:
    form = form_in_use(cast, REGISTERED, EVENTS)
    read_before = ReportForm.objects.get(pk=form.pk)
    changed(cast, form)
    with acting(cast.wenshui), pytest.raises(ReturnError, match="上级改过"):
        type_in(cast.wenshui, read_before, region(WENSHUI), period_now(), [Typed(FENGCHENG, 2, None, "台账")])


def test_an_old_page_does_not_say_that_what_came_back_is_handed_in(cast: Cast) -> None:
    form = form_in_use(cast, REGISTERED)
    seen = Seen(0, draft_by(cast.wenshui, form, WENSHUI).digest)
    press(cast.wenshui, form, WENSHUI, seen)
    found: Any = Return.objects.get()
    with acting(cast.city):
        decide(cast.city, found, 1, accepted=False, remark="请改")
    with pytest.raises(ReturnError, match="请先看一看"):
        press(cast.wenshui, form, WENSHUI, seen)
    assert ReturnVersion.objects.count() == 1


def test_a_place_that_comes_in_while_the_page_is_open_moves_no_number(cast: Cast) -> None:
    form = form_in_use(cast, REGISTERED, EVENTS)
    address = reverse("reports:return_values", args=[form.pk, period_now().key, WENSHUI])
    session = Session(cast.wenshui)
    sent = {
        **opened(session, address),
        f"value-{FENGCHENG}-2": "1",
        f"value-{KAISHAN}-2": "2",
        "source-2": "台账",
    }
    make_regions({**PLACES, "141121099": "新镇"})
    session.post(address, sent)
    assert dict(HandValue.objects.values_list("row", "value")) == {FENGCHENG: 1, KAISHAN: 2}
