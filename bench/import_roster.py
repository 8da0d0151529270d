"""What importing a roster costs: beside a plain `import_data`, and beside reading the file and `bulk_create` alone.

Run: `.venv/bin/python bench/import_roster.py [ROWS]` on the demo city (`make run` once first). Each way imports the same
rows x 25 columns of a .xlsx as wenshui's clerk, in a process of its own, and is rolled back. Writes docs/benchmarks.md.
"""

import datetime
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aixin.settings.local")
django.setup()

import tablib  # noqa: E402
import xlsxwriter  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from import_export.resources import ModelResource  # noqa: E402
from python_calamine import CalamineWorkbook  # noqa: E402
from stdnum.cn.ric import calc_check_digit  # noqa: E402

from aixin.access.models import Region, User  # noqa: E402
from aixin.access.numbers import Kind, allocate  # noqa: E402
from aixin.access.scope import acting  # noqa: E402
from aixin.exchange.jobs import import_file, new_job, refresh  # noqa: E402
from bench.report import write_section  # noqa: E402
from children.models import Child, Guardian, Need, Parent  # noqa: E402

CLERK, COUNTY, ROWS = "wenshui", "141121", 36_000
HEADINGS = [
    "姓名",
    "性别",
    "民族",
    "身份证号",
    "乡镇",
    "村",
    "户籍地",
    "户籍类型",
    "类别",
    "健康状况",
    "学校",
    "年级",
    "是否寄宿",
    "监护人姓名",
    "与儿童关系",
    "监护人电话",
    "父亲姓名",
    "父亲状况",
    "父亲电话",
    "母亲姓名",
    "母亲状况",
    "母亲电话",
    "需求",
    "详细住址",
    "备注",
]
# Names as different from each other as real ones are: the queue of doubtful pairs looks at how they sound.
SURNAMES = "童高郝冀任武成岳贾霍雷薛康牛郑曹温孟韩侯"
GIVEN = "晓雨欣怡浩宇佳琪子涵嘉豪思远静雯博文若曦志强丽娟国庆春梅海燕建军"
Cells = list[str]


def _idno(number: int) -> str:
    birth = datetime.date(2011, 1, 1) + datetime.timedelta(days=number // 400)
    body = f"991199{birth:%Y%m%d}{number % 400 * 2:03d}"
    return body + calc_check_digit(f"{body}0")


def _cells(number: int, township: str) -> Cells:
    surname, middle, last = number % 20, number // 20 % 40, number // 800 % 40
    name = SURNAMES[surname] + GIVEN[middle % len(GIVEN)] + GIVEN[last % len(GIVEN)]
    phone = f"139{number:08d}"
    before = ["本县", "农业", "留守儿童", "健康", "城关小学", "三年级", "是", "高奶奶", "祖母", phone]
    father, mother = ["童父", "外出务工", f"138{number:08d}"], ["童母", "外出务工", f"137{number:08d}"]
    own = [name, "女", "汉族", _idno(number), township, ""]
    return [*own, *before, *father, *mother, "学业辅导", "某街1号", "一句备注"]


def workbook(rows: int) -> bytes:
    township = Region.objects.filter(code__startswith=COUNTY, level=4).first()
    assert township is not None
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for number in range(rows):
            sheet.write_row(number + 1, 0, _cells(number, township.name))
    return buffer.getvalue()


def _read(data: bytes) -> list[Any]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[1:]


def _ours(user: User, data: bytes) -> None:
    _, outcome = import_file(user, "children", data, "名册.xlsx", commit=True, whole=False)
    assert not outcome.counts["rejected"], outcome.counts


def _preview(user: User, data: bytes) -> None:
    refresh(user, new_job(user, "children", data, "名册.xlsx"))


def _child(row: Any, number: str) -> Child:
    birth = datetime.date(int(row[3][6:10]), int(row[3][10:12]), int(row[3][12:14]))
    return Child(
        no=number,
        name=row[0],
        sex="F",
        ethnicity=row[2],
        idno=row[3],
        birth=birth,
        region_id=COUNTY,
        hukou_place=row[6],
        category="LEFT_BEHIND",
        health="HEALTHY",
        school=row[10],
        grade=row[11],
        boarding=True,
        address=row[23],
        notes=row[24],
    )


def _bulk(_: User, data: bytes) -> None:
    rows = _read(data)
    numbers = allocate(Kind.CHILD, len(rows))
    children = Child.objects.bulk_create(
        [_child(row, number) for row, number in zip(rows, numbers, strict=True)], batch_size=2000
    )
    both = list(zip(children, rows, strict=True))
    place = {"region_id": COUNTY}
    Guardian.objects.bulk_create(
        [Guardian(child=c, name=r[13], relation=r[14], phone=r[15], **place) for c, r in both],
        batch_size=2000,
    )
    parents = (("FATHER", 16, 18), ("MOTHER", 19, 21))
    Parent.objects.bulk_create(
        [Parent(child=c, kind=k, name=r[n], phone=r[p], **place) for c, r in both for k, n, p in parents],
        batch_size=2000,
    )
    Need.objects.bulk_create(
        [Need(child=c, topic="STUDY", source="ROSTER", **place) for c, _ in both], batch_size=2000
    )


class PlainChildren(ModelResource):
    """The children alone, without guardians, parents and needs, and without a check."""

    class Meta:
        model = Child
        import_id_fields = ("no",)
        fields = (
            *("no", "name", "sex", "ethnicity", "idno", "birth", "region"),
            *("hukou_place", "category", "school", "grade", "address", "notes"),
        )

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Leave the sequence alone, which the app role may not reset."""


def _plain(_: User, data: bytes) -> None:
    rows = _read(data)
    table = tablib.Dataset(headers=PlainChildren.Meta.fields)
    for row, number in zip(rows, allocate(Kind.CHILD, len(rows)), strict=True):
        child = _child(row, number)
        table.append(
            [
                number, child.name, "F", child.ethnicity, child.idno, str(child.birth), COUNTY, child.hukou_place,
                child.category, child.school, child.grade, child.address, child.notes,
            ]
        )  # fmt: skip
    PlainChildren().import_data(table, raise_errors=True)


WAYS: dict[str, Callable[[User, bytes], None]] = {
    "import": _ours, "preview": _preview, "bulk_create": _bulk, "import_data": _plain,
}  # fmt: skip


def measure(way: str, rows: int) -> None:
    """Print seconds and peak memory in MB of one way, rolled back."""
    user = User.objects.get(username=CLERK)
    data = workbook(rows)
    with acting(user):
        begin = time.perf_counter()
        WAYS[way](user, data)
        seconds = time.perf_counter() - begin
        transaction.set_rollback(True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak": peak}))


HELD = 360_000
# Every table that the import writes, with what a copied row has instead of the first one's.
_COPIED = {
    "children_child": {"id": "c.new", "no": "'B' || c.new", "idno_index": "md5(c.new || t.idno_index)"},
    "children_guardian": {"child_id": "c.new"},
    "children_parent": {"child_id": "c.new", "idno_index": "md5(c.new || t.idno_index)"},
    "children_need": {"child_id": "c.new"},
}


def fill() -> None:
    """Copy the demo city's children with their records until there are 360,000; as the owner, without history."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT id AS old,"
            " nextval(pg_get_serial_sequence('children_child', 'id')) AS new FROM children_child,"
            " generate_series(1, (SELECT %s / count(*) + 1 FROM children_child))",
            [HELD],
        )
        _without_triggers(cursor, _copy)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {', '.join(_COPIED)}")


