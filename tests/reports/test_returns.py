"""What counties hand in: once, as it was seen, never changed; collected, sent back, summed up (issue 7)."""

import io
import threading
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from aixin.access.models import Region, Role
from aixin.access.scope import acting
from aixin.notify.models import Notice
from reports.models import Finding, HandValue, ReportForm, Return, ReturnVersion
from reports.periods import Period
from reports.returns.definition import Check, Column, Definition
from reports.returns.drafting import Draft, draft_of
from reports.returns.due import open_tasks
from reports.returns.services import (
    Reminded,
    ReturnError,
    Seen,
    Typed,
    decide,
    remind,
    set_in_use,
    submit,
    type_in,
)
from tests.cast import (
    CITY,
    FENGCHENG,
    KAISHAN,
    WENSHUI,
    XIJIE,
    XINGXIAN,
    Cast,
    make_regions,
    make_user,
)
from tests.conftest import Session
from tests.factories import ChildFactory

COLUMNS = (
    Column("在册", "metric", metric="registered"),
    Column("女", "metric", metric="registered", dimension="sex", value="F"),
    Column("活动", "hand", own_unit="场次"),
    Column("应结对", "metric", metric="eligible"),
    Column("已结对", "metric", metric="paired"),
    Column("结对率", "formula", formula="5/4"),
)
CHECKS = (Check(1, "=", "2", "女童应等于在册（名册上没有男童）"),)


def period_now() -> Period:
    """The period to be handed in: the last one that is over."""
    return Period.containing(timezone.localdate()).previous


def make_form(maker: Any, code: str = CITY, *, is_open: bool = True, **changes: Any) -> ReportForm:
    """Return a monthly form of an office, in use since the period that is over or another."""
    since = changes.pop("since", period_now())
    definition = Definition("places", changes.pop("columns", COLUMNS), checks=changes.pop("checks", CHECKS))
    form: ReportForm = ReportForm.objects.create(
        region_id=code, title="关爱月报", definition=definition.as_json(), made_by=maker, **changes
    )
    if is_open:
        set_in_use(maker, form, in_use=True, since=since)
        form.refresh_from_db()
    return form


def region(code: str) -> Region:
    found: Region = Region.objects.get(pk=code)
    return found


def draft_by(user: Any, form: ReportForm, code: str, period: Period | None = None) -> Draft:
    """Return what a user's office would hand in now, as the user sees it: figures need her scope."""
    with acting(user):
        return draft_of(form, region(code), period or period_now())


def type_all(user: Any, form: ReportForm, code: str, value: str = "2") -> None:
    """Type a value into every row of the column that people fill in."""
    rows = [Typed(line.key, 3, Decimal(value), "活动台账") for line in draft_by(user, form, code).now.lines]
    with acting(user):
        type_in(user, form, region(code), period_now(), rows)


def hand_in(user: Any, form: ReportForm, code: str, period: Period | None = None) -> ReturnVersion:
    """Hand in what the user sees now."""
    wanted = period or period_now()
    draft = draft_by(user, form, code, wanted)
    number = ReturnVersion.objects.filter(of__form=form, of__region=code, of__period=wanted.key).count()
    return press(user, form, code, Seen(number, draft.digest), wanted)


def press(user: Any, form: ReportForm, code: str, seen: Seen, period: Period | None = None) -> ReturnVersion:
    with acting(user):
        return submit(user, form, region(code), period or period_now(), seen)


def ready(user: Any, form: ReportForm, code: str) -> ReturnVersion:
    type_all(user, form, code)
    return hand_in(user, form, code)


