"""A children's roster laid out: titles, header, rows by township, what stands between and below them, and its truth."""

import random
from dataclasses import dataclass
from typing import Any

from tests.exchange.generated.faults import Line, repeated, spoil
from tests.exchange.generated.files import Page, Value, as_ods, as_text, as_xls, as_xlsx
from tests.exchange.generated.people import TOWNS, person, written, written_birth, written_contact
from tests.exchange.generated.shapes import Shape

#: Of each field: its headings where it stands alone, its group, and the heading beneath the group.
HEADINGS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "name": (("姓名", "儿童姓名", "孩子姓名", "姓 名"), "儿童基本情况", "姓名"),
    "sex": (("性别", "性 别"), "儿童基本情况", "性别"),
    "ethnicity": (("民族", "民族成份"), "儿童基本情况", "民族"),
    "idno": (("身份证号", "身份证号码（必填）", "公民身份号码", "儿童身份证号"), "儿童基本情况", "身份证号"),
    "birth": (("出生日期", "出生年月", "出生\n年月"), "儿童基本情况", "出生年月"),
    "township": (("乡镇", "乡镇（街道）", "所在乡镇", "乡（镇）"), "居住地", "乡镇"),
    "village": (("村", "村（社区）", "行政村", "村/社区"), "居住地", "村"),
    "category": (("类别", "儿童类别", "类型", "儿童类型"), "儿童基本情况", "类型"),
    "school": (("学校", "就读学校", "所在学校"), "就学情况", "学校"),
    "grade": (("年级", "就读年级", "所在年级"), "就学情况", "年级"),
    "guardian": (("监护人姓名", "监护人", "监护人或受委托人"), "监护人情况", "姓名"),
    "relation": (("与儿童关系", "关系", "与监护人关系"), "监护人情况", "关系"),
    "phone": (("监护人电话", "联系电话", "监护人联系方式"), "监护人情况", "联系电话"),
    "father_name": (("父亲姓名", "父亲"), "父亲情况", "姓名"),
    "father_phone": (("父亲电话", "父亲联系电话"), "父亲情况", "联系电话"),
    "mother_name": (("母亲姓名", "母亲"), "母亲情况", "姓名"),
    "mother_phone": (("母亲电话", "母亲联系电话"), "母亲情况", "联系电话"),
    "need": (("需求", "关爱需求", "帮扶需求"), "", "需求"),
    "notes": (("备注",), "", "备注"),
    "guardian_all": (("监护人姓名及电话", "监护人及联系电话", "监护人（姓名、关系、电话）"), "监护人情况", "姓名及电话"),
    "phone_all": (("联系方式", "联系人及电话", "联系电话"), "", "联系方式"),
    "parents_all": (("父母姓名及电话", "父母情况", "父母信息", "父母姓名、联系方式"), "", "父母姓名及电话"),
}  # fmt: skip
GUARDIAN, PARENTS = (
    ("guardian", "relation", "phone"),
    ("father_name", "father_phone", "mother_name", "mother_phone"),
)
OPTIONAL = ("sex", "ethnicity", "birth", "school", "grade", "need", "notes")
MAY_DITTO = ("village", "school", "category", "grade", "need")
Entry = dict[str, Any]


@dataclass
class Roster:
    """A file and its truth: one entry for each data row, in the order in which they are read."""

    data: bytes
    filename: str
    truth: list[Entry]


def make_roster(shape: Shape) -> Roster:
    """Return the file that this shape stands for."""
    return _Maker(shape).roster()


