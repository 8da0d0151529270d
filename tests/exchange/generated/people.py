"""Invented people, what the database must hold of them, and the many ways in which a cell says it."""

import datetime as dt
import random
from typing import Any

from lunardate import LunarDate
from stdnum.cn.ric import calc_check_digit

from tests.exchange.generated.files import EPOCH, Value

#: Townships and villages of 文水, as offices write them and as the roster names them.
TOWNS = {
    "凤城镇": {"南街社区": "南街社区居民委员会", "宜儿村": "宜儿村委会", "私评社区": "私评社区居民委员会"},
    "开栅镇": {"樊家庄村": "樊家庄村委会", "北峪口村": "北峪口村委会"},
    "西城乡": {"武良村": "武良村委会", "东城村": "东城村委会"},
    "刘胡兰镇": {"云周村": "云周村委会", "保贤村": "保贤村委会"},
}
CATEGORIES = {
    "LEFT_BEHIND": ("留守儿童", "留守", "农村留守儿童", "农村留守", "留守儿童（父母外出）"),
    "DIFFICULT": ("困境儿童", "困境（低保家庭）", "困境", "残疾儿童", "重病儿童"),
    "DE_FACTO_UNSUPPORTED": ("事实无人抚养儿童", "事实孤儿", "事实无人抚养"),
    "ORPHAN_SCATTERED": ("孤儿", "散居孤儿", "社会散居孤儿"),
    "MIGRANT": ("流动儿童", "随迁子女", "流动"),
}
GRADES = {
    "中班": ("中班", "幼儿园中班", "幼儿园（中班）"),
    "一年级": ("一年级", "1年级", "小学一年级", "一年级（2）班"),
    "三年级": ("三年级", "小学三年级", "3年级", "三（2）班", "三年级2班", "小三"),
    "七年级": ("七年级", "初一", "初中一年级", "7年级"),
    "九年级": ("九年级", "初三", "初三（1）班"),
    "高二": ("高二", "高中二年级", "高二(3)班"),
}
SCHOOLS = ("城关小学", "第一小学", "中心校", "职业中学")
NEEDS = {
    "学业辅导": ("学业辅导", "学习辅导", "课业辅导"),
    "亲情陪伴": ("亲情陪伴", "陪伴"),
    "心理关爱": ("心理关爱", "心理辅导"),
}
RELATIONS = ("祖父", "祖母", "父亲", "母亲", "外祖母", "爷爷", "奶奶", "姑姑", "叔叔", "伯父")
NOTES = ("", "", "", "已核对，合计三次", "备注：母亲在外", "2014年随父返乡", "周末在校")
SURNAMES, GIVEN = "王李张刘陈杨赵武", "一思文玉浩梅海彤轩建丽佳晨宇"
MONTHS = ("正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊")
DAYS = [f"{tens}{unit}" for tens in ("初", "十", "廿") for unit in "一二三四五六七八九十"]
DAYS[19], DAYS[29] = "二十", "三十"
Truth = dict[str, Any]


def name_of(rnd: random.Random) -> str:
    if rnd.random() < 0.04:
        return rnd.choice(("欧阳文玉", "阿依古丽·买买提", "𬀩建"))
    return rnd.choice(SURNAMES) + "".join(rnd.sample(GIVEN, rnd.choice((1, 2, 2))))


def idno_of(rnd: random.Random, born: dt.date, sex: str) -> str:
    head = f"141121{born:%Y%m%d}{rnd.randrange(100):02}{rnd.randrange(5) * 2 + (sex == '男')}"
    return head + calc_check_digit(head + "0")


def phone_of(rnd: random.Random) -> str:
    return f"1{rnd.choice('3456789')}{rnd.randrange(10**9):09}"


def person(rnd: random.Random, town: str) -> Truth:
    """Return what is true of a child."""
    sex = rnd.choice("男女")
    born = dt.date(2010, 1, 1) + dt.timedelta(days=rnd.randrange(4500))
    return {
        "name": name_of(rnd), "sex": sex, "ethnicity": rnd.choice(("汉族", "汉族", "回族")), "birth": born,
        "idno": idno_of(rnd, born, sex), "township": town, "village": rnd.choice(list(TOWNS[town])),
        "category": rnd.choice(list(CATEGORIES)), "school": rnd.choice(SCHOOLS), "grade": rnd.choice(list(GRADES)),
        "guardian": name_of(rnd), "relation": rnd.choice(RELATIONS), "phone": phone_of(rnd),
        "father_name": name_of(rnd), "father_phone": phone_of(rnd),
        "mother_name": name_of(rnd), "mother_phone": phone_of(rnd),
        "need": rnd.choice(list(NEEDS)), "notes": rnd.choice(NOTES),
    }  # fmt: skip


