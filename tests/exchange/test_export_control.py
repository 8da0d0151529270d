"""Exports: purpose and watermark, approval of full numbers, expiry, erasure (DOMAIN section 6)."""

import datetime
import threading
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Post, Role, User
from aixin.access.scope import acting
from aixin.audit.models import Action, Entry
from aixin.exchange import exporting, services
from aixin.exchange.choices import ExportState
from aixin.exchange.filling import destroy_exports_of
from aixin.exchange.models import Export, StandingApproval
from aixin.exchange.services import Decision, ExportError
from aixin.exchange.tasks import expire_exports
from aixin.notify.models import Notice
from children.models import Child
from pairing.models import Pairing
from tests.cast import CITY, FENGCHENG, WENSHUI, XIJIE, Cast, make_user
from tests.conftest import Session
from tests.exchange.exports import TERMS, ask, ask_full, cells, decide, download, member, text_of
from tests.factories import ChildFactory
from tests.pages import text_of as words_of
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
LISTS = ["children", "volunteers", "pairings"]
DAY = datetime.timedelta(days=1)


def page(user: Any, path: str) -> str:
    return words_of(Session(user).get(path).content.decode())


def detail(export: Export) -> str:
    return reverse("exports:detail", args=[export.pk])


def exported(actor: Any) -> list[Entry]:
    return list(Entry.objects.filter(action=Action.EXPORT, user=actor))


# Asking


def test_the_page_says_what_would_be_exported(cast: Cast) -> None:
    said = page(cast.wenshui, f"/children/export/?region={FENGCHENG}&category=LEFT_BEHIND")
    assert "儿童信息台账" in said
    assert "2 行" in said
    assert "地区：凤城镇，类别：留守儿童" in said


def test_a_look_at_the_page_exports_nothing(cast: Cast) -> None:
    assert "text/html" in Session(cast.wenshui).get("/children/export/").headers["Content-Type"]
    assert not Export.objects.exists()
    assert exported(cast.wenshui) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"purpose": ""}, "请选择导出的目的。"),
        ({"purpose": "OTHER"}, "请写明是什么目的。"),
        ({"recipient": "  "}, "请填写名单交给谁用。"),
        ({"recipient": "a\x00b"}, "不允许是用空字符串"),
        ({"contents": "everything"}, "选择一个有效的选项"),
    ],
)
def test_nothing_goes_out_without_purpose_and_recipient(
    cast: Cast, changes: dict[str, str], sentence: str
) -> None:
    answer = Session(cast.wenshui).post("/children/export/", {**TERMS, **changes})
    assert answer.status_code == 200
    assert sentence in words_of(answer.content.decode())
    assert not Export.objects.exists()


def test_a_number_typed_into_purpose_or_recipient_is_masked(cast: Cast) -> None:
    export = ask(cast.wenshui, purpose="OTHER", purpose_note="打13987654321", recipient="王13987654321")
    assert "13987654321" not in export.purpose_note + export.recipient


def test_a_form_sent_twice_is_one_export(cast: Cast) -> None:
    key = str(uuid4())
    assert ask(cast.wenshui, form_key=key) == ask(cast.wenshui, form_key=key)
    assert Export.objects.count() == 1
    assert Entry.objects.filter(action=Action.CREATE, object_type="exchange.export").count() == 1


def test_the_key_of_another_user_s_form_gives_nothing_of_hers(cast: Cast) -> None:
    key = str(uuid4())
    theirs = ask(cast.wenshui, form_key=key)
    mine = ask(cast.xingxian, form_key=key)
    assert mine != theirs
    assert mine.requested_by == cast.xingxian


def test_a_list_too_long_is_refused_not_cut(cast: Cast, settings: Any) -> None:
    settings.EXPORT_ROWS = 2
    assert "一次最多导出" in page(cast.wenshui, "/children/export/")
    answer = Session(cast.wenshui).post("/children/export/", TERMS)
    assert "一次最多导出" in words_of(answer.content.decode())
    assert not Export.objects.exists()
    assert ask(cast.wenshui, query=f"?region={FENGCHENG}").rows == 2


