"""Rosters in many layouts, written in memory together with what a reader must find in them."""

# ruff: noqa: E501, DTZ001 — tables of cases read better in rows, and a Chinese character counts as two

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from dataclasses import dataclass, field

import xlsxwriter
from stdnum.cn.ric import calc_check_digit

TOWNS = {
    "凤城镇": ("南街社区", "宜儿村", "私评社区"), "开栅镇": ("樊家庄村", "北峪口村"),
    "西城乡": ("武良村", "东城村"), "刘胡兰镇": ("云周村", "保贤村"),
}  # fmt: skip
#: Headings of each field where it stands alone; the group and the leaf where the header is grouped.
CHILD = {
    "name": (("姓名", "儿童姓名", "孩子姓名", "姓 名"), "儿童基本情况", "姓名"),
    "sex": (("性别", "性 别"), "儿童基本情况", "性别"),
    "idno": (("身份证号", "身份证号码（必填）", "公民身份号码", "儿童身份证号"), "儿童基本情况", "身份证号"),
    "birth": (("出生日期", "出生年月", "出生\n年月"), "儿童基本情况", "出生年月"),
    "township": (("乡镇", "乡镇（街道）", "所在乡镇", "乡（镇）"), "居住地", "乡镇"),
    "village": (("村", "村（社区）", "行政村", "村/社区"), "居住地", "村"),
    "category": (("类别", "儿童类别", "类型", "儿童类型"), "儿童基本情况", "类型"),
    "school": (("学校", "就读学校", "所在学校"), "儿童基本情况", "学校"),
    "grade": (("年级", "就读年级", "所在年级"), "儿童基本情况", "年级"),
    "guardian": (("监护人", "监护人姓名", "监护人或受委托人"), "监护人情况", "姓名"),
    "relation": (("关系", "与儿童关系", "与监护人关系"), "监护人情况", "关系"),
    "phone": (("联系电话", "监护人电话", "监护人联系方式", "电话"), "监护人情况", "联系电话"),
    "father_phone": (("父亲电话", "父亲联系电话"), "父亲", "联系电话"),
    "mother_phone": (("母亲电话", "母亲联系电话"), "母亲", "联系电话"),
    "need": (("需求", "关爱需求", "帮扶需求"), "", "需求"),
    "notes": (("备注",), "", "备注"),
}
VOLUNTEER = {
    "name": (("姓名", "爱心妈妈姓名", "志愿者姓名"), "爱心妈妈基本情况", "姓名"),
    "sex": (("性别",), "爱心妈妈基本情况", "性别"),
    "idno": (("身份证号", "身份证", "证件号码"), "爱心妈妈基本情况", "身份证号码"),
    "phone": (("联系电话", "手机号码", "电话"), "爱心妈妈基本情况", "手机"),
    "unit": (("工作单位", "单位及职务", "所在单位"), "", "工作单位"),
    "kind": (("爱心妈妈类别", "类型", "人员类别"), "", "类别"),
    "township": (("所在乡镇", "乡镇", "乡镇街道"), "居住地", "乡镇"),
    "skills": (("特长", "服务专长", "擅长领域"), "", "特长"),
    "capacity": (("可结对人数", "意向人数", "结对意向人数"), "", "可结对人数"),
    "notes": (("备注",), "", "备注"),
}
PAIRING = {
    "volunteer_name": (("爱心妈妈姓名", "爱心妈妈", "帮扶人姓名"), "爱心妈妈", "姓名"),
    "volunteer_phone": (("爱心妈妈电话", "爱心妈妈联系方式", "帮扶人电话"), "爱心妈妈", "联系电话"),
    "child_name": (("儿童姓名", "结对儿童", "结对对象"), "结对儿童", "姓名"),
    "child_idno": (("儿童身份证号", "结对儿童身份证号码"), "结对儿童", "身份证号"),
    "started": (("结对时间", "结对日期"), "", "结对时间"),
    "liaison": (("村妇联主席", "联络员"), "村妇联主席", "姓名"),
    "liaison_phone": (("主席电话", "村妇联主席电话", "联络员电话"), "村妇联主席", "电话"),
    "agreement_signed": (("是否签订安全责任书", "安全责任书签订情况"), "", "责任书"),
    "notes": (("备注",), "", "备注"),
}
FIELDS = {"children": CHILD, "volunteers": VOLUNTEER, "pairings": PAIRING}
CATEGORIES = ("留守儿童", "困境（低保家庭）", "事实无人抚养儿童", "散居孤儿")
NOTES = ("", "", "已核对，合计三次", "备注：母亲在外")
Value = str | int | float | dt.date
Entry = dict[str, str]


