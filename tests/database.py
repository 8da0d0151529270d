"""The test database: copied from one that is migrated once for each state of what migrations and models say."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError

# Any number that nothing else locks in the server's own database.
LOCK = 20_261_122
PREFIX, UNFINISHED = "migrated_", "migrating"
# Filled by Django after each migration: emptied, they would be made anew after each flush.
AS_MIGRATED = frozenset({"django_content_type", "auth_permission"})
IMPORTED = re.compile(r"^\s*(?:from|import) ([\w.]+)(?: import (\([^)]*\)|.*))?", re.MULTILINE)
ROOT = Path(settings.BASE_DIR)


def sources() -> set[Path]:
    """Return the files of ours that the migrated database follows from: migrations, models, and what these import."""
    waiting = [path for app in apps.get_app_configs() for path in _beginnings(Path(app.path))]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported_by(path.read_text())
    return found


def _beginnings(app: Path) -> list[Path]:
    ours = app.is_relative_to(ROOT) and ".venv" not in app.parts
    patterns = ("migrations/*.py", "models.py", "models/*.py") if ours else ()
    return [path for pattern in patterns for path in app.glob(pattern)]


def _imported_by(source: str) -> Iterator[Path]:
    for module, names in IMPORTED.findall(source):
        places = [module, *(f"{module}.{name}" for name in re.findall(r"\w+", names))]
        for place in (ROOT.joinpath(*name.split(".")) for name in places):
            yield from (file for file in (place.with_suffix(".py"), place / "__init__.py") if file.exists())


def digest() -> str:
    """Return what tells one migrated state from another; packages migrate too, so their versions count."""
    told = hashlib.sha256()
    for path in [ROOT / "requirements.txt", ROOT / "deploy" / "roles.sql", *sorted(sources())]:
        told.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return told.hexdigest()[:16]


def make_copy(connection: Any, name: str) -> None:
    """Make a database of this name, migrated, and let the connection use it; one of that name is replaced."""
    with connection._nodb_cursor() as cursor, _alone(cursor):
        template = PREFIX + digest()
        if template not in _databases(cursor):
            _migrate(connection, cursor)
            cursor.execute(f'ALTER DATABASE "{UNFINISHED}" RENAME TO "{template}"')
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _use(connection, name)


def drop_copy(connection: Any, name: str, before: str) -> None:
    """Remove the database again and return the connection to the one before.

    One to which a thread has left a connection open stays; the next run puts its own in its place.
    """
    _use(connection, before)
    with connection._nodb_cursor() as cursor, suppress(OperationalError):
        cursor.execute(f'DROP DATABASE "{name}"')


def flush_what_is_filled(connection: Any) -> None:
    """Let the flush after a test that commits truncate the tables that hold anything; kinds of rows stay as migrated."""
    flush = connection.ops.sql_flush

    def sql_flush(style: Any, tables: list[str], **options: Any) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND pg_relation_size(oid) > 0", [tables]
            )
            filled = {name for (name,) in cursor.fetchall()} - AS_MIGRATED
        return list(flush(style, sorted(filled), **options | {"allow_cascade": True})) if filled else []

    connection.ops.sql_flush = sql_flush


@contextmanager
def _alone(cursor: Any) -> Iterator[None]:
    """Let one process after the other look for the template; the others find it made."""
    cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    yield
    cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _databases(cursor: Any) -> list[str]:
    cursor.execute("SELECT datname FROM pg_database")
    return [name for (name,) in cursor.fetchall()]


def _migrate(connection: Any, cursor: Any) -> None:
    """Migrate a new database, in place of those of other states and of one that was never finished."""
    for name in _databases(cursor):
        if name.startswith(PREFIX) or name == UNFINISHED:
            cursor.execute(f'DROP DATABASE "{name}"')
    cursor.execute(f'CREATE DATABASE "{UNFINISHED}"')
    _use(connection, UNFINISHED)
    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as inside:
        inside.execute("GRANT TRUNCATE, MAINTAIN ON ALL TABLES IN SCHEMA public TO aixin_app")
    connection.close()


def _use(connection: Any, name: str) -> None:
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = name
    connection.settings_dict["NAME"] = name