def written(rnd: random.Random, truth: Truth, *, native: bool) -> dict[str, Value]:
    """Return the cells that say it; the birth date stands by itself, see `written_birth`."""
    return {
        **{key: truth[key] for key in ("township", "village", "school", "guardian", "relation", "notes")},
        **{key: truth[key] for key in ("father_name", "mother_name")},
        "name": rnd.choice((truth["name"], f" {truth['name']} ", _spaced(truth["name"]))),
        "sex": rnd.choice((truth["sex"], f"{truth['sex']}孩", f"{truth['sex']} ", f"{truth['sex']}性")),
        "ethnicity": truth["ethnicity"],
        "idno": written_id(rnd, truth["idno"]),
        "category": rnd.choice(CATEGORIES[truth["category"]]),
        "grade": rnd.choice(GRADES[truth["grade"]]),
        "need": rnd.choice(NEEDS[truth["need"]]),
        **{
            key: written_phone(rnd, truth[key], native=native)
            for key in ("phone", "father_phone", "mother_phone")
        },
    }


def _spaced(name: str) -> str:
    return name if "·" in name else "\u3000".join(name)


def written_id(rnd: random.Random, number: str) -> str:
    wide = number.translate({ord(char): ord(char) + 0xFEE0 for char in "0123456789X"})
    spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
    return rnd.choice(
        (number, number, wide, spaced, f"'{number}", number.lower(), f"{number}\t", f"\u200b{number}")
    )


def written_phone(rnd: random.Random, number: str, *, native: bool) -> Value:
    other = f"139{rnd.randrange(10**8):08}"
    ways: list[Value] = [
        number, number, f"{number[:3]}-{number[3:7]}-{number[7:]}", f"{number[:3]} {number[3:7]} {number[7:]}",
        f"+86{number}", f"{number}/{other}", f"{number}、{other}", f"{number}，{other}", f"{number} {other}", f"'{number}",
    ]  # fmt: skip
    return rnd.choice([*ways, float(number)] if native else ways)


def written_birth(rnd: random.Random, day: dt.date, *, native: bool) -> tuple[Value, dt.date | None]:
    """Return the cell, and the date that it gives a child without ID: None where it could be two."""
    way = rnd.randrange(4)
    if way == 0:
        return rnd.choice(_lunar_ways(day)), day
    y, m, d = day.year, day.month, day.day
    if way == 1:
        return _written_month(rnd, y, m, native=native)
    wide = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(y))
    ways: list[Value] = [
        f"{y}{m:02}{d:02}", f"{y}-{m:02}-{d:02}", f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日", f" {y}-{m}-{d} ",
        f"{y}年{m:02}月{d:02}号", f"{y}-{m:02}-{d:02} 00:00:00", (day - EPOCH).days, f"公历{y}年{m}月{d}日",
        f"{wide}年{m}月{d}日", f"{y}、{m}、{d}",
    ]  # fmt: skip
    if d > 12:
        ways.append(f"{d}/{m}/{y}")
    return rnd.choice([*ways, day, day, int(f"{y}{m:02}{d:02}")] if native else ways), day


def _written_month(rnd: random.Random, y: int, m: int, *, native: bool) -> tuple[Value, dt.date | None]:
    first = dt.date(y, m, 1)
    if native and rnd.random() < 0.4:
        return float(f"{y}.{m}"), None if m in (1, 10) else first
    return rnd.choice(
        (f"{y}.{m}", f"{y}年{m}月", f"{y}-{m:02}", f"{y}{m:02}", f"{y}.{m:02}", f"{y}年{m}月份")
    ), first


def _lunar_ways(day: dt.date) -> list[Value]:
    lunar = LunarDate.from_solar_date(day.year, day.month, day.day)
    leap = "闰" if lunar.is_leap_month else ""
    month, number = f"{leap}{MONTHS[lunar.month - 1]}月", DAYS[lunar.day - 1]
    ways: list[Value] = [
        f"农历{lunar.year}年{month}{number}", f"{lunar.year}年{month}{number}（农历）", f"阴历{lunar.year}年{month}{number}",
        f"农历：{lunar.year}年{month}{number}日",
    ]  # fmt: skip
    if not leap:
        ways.append(f"农历{lunar.year}.{lunar.month}.{lunar.day}")
        ways.append(f"{lunar.year}-{lunar.month:02}-{lunar.day:02}(农历)")
    return ways


def written_contact(rnd: random.Random, relation: str, name: str, phone: str) -> str:
    """Return relation, name and phone in one cell."""
    return rnd.choice(
        (
            f"{relation}:{name} {phone}", f"{relation}：{name}，{phone}", f"{name}（{relation}）{phone}",
            f"{relation} {name} {phone}", f"{relation}{name}{phone}", f"{name} {phone}（{relation}）",
            f"{relation}：{name}（{phone}）", f"{relation}:{name}\n电话:{phone}", f"{name}、{relation}、{phone}",
        )
    )  # fmt: skip