def test_an_empty_list_is_not_exported(cast: Cast) -> None:
    assert "没有可以导出的记录" in page(cast.wenshui, "/children/export/?risk=HIGH")
    Session(cast.wenshui).post("/children/export/?risk=HIGH", TERMS)
    assert not Export.objects.exists()


# Masked: at once


def test_a_masked_export_is_ready_at_once_and_holds_what_the_page_shows(cast: Cast) -> None:
    export = ask(cast.wenshui, query=f"?region={FENGCHENG}")
    assert export.state == ExportState.READY
    assert set(export.row_ids) == {cast.child.pk, cast.unpaired.pk}
    said = text_of(download(cast.wenshui, export).content)
    assert "张小明" in said
    assert "李小红" not in said
    guardian = cast.child.main_guardian
    assert guardian.masked_phone in said
    assert guardian.phone not in said
    assert cast.child.idno not in said


@pytest.mark.parametrize("kind", LISTS)
def test_city_staff_get_masked_names_and_no_numbers(cast: Cast, kind: str) -> None:
    said = text_of(download(cast.city, ask(cast.city, kind)).content)
    assert not [name for name in ("张小明", "李小红", "王爱心", "赵有爱") if name in said]
    assert cast.volunteer.phone not in said


@pytest.mark.parametrize("kind", LISTS)
def test_city_staff_never_get_full_numbers(cast: Cast, kind: str) -> None:
    make_user("province", Role.STAFF, "14", is_head=True)
    answer = Session(cast.city).post(f"/{kind}/export/", {**TERMS, "contents": "full"})
    assert answer.status_code == 200
    assert "含完整号码" not in words_of(Session(cast.city).get(f"/{kind}/export/").content.decode())
    assert not Export.objects.exists()
    with acting(cast.city), pytest.raises(ExportError, match="县（市、区）及以下"):
        services.request_export(cast.city, exporting.list_of(kind), selection(cast.city, kind), full_terms())


def selection(user: Any, kind: str) -> exporting.Selection:
    return exporting.Selection(exporting.list_of(kind), user, QueryDict())


def full_terms() -> services.Terms:
    return services.Terms(services.Purpose.AUDIT, "县审计局", full=True)


@pytest.mark.parametrize("kind", LISTS)
def test_every_workbook_says_who_took_it_when_and_what_for(cast: Cast, kind: str) -> None:
    export = ask(cast.wenshui, kind, purpose="OTHER", purpose_note="A&B交接", recipient="县档案馆")
    content = download(cast.wenshui, export).content
    sheet = member(content, "xl/worksheets/sheet1.xml")
    line = cells(content)[1][0]
    for said in ("wenshui姓名", "文水县妇联", f"{timezone.localdate():%Y-%m-%d}", "县档案馆"):
        assert said in line
        assert sheet.count(said) >= 3, "first lines, header and footer"
    assert "用途：其他：A&B交接" in line
    assert "A＆B交接" in sheet.split("<oddHeader>")[1], "an ampersand would be one of Excel's codes"
    assert "$1:$5" in member(content, "xl/workbook.xml"), "the lines are repeated on each printed page"


def test_a_long_purpose_does_not_drop_the_watermark(cast: Cast) -> None:
    cast.wenshui.display_name = "长" * 40
    cast.wenshui.save()
    export = ask(cast.wenshui, purpose="OTHER", purpose_note="&" * 60, recipient="&" * 60)
    header = member(download(cast.wenshui, export).content, "xl/worksheets/sheet1.xml")
    assert "<oddHeader>" in header
    assert "<oddFooter>" in header


def test_each_download_is_in_the_trail_with_its_rows(cast: Cast) -> None:
    export = ask(cast.wenshui, query=f"?region={FENGCHENG}")
    assert exported(cast.wenshui) == []
    for times in (1, 2):
        assert download(cast.wenshui, export).headers["Cache-Control"] == "no-store"
        entries = exported(cast.wenshui)
        assert len(entries) == times
        assert entries[0].detail == {"what": "儿童信息台账", "rows": 2, "full": False}
        assert entries[0].object_id == str(export.pk)