def test_a_return_is_filled_in_one_press_and_handed_in_once(cast: Cast) -> None:
    form = make_form(cast.city)
    type_all(cast.wenshui, form, WENSHUI)
    seen = Seen(0, draft_by(cast.wenshui, form, WENSHUI).digest)
    version = press(cast.wenshui, form, WENSHUI, seen)
    # Pressed twice on one page it is one return; from another page somebody must look first.
    assert press(cast.wenshui, form, WENSHUI, seen) == version
    with pytest.raises(ReturnError, match="已经报送过"):
        press(cast.wenshui, form, WENSHUI, Seen(0, "seen elsewhere"))
    assert ReturnVersion.objects.count() == 1
    with pytest.raises(ReturnError, match="一样"):
        hand_in(cast.wenshui, form, WENSHUI)
    assert (version.number, version.submitted_by) == (1, cast.wenshui)
    total = version.sheet().total
    assert total
    assert total.values[:2] == (3, 3)
    assert total.value(3) == 2 * len(version.sheet().lines)
    assert total.values[4:] == (2, 66.7)


def test_nothing_is_handed_in_that_nobody_has_seen(cast: Cast) -> None:
    form = make_form(cast.city)
    type_all(cast.wenshui, form, WENSHUI)
    seen = Seen(0, draft_by(cast.wenshui, form, WENSHUI).digest)
    ChildFactory(region_id=XIJIE)
    with pytest.raises(ReturnError, match="有变化"):
        press(cast.wenshui, form, WENSHUI, seen)
    assert not ReturnVersion.objects.exists()


def test_a_failing_check_and_a_missing_value_stand_in_the_way(cast: Cast) -> None:
    form = make_form(cast.city)
    with pytest.raises(ReturnError, match="没有填"):
        hand_in(cast.wenshui, form, WENSHUI)
    type_all(cast.wenshui, form, WENSHUI)
    boy = ChildFactory(region_id=XIJIE, sex="M")
    draft = draft_by(cast.wenshui, form, WENSHUI)
    assert {(one.line, one.gap) for one in draft.broken} == {("凤城镇", 1), ("合计", 1)}
    with pytest.raises(ReturnError, match="勾稽"):
        hand_in(cast.wenshui, form, WENSHUI)
    page = Session(cast.wenshui).get(reverse("reports:return", args=[form.pk, period_now().key, WENSHUI]))
    assert "女童应等于在册" in page.content.decode()
    assert "（在册是 3，女是 2，相差 1）" in page.content.decode()
    boy.sex = "F"
    boy.save()
    assert hand_in(cast.wenshui, form, WENSHUI).number == 1


def test_what_was_typed_keeps_source_and_author(cast: Cast) -> None:
    form = make_form(cast.city)
    address = reverse("reports:return_values", args=[form.pk, period_now().key, WENSHUI])
    client = Session(cast.wenshui)
    body = {f"value-{FENGCHENG}-3": "4", f"value-{KAISHAN}-3": "0", "source-3": ""}
    refused = client.post(address, body)
    assert refused.status_code == 422
    assert "来源" in refused.content.decode()
    assert not HandValue.objects.exists()
    assert client.post(address, {**body, "source-3": "活动台账"}).status_code == 302
    stored = HandValue.objects.order_by("row").values_list("value", "source", "typed_by")
    assert list(stored) == [(4, "活动台账", cast.wenshui.pk), (0, "活动台账", cast.wenshui.pk)]


def test_a_version_stays_as_it_was_whoever_asks(cast: Cast) -> None:
    form = make_form(cast.city)
    version = ready(cast.wenshui, form, WENSHUI)
    ChildFactory(region_id=XIJIE)
    assert ReturnVersion.objects.get().values == version.values
    with acting(cast.wenshui):
        own = ReturnVersion.objects.filter(pk=version.pk)
        assert (own.count(), own.update(number=9)) == (1, 0)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM reports_returnversion")
            assert cursor.rowcount == 0
            # The owner of the tables is stopped too.
            cursor.execute(
                "SELECT tgtype & 24 FROM pg_trigger WHERE tgname = 'versions_stand' AND tgenabled = 'O'"
            )
            assert cursor.fetchone() == (24,)
    assert ReturnVersion.objects.get().number == 1


