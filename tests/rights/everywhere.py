"""Reads every column of every table as the owner, whom no policy binds, and every encrypted value in the clear."""

import base64
import binascii
import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import environ
import psycopg2
from django.apps import apps
from django.db import connection

from aixin.privacy.cipher import decrypt
from aixin.privacy.fields import EncryptedField


def places_of(words: Iterable[str]) -> dict[str, set[str]]:
    """Return each table and column in which a word stands, with the words."""
    wanted, found = set(words), {}
    for place, text in _everything():
        here = {word for word in wanted if word in text}
        if here:
            found.setdefault(place, set()).update(here)
    return found


def _everything() -> Iterator[tuple[str, str]]:
    contexts = _contexts()
    url = environ.Env().db_url("DATABASE_OWNER_URL")
    login = {"host": url["HOST"], "port": url["PORT"] or None, "user": url["USER"]}
    owner = psycopg2.connect(
        dbname=connection.settings_dict["NAME"], password=url["PASSWORD"] or None, **login
    )
    try:
        with owner.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            for (table,) in cursor.fetchall():
                yield from _table(cursor, table, contexts)
    finally:
        owner.close()


def _contexts() -> dict[tuple[str, str], str]:
    """Return under which name each encrypted column was encrypted."""
    return {
        (model._meta.db_table, field.column): field.context
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedField)
    }


def _table(cursor: Any, table: str, contexts: dict[tuple[str, str], str]) -> Iterator[tuple[str, str]]:
    cursor.execute(f'SELECT * FROM "{table}"')
    columns = [column.name for column in cursor.description]
    for row in cursor.fetchall():
        for column, value in zip(columns, row, strict=True):
            text = "" if value is None else str(value)
            context = contexts.get((table, column))
            yield f"{table}.{column}", _opened(decrypt(text, context)) if context and text else text


def _opened(text: str) -> str:
    """Return a text with, where it is a file, all that stands in it."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return text + content.decode("utf-8", "replace")
