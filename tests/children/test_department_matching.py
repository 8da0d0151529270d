"""部门比对: who is on whose list, what differs, what one click takes over; and that nothing else is kept."""

import datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aixin.audit.models import Action, Entry
from aixin.exchange import comparing
from aixin.exchange.choices import ImportState
from aixin.exchange.models import Export, ImportJob
from aixin.privacy.cipher import decrypt
from aixin.privacy.keys import newest_key
from children.models import Child, Guardian
from tests.cast import KAISHAN_VILLAGE, XIJIE, Cast
from tests.conftest import Session
from tests.exchange.exports import ask, cells, download
from tests.exchange.rosters import as_csv, roster_rows
from tests.factories import ChildFactory, make_idno
from tests.pages import text_of

pytestmark = pytest.mark.django_db
HEAD = ["姓名", "身份证号", "出生日期", "乡镇", "村", "类别", "学校", "监护人姓名", "监护人电话", "备注"]
NEW_IDNO = make_idno(321, datetime.date(2015, 3, 4))


def line(**changes: str) -> list[str]:
    """Return a row about a child whom nobody knows, or as the changes say."""
    good = dict.fromkeys(HEAD, "") | {
        "姓名": "何未登",
        "身份证号": NEW_IDNO,
        "乡镇": "凤城镇",
        "村": "西街社区",
        "类别": "留守儿童",
        "监护人姓名": "何奶奶",
    }
    return list((good | changes).values())


def known(child: Child, **changes: str) -> list[str]:
    """Return a row that says of a child what the roster says."""
    same = {"姓名": child.name, "身份证号": child.idno, "乡镇": "", "村": "", "类别": "", "监护人姓名": ""}
    return line(**(same | changes))


def start(user: Any, *rows: list[str], head: list[str] | None = None, **stated: str) -> Any:
    content = SimpleUploadedFile("民政名单.csv", as_csv(list(rows), head or HEAD))
    return Session(user).post("/imports/match/", {"file": content, "department": "CIVIL_AFFAIRS"} | stated)


def compared(user: Any, *rows: list[str], **stated: Any) -> None:
    assert start(user, *rows, **stated).status_code == 302


def tab(user: Any, which: str = "") -> str:
    address = "/imports/match/ours/" if which == "ours" else f"/imports/match/?tab={which}"
    return text_of(Session(user).get(address).content.decode())


def take(user: Any, row: int, *parts: str) -> str:
    answer = Session(user).post("/imports/match/take/", {"row": row, "parts": parts}, follow=True)
    return text_of(answer.content.decode())