def test_a_late_entry_makes_a_second_version_with_the_differences(cast: Cast) -> None:
    form = make_form(cast.city)
    ready(cast.wenshui, form, WENSHUI)
    found = Return.objects.get()
    decide(cast.city, found, 1, accepted=True)
    ChildFactory(region_id=XIJIE)
    page = Session(cast.wenshui).get(reverse("reports:return", args=[form.pk, period_now().key, WENSHUI]))
    assert "报送以后数据有变化" in page.content.decode()
    second = hand_in(cast.wenshui, form, WENSHUI)
    changes = {(one["line"], one["column"]): (one["before"], one["after"]) for one in second.differences}
    assert changes["凤城镇", "在册"] == (2, 3)
    assert changes["合计", "在册"] == (3, 4)
    assert ("开栅镇", "在册") not in changes
    assert [version.number for version in found.versions.all()] == [2, 1]
    told = Notice.objects.filter(title__contains="更正")
    assert [notice.addressee for notice in told] == [f"user:{cast.city.pk}"]


def test_the_city_sends_back_with_a_remark_and_the_county_hands_in_again(cast: Cast) -> None:
    form = make_form(cast.city)
    ready(cast.wenshui, form, WENSHUI)
    address = reverse("reports:return_decide", args=[form.pk, period_now().key, WENSHUI])
    client = Session(cast.city)
    assert client.post(address, {"act": "back", "number": "1"}).status_code == 422
    assert client.post(address, {"act": "back", "number": "1", "remark": "活动数不对"}).status_code == 302
    found = Return.objects.get()
    assert (found.state, found.remark, found.decided_by) == ("RETURNED", "活动数不对", cast.city)
    assert Notice.objects.filter(addressee=f"user:{cast.wenshui.pk}", title__contains="退回").count() == 1
    with acting(cast.wenshui):
        assert [task.period for task in open_tasks(cast.wenshui) if task.is_returned] == [period_now()]
    assert hand_in(cast.wenshui, form, WENSHUI).number == 2
    found.refresh_from_db()
    assert (found.state, found.remark) == ("SUBMITTED", "")
    with pytest.raises(ReturnError, match="新的一版"):
        decide(cast.city, found, 1, accepted=True)
    decide(cast.city, found, 2, accepted=True)
    with pytest.raises(ReturnError, match="已经办过"):
        decide(cast.city, found, 2, accepted=True)


def test_the_city_s_return_is_the_sum_of_what_counties_handed_in(cast: Cast) -> None:
    form = make_form(cast.city)
    ready(cast.wenshui, form, WENSHUI)
    with pytest.raises(ReturnError, match="兴县"):
        hand_in(cast.city, form, CITY)
    ready(cast.xingxian, form, XINGXIAN)
    # What came in since is counted by the system, not by the sum.
    ChildFactory(region_id=XIJIE)
    version = hand_in(cast.city, form, CITY)
    sheet = version.sheet()
    assert [(line.title, line.value(1)) for line in sheet.lines] == [("文水县", 3), ("兴县", 1)]
    assert sheet.total
    assert sheet.total.values[:2] == (4, 4)
    assert sheet.total.value(6) == 50.0
    assert set(version.made_of) == set(
        ReturnVersion.objects.exclude(pk=version.pk).values_list("pk", flat=True)
    )
    page = (
        Session(cast.city)
        .get(reverse("reports:return", args=[form.pk, period_now().key, CITY]) + "?now=1")
        .content.decode()
    )
    assert "系统现在统计" in page


def test_reminding_reaches_those_who_have_not_handed_in_once_a_day(cast: Cast) -> None:
    form = make_form(cast.city)
    ready(cast.wenshui, form, WENSHUI)
    address = reverse("reports:collection_remind", args=[form.pk, period_now().key, CITY])
    for _ in range(2):
        assert Session(cast.city).post(address).status_code == 302
    told = Notice.objects.filter(title__startswith="请报送")
    assert [notice.addressee for notice in told] == [f"user:{cast.xingxian.pk}"]
    assert remind(cast.city, form, period_now(), []) == Reminded(0, 0)