@dataclass
class Layout:
    """A file, its name, and for each data row its number and the values to be found there."""

    data: bytes
    filename: str
    truth: list[tuple[int, Entry]]
    keys: set[str]


@dataclass
class Page:
    """Rows and merges before they are written."""

    rows: list[list[Value]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add(self, row: list[Value], width: int) -> int:
        self.rows.append(row + [""] * (width - len(row)))
        return len(self.rows)


def idno(rnd: random.Random, born: dt.date, sex: str) -> str:
    head = f"141121{born:%Y%m%d}{rnd.randrange(100):02}{rnd.randrange(5) * 2 + (sex == '男')}"
    return head + calc_check_digit(head + "0")


def written_id(rnd: random.Random, number: str) -> str:
    wide = number.translate({ord(char): ord(char) + 0xFEE0 for char in "0123456789X"})
    spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
    return rnd.choice((number, wide, spaced, f"'{number}", number.lower(), f"{number}\t", f"\u200b{number}"))


def written_date(rnd: random.Random, day: dt.date, *, native: bool) -> tuple[Value, str]:
    y, m, d = day.year, day.month, day.day
    numerals = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(y))
    whole: tuple[Value, ...] = (
        f"{y}{m:02}{d:02}", f"{y}-{m:02}-{d:02}", f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日", f" {y}-{m}-{d} ",
        f"{y}年{m:02}月{d:02}号", f"{y}-{m:02}-{d:02} 00:00:00", (day - dt.date(1899, 12, 30)).days,
    )  # fmt: skip
    month: tuple[Value, ...] = (f"{y}.{m}", f"{y}年{m}月", f"{y}-{m:02}", f"{y}{m:02}", f"{numerals}年{m}月")
    choice = rnd.choice((*whole, *month, day) if native else (*whole, *month))
    return choice, f"{day:%Y-%m}" if choice in month else f"{day:%Y-%m-%d}"


def written_phone(rnd: random.Random, *, native: bool) -> tuple[Value, str]:
    number = f"1{rnd.choice('3456789')}{rnd.randrange(10**9):09}"
    other = f"139{rnd.randrange(10**8):08}"
    options: list[Value] = [
        number, f"{number[:3]}-{number[3:7]}-{number[7:]}", f"{number[:3]} {number[3:7]} {number[7:]}",
        f"+86{number}", f"0086 {number}", f"{number}/{other}", f"{number}、{other}", f"'{number}",
    ]  # fmt: skip
    if native:
        options.append(float(number))
    return rnd.choice(options), number