@pytest.mark.parametrize(
    ("who", "status"), [("xingxian", 404), ("city", 403), ("fengcheng", 404), ("mama", 403)]
)
def test_only_its_requester_fetches_a_file(cast: Cast, who: str, status: int) -> None:
    export = ask(cast.wenshui)
    assert download(cast.users[who], export).status_code == status
    assert Session(cast.users[who]).get(detail(export)).status_code == status
    assert exported(cast.users[who]) == []


def test_a_head_sees_what_her_region_exported_but_no_file(cast: Cast) -> None:
    export = ask(cast.fengcheng)
    assert "儿童信息台账" in page(cast.wenshui, reverse("exports:list") + "?of=region")
    assert "fengcheng姓名" in page(cast.wenshui, detail(export))
    assert "下载</button>" not in Session(cast.wenshui).get(detail(export)).content.decode()
    assert download(cast.wenshui, export).status_code == 403


def test_a_file_made_as_one_post_is_not_fetched_as_another(cast: Cast) -> None:
    export = ask(cast.wenshui)
    Post.objects.create(
        user=cast.wenshui, role=Role.STAFF, region_id=CITY, starts_on=datetime.date(2026, 1, 1)
    )
    session = Session(cast.wenshui)
    session.post(reverse("switch_post"), {"post": Post.objects.get(user=cast.wenshui, region_id=CITY).pk})
    assert session.post(reverse("exports:download", args=[export.pk])).status_code == 403


# Full numbers: approval


def test_full_numbers_wait_for_the_head_who_is_told(cast: Cast) -> None:
    export = ask_full(cast.fengcheng, recipient="县教育局")
    assert export.state == ExportState.REQUESTED
    assert export.content == ""
    assert download(cast.fengcheng, export).status_code == 302
    assert exported(cast.fengcheng) == []
    notice = Notice.objects.visible_to(cast.wenshui).get()
    assert notice.link == detail(export)
    asked = page(cast.wenshui, notice.link)
    for said in ("fengcheng姓名", "儿童信息台账", "2 行", "上报上级", "县教育局", "含完整号码"):
        assert said in asked
    assert "去审批" in page(cast.wenshui, reverse("exports:list"))
    assert "1 待审批" in page(cast.wenshui, "/")
    assert "wenshui姓名" in page(cast.fengcheng, detail(export))


@pytest.mark.parametrize("kind", LISTS)
def test_an_approved_export_has_the_numbers_in_full(cast: Cast, kind: str) -> None:
    Pairing.objects.update(liaison="段主席", liaison_phone="19940000001")
    export = ask_full(cast.fengcheng, kind)
    assert decide(cast.wenshui, export).status_code == 302
    export.refresh_from_db()
    assert export.state == ExportState.READY
    said = text_of(download(cast.fengcheng, export).content)
    guardian = cast.child.main_guardian
    wanted = {
        "children": [cast.child.idno, guardian.phone, "张小明"],
        "volunteers": [cast.volunteer.idno, cast.volunteer.phone, "王爱心"],
        "pairings": [cast.child.idno, guardian.phone, cast.volunteer.phone, "19940000001"],
    }[kind]
    assert [number for number in wanted if number not in said] == []
    assert "****" not in said
    assert "含完整号码" in said
    assert exported(cast.fengcheng)[0].detail["full"] is True
    assert "已批准" in Notice.objects.visible_to(cast.fengcheng).get().title


def test_a_refusal_says_why_and_gives_no_file(cast: Cast) -> None:
    export = ask_full(cast.fengcheng)
    assert "不批准的，请写明原因。" in words_of(decide(cast.wenshui, export, "refuse").content.decode())
    decide(cast.wenshui, export, "refuse", remark="用不着完整号码")
    export.refresh_from_db()
    assert (export.state, export.content) == (ExportState.REFUSED, "")
    assert "用不着完整号码" in page(cast.fengcheng, detail(export))
    assert "用不着完整号码" in Notice.objects.visible_to(cast.fengcheng).get().body
    assert download(cast.fengcheng, export).status_code == 302


def test_a_head_never_decides_on_her_own_request(cast: Cast) -> None:
    above = make_user("cityhead", Role.STAFF, CITY, is_head=True)
    export = ask_full(cast.wenshui)
    assert decide(cast.wenshui, export).status_code == 403
    export.refresh_from_db()
    assert export.state == ExportState.REQUESTED
    assert [row.addressee for row in Notice.objects.all()] == [f"user:{above.pk}"]
    decide(above, export)
    export.refresh_from_db()
    assert export.decided_by == above