def test_reminding_says_how_many_offices_and_how_many_people(cast: Cast) -> None:
    form = make_form(cast.city)
    make_user("second", Role.STAFF, WENSHUI)
    address = reverse("reports:collection_remind", args=[form.pk, period_now().key, CITY])
    page = Session(cast.city).post(address, follow=True).content.decode()
    assert "提醒没报的 2 家" in page
    assert "已提醒 2 家（共 3 人）" in page


def test_what_is_not_filled_in_is_counted_apart_from_what_is_wrong(cast: Cast) -> None:
    form = make_form(cast.city)
    address = reverse("reports:return", args=[form.pk, period_now().key, WENSHUI])
    client = Session(cast.wenshui)
    page = client.get(address).content.decode()
    assert "还有 2 格没填" in page
    assert "处要改" not in page
    assert "勾稽关系全部相符" not in page
    typed = client.post(
        reverse("reports:return_values", args=[form.pk, period_now().key, WENSHUI]),
        {f"value-{FENGCHENG}-3": "4.123", f"value-{KAISHAN}-3": "-1", "source-3": "台账"},
    ).content.decode()
    assert "“场次”请填整数。" in typed
    assert "不能小于 0。" in typed
    assert "确认小数" not in typed


def test_differences_are_written_with_thousands(cast: Cast) -> None:
    form = make_form(cast.city)
    type_all(cast.wenshui, form, WENSHUI)
    hand_in(cast.wenshui, form, WENSHUI)
    type_all(cast.wenshui, form, WENSHUI, "12345")
    hand_in(cast.wenshui, form, WENSHUI)
    address = reverse("reports:return", args=[form.pk, period_now().key, WENSHUI])
    page = Session(cast.wenshui).get(address).content.decode()
    assert '<td class="num">12,345</td>' in page
    assert ">12345<" not in page


def test_last_period_is_compared_as_it_was_handed_in(cast: Cast) -> None:
    form = make_form(cast.city)
    earlier = period_now().previous
    draft = draft_by(cast.wenshui, form, WENSHUI, earlier)
    typed = [Typed(line.key, 3, Decimal(7), "台账") for line in draft.now.lines]
    type_in(cast.wenshui, form, region(WENSHUI), earlier, typed)
    version = hand_in(cast.wenshui, form, WENSHUI, earlier)
    assert draft_by(cast.wenshui, form, WENSHUI).sheets["before"] == version.sheet()


def test_officials_read_what_was_handed_in_and_no_small_cell(cast: Cast) -> None:
    form = make_form(cast.city)
    address = reverse("reports:return", args=[form.pk, period_now().key, WENSHUI])
    leader = Session(cast.official)
    assert leader.get(address).status_code == 404
    ready(cast.wenshui, form, WENSHUI)
    page = leader.get(address).content.decode()
    assert "人数少于5" in page
    assert '<td class="num">3</td>' not in page
    content = leader.get(reverse("reports:return_file", args=[form.pk, period_now().key, WENSHUI])).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert not [cell for row in rows[5:] for cell in row if cell == 3]
    assert (
        leader.post(reverse("reports:return_submit", args=[form.pk, period_now().key, WENSHUI])).status_code
        == 403
    )


def test_the_workbook_to_print_holds_the_numbers_the_headings_and_the_watermark(cast: Cast) -> None:
    form = make_form(cast.city)
    version = ready(cast.wenshui, form, WENSHUI)
    content = (
        Session(cast.wenshui)
        .get(reverse("reports:return_file", args=[form.pk, period_now().key, WENSHUI]))
        .content
    )
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    rows = sheet.to_python(skip_empty_area=False)
    assert rows[0][0] == "文水县关爱月报"
    assert rows[1][0] == "填报单位：文水县妇联"
    assert rows[2][1] == "在册\n（人）"
    assert rows[4][:4] == ["栏次", "1", "2", "3"]
    printed = {row[0]: row[1:] for row in rows[5:]}
    total = version.sheet().total
    assert total
    assert printed["合计"] == [float(value or 0) for value in total.values]
    assert printed["合计"][:2] == [3.0, 3.0]
    assert printed["比上期增减"][0] == 0
    assert any("负责人" in str(cell) for row in rows for cell in row)
    assert any(cast.wenshui.get_full_name() in part for part in _headers(content))


