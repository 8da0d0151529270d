"""Rows into a table by COPY, from a generator: no file and no list of them all."""

import datetime
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.utils import timezone

LINES = 5000
NULL = r"\N"


def copy_into(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of a model, given by some of its columns; the others take their fields' defaults."""
    fixed = {column: value for column, value in defaults_of(model).items() if column not in columns}
    ending = "".join("\t" + text_of(value) for value in fixed.values()) + "\n"
    lines = ("\t".join(map(text_of, row)) + ending for row in rows)
    names = ", ".join([*columns, *fixed])
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {model._meta.db_table} ({names}) FROM STDIN", Stream(lines))


def defaults_of(model: type[Model]) -> dict[str, Any]:
    """Return what each column of a model holds where nothing is said; the key is left to the database."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    return {str(field.column): _default_of(field) for field in fields}


def _default_of(field: "Field[Any, Any]") -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    return field.get_default()


def text_of(value: Any) -> str:
    """Return a value as COPY's text format has it; our invented words hold nothing that would have to be escaped."""
    if isinstance(value, str):
        return value
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list | tuple):
        return "{" + ",".join(value) + "}"
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


class Stream:
    """What psycopg reads from: some thousand lines at a time, whatever size it asks for."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)

    def read(self, size: int = -1) -> str:
        """Return the next lines, nothing at the end."""
        return "".join(islice(self._lines, LINES))