class _Maker:
    """Lays out one file; all its sheets have the same columns."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.rnd = random.Random(shape.seed)
        self.keys = self._keys()
        self.offset = int(shape.numbered)
        self.width = len(self.keys) + self.offset
        self.titles = {key: self.rnd.choice(HEADINGS[key][0]) for key in self.keys}
        self.lines: list[Line] = []
        self.truth: list[Entry] = []
        self.count = 0

    def _keys(self) -> list[str]:
        parts: dict[str, tuple[str, ...]] = {
            "columns": (*GUARDIAN, *(PARENTS if self.rnd.random() < 0.5 else ())),
            "guardian": ("guardian_all",), "phone": ("phone_all",), "parents": (*GUARDIAN, "parents_all"),
        }  # fmt: skip
        keys = ["name", "idno", "township", "village", "category", *parts[self.shape.contacts]]
        keys += [key for key in OPTIONAL if self.rnd.random() < 0.8]
        order = list(HEADINGS)
        if self.shape.depth == 1 and self.rnd.random() < 0.5:
            self.rnd.shuffle(order)
        keys.sort(key=order.index)
        return sorted(keys, key=lambda key: self._rank(key, keys)) if self.shape.depth > 1 else keys

    def _rank(self, key: str, keys: list[str]) -> int:
        """Columns of a group stand side by side."""
        group = HEADINGS[key][1]
        return next(n for n, one in enumerate(keys) if one == key or (group and HEADINGS[one][1] == group))

    def roster(self) -> Roster:
        pages = self._pages()
        if not self.shape.is_book:
            encoding, separator = self.shape.form[:-1], self.shape.form[-1]
            return Roster(as_text(pages[0], separator, encoding), "名册.csv", self.truth)
        writer = {"xlsx": as_xlsx, "xls": as_xls, "ods": as_ods}[self.shape.form]
        return Roster(writer(pages), f"名册.{self.shape.form}", self.truth)

    def _pages(self) -> list[Page]:
        towns = self.rnd.sample(list(TOWNS), 3)
        sheets = self.shape.sheets if self.shape.is_book else "one"
        if sheets == "towns":
            return [self._page(town, [town]) for town in towns]
        page = self._page("花名册", towns)
        cover = Page("封面", [["文水县儿童信息台账", ""], ["填报单位：文水县妇联", ""], ["", "2026年10月"]])
        notes = Page("填表说明", [["填表说明"], ["1.姓名与身份证一致。"], ["2.类别按文件填写。"]])
        return {"cover": [cover, page], "notes": [page, notes]}.get(sheets, [page])

    def _page(self, name: str, towns: list[str]) -> Page:
        page = Page(name)
        self._add_titles(page)
        head = self._add_header(page)
        for town in towns:
            self._add_town(page, town)
            self._add_interlude(page, town, head)
        if self.shape.footer:
            self._add_footer(page)
        if self.shape.hidden:
            page.hidden_rows = {len(page.rows) // 2}
            page.hidden_columns = {self.rnd.randrange(self.width)}
        return page

    def _add_titles(self, page: Page) -> None:
        lines = ["附件2", "文水县儿童信息台账", "填报单位：（盖章）      填报日期：2026年10月28日"]
        for line in lines[3 - self.shape.titles :]:
            page.add([line], self.width)
            page.merges.append((len(page.rows) - 1, 0, len(page.rows) - 1, self.width - 1))

    def _add_header(self, page: Page) -> list[list[Value]]:
        top = len(page.rows)
        number: list[Value] = ["序号"] if self.offset else []
        if self.shape.depth == 1:
            rows: list[list[Value]] = [[*number, *(self.titles[key] for key in self.keys)]]
        else:
            rows = self._grouped(page, top + self.shape.depth - 2)
        if self.shape.depth == 3:
            wide: Value = "儿童及家庭情况"
            rows.insert(
                0,
                [
                    *number,
                    *(
                        [wide] + [""] * (len(self.keys) - 1)
                        if self.shape.is_book
                        else [wide] * len(self.keys)
                    ),
                ],
            )
            if number:
                rows[1][0] = ""
                page.merges = [merge for merge in page.merges if merge != (top + 1, 0, top + 2, 0)]
                page.merges.append((top, 0, top + 2, 0))
            page.merges.append((top, self.offset, top, self.width - 1))
        for row in rows:
            page.add(row, self.width)
        return rows

    def _grouped(self, page: Page, top: int) -> list[list[Value]]:
        """Return a row of groups and a row of headings beneath; a heading without group reaches over both."""
        groups = [*[""] * self.offset, *(HEADINGS[key][1] for key in self.keys)]
        leaves = [*["序号"] * self.offset, *(HEADINGS[key][2] for key in self.keys)]
        upper: list[Value] = []
        lower: list[Value] = []
        for column, (group, leaf) in enumerate(zip(groups, leaves, strict=True)):
            begins = column == 0 or groups[column - 1] != group
            upper.append((group if begins else "") if group else leaf)
            lower.append(leaf if group else "")
            last = column
            while group and last + 1 < len(groups) and groups[last + 1] == group:
                last += 1
            if not group:
                page.merges.append((top, column, top + 1, column))
            elif begins and last > column:
                page.merges.append((top, column, top, last))
        return [upper, lower]

    def _add_town(self, page: Page, town: str) -> None:
        style = self.shape.towns
        if style == "merged" and not self.shape.is_book:
            style = "once"
        if style == "lines":
            page.add([f"{self.rnd.choice(('', '一、'))}{town}"], self.width)
            page.merges.append((len(page.rows) - 1, 0, len(page.rows) - 1, self.width - 1))
            if not self.shape.is_book:
                page.rows.pop()
                style = "plain"
        began = len(page.rows)
        for number in range(self.rnd.randrange(2, 6)):
            line = self._line(town, free_places=style == "plain")
            if style == "lines" or (number and style in ("merged", "once")):
                line.cells["township"] = ""
            elif number and style == "ditto":
                line.cells["township"] = self.rnd.choice(("同上", "〃"))
            self._add_line(page, line, first=number == 0)
        if style == "merged" and len(page.rows) - began > 1:
            column = self.keys.index("township") + self.offset
            page.merges.append((began, column, len(page.rows) - 1, column))

    def _line(self, town: str, *, free_places: bool) -> Line:
        native = self.shape.is_book
        truth = person(self.rnd, town)
        cells = written(self.rnd, truth, native=native)
        cells["birth"], truth["without_id"] = written_birth(self.rnd, truth["birth"], native=native)
        line = Line(cells, truth)
        self._join_contacts(line)
        chance = self.rnd.random()
        if chance < self.shape.faults:
            spoil(self.rnd, line, set(self.keys), native=native, free_places=free_places)
        elif chance < self.shape.faults + 0.05 and "birth" in self.keys and "sex" in self.keys:
            repeated(self.rnd, line, self.lines)
        return line

    def _join_contacts(self, line: Line) -> None:
        """Write guardian or parents as one cell."""
        rnd, truth = self.rnd, line.truth
        line.cells["guardian_all"] = line.cells["phone_all"] = written_contact(
            rnd, truth["relation"], truth["guardian"], truth["phone"]
        )
        father, mother = (f"{who}{rnd.choice((':', '：', ''))}{truth[f'{key}_name']} {truth[f'{key}_phone']}"
            for who, key in (("父亲", "father"), ("母亲", "mother")))  # fmt: skip
        line.cells["parents_all"] = rnd.choice(("；", "\n", " ", "、")).join((father, mother))

    def _add_line(self, page: Page, line: Line, *, first: bool) -> None:
        if self.shape.ditto and self.lines and not first:
            self._refer_above(line)
        self.count += 1
        row = page.add([*[self.count] * self.offset, *(line.cells[key] for key in self.keys)], self.width)
        self.lines.append(line)
        self.truth.append(self._entry(page, row, line))

    def _refer_above(self, line: Line) -> None:
        above = self.lines[-1]
        for key in MAY_DITTO:
            same = line.truth["township"] == above.truth["township"] and "region_unknown" not in above.reasons
            clean = not line.reasons and not line.warnings and not above.reasons and not above.warnings
            if key in self.keys and same and clean and self.rnd.random() < 0.3:
                line.cells[key], line.truth[key] = self.rnd.choice(("同上", "〃", "同 上")), above.truth[key]

    def _entry(self, page: Page, row: int, line: Line) -> Entry:
        sheet = page.name if self.shape.is_book and self.shape.sheets == "towns" else ""
        about: Entry = {"sheet": sheet, "row": row, "reasons": line.reasons}
        about["warnings"] = [] if line.reasons else line.warnings
        return {**about, **self._values(line)}

    def _values(self, line: Line) -> Entry:
        """Return what the database must hold, of what the file says."""
        truth = line.truth
        shown = set(self.keys) - {"guardian_all", "phone_all", "parents_all", "birth"}
        if {"guardian_all", "phone_all"} & set(self.keys):
            shown |= set(GUARDIAN)
        if "parents_all" in self.keys:
            shown |= set(PARENTS)
        values = {key: truth[key] for key in shown if key != "notes"}
        values["village"] = TOWNS[truth["township"]].get(truth["village"], "")
        values["sex"] = truth["sex"] if "sex" in self.keys or truth["idno"] else ""
        values["birth"] = truth["birth"].isoformat()
        values["notes"] = [truth["notes"] if "notes" in self.keys else "", str(truth.get("kept", ""))]
        return values

    def _add_interlude(self, page: Page, town: str, head: list[list[Value]]) -> None:
        """Add what stands between towns: a subtotal, an empty row, the header again, a number alone."""
        rnd = self.rnd
        if self.shape.subtotals:
            sums: tuple[list[Value], ...] = (
                ["", f"{town}小计", "5人"],
                ["小计", "", 5],
                ["", "小　计", "", "5人", "男3人", "女2人"],
            )
            page.add(rnd.choice(sums), self.width)
        if rnd.random() < 0.3:
            page.add([], self.width)
        if self.shape.repeats_header:
            for row in head:
                page.add(list(row), self.width)
        if self.offset and rnd.random() < 0.2:
            page.add([99], self.width)

    def _add_footer(self, page: Page) -> None:
        lines: list[list[Value]] = [
            ["合计", "", "30人"], [], ["填表人：            审核人：            负责人："],
            ["填表人：", "张三", "", "联系电话：", "13800138000"], ["备注：1.本表一式两份；2.按时上报。"],
            ["", "", "", "2026年10月28日"], ["说明：本表由村妇联填写"],
        ]  # fmt: skip
        for line in lines:
            if self.rnd.random() < 0.5:
                page.add(line[: self.width], self.width)