def test_who_decides_from_the_city_does_not_see_a_row(cast: Cast) -> None:
    """The file is made as the requester sees it; the head of the city gets neither a name nor a number of it."""
    above = make_user("cityhead", Role.STAFF, CITY, is_head=True)
    export = ask_full(cast.wenshui)
    answer = Session(above).post(
        reverse("exports:decision", args=[export.pk]), {"decision": "approve"}, follow=True
    )
    seen = answer.content.decode() + page(above, reverse("exports:list") + "?of=region")
    for secret in ("张小明", cast.child.idno, cast.child.main_guardian.phone):
        assert secret not in seen
    assert download(above, export).status_code == 403
    export.refresh_from_db()
    said = text_of(download(cast.wenshui, export).content)
    assert "张小明" in said
    assert "周远方" not in said
    assert export.rows == 3


@pytest.mark.parametrize("who", ["fengcheng", "city"])
def test_nobody_else_decides(cast: Cast, who: str) -> None:
    export = ask_full(cast.fengcheng)
    assert decide(cast.users[who], export).status_code == 403
    assert decide(cast.xingxian, export).status_code == 404
    export.refresh_from_db()
    assert export.state == ExportState.REQUESTED


def test_without_any_head_the_request_is_refused_with_a_sentence(cast: Cast) -> None:
    answer = Session(cast.wenshui).post("/children/export/", {**TERMS, "contents": "full"})
    assert "文水县妇联和上级妇联都没有标明负责人" in words_of(answer.content.decode())
    assert not Export.objects.exists()
    assert "都没有标明负责人" in page(cast.wenshui, "/children/export/")


def test_an_export_holds_the_rows_that_were_approved(cast: Cast) -> None:
    """Not those that came since, and not those that have left the requester's scope."""
    export = ask_full(cast.fengcheng)
    ChildFactory(name="后来的", region_id=XIJIE)
    Child.objects.filter(pk=cast.unpaired.pk).update(region_id="141121101200")
    decide(cast.wenshui, export)
    export.refresh_from_db()
    assert export.row_ids == [cast.child.pk]
    assert export.rows == 1
    said = text_of(download(cast.fengcheng, export).content)
    assert "张小明" in said
    assert "后来的" not in said
    assert "孙待结" not in said


def test_a_requester_who_left_her_post_gets_nothing(cast: Cast) -> None:
    export = ask_full(cast.fengcheng)
    cast.fengcheng.posts.update(ends_on=timezone.localdate() - DAY)
    session = Session(cast.wenshui)
    session.post(reverse("exports:decision", args=[export.pk]), {"decision": "approve"})
    assert "申请人已不在原来的岗位" in words_of(session.get(detail(export)).content.decode())
    export.refresh_from_db()
    assert (export.state, export.content) == (ExportState.REQUESTED, "")
    decide(cast.wenshui, export, "refuse", remark="已调离")
    export.refresh_from_db()
    assert export.state == ExportState.REFUSED


def test_a_second_decision_changes_nothing(cast: Cast) -> None:
    export = ask_full(cast.fengcheng)
    decide(cast.wenshui, export, "refuse", remark="不必")
    session = Session(cast.wenshui)
    session.post(reverse("exports:decision", args=[export.pk]), {"decision": "approve"})
    assert "已经有人处理过了" in words_of(session.get(detail(export)).content.decode())
    export.refresh_from_db()
    assert (export.state, export.content) == (ExportState.REFUSED, "")


def test_a_decision_settles_the_notices_of_all_who_were_asked(cast: Cast) -> None:
    second = make_user("deputy", Role.STAFF, WENSHUI, is_head=True)
    export, other = ask_full(cast.fengcheng), ask_full(cast.fengcheng)
    decide(second, export)
    for head in (cast.wenshui, second):
        assert [notice.link for notice in Notice.objects.visible_to(head).open()] == [detail(other)]