def everything_stored() -> str:
    """Return every table's rows as text; sessions are encrypted, and the list is not in them either."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [text for (text,) in cursor.fetchall()]
    return "\n".join(found)


def test_three_tabs_say_who_is_on_whose_list(cast: Cast) -> None:
    compared(cast.wenshui, line(), known(cast.child, 学校="第一小学"), known(cast.unpaired))
    theirs = tab(cast.wenshui)
    assert "对方有我方无 1 我方有对方无 1 信息不一致 1" in theirs
    assert "何未登" in theirs
    assert NEW_IDNO not in theirs
    assert f"{NEW_IDNO[:3]}***********{NEW_IDNO[-4:]}" in theirs
    differing = tab(cast.wenshui, "differing")
    assert "张小明" in differing
    assert "学校 我方 （空），对方 第一小学" in differing
    assert "孙待结" not in differing
    ours = tab(cast.wenshui, "ours")
    assert "李小红" in ours
    assert "张小明" not in ours
    assert Child.objects.registered().filter(pk=cast.neighbour.pk).exists()


def test_our_side_can_be_narrowed_by_place_and_category(cast: Cast) -> None:
    ChildFactory(name="郭孤儿", region_id=KAISHAN_VILLAGE, category="ORPHAN_SCATTERED")
    compared(cast.wenshui, line())
    page = text_of(
        Session(cast.wenshui).get("/imports/match/ours/?category=ORPHAN_SCATTERED").content.decode()
    )
    assert "郭孤儿" in page
    assert "李小红" not in page
    page = text_of(Session(cast.wenshui).get("/imports/match/ours/?region=141121100").content.decode())
    assert "郭孤儿" not in page


def test_without_an_id_name_and_birth_tell(cast: Cast) -> None:
    born = cast.child.birth.isoformat()
    twin = ChildFactory(name="双胞名", birth=datetime.date(2014, 5, 5), region_id=XIJIE)
    ChildFactory(name="双胞名", birth=datetime.date(2014, 5, 5), region_id=KAISHAN_VILLAGE)
    compared(
        cast.wenshui,
        line(姓名="双胞名", 身份证号="", 出生日期="2014-05-05", 乡镇="", 村=""),
        known(cast.child, 身份证号="", 出生日期=born, 学校="第一小学"),
        line(
            姓名="双胞名", 身份证号="", 出生日期="2014-05-05", 乡镇="凤城镇", 学校="第二小学", 监护人姓名=""
        ),
        known(cast.child, 学校="第三小学"),
        line(姓名="张小明", 身份证号=make_idno(400, cast.child.birth)),
    )
    found = comparing.opened(cast.wenshui)
    assert found is not None
    assert [row["pk"] for row in found.differing] == [cast.child.pk, twin.pk]
    assert [row["name"] for row in found.theirs] == ["双胞名", "张小明"]
    assert "名册里有同名同生日的儿童" in tab(cast.wenshui)


def test_one_click_takes_a_missing_child_in_and_it_can_be_taken_back(cast: Cast) -> None:
    before = roster_rows()
    compared(
        cast.wenshui,
        line(备注="对方的话"),
        line(姓名="另一个", 身份证号=make_idno(322, datetime.date(2015, 3, 4))),
    )
    assert "已录入名册" in take(cast.wenshui, 2)
    child = Child.objects.get(name="何未登")
    assert (child.idno, child.region_id, child.main_guardian.name) == (NEW_IDNO, XIJIE, "何奶奶")  # type: ignore[union-attr]
    job = ImportJob.objects.get()
    assert (job.state, job.total, job.counts["created"]) == (ImportState.DONE, 1, 1)
    assert "另一个" not in job.file_bytes().decode()
    entry = Entry.objects.filter(action=Action.IMPORT).latest("id")
    assert (entry.user, entry.subjects) == (cast.wenshui, [child.no])
    # A second click finds it done.
    assert "没有变化" not in take(cast.wenshui, 2)
    assert ImportJob.objects.count() == 1
    assert "已录入" in tab(cast.wenshui)
    assert "何未登" not in tab(cast.wenshui, "ours")

    Session(cast.wenshui).post(f"/imports/{job.pk}/undo/")
    assert roster_rows() == before
    assert "已录入" not in tab(cast.wenshui)
    assert "已录入名册" in take(cast.wenshui, 2)


def test_of_a_difference_only_what_is_ticked_is_taken(cast: Cast) -> None:
    row = known(
        cast.child,
        姓名="张晓明",
        类别="孤儿",
        学校="第一小学",
        监护人姓名="张奶奶",
        监护人电话="13900002222",
        备注="对方的话",
        乡镇="开栅镇",
    )
    compared(cast.wenshui, row)
    shown = tab(cast.wenshui, "differing")
    for said in ("姓名 我方 张小明，对方 张晓明", "监护人电话", "139****2222", "现居地"):
        assert said in shown
    assert "13900002222" not in shown
    assert "请先勾选" in take(cast.wenshui, 2)
    assert "已采用对方的信息" in take(cast.wenshui, 2, "school", "guardian", "nonsense")
    child = Child.objects.get(pk=cast.child.pk)
    assert (child.name, child.school, child.category, child.region_id) == (
        "张小明",
        "第一小学",
        cast.child.category,
        XIJIE,
    )
    assert child.notes == ""
    guardian = Guardian.objects.get(child=child)
    assert (guardian.name, guardian.phone) == ("张奶奶", "13900002222")
    stored = ImportJob.objects.get().file_bytes().decode()
    assert "第一小学" in stored
    assert "张晓明" not in stored
    before = Child.objects.get(pk=child.pk)
    Session(cast.wenshui).post(f"/imports/{ImportJob.objects.get().pk}/undo/")
    before.refresh_from_db()
    assert before.school == ""


@pytest.mark.parametrize(
    ("part", "value", "field", "stored"),
    [
        ("name", {"姓名": "张晓明"}, "name", "张晓明"),
        ("category", {"类别": "事实无人抚养儿童"}, "category", "DE_FACTO_UNSUPPORTED"),
        ("place", {"乡镇": "开栅镇", "村": "开栅村"}, "region_id", KAISHAN_VILLAGE),
    ],
)
def test_each_part_stands_for_itself(
    cast: Cast, part: str, value: dict[str, str], field: str, stored: str
) -> None:
    compared(cast.wenshui, known(cast.child, **value))
    take(cast.wenshui, 2, part)
    child = Child.objects.get(pk=cast.child.pk)
    changed = {
        known.attname
        for known in Child._meta.concrete_fields
        if getattr(child, known.attname) != getattr(cast.child, known.attname)
    }
    assert getattr(child, field) == stored
    assert changed - {"updated_at", "initials", "pinyin", "idno"} == {field}


def test_nothing_is_stored_of_a_list_and_it_is_gone_when_it_is_over(cast: Cast) -> None:
    compared(cast.wenshui, line(备注="独一无二的话"), known(cast.child, 学校="没人知道的学校"))
    stored = everything_stored()
    for said in ("何未登", "独一无二的话", "没人知道的学校", "民政名单", NEW_IDNO):
        assert said not in stored
    sealed = cache.get(comparing._key(cast.wenshui))
    assert isinstance(sealed, str)
    assert sealed.startswith(newest_key().tag + ":")
    assert decrypt(sealed, "exchange.comparison")
    entry = Entry.objects.filter(action=Action.VIEW).latest("id")
    numbers = {"total": 2, "theirs": 1, "differing": 1}
    assert entry.detail == {"what": "department_match", "department": "CIVIL_AFFAIRS", **numbers}
    assert "比对已结束" in text_of(
        Session(cast.wenshui).post("/imports/match/end/", follow=True).content.decode()
    )
    assert cache.get(comparing._key(cast.wenshui)) is None
    assert "比对已经结束" in take(cast.wenshui, 2)
    assert not Child.objects.filter(name="何未登").exists()


def test_two_hours_are_not_prolonged_by_taking_rows(cast: Cast) -> None:
    compared(cast.wenshui, line())
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=1, minutes=50)):
        take(cast.wenshui, 2)
        assert 0 < cache._cache.get_client().ttl(cache.make_key(comparing._key(cast.wenshui))) <= 10 * 60  # type: ignore[attr-defined]
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=2, minutes=1)):
        assert comparing.opened(cast.wenshui) is None


def test_it_is_the_clerks_own_and_of_the_post_she_acts_in(cast: Cast) -> None:
    compared(cast.wenshui, line())
    assert "何未登" not in tab(cast.fengcheng)
    assert "比对已经结束" in take(cast.fengcheng, 2)
    assert Session(cast.city).get("/imports/match/").status_code == 403
    assert Session(cast.mama).get("/imports/match/").status_code == 403


def test_another_countys_child_is_told_by_one_word_and_counts_as_a_lookup(cast: Cast, settings: Any) -> None:
    compared(cast.wenshui, line(姓名=cast.far.name, 身份证号=cast.far.idno), known(cast.child))
    shown = tab(cast.wenshui)
    assert "这个身份证号已在其他地区的名册中" in shown
    assert cast.far.no not in shown
    assert "兴县" not in shown
    assert Entry.objects.filter(action=Action.LOOKUP).latest("id").detail == {
        "roster": "child",
        "asked": 1,
        "found": 1,
    }
    assert "没有录入" in take(cast.wenshui, 2)
    assert Child.objects.filter(name=cast.far.name).count() == 1
    settings.ID_LOOKUPS_PER_HOUR = 1
    assert "一小时内核对的身份证号太多" in text_of(start(cast.wenshui, line()).content.decode())


def test_rows_that_cannot_be_taken_say_why(cast: Cast) -> None:
    gone = ChildFactory(name="旧儿童", region_id=XIJIE, status="LEFT", left_on=timezone.localdate())
    compared(
        cast.wenshui,
        line(身份证号="991121201401010000"),
        line(姓名="甲", 身份证号="", 出生日期=""),
        line(姓名="乙", 乡镇="无名镇", 身份证号=make_idno(323, datetime.date(2015, 1, 1))),
        line(姓名=gone.name, 身份证号=gone.idno),
    )
    shown = tab(cast.wenshui)
    for reason in (
        "身份证号校验位不对",
        "没有出生日期，也没有身份证号",
        "乡镇（街道）找不到",
        "名册里已出列，录入后恢复在册",
    ):
        assert reason in shown
    assert "没有录入" in take(cast.wenshui, 4)
    take(cast.wenshui, 5)
    assert Child.objects.get(pk=gone.pk).is_on_roster


def test_what_the_list_leaves_out_is_stated_once_for_all(cast: Cast) -> None:
    head = ["姓名", "身份证号", "学校"]
    compared(cast.wenshui, ["何未登", NEW_IDNO, "第一小学"], head=head)
    assert "类别无法识别" in tab(cast.wenshui)
    compared(
        cast.wenshui, ["何未登", NEW_IDNO, "第一小学"], head=head, category="LEFT_BEHIND", township="开栅镇"
    )
    assert "不能录入" not in tab(cast.wenshui)
    take(cast.wenshui, 2)
    assert Child.objects.get(name="何未登").region_id == "141121101"


def test_a_departments_own_codes_are_not_our_numbers(cast: Cast) -> None:
    compared(cast.wenshui, [*line(), cast.child.no], head=[*HEAD, "系统编号"])
    take(cast.wenshui, 2)
    assert Child.objects.get(pk=cast.child.pk).name == "张小明"
    assert Child.objects.filter(name="何未登").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "文件是空的"), (b"%PDF-1.4 x", "不能导入"), ("一,二\n三,四".encode(), "没有找到表头行")],
)
def test_a_bad_file_gets_a_sentence(cast: Cast, content: bytes, sentence: str) -> None:
    file = SimpleUploadedFile("名单.xlsx" if content.startswith(b"%") else "名单.csv", content)
    answer = Session(cast.wenshui).post("/imports/match/", {"file": file, "department": "EDUCATION"})
    assert answer.status_code == 200
    assert sentence in text_of(answer.content.decode())
    assert "请选择是哪个部门的名单" in text_of(
        Session(cast.wenshui).post("/imports/match/", {}).content.decode()
    )


def test_pages_of_nothing_say_so(cast: Cast) -> None:
    compared(cast.wenshui, known(cast.child), known(cast.unpaired), known(cast.neighbour))
    assert "对方名单上的儿童，我方都有" in tab(cast.wenshui)
    assert "两边都有的儿童，信息都一致" in tab(cast.wenshui, "differing")
    assert "没有符合条件的儿童" in tab(cast.wenshui, "ours")
    assert 'href="/imports/match/"' in Session(cast.wenshui).get("/imports/").content.decode()


def test_rows_cost_no_queries(cast: Cast) -> None:
    children = [ChildFactory(region_id=XIJIE) for _ in range(20)]

    def queries(known_rows: int, new_rows: int) -> tuple[int, int, int]:
        new = [line(姓名="新", 身份证号=make_idno(n, datetime.date(2016, 1, 1))) for n in range(new_rows)]
        rows = [known(child, 学校="某小学") for child in children[:known_rows]]
        with CaptureQueriesContext(connection) as comparing_them:
            compared(cast.wenshui, *rows, *new)
        with CaptureQueriesContext(connection) as theirs:
            tab(cast.wenshui)
        with CaptureQueriesContext(connection) as differing:
            tab(cast.wenshui, "differing")
        return len(comparing_them), len(theirs), len(differing)

    queries(1, 1)
    assert queries(2, 2) == queries(19, 19)


def test_who_is_not_on_the_list_goes_out_as_a_ledger_of_our_own_rows(cast: Cast) -> None:
    page = "imports/match/ours"
    assert Session(cast.wenshui).get(f"/{page}/export/").url == "/imports/match/"
    compared(cast.wenshui, known(cast.child), line())
    assert f"/{page}/export/" in Session(cast.wenshui).get(f"/{page}/").content.decode()
    export = ask(cast.wenshui, page)
    said = "".join(map(str, cells(download(cast.wenshui, export).content)))
    assert "孙待结" in said
    assert "张小明" not in said
    assert "何未登" not in said
    assert Export.objects.get().kind == "unmatched"
    Session(cast.wenshui).post("/imports/match/end/")
    assert "孙待结" in "".join(map(str, cells(download(cast.wenshui, export).content)))
