"""Rosters of invented children as files, and imports of them through the page."""

import csv
import datetime
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from aixin.exchange.models import ImportJob
from tests.conftest import Session
from tests.factories import make_idno

HEAD = [
    "姓名",
    "身份证号",
    "出生日期",
    "乡镇",
    "村",
    "类别",
    "监护人姓名",
    "监护人电话",
    "学校",
    "需求",
    "备注",
]
# What belongs to the rosters; the trail, jobs, notices, history, sessions and sequences aside.
ROSTER_TABLES = (
    "children_child", "children_guardian", "children_parent", "children_need", "volunteers_volunteer",
    "pairing_pairing", "visits_visit", "visits_visitedchild", "visits_visit_volunteers", "visits_callback",
)  # fmt: skip


def idno_of(number: int) -> str:
    """Return a valid ID number, another for each of 100,000 numbers."""
    return make_idno(number % 400, datetime.date(2012, 1, 1) + datetime.timedelta(days=number // 400))


def child_row(number: int, **changes: str) -> list[str]:
    """Return a good row of a child of its own; some columns changed, by their headings."""
    name = "童" + "".join("零一二三四五六七八九"[int(digit)] for digit in str(number))
    good = [
        name,
        idno_of(number),
        "",
        "凤城镇",
        "西街社区",
        "留守儿童",
        "高奶奶",
        "13900001111",
        "",
        "学业辅导",
        "",
    ]
    return [changes.get(heading, value) for heading, value in zip(HEAD, good, strict=True)]


def as_csv(rows: list[list[str]], head: list[str] | None = None) -> bytes:
    """Return rows as a file."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([head or HEAD, *rows])
    return text.getvalue().encode()


def uploaded(
    user: Any, rows: list[list[str]], head: list[str] | None = None, kind: str = "children"
) -> ImportJob:
    """Upload a roster through the page and return its job."""
    content = SimpleUploadedFile("名册.csv", as_csv(rows, head))
    answer = Session(user).post(f"/{kind}/import/", {"file": content})
    assert answer.status_code == 302, answer.context["form"].errors
    return ImportJob.objects.latest("id")


def confirmed(
    user: Any, rows: list[list[str]], head: list[str] | None = None, kind: str = "children"
) -> ImportJob:
    """Upload and confirm a roster through the pages and return its job."""
    job = uploaded(user, rows, head, kind)
    Session(user).post(f"/imports/{job.pk}/confirm/")
    job.refresh_from_db()
    return job


def roster_rows() -> dict[str, list[str]]:
    """Return every row of the rosters' tables as the database holds it, ciphertext verbatim."""
    found = {}
    with connection.cursor() as cursor:
        for table in ROSTER_TABLES:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = [row for (row,) in cursor.fetchall()]
    return found