def test_the_decision_is_in_the_trail(cast: Cast) -> None:
    export = ask_full(cast.fengcheng)
    decide(cast.wenshui, export)
    entry = Entry.objects.filter(object_type="exchange.export", action=Action.UPDATE).get()
    assert (entry.user, entry.object_id) == (cast.wenshui, str(export.pk))
    assert entry.detail == {"decision": "approved"}


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_exactly_one_counts(cast: Cast) -> None:
    second = make_user("deputy", Role.STAFF, WENSHUI, is_head=True)
    export = ask_full(cast.fengcheng)
    answers = {cast.wenshui.pk: Decision(approved=True), second.pk: Decision(approved=False, remark="不必")}
    outcomes = at_once(
        [lambda pk=pk, answer=answer: decided_by(pk, export, answer) for pk, answer in answers.items()]
    )
    assert sorted(outcomes) == ["decided", "refused"]
    export.refresh_from_db()
    assert (export.state == ExportState.READY) == (export.decided_by == cast.wenshui)
    assert Entry.objects.filter(object_type="exchange.export", action=Action.UPDATE).count() == 1


def decided_by(pk: int, export: Export, answer: Decision) -> str:
    user = User.objects.get(pk=pk)
    try:
        with acting(user):
            services.decide(user, export, answer)
    except ExportError:
        return "refused"
    return "decided"


def at_once(acts: list[Any]) -> list[str]:
    """Run each act in a thread of its own, all beginning together; return what they gave."""
    barrier, found = threading.Barrier(len(acts)), []

    def run(act: Any) -> None:
        barrier.wait()
        found.append(act())
        connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


# Standing approval


def approve_for_30_days(cast: Cast, **changes: Any) -> StandingApproval:
    decide(cast.wenshui, ask_full(cast.fengcheng, **changes), standing="on")
    return StandingApproval.objects.get()


def test_a_standing_approval_saves_the_next_decision(cast: Cast) -> None:
    standing = approve_for_30_days(cast)
    assert standing.until == timezone.localdate() + 30 * DAY
    export = ask_full(cast.fengcheng)
    assert (export.state, export.standing) == (ExportState.READY, standing)
    assert cast.child.idno in text_of(download(cast.fengcheng, export).content)
    assert Notice.objects.filter(addressee=f"user:{cast.wenshui.pk}").count() == 1


@pytest.mark.parametrize(
    "changes",
    [{"purpose": "AUDIT"}, {"recipient": "别的单位"}, {"kind": "volunteers"}, {"purpose_note": "另一件事"}],
)
def test_it_holds_for_the_same_list_purpose_and_recipient_only(cast: Cast, changes: dict[str, str]) -> None:
    approve_for_30_days(cast)
    assert ask_full(cast.fengcheng, **changes).state == ExportState.REQUESTED


def test_it_is_the_requester_s_own(cast: Cast) -> None:
    approve_for_30_days(cast)
    colleague = make_user("colleague", Role.STAFF, FENGCHENG)
    assert ask_full(colleague).state == ExportState.REQUESTED


def test_it_ends_after_30_days(cast: Cast) -> None:
    approve_for_30_days(cast)
    with time_machine.travel(timezone.now() + 30 * DAY):
        assert ask_full(cast.fengcheng).state == ExportState.READY
    with time_machine.travel(timezone.now() + 31 * DAY):
        assert ask_full(cast.fengcheng).state == ExportState.REQUESTED


def test_a_head_takes_it_back(cast: Cast) -> None:
    standing = approve_for_30_days(cast)
    path = reverse("exports:revoke", args=[standing.pk])
    assert "撤销" in page(cast.wenshui, reverse("exports:list"))
    for who, status in (("fengcheng", 403), ("city", 403), ("xingxian", 404)):
        assert Session(cast.users[who]).post(path).status_code == status
    assert ask_full(cast.fengcheng).state == ExportState.READY
    assert Session(cast.wenshui).post(path).status_code == 302
    assert ask_full(cast.fengcheng).state == ExportState.REQUESTED
    standing.refresh_from_db()
    assert standing.revoked_by == cast.wenshui


# Expiry


def test_a_file_is_kept_for_seven_days(cast: Cast) -> None:
    export = ask(cast.wenshui)
    with time_machine.travel(timezone.now() + 7 * DAY - datetime.timedelta(minutes=5)):
        expire_exports()
        assert download(cast.wenshui, export).status_code == 200


