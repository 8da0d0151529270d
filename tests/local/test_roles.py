"""The two database roles: one owns, the other only uses."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, connection

from tests.local.conftest import Machine


class Server:
    """The machine's PostgreSQL."""

    def __init__(self, socket_dir: Path) -> None:
        self.socket_dir = socket_dir

    def connect(self, role: str, database: str = "aixin") -> connection:
        """Return a connection on which every statement is a transaction."""
        opened = psycopg2.connect(host=str(self.socket_dir), dbname=database, user=role)
        opened.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        return opened

    def run(self, role: str, statement: str, database: str = "aixin") -> list[tuple[object, ...]]:
        """Run one statement as the role; return its rows."""
        with closing(self.connect(role, database)) as opened, opened.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[Server]:
    """Give a running server with a table of the owner, in the database and in one made from the template."""
    machine = Machine(directory)
    machine.hold().env()
    server = Server(machine.layout.postgres)
    server.run("aixin_owner", "CREATE DATABASE test_aixin")
    for database in ("aixin", "test_aixin"):
        server.run("aixin_owner", "CREATE TABLE thing (id bigserial PRIMARY KEY, name text)", database)
    yield server
    machine.clear()


@pytest.mark.parametrize("role", ["aixin_owner", "aixin_app"])
def test_neither_is_more_than_it_must_be(server: Server, role: str) -> None:
    rows = server.run(
        role,
        "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolreplication, rolcreatedb "
        "FROM pg_roles WHERE rolname = current_user",
    )
    assert rows == [(True, False, False, False, False, role == "aixin_owner")]


def test_app_owns_nothing_and_is_member_of_nothing(server: Server) -> None:
    owned = "SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refobjid = 'aixin_app'::regrole"
    assert server.run("aixin_app", owned) == [(0,)]
    member = "SELECT count(*) FROM pg_auth_members WHERE member = 'aixin_app'::regrole"
    assert server.run("aixin_app", member) == [(0,)]


def test_owner_owns_the_database(server: Server) -> None:
    owner = (
        "SELECT datdba::regrole::text, datcollate, datlocprovider FROM pg_database WHERE datname = 'aixin'"
    )
    assert server.run("aixin_app", owner) == [("aixin_owner", "C.UTF-8", "b")]


@pytest.mark.parametrize("database", ["aixin", "test_aixin"])
def test_app_uses_what_the_owner_makes(server: Server, database: str) -> None:
    (row,) = server.run("aixin_app", "INSERT INTO thing (name) VALUES ('小明') RETURNING id", database)
    server.run("aixin_app", f"UPDATE thing SET name = '小红' WHERE id = {row[0]}", database)
    assert server.run("aixin_app", "SELECT name FROM thing", database) == [("小红",)]
    server.run("aixin_app", "DELETE FROM thing", database)


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE thing",
        "DROP TABLE thing",
        "ALTER TABLE thing DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE other ()",
        "CREATE TEMPORARY TABLE other ()",
        "CREATE SCHEMA other",
        "SET ROLE aixin_owner",
        "CREATE DATABASE other",
    ],
)
def test_app_may_not(server: Server, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        server.run("aixin_app", statement)


def test_owner_makes_the_extensions_that_search_needs(server: Server) -> None:
    server.run("aixin_owner", "CREATE EXTENSION pg_trgm")
    assert server.run("aixin_app", "SELECT similarity('张小明', '张小明')") == [(1.0,)]


def test_roles_script_runs_again(server: Server, directory: Path) -> None:
    machine = Machine(directory)
    (machine.layout.postgres / "roles.sha256").write_text("an older text")
    machine.hold().env()
    assert server.run("aixin_app", "SELECT count(*) FROM thing") == [(0,)]
    assert (machine.layout.postgres / "roles.sha256").read_text() != "an older text"
    machine.holders[0].end()