def entry(rnd: random.Random, kind: str, town: str, *, native: bool) -> tuple[dict[str, Value], Entry]:
    """Return a row as written and as meant."""
    sex = rnd.choice("男女")
    born = dt.date(2010, 1, 1) + dt.timedelta(days=rnd.randrange(4500))
    name = "".join(
        rnd.choice("王李张刘陈杨") + rnd.choice("一思文玉浩梅海") + rnd.choice(("", "彤", "轩", "建"))
    )
    number = idno(rnd, born, sex)
    date, date_true = written_date(rnd, born, native=native)
    phones = {key: written_phone(rnd, native=native) for key in FIELDS[kind] if key.endswith("phone")}
    shown_name = rnd.choice((name, f" {name} ", "\u3000".join(name)))
    meant: Entry = {
        "sex": sex, "birth": date_true, "started": date_true, "township": town, "village": rnd.choice(TOWNS[town]),
        "category": rnd.choice(CATEGORIES), "school": "第一小学", "grade": "三年级", "guardian": "王晓彤", "relation": "祖母",
        "need": "亲情陪伴", "notes": rnd.choice(NOTES), "unit": "县妇联", "kind": "教师", "skills": "心理关爱", "capacity": "2",
        "volunteer_name": f"赵{name[1:]}", "liaison": "高玉梅", "agreement_signed": "是",
    }  # fmt: skip
    cells: dict[str, Value] = {
        **meant,
        "birth": date,
        "started": date,
        "sex": rnd.choice((sex, f"{sex} ", f"{sex}孩")),
    }
    for prefix in ("", "child_"):
        meant |= {f"{prefix}name": name, f"{prefix}idno": number}
        cells |= {f"{prefix}name": shown_name, f"{prefix}idno": written_id(rnd, number)}
    cells |= {key: written for key, (written, _) in phones.items()}
    meant |= {key: true for key, (_, true) in phones.items()}
    _spoil(rnd, cells, meant, prefix="child_" if kind == "pairings" else "", native=native)
    keys = FIELDS[kind].keys()
    return {key: cells[key] for key in keys}, {key: meant[key] for key in keys}


def _spoil(rnd: random.Random, cells: dict[str, Value], meant: Entry, *, prefix: str, native: bool) -> None:
    """Put a fault into some rows; a faulty value is meant as its reason code."""
    fault = rnd.randrange(14)
    number = meant[f"{prefix}idno"]
    if fault == 0:
        cells[f"{prefix}name"], meant[f"{prefix}name"] = "", ""
    elif fault == 1:
        wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
        cells[f"{prefix}idno"], meant[f"{prefix}idno"] = wrong, "id_checksum"
    elif fault == 2:
        lost: Value = float(number[:-1] + "0") if native else "1.41121E+17"
        cells[f"{prefix}idno"], meant[f"{prefix}idno"] = lost, "id_precision_lost"
    elif fault == 3:
        cells[f"{prefix}idno"], meant[f"{prefix}idno"] = number[:-3], "id_format"
    elif fault == 4:
        cells[f"{prefix}name"] = meant[f"{prefix}name"] = "合小计"


def make_layout(kind: str, seed: int) -> Layout:
    """Return the roster that this seed stands for."""
    rnd = random.Random(f"{kind}{seed}")
    form = rnd.choice(("xlsx", "xlsx", "csv"))
    grouped = rnd.choice((1, 1, 2, 3))
    keys = list(FIELDS[kind])
    rnd.shuffle(keys)
    if grouped > 1:
        keys.sort(key=lambda key: FIELDS[kind][key][1] or key)
    page, width = Page(), len(keys) + 1
    _titles(rnd, page, width)
    head = _header(rnd, page, kind, keys, grouped, merged=form == "xlsx")
    truth = _body(rnd, page, kind, keys, head, native=form == "xlsx")
    _footer(rnd, page, width)
    data = _workbook(page) if form == "xlsx" else _separated(rnd, page)
    return Layout(data, f"名册.{form}", truth, set(keys))


def _titles(rnd: random.Random, page: Page, width: int) -> None:
    for line in rnd.choice(
        (
            [],
            ["文水县儿童信息台账"],
            ["附件2", "文水县“爱心妈妈”台账", "填报单位：（盖章）      填报日期：2026年10月28日"],
        )
    ):
        number = page.add([line], width)
        page.merges.append((number - 1, 0, number - 1, width - 1))


def _header(
    rnd: random.Random, page: Page, kind: str, keys: list[str], depth: int, *, merged: bool
) -> list[list[Value]]:
    fields = FIELDS[kind]
    top = len(page.rows)
    if depth == 1:
        rows: list[list[Value]] = [["序号", *(rnd.choice(fields[key][0]) for key in keys)]]
    else:
        groups = ["", *(fields[key][1] for key in keys)]
        leaves = ["序号", *(fields[key][2] for key in keys)]
        rows = _grouped(page, top, groups, leaves, merged=merged)
    if depth == 3:
        first: list[Value] = ["序号", *("人员情况" for _ in keys)]
        rows.insert(0, [first[0], first[1], *([""] * (len(keys) - 1))] if merged else first)
        page.merges[:] = [(a + (a >= top), b, c + (c >= top), d) for a, b, c, d in page.merges]
        page.merges.append((top, 1, top, len(keys)))
    for row in rows:
        page.add(list(row), len(keys) + 1)
    return rows