def _headers(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read("xl/worksheets/sheet1.xml").decode()]


def test_a_form_from_above_is_not_changed_and_one_in_use_is_fixed(cast: Cast) -> None:
    form = make_form(cast.city)
    county = Session(cast.wenshui)
    assert county.get(reverse("reports:form", args=[form.pk])).status_code == 200
    assert county.get(reverse("reports:form_edit", args=[form.pk])).status_code == 403
    assert county.post(reverse("reports:form_use", args=[form.pk]), {"act": "stop"}).status_code == 403
    ready(cast.wenshui, form, WENSHUI)
    assert Session(cast.city).get(reverse("reports:form_edit", args=[form.pk])).status_code == 302


def test_a_draft_is_its_maker_s_alone_and_a_sibling_s_form_nobody_else_s(cast: Cast) -> None:
    draft = make_form(cast.city, is_open=False)
    sibling = make_form(cast.xingxian, XINGXIAN)
    for form in (draft, sibling):
        assert Session(cast.wenshui).get(reverse("reports:form", args=[form.pk])).status_code == 404
    with acting(cast.wenshui):
        assert not ReportForm.objects.filter(pk=sibling.pk).exists()


def test_the_database_lets_no_county_write_another_s_return(cast: Cast) -> None:
    form = make_form(cast.city)
    with (
        acting(cast.xingxian),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Return.objects.create(form=form, region_id=WENSHUI, period=period_now().key)
    Return.objects.create(form=form, region_id=WENSHUI, period=period_now().key)
    with acting(cast.xingxian):
        assert not Return.objects.exists()
    with acting(cast.official):
        assert Return.objects.count() == 1
        assert Return.objects.update(state="ACCEPTED") == 0


def test_a_stopped_form_takes_nothing_more(cast: Cast) -> None:
    form = make_form(cast.city)
    type_all(cast.wenshui, form, WENSHUI)
    set_in_use(cast.city, form, in_use=False)
    with acting(cast.wenshui):
        assert open_tasks(cast.wenshui) == []
    form.refresh_from_db()
    with pytest.raises(ReturnError, match="停用"):
        hand_in(cast.wenshui, form, WENSHUI)


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_make_one_version() -> None:
    make_regions()
    clerks = [make_user(f"clerk{number}", Role.STAFF, WENSHUI) for number in range(2)]
    form = make_form(clerks[0], WENSHUI, columns=COLUMNS[:1], checks=())
    seen = Seen(0, draft_by(clerks[0], form, WENSHUI).digest)
    barrier, done = threading.Barrier(2), []

    def race(clerk: Any) -> None:
        barrier.wait()
        try:
            done.append(press(clerk, form, WENSHUI, seen).number)
        except ReturnError as fault:
            done.append(str(fault))
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=[clerk]) for clerk in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, done)) == ["1", "刚才已经报送过了，请先看一看再决定。"]
    assert ReturnVersion.objects.count() == 1


def test_what_a_region_has_of_its_own_is_a_line_only_where_a_column_counts_it(cast: Cast) -> None:
    form = make_form(cast.city, checks=())
    keys = [line.key for line in draft_by(cast.wenshui, form, WENSHUI).now.lines]
    today = timezone.localdate()
    Finding.objects.create(
        region_id=WENSHUI, found_on=today, due_on=today, place="某村", text="x", written_by=cast.city
    )
    assert [line.key for line in draft_by(cast.wenshui, form, WENSHUI).now.lines] == keys
    ChildFactory(region_id=WENSHUI)
    assert [line.key for line in draft_by(cast.wenshui, form, WENSHUI).now.lines] == [*keys, WENSHUI]