def empty() -> None:
    """Take the copies away again."""
    with transaction.atomic(), connection.cursor() as cursor:
        _without_triggers(cursor, _drop)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {', '.join(_COPIED)}")


def _without_triggers(cursor: Any, work: Callable[[Any, str, dict[str, str]], None]) -> None:
    for table, changed in _COPIED.items():
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        work(cursor, table, changed)
        # Foreign keys are checked at the end of a statement group, and a table that waits for that cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _copy(cursor: Any, table: str, changed: dict[str, str]) -> None:
    cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    names = [name for (name,) in cursor.fetchall()]
    owner = "id" if table == "children_child" else "child_id"
    values = {"id": f"nextval(pg_get_serial_sequence('{table}', 'id'))", **changed}
    chosen = ", ".join(values.get(name, f"t.{name}") for name in names)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} t JOIN copied c ON c.old = t.{owner}"
    )


def _drop(cursor: Any, table: str, _: dict[str, str]) -> None:
    copies = "SELECT id FROM children_child WHERE no LIKE 'B%'"
    if table == "children_child":
        for records in list(_COPIED)[1:]:
            cursor.execute(f"DELETE FROM {records} WHERE child_id IN ({copies})")
        cursor.execute("DELETE FROM children_child WHERE no LIKE 'B%'")


def _run(*arguments: str, role: str = "app") -> str:
    environment = {**os.environ, "AIXIN_DB_ROLE": role}
    run = [sys.executable, __file__, *arguments]
    return subprocess.run(run, stdout=subprocess.PIPE, text=True, check=True, env=environment).stdout.strip()


def _measured(way: str, rows: int) -> dict[str, float]:
    found: dict[str, float] = json.loads(_run("measure", way, str(rows)).splitlines()[-1])
    print(way, found)
    return found


def _measured_full(rows: int) -> dict[str, float]:
    """Measure the import into a database that holds 360,000 children."""
    _run("fill", role="owner")
    try:
        return _measured("import", rows)
    finally:
        _run("empty", role="owner")


def compare(rows: int) -> None:
    """Measure every way and write the table."""
    found = {way: _measured(way, rows) for way in WAYS}
    ours = found["import"]["seconds"]
    full = _measured_full(rows)["seconds"]
    write_section(
        "Importing a roster",
        [
            f"{rows:,} rows x {len(HEADINGS)} columns of a .xlsx into the demo city as wenshui's clerk, one run,",
            "rolled back: with all checks, encryption, history, and what undoing needs. `import_data` is that of a plain",
            "`ModelResource` of the children alone, row by row; `bulk_create` reads with calamine and creates the same rows",
            "of the same tables, with their triggers.",
            "Not like for like: `import_data` writes one row a child, the import five (guardian, two parents, need).",
            f"Made by `.venv/bin/python bench/import_roster.py {rows}`.",
            "",
            "| import over | ratio | wanted |",
            "|---|---|---|",
            f"| `import_data` | {ours / found['import_data']['seconds']:.2f} | at most 0.5 |",
            f"| calamine and `bulk_create` | {ours / found['bulk_create']['seconds']:.2f} | at most 5 |",
            f"| its own preview | {ours / found['preview']['seconds']:.2f} | |",
            f"| itself into the demo city, when {HELD:,} children are there already | {full / ours:.2f} | at most 1.2 |",
            "",
            f"Peak memory of the import: {found['import']['peak']:.0f} MB (wanted: under 600).",
        ],
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(sys.argv[2], int(sys.argv[3]))
    elif sys.argv[1:2] in (["fill"], ["empty"]):
        {"fill": fill, "empty": empty}[sys.argv[1]]()
    else:
        compare(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
