"""Invented people: names after solar terms and plants, ID numbers of districts that do not exist."""

import datetime
import random

from stdnum.cn.ric import calc_check_digit

SURNAMES = (
    "谷",
    "惊",
    "清",
    "白",
    "寒",
    "芒",
    "立",
    "雨",
    "霜",
    "夏",
    "秋",
    "春",
    "冬",
    "云",
    "星",
    "月",
    "虹",
    "霞",
)
TERMS = (
    "雨",
    "蛰",
    "明",
    "露",
    "降",
    "种",
    "荷",
    "禾",
    "麦",
    "桑",
    "榆",
    "松",
    "柏",
    "竹",
    "兰",
    "菊",
    "梅",
    "杏",
    "桃",
    "枣",
    "葵",
    "蓝",
    "青",
    "苗",
)
PLANTS = (
    "小满",
    "小暑",
    "小雪",
    "晴",
    "苗",
    "穗",
    "芽",
    "叶",
    "果",
    "花",
    "溪",
    "泉",
    "川",
    "山",
    "石",
    "舟",
)
GRANDPARENTS = ("祖母", "祖父", "外祖母", "外祖父")
GRADES = "一二三四五六七八九"


class Inventor:
    """Makes people from one seed, so that every demo city is the same."""

    def __init__(self, seed: int, today: datetime.date) -> None:
        self.random = random.Random(seed)  # noqa: S311 - invented people need no secrecy
        self.today = today
        self._phones = 0
        self._serials: dict[tuple[str, datetime.date], int] = {}

    def name(self) -> str:
        """Return a name that nobody bears."""
        return self.random.choice(SURNAMES) + self.random.choice(TERMS) + self.random.choice(PLANTS)

    def phone(self) -> str:
        """Return the next number of a range used for demonstration."""
        self._phones += 1
        return f"1990000{self._phones:04d}" if self._phones < 10_000 else f"1990{self._phones:07d}"

    def birth(self, youngest: int, oldest: int) -> datetime.date:
        """Return a birth date of somebody aged between the two, in years."""
        return self.today - datetime.timedelta(days=self.random.randint(youngest * 366, oldest * 365))

    def idno(self, county: str, birth: datetime.date, sex: str) -> str:
        """Return an ID number with a right check digit, of a district code that is not in use (99…)."""
        serial = self._serials.get((county, birth), 0) + 1
        self._serials[county, birth] = serial
        order = serial * 2 - (1 if sex == "M" else 0)
        body = f"99{county[2:]}{birth:%Y%m%d}{order:03d}"
        # The library takes the number with any last character in its place.
        return body + str(calc_check_digit(f"{body}0"))

    def days_ago(self, first: int, last: int) -> datetime.date:
        """Return a day between the two numbers of days before today."""
        return self.today - datetime.timedelta(days=self.random.randint(first, last))


def school_at(age: int) -> dict[str, str]:
    """Return stage, school and grade of a child of this age, by the names of a child's fields."""
    if age < 7:
        return {"schooling": "KINDERGARTEN", "school": "中心幼儿园", "grade": "中班"}
    if age > 15:
        return {"schooling": "HIGH", "school": "第二中学", "grade": "高一"}
    stage = "PRIMARY" if age < 13 else "MIDDLE"
    school = "中心校" if stage == "PRIMARY" else "实验中学"
    return {"schooling": stage, "school": school, "grade": f"{GRADES[age - 7]}年级"}
