"""Headings go to the field they mean, and to none rather than a wrong one."""

# ruff: noqa: E501 — tables of cases read better in rows, and a Chinese character counts as two

from __future__ import annotations

import pytest

from aixin.exchange.reading.headers import ColumnSpec, Path, heading_forms, match_headings

from .specs import CHILDREN, PAIRINGS, VOLUNTEERS


def keys(specs: tuple[ColumnSpec, ...], *headings: str) -> list[str | None]:
    """Return the key of each heading; 监护人/姓名 is a path."""
    paths: list[Path] = [tuple(heading.split("/")) for heading in headings]
    mapping = match_headings(paths, specs)
    return [mapping.get(index) for index in range(len(paths))]


@pytest.mark.parametrize("spec", [*CHILDREN, *VOLUNTEERS, *PAIRINGS], ids=lambda spec: spec.key)
def test_each_title_and_synonym_means_its_field(spec: ColumnSpec) -> None:
    roster = next(specs for specs in (CHILDREN, VOLUNTEERS, PAIRINGS) if spec in specs)
    for heading in (spec.title, *spec.synonyms):
        assert match_headings([(heading,)], roster) == {0: spec.key}, heading


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("姓　名", "name"), ("姓\n名", "name"), ("*姓名（必填）", "name"), ("姓名（监护人）", "guardian"), ("所在学校名称", "school"),
        ("儿童身份证号码", "idno"), ("身份证号（18位）", "idno"), ("乡镇 / 街道", "township"), ("监护人身份正号码", None),
        ("监护人联系电话", "phone"), ("母亲联系电话", "mother_phone"), ("父亲姓名", "father_name"), ("母亲务工地点", "mother_workplace"),
        ("监护人身份证号", None), ("监护人年龄", None), ("班主任电话", None), ("村妇联主席电话", None), ("年龄", None), ("序号", None),
        ("爱心妈妈", None), ("爱心妈妈电话", None), ("家庭住房", None), ("学籍号", None), ("低保证号", None), ("父母联系电话", None),
        ("儿童主任电话", None), ("户籍所在地", "hukou_place"), ("备注栏", None), ("紧急联系人电话", None), ("是否残疾", None),
        ("身份正号码", "idno"), ("祖父姓名", None), ("与儿童的关系", "relation"), ("父亲健康状况", "father_status"),
    ],
)  # fmt: skip
def test_a_single_heading_of_the_children(heading: str, key: str | None) -> None:
    assert keys(CHILDREN, heading) == [key]


@pytest.mark.parametrize(
    ("heading", "key"),
    [("村妇联主席电话", None), ("手机", "phone"), ("单位及职务", "unit"), ("类型", "kind"), ("负责人电话", None), ("结对儿童姓名", None)],
)  # fmt: skip
def test_a_single_heading_of_the_volunteers(heading: str, key: str | None) -> None:
    assert keys(VOLUNTEERS, heading) == [key]


def test_groups_decide_between_equal_headings() -> None:
    found = keys(CHILDREN, "儿童基本情况/姓名", "儿童基本情况/身份证号", "监护人情况/姓名", "监护人情况/关系", "监护人情况/联系电话",
                 "监护人情况/身份证号", "父亲/姓名", "父亲/联系电话", "母亲信息/姓名", "母亲信息/身份证号", "班主任/姓名")  # fmt: skip
    assert found == ["name", "idno", "guardian", "relation", "phone", None, "father_name", "father_phone", "mother_name",
                     "mother_idno", None]  # fmt: skip


def test_three_levels() -> None:
    found = keys(
        CHILDREN, "基本情况/儿童/姓名", "家庭情况/父亲/姓名", "家庭情况/母亲/姓名", "家庭情况/监护人/姓名"
    )
    assert found == ["name", "father_name", "mother_name", "guardian"]


def test_repeated_headings_belong_to_the_person_before_them() -> None:
    found = keys(
        CHILDREN,
        "姓名",
        "身份证号",
        "父亲姓名",
        "身份证号",
        "联系电话",
        "母亲姓名",
        "联系电话",
        "监护人",
        "身份证号",
        "联系电话",
    )
    assert found == ["name", "idno", "father_name", "father_idno", "father_phone", "mother_name", "mother_phone", "guardian",
                     None, "phone"]  # fmt: skip


def test_an_id_after_the_guardian_is_not_the_childs() -> None:
    assert keys(CHILDREN, "儿童姓名", "儿童身份证号", "监护人姓名", "身份证号") == [
        "name",
        "idno",
        "guardian",
        None,
    ]


def test_a_second_name_before_the_relation_is_the_guardians() -> None:
    assert keys(CHILDREN, "姓名", "性别", "姓名", "关系", "联系电话") == [
        "name",
        "sex",
        "guardian",
        "relation",
        "phone",
    ]
    assert keys(CHILDREN, "儿童姓名", "性别", "姓名", "与儿童关系") == ["name", "sex", "guardian", "relation"]


def test_flat_pairing_headers() -> None:
    found = keys(
        PAIRINGS,
        "爱心妈妈",
        "联系电话",
        "身份证号",
        "结对儿童",
        "身份证号",
        "结对日期",
        "村妇联主席",
        "联系电话",
    )
    assert found == ["volunteer_name", "volunteer_phone", "volunteer_idno", "child_name", "child_idno", "started", "liaison",
                     "liaison_phone"]  # fmt: skip


def test_grouped_pairing_headers() -> None:
    found = keys(
        PAIRINGS,
        "爱心妈妈/姓名",
        "爱心妈妈/电话",
        "结对儿童/姓名",
        "结对儿童/身份证号",
        "村妇联主席/姓名",
        "村妇联主席/电话",
        "监护人/电话",
    )
    assert found == [
        "volunteer_name",
        "volunteer_phone",
        "child_name",
        "child_idno",
        "liaison",
        "liaison_phone",
        None,
    ]


def test_residence_wins_over_hukou() -> None:
    assert keys(CHILDREN, "户籍地/乡镇", "户籍地/村", "现居地/乡镇", "现居地/村") == [
        None,
        None,
        "township",
        "village",
    ]


def test_one_column_a_field() -> None:
    assert keys(CHILDREN, "联系电话", "手机") == ["phone", None]


def test_forms_of_a_heading() -> None:
    assert heading_forms("＊ 乡镇（街道）：\n") == ("乡镇", "乡镇街道")
    assert heading_forms("（必填）") == ("必填",)
    assert heading_forms("  ") == ()
