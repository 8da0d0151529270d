"""Rows that are no data: totals, repeated headers, signatures, notes, and rows with a number alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from .cells import clean_text
from .headers import heading_forms
from .model import Cell

#: A row's cells that show something: (column, text).
Shown = Sequence[tuple[int, str]]

_PLACE = (
    r"(?:省|市|县|区|旗|镇|乡|街道|办事处|街办|苏木|村|社区|居委会|村委会|管委会"
    r"|学校|小学|中学|中心校|本页|本|全.?)"
)
_WORD = r"(?:小计|合计|总计|共计|累计|总数|总人数|汇总)"
_COUNT = r"(?:[^\d]{0,6}\d{1,6}(?:\.\d+)?(?:人|名|户|对|个|条|次|%)?(?:儿童|孩子|志愿者|爱心妈妈)?)"
_TOTAL = re.compile(
    rf"(?:[^\d]{{1,12}}{_PLACE}|{_PLACE})?{_WORD}[:：]?[（(]?(?:{_COUNT}[,，、;；)）]?)*[。.]?\Z"
)
_TOGETHER = re.compile(rf"共(?:计|有)?{_COUNT}[。.]?\Z")
_COUNTS = re.compile(rf"(?:其中[:：]?)?(?:{_COUNT}[,，、;；/]?)+\Z")
_PLACE_NAME = re.compile(
    r"[^\d]{1,14}(?:省|市|县|区|旗|镇|乡|街道|街道办事处|办事处|苏木|村|社区|居委会|村委会)\Z"
)
_SIGNATURE = re.compile(
    r"(?:填表|填报|制表|审核|审批|经办|负责|分管领导|主管领导|单位负责|统计|报送|上报|联系|签字|签名|盖章|单位|日期|时间|电话)"
    r"(?:人|者|员|单位|日期|时间|电话|领导|负责人|部门|盖章|签字|签章|人签字|人签名|人电话|\([^)]*\)|（[^）]*）)*[:：]"
)
_SIGNER = re.compile(
    r"(?:填表|填报|制表|审核|审批|经办|报送|上报|分管领导|主管领导|单位负责)[^:：]{0,8}[:：]"
)
_STAMP = re.compile(r"[（(](?:公章|盖章|签章|章|签字)[）)]")
_NOTE = re.compile(
    r"(?:备注|说明|填表说明|填报说明|填写说明|注意事项|注意|注|附注|附|提示|温馨提示|备\s*注|说\s*明)\s*(?:[:：]|\d{1,2}[.、．])"
    r"|[*＊※]"
)
_EXAMPLE = re.compile(r"[（(【]?(?:示例|样例|例|例如|填写示例|填表示例|样表)[）)】]?\d?[:：]?\Z")
_OFFICE = re.compile(r".{2,30}(?:妇联|妇女联合会|民政局|教育局|人民政府|委员会|办公室)\Z")
_TITLE = re.compile(
    r"(?:.*(?:台账|花名册|名册|登记表|名单|统计表|汇总表|一览表|明细表|信息表)|附件\d*[:：]?)\Z"
)
_SIGNED_ON = re.compile(r"(?:\d{4}|[〇零一二三四五六七八九]{4}|\s{2,})\s*年.{0,8}月.{0,8}日?\Z")
_ID_LIKE = re.compile(r"[\s'‘’\"=\u200b\ufeff]{0,3}[1-9１-９]\s?(?:[\d０-９]\s?){14}")
_ORDINAL = re.compile(r"[(（]?[\d一二三四五六七八九十百]{1,7}[)）.、．]?\Z|[①-⑳]\Z")
_SPACE = re.compile(r"\s+")


def shown_cells(row: Sequence[Cell]) -> list[tuple[int, str]]:
    """Return the cells that show something, with their column, spaces taken out."""
    return [
        (column, text)
        for column, cell in enumerate(row)
        if cell != "" and (text := _SPACE.sub("", clean_text(cell)))
    ]


def begins_as_id(cell: Cell) -> bool:
    """Return whether the cell begins like an ID number, which no row but data has; quick."""
    return isinstance(cell, str) and _ID_LIKE.match(cell) is not None


def is_total(shown: Shown, place_columns: frozenset[int]) -> bool:
    """Return whether a cell says 小计, 合计 … and all others only count or name a place."""
    if not any(_TOTAL.match(text) or _TOGETHER.match(text) for _, text in shown):
        return False
    return all(
        _TOTAL.match(text)
        or _TOGETHER.match(text)
        or _COUNTS.match(text)
        or (column in place_columns and _PLACE_NAME.match(text))
        for column, text in shown
    )


def is_signed(shown: Shown) -> bool:
    """Return whether the row begins with 填表人：, 审核人： or the like, which no data does."""
    return _SIGNER.match(shown[0][1]) is not None


def is_signature(shown: Shown) -> bool:
    """Return whether the row is a line for signatures, date or note below or above a table."""
    first = shown[0][1]
    if _SIGNATURE.match(first) or (len(shown) <= 3 and _NOTE.match(first)):
        return True
    return all(_STAMP.search(text) or _SIGNATURE.match(text) for _, text in shown)


def is_stray_line(shown: Shown) -> bool:
    """Return whether a row is one cell with a signing office, a date or a long note."""
    if len(shown) != 1:
        return False
    text = shown[0][1]
    return bool(
        len(text) > 40
        or _OFFICE.match(text)
        or _TITLE.match(text)
        or _SIGNED_ON.match(text)
        or _STAMP.search(text)
    )


def is_number(text: str) -> bool:
    """Return whether a cell of the column 序号 is what it should be."""
    return _ORDINAL.match(text) is not None


def is_example(shown: Shown) -> bool:
    """Return whether the row says that it is an example of how to fill in the form."""
    return bool(_EXAMPLE.match(shown[0][1]))


def repeats_header(shown: Shown, words: Sequence[frozenset[str]]) -> bool:
    """Return whether most cells repeat their column's heading; `words` are the columns' reduced headings."""
    same = 0
    for column, text in shown:
        if words[column] and not words[column].isdisjoint(heading_forms(text)):
            same += 1
    return same >= 2 and same * 10 >= len(shown) * 6


def numbers_columns(row: Sequence[Cell], shown: Shown) -> bool:
    """Return whether the row counts the columns (1 2 3 4 …), as official forms do below the header."""
    if len(shown) < 4:
        return False
    numbers = [
        int(text) if text.isdecimal() and len(text) < 4 else -1 for _, text in shown if text not in "甲乙丙丁"
    ]
    return (
        len(numbers) > 2
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        and numbers[0] in (0, 1)
    )


def may_head(row: Sequence[Cell]) -> bool:
    """Return whether the row can be part of a header: only words, two or more, and no signatures."""
    if any(isinstance(cell, int | float | dt.date | dt.time) for cell in row):
        return False
    shown = shown_cells(row)
    texts = {text for _, text in shown}
    long_number = any(re.search(r"\d{6}", text) for text in texts)
    return len(texts) > 1 and not long_number and not is_signature(shown)
