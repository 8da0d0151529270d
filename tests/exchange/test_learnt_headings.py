"""Headings that a clerk has explained once are understood in the later files of her county."""

from typing import Any

import pytest

from aixin.access.models import Role
from aixin.access.scope import acting
from aixin.exchange.choices import ImportState
from aixin.exchange.models import ImportJob, LearntHeading
from aixin.exchange.reading.headers import ColumnSpec
from aixin.exchange.reading.learnt import heading_key, learnt_choices
from aixin.exchange.reading.model import Sheet
from aixin.exchange.reading.table import find_best_table, find_table
from tests.cast import WENSHUI, Cast, make_user
from tests.conftest import Session
from tests.exchange.rosters import HEAD, child_row, confirmed, uploaded
from tests.pages import text_of

pytestmark = pytest.mark.django_db
KEYS = [
    "name",
    "idno",
    "birth",
    "township",
    "village",
    "category",
    "guardian",
    "phone",
    "school",
    "need",
    "notes",
]
ODD = [{"类别": "甲项", "学校": "乙项"}.get(heading, heading) for heading in HEAD]


def remap(user: Any, job: ImportJob, keys: list[str]) -> ImportJob:
    fields = {f"column-{number}": key for number, key in enumerate(keys)}
    Session(user).post(f"/imports/{job.pk}/mapping/", fields)
    job.refresh_from_db()
    return job


def taught(user: Any) -> ImportJob:
    return remap(user, uploaded(user, [child_row(1, 学校="第一小学")], ODD), KEYS)


def headings(job: ImportJob) -> dict[str, tuple[str, bool]]:
    return {h["text"]: (h["key"], h["learnt"]) for h in job.understood()["headings"]}


def test_what_the_clerk_corrects_holds_for_the_next_file(cast: Cast) -> None:
    assert taught(cast.wenshui).counts["created"] == 1
    assert set(LearntHeading.objects.values_list("region_id", "heading", "key")) == {
        (WENSHUI, "甲项", "category"), (WENSHUI, "乙项", "school"),
    }  # fmt: skip
    job = uploaded(cast.wenshui, [child_row(2, 学校="第二小学")], ODD)
    assert job.counts["created"] == 1
    assert headings(job)["甲项"] == ("category", True)
    assert headings(job)["姓名"] == ("name", False)
    page = text_of(Session(cast.wenshui).get(f"/imports/{job.pk}/").content.decode())
    assert page.count("按上次的对应") == 2


def test_only_corrections_are_learnt(cast: Cast) -> None:
    remap(cast.wenshui, uploaded(cast.wenshui, [child_row(1)]), KEYS)
    assert not LearntHeading.objects.exists()


def test_a_column_left_out_is_left_out_next_time(cast: Cast) -> None:
    remap(cast.wenshui, uploaded(cast.wenshui, [child_row(1, 备注="不要")]), [*KEYS[:-1], ""])
    job = confirmed(cast.wenshui, [child_row(2, 备注="也不要")])
    assert headings(job)["备注"] == ("", True)
    assert "也不要" not in job.outcome


def test_the_last_word_holds(cast: Cast) -> None:
    taught(cast.wenshui)
    again = uploaded(cast.wenshui, [child_row(2, 学校="第二小学")], ODD)
    keys = [{"school": "notes", "notes": ""}.get(key, key) for key in KEYS]
    remap(cast.wenshui, again, keys)
    assert LearntHeading.objects.get(heading="乙项").key == "notes"
    assert LearntHeading.objects.filter(heading="乙项").count() == 1
    third = uploaded(cast.wenshui, [child_row(3, 学校="第三小学")], ODD)
    assert headings(third)["乙项"] == ("notes", True)


def test_a_township_learns_for_and_from_its_county(cast: Cast) -> None:
    taught(cast.fengcheng)
    assert set(LearntHeading.objects.values_list("region_id", flat=True)) == {WENSHUI}
    assert headings(uploaded(cast.wenshui, [child_row(2)], ODD))["甲项"] == ("category", True)


def test_another_county_learns_nothing_of_it(cast: Cast) -> None:
    taught(cast.wenshui)
    rows = [child_row(2, 乡镇="蔚汾镇", 村="")]
    assert headings(uploaded(cast.xingxian, rows, ODD))["甲项"] == ("", False)
    with acting(cast.xingxian):
        assert not LearntHeading.objects.exists()


def test_another_roster_learns_nothing_of_it(cast: Cast) -> None:
    taught(cast.wenshui)
    head = ["姓名", "联系电话", "乡镇", "甲项"]
    job = uploaded(cast.wenshui, [["新妈妈", "13977770001", "凤城镇", "小学"]], head, "volunteers")
    assert headings(job)["甲项"] == ("", False)


def test_a_long_file_learns_too(cast: Cast, settings: Any) -> None:
    settings.IMPORT_IN_PAGE_ROWS = 0
    job = uploaded(cast.wenshui, [child_row(1)], ODD)
    assert job.state == ImportState.CHECKING
    # Nothing can be corrected before the check has shown what was understood.
    remap(cast.wenshui, job, KEYS)
    assert not LearntHeading.objects.exists()


def test_a_stranger_teaches_nothing(cast: Cast) -> None:
    job = uploaded(cast.wenshui, [child_row(1)], ODD)
    colleague = make_user("wenshui2", Role.STAFF, WENSHUI)
    remap(colleague, job, KEYS)
    assert not LearntHeading.objects.exists()


SPECS = [
    ColumnSpec("name", "姓名", required=True),
    ColumnSpec("idno", "身份证号"),
    ColumnSpec("school", "学校"),
    ColumnSpec("notes", "备注"),
]


def sheet(*head: str) -> Sheet:
    return Sheet("一", [list(head), [f"值{n}" for n in range(len(head))]])


def test_what_was_learnt_goes_before_a_heading_s_own_words() -> None:
    found = find_table(sheet("姓名", "身份证号", "学校"), SPECS, None, {"学校": "notes"})
    assert found.mapping == {0: "name", 1: "idno", 2: "notes"}
    assert found.learnt == {2}


def test_the_clerk_s_choice_for_this_file_goes_before_what_was_learnt() -> None:
    found = find_table(sheet("姓名", "身份证号", "丙"), SPECS, {2: "school"}, {"丙": "notes"})
    assert found.mapping[2] == "school"
    assert found.learnt == frozenset()


def test_a_learnt_field_is_taken_from_the_column_that_seemed_to_be_it() -> None:
    found = find_best_table([sheet("姓名", "身份证号", "学校", "丙")], SPECS, {"丙": "school"})
    assert found.mapping == {0: "name", 1: "idno", 3: "school"}


def test_a_heading_that_stands_twice_says_nothing() -> None:
    assert learnt_choices({"丙": "school"}, [("丙",), ("丙",)]) == {}
    assert learnt_choices({"丙": "school", "丁": "school"}, [("丙",), ("丁",)]) == {}


def test_a_field_that_is_gone_is_not_used() -> None:
    assert (
        find_table(sheet("姓名", "身份证号", "学校"), SPECS, None, {"学校": "former"}).mapping[2] == "school"
    )


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (("姓 名",), "姓名"),
        (("监护人情况", "姓名"), "监护人情况/姓名"),
        (("电话（必填）",), "电话必填"),
        (("ＱＱ号",), "qq号"),
    ],
)
def test_headings_are_compared_by_their_characters(path: tuple[str, ...], key: str) -> None:
    assert heading_key(path) == key
