"""Builders of migrations that bring figures: functions that give changes, marks on the tables they are counted from.

A later app's figure is one function, one row of `reports_source`, the marks on its tables, and a metric that it registers.
"""

from django.conf import settings
from django.db import migrations

ARGUMENTS = "lo text, hi text, rules jsonb"
CHANGES = "TABLE (measure text, cell text, id bigint, place text, day date, n bigint)"


def local_day(column: str) -> str:
    """Return SQL for the offices' day of a point in time."""
    return f"({column} AT TIME ZONE '{settings.TIME_ZONE}')::date"


def changes_of(name: str, query: str) -> migrations.RunSQL:
    """Return the operation that makes `aixin_changes_of_<name>`, for the functions of the owner alone."""
    return function(f"aixin_changes_of_{name}({ARGUMENTS})", CHANGES, query)


def function(signature: str, returns: str, query: str, kind: str = "STABLE") -> migrations.RunSQL:
    """Return the operation that makes a function in SQL which the app's role may not call."""
    name = signature.split("(", maxsplit=1)[0]
    types = ", ".join(part.split()[1] for part in signature.split("(")[1].rstrip(")").split(", "))
    return migrations.RunSQL(
        f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql {kind} AS $$ {query} $$;"
        f"REVOKE ALL ON FUNCTION {name}({types}) FROM PUBLIC",
        f"DROP FUNCTION {name}({types})",
    )


def source(name: str, measures: tuple[str, ...]) -> migrations.RunSQL:
    """Return the operation that has `aixin_changes_of_<name>` counted for these measures."""
    listed = ", ".join(f"'{measure}'" for measure in measures)
    # What is put in are names of the migrations, never a value.
    return migrations.RunSQL(
        f"INSERT INTO reports_source VALUES ('aixin_changes_of_{name}', ARRAY[{listed}])",  # noqa: S608
        f"DELETE FROM reports_source WHERE function = 'aixin_changes_of_{name}'",  # noqa: S608
    )


_MARK = "INSERT INTO reports_outdated (unit) SELECT DISTINCT left(region_code, 6) FROM touched"


def marking(table: str, touched: str) -> migrations.RunSQL:
    """Return the operation that has a table's statements mark the counties whose figures they change."""
    name = f"aixin_outdate_{table}"
    made, dropped = [], []
    for event, rows in (
        ("INSERT", "SELECT * FROM new_rows"),
        ("UPDATE", "SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows"),
        ("DELETE", "SELECT * FROM old_rows"),
    ):
        seen = " ".join(
            f"{part.upper()} TABLE AS {part}_rows" for part in ("old", "new") if f"{part}_rows" in rows
        )
        made.append(f"""
            CREATE FUNCTION {name}_{event}() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
            BEGIN
                WITH r AS ({rows}), touched AS ({touched}) {_MARK};
                RETURN NULL;
            END $$;
            REVOKE ALL ON FUNCTION {name}_{event}() FROM PUBLIC;
            CREATE TRIGGER outdates_figures_{event} AFTER {event} ON {table} REFERENCING {seen}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}_{event}();
        """)
        dropped.append(f"DROP FUNCTION {name}_{event}() CASCADE;")
    return migrations.RunSQL("".join(made), "".join(dropped))