def _grouped(
    page: Page, top: int, groups: list[str], leaves: list[str], *, merged: bool
) -> list[list[Value]]:
    upper: list[Value] = []
    lower: list[Value] = []
    for column, (group, leaf) in enumerate(zip(groups, leaves, strict=True)):
        begins = column == 0 or groups[column - 1] != group
        upper.append((group if begins else "") if group else leaf)
        lower.append(leaf if group else "")
        if not group:
            page.merges.append((top, column, top + 1, column))
        elif begins and merged:
            last = column
            while last + 1 < len(groups) and groups[last + 1] == group:
                last += 1
            if last > column:
                page.merges.append((top, column, top, last))
    return [upper, lower]


def _body(
    rnd: random.Random, page: Page, kind: str, keys: list[str], head: list[list[Value]], *, native: bool
) -> list[tuple[int, Entry]]:
    truth: list[tuple[int, Entry]] = []
    width, count = len(keys) + 1, 0
    style = rnd.choice(("plain", "merged", "once")) if "township" in keys else "plain"
    for town in rnd.sample(list(TOWNS), 3):
        began = len(page.rows)
        for line in range(rnd.randrange(2, 6)):
            count += 1
            cells, meant = entry(rnd, kind, town, native=native)
            if line and style != "plain":
                cells["township"] = ""
            if line and "village" in cells and rnd.random() < 0.3:
                cells["village"], meant["village"] = rnd.choice(("同上", "〃")), truth[-1][1]["village"]
            truth.append((page.add([count, *(cells[key] for key in keys)], width), meant))
        if style == "merged" and native and len(page.rows) - began > 1:
            column = keys.index("township") + 1
            page.merges.append((began, column, len(page.rows) - 1, column))
        _interlude(rnd, page, width, town, head)
    return truth


def _interlude(rnd: random.Random, page: Page, width: int, town: str, head: list[list[Value]]) -> None:
    """Add what stands between towns: a subtotal, an empty row, the header again, a number alone."""
    if rnd.random() < 0.5:
        page.add(
            rnd.choice(
                (["", f"{town}小计", "5人"], ["小计", "", 5], ["", "小　计", "", "5人", "男3人", "女2人"])
            ),
            width,
        )
    if rnd.random() < 0.3:
        page.add([], width)
    if rnd.random() < 0.3:
        for row in head:
            page.add(list(row), width)
    if rnd.random() < 0.2:
        page.add([99], width)


def _footer(rnd: random.Random, page: Page, width: int) -> None:
    lines: list[list[Value]] = [
        ["合计", "", "30人"], [], ["填表人：            审核人：            负责人："], ["填表人：", "张三", "", "联系电话：", "13800138000"],
        ["备注：1.本表一式两份；2.按时上报。"], ["", "", "", "2026年10月28日"], ["说明：本表由村妇联填写"],
    ]  # fmt: skip
    for line in lines:
        if rnd.random() < 0.5:
            page.add(line[:width], width)


def _workbook(page: Page) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        for first, left, last, right in page.merges:
            sheet.merge_range(first, left, last, right, "")
        for number, row in enumerate(page.rows):
            for column, value in enumerate(row):
                if isinstance(value, dt.date):
                    sheet.write_datetime(
                        number, column, dt.datetime(value.year, value.month, value.day), date
                    )
                elif isinstance(value, str):
                    if value:
                        sheet.write_string(number, column, value)
                else:
                    sheet.write_number(number, column, value)
        book.add_worksheet("说明").write_string(0, 0, "请按要求填写")
    return buffer.getvalue()


def _separated(rnd: random.Random, page: Page) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=rnd.choice(",\t;")).writerows(page.rows)
    return text.getvalue().encode(rnd.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16")))