def test_after_that_it_is_refused_before_the_task_has_run(cast: Cast) -> None:
    export = ask(cast.wenshui)
    with time_machine.travel(timezone.now() + 7 * DAY):
        session = Session(cast.wenshui)
        answer = session.post(reverse("exports:download", args=[export.pk]), follow=True)
        assert "已过期" in words_of(answer.content.decode())
        assert exported(cast.wenshui) == []
        assert "下载</button>" not in answer.content.decode()


def test_the_task_destroys_the_file_also_after_an_outage(cast: Cast) -> None:
    late, fresh = ask(cast.wenshui), ask(cast.wenshui)
    Export.objects.filter(pk=late.pk).update(expires_at=timezone.now() - 40 * DAY)
    expire_exports()
    expire_exports()
    late.refresh_from_db()
    fresh.refresh_from_db()
    assert (late.state, late.content) == (ExportState.EXPIRED, "")
    assert (fresh.state, bool(fresh.content)) == (ExportState.READY, True)


# Erasure


def test_an_erasure_destroys_every_file_that_holds_the_child(cast: Cast) -> None:
    """Also those of other offices, and those in which she stands in another's row."""
    held = [ask(cast.wenshui), ask(cast.city), ask(cast.fengcheng, "pairings")]
    others = [
        ask(cast.xingxian),
        ask(cast.wenshui, query="?region=141121101"),
        ask(cast.wenshui, "volunteers"),
    ]
    with acting(cast.wenshui):
        assert destroy_exports_of("children.child", cast.child.pk) == 3
        assert destroy_exports_of("children.child", cast.child.pk) == 0
        assert not Child.objects.filter(pk=cast.far.pk).exists(), "the scope is the eraser's again"
    for export in Export.objects.all():
        assert (export.content == "") == (export in held)
    assert all(download(export.requested_by, export).status_code == 200 for export in others)


def test_an_erased_volunteer_s_name_goes_with_the_children_s_list(cast: Cast) -> None:
    export = ask(cast.wenshui)
    assert "王爱心" in text_of(download(cast.wenshui, export).content)
    assert destroy_exports_of("volunteers.volunteer", cast.volunteer.pk) == 1


# What people type


FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x","y")', "A&<b>B</b>", "1<2"]


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("kind", LISTS)
def test_what_looks_like_a_formula_is_text_in_every_column(cast: Cast, kind: str, text: str) -> None:
    """Stored past every form's checks; read back as it was typed, and no cell of the sheet is a formula."""
    Child.objects.update(name=text, school=text, grade="")
    Volunteer.objects.update(name=text, unit=text)
    Pairing.objects.update(liaison=text)
    cast.child.guardians.update(relation=text[:20], name="高")
    export = ask_full(cast.fengcheng, kind, purpose="OTHER", purpose_note=text, recipient=text)
    decide(cast.wenshui, export)
    export.refresh_from_db()
    content = download(cast.fengcheng, export).content
    sheet = member(content, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    said = [cell for row in cells(content) for cell in row]
    assert said.count(text.strip()) >= 2
    assert f"用途：其他：{text.strip()}" in cells(content)[1][0]


def test_a_hidden_markup_of_the_page_is_not_in_the_file(cast: Cast) -> None:
    said = text_of(download(cast.wenshui, ask(cast.wenshui)).content)
    assert "<" not in said
    assert "&amp;" not in said


# In the database


def test_a_file_is_ciphertext(cast: Cast) -> None:
    export = ask(cast.wenshui, query=f"?region={FENGCHENG}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT content, filters FROM exchange_export WHERE id = %s", [export.pk])
        assert all(value.startswith("a1:") for value in cursor.fetchone())


@pytest.mark.parametrize(
    ("who", "seen"), [("xingxian", 0), ("official", 0), ("mama", 0), ("city", 1), ("fengcheng", 0)]
)
def test_the_database_shows_an_export_in_its_region_only(cast: Cast, who: str, seen: int) -> None:
    ask(cast.wenshui)
    with acting(cast.users[who]):
        assert Export.objects.count() == seen
