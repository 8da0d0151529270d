"""A new key takes over value by value beside the live system; nothing else changes, and nothing is forgotten."""

import io
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import environ
import psycopg2
import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from aixin.access.adapter import SECRET_CONTEXT
from aixin.privacy import rotation, rows
from aixin.privacy.cipher import decrypt, encrypt
from aixin.privacy.columns import Table, sealed_tables
from aixin.privacy.fields import index_of
from children.models import Child
from tests.contract.world import World, models_with_secrets
from tests.factories import ChildFactory
from tests.privacy.conftest import UseKeys, new_key

pytestmark = pytest.mark.django_db(transaction=True)

OLD, NEW = new_key(), new_key(16)
BEFORE, BETWEEN, AFTER = f"1:{OLD}", f"1:{OLD},2:sm4:{NEW}", f"2:sm4:{NEW}"
CODES = ("12345678", "87654321")


@pytest.fixture
def old_world(use_keys: UseKeys, request: pytest.FixtureRequest) -> World:
    """One of everything under the old key, changed once so that there is history, and a second factor of both kinds."""
    use_keys(fields=BEFORE)
    end_left_sessions()
    world: World = request.getfixturevalue("world")
    request.getfixturevalue("as_owner")
    child = world.cast.child
    child.idno, child.notes = world.cast.neighbour.idno[:6] + child.idno[6:], "改过"
    child.save()
    kinds = Authenticator.Type
    secrets = {
        kinds.TOTP: {"secret": encrypt("JBSWY3DP", SECRET_CONTEXT), "other": "a1:not ours"},
        kinds.RECOVERY_CODES: {
            "migrated_codes": [encrypt(code, SECRET_CONTEXT) for code in CODES],
            "used_mask": 1,
        },
    }
    for kind, data in secrets.items():
        Authenticator.objects.create(user=world.cast.wenshui, type=kind, data=data)
    return world


def end_left_sessions() -> None:
    """End the sessions that an earlier test's live server has left open: a browser that goes away ends none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


def sealed() -> Any:
    """Return the children with ciphertext: of who was merged or erased nothing is left."""
    return Child.objects.exclude(idno_index=None)


def run(*arguments: str) -> tuple[int, str, str]:
    """Run the command; return its exit status and what it said."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("rotate_keys", *arguments, stdout=out, stderr=err)
    except SystemExit as exit_:
        return int(str(exit_.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def tables() -> dict[str, Table]:
    return {table.name: table for table in sealed_tables()}


def as_stored(names: list[str] | None = None) -> dict[str, list[tuple[str, ...]]]:
    """Return the rows of all tables with ciphertext, or of these, as PostgreSQL writes them out."""
    found = {}
    with connection.cursor() as cursor:
        for name in names or tables():
            cursor.execute(f'SELECT t.*::text FROM "{name}" t ORDER BY 1')
            found[name] = cursor.fetchall()
    return found


def other_columns(*but: str) -> dict[str, list[Any]]:
    """Return everything in those tables that is no ciphertext, in the order of the rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables().values():
            hidden = {column.name for column in table.columns} | set(but)
            names = [c.name for c in connection.introspection.get_table_description(cursor, table.name)]
            kept = ", ".join(f'"{name}"' for name in names if name not in hidden)
            cursor.execute(f'SELECT {kept} FROM "{table.name}" ORDER BY "{table.pk}"')
            found[table.name] = cursor.fetchall()
    return found


def plaintexts() -> dict[str, list[Any]]:
    """Return what the application reads from every encrypted field, history too."""
    return {
        f"{model.__name__}.{name}": list(model._default_manager.order_by("pk").values_list(name, flat=True))
        for model, names in models_with_secrets()
        for name in names
    }


def tables_with(words: str) -> set[str]:
    """Return which tables of the whole database hold these words anywhere."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = set()
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}" t WHERE t::text LIKE %s', [f"%{words}%"])
            found |= {name} if cursor.fetchone()[0] else set()
    return found


def events() -> int:
    return sum(m._default_manager.count() for m in apps.get_models() if hasattr(m, "pgh_tracked_model"))


# What is covered


def test_every_encrypted_field_is_known_and_the_second_factor_too(db: None) -> None:
    known = {(table.name, column.name) for table in sealed_tables() for column in table.columns}
    fields = {
        (model._meta.db_table, model._meta.get_field(name).column)
        for model, names in models_with_secrets()
        for name in names
    }
    assert known == fields | {("mfa_authenticator", "data")}
    assert {"children_childevent", "volunteers_volunteerevent", "pairing_pairingevent"} <= {
        n for n, _ in known
    }


def test_everything_comes_under_the_new_key(old_world: World, use_keys: UseKeys) -> None:
    before = plaintexts()
    assert sum(bool(value) for values in before.values() for value in values) > 30
    use_keys(fields=BETWEEN)
    status, said, complaints = run("--batch", "3")
    assert (status, complaints) == (0, "")
    assert "children_childevent" in said
    assert "mfa_authenticator: 2 rows brought under s2" in said
    # No table of the database needs the old key, known to the command or not.
    assert tables_with("a1:") - {"mfa_authenticator"} == set()
    use_keys(fields=AFTER)
    assert plaintexts() == before
    assert run("--verify")[0] == 0


def test_the_second_factor_comes_along(old_world: World, use_keys: UseKeys) -> None:
    use_keys(fields=BETWEEN)
    assert run()[0] == 0
    use_keys(fields=AFTER)
    totp, codes = (Authenticator.objects.get(type=kind).data for kind in ("totp", "recovery_codes"))
    assert totp["other"] == "a1:not ours"
    assert decrypt(totp["secret"], SECRET_CONTEXT) == "JBSWY3DP"
    assert tuple(decrypt(code, SECRET_CONTEXT) for code in codes["migrated_codes"]) == CODES
    assert codes["used_mask"] == 1


def test_nothing_else_changes_and_no_event_is_made(old_world: World, use_keys: UseKeys) -> None:
    """Neither `updated_at` nor a blind index, and not one row more in any table."""
    before, number = other_columns(), events()
    assert number > 10
    use_keys(fields=BETWEEN)
    assert run()[0] == 0
    assert events() == number
    assert other_columns() == before


def test_a_second_run_changes_nothing(old_world: World, use_keys: UseKeys) -> None:
    use_keys(fields=BETWEEN)
    run()
    before = as_stored()
    assert run()[:2] == (0, "0 rows brought under s2\n")
    assert as_stored() == before


# Beside the live system


@pytest.fixture
def beside() -> Iterator[Any]:
    """Another session of the owner, as the web would be."""
    url = environ.Env().db_url("DATABASE_OWNER_URL")
    login = {"host": url["HOST"], "port": url["PORT"] or None, "user": url["USER"]}
    database = connection.settings_dict["NAME"]
    with closing(psycopg2.connect(dbname=database, password=url["PASSWORD"] or None, **login)) as other:
        yield other


def ask(other: Any, statement: str, *values: Any) -> Any:
    with other.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def test_a_killed_run_continues_where_it_stopped(old_world: World, use_keys: UseKeys, beside: Any) -> None:
    use_keys(fields=BETWEEN)
    table = tables()["children_child"]
    total = sealed().count()
    run_ = rotation.rotate(table, 2)
    assert next(run_).done == 2
    run_.close()
    done = "SELECT count(*) FROM children_child WHERE idno LIKE 's2:%%'"
    assert ask(beside, done) == (2,), "the batch is committed"
    assert rotation.count_stale(table) == total - 2
    status, said, _ = run()
    assert status == 0
    assert f"children_child: {total - 2} rows brought under s2" in said


def test_a_row_that_somebody_holds_is_passed_over_and_named(
    old_world: World, use_keys: UseKeys, beside: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "PAUSE_SECONDS", 0)
    use_keys(fields=BETWEEN)
    ask(beside, "SELECT id FROM children_child WHERE id = %s FOR UPDATE", old_world.cast.child.pk)
    status, _, complaints = run()
    assert (status, complaints) == (1, "children_child: 1 rows are in use, run this again\n")
    assert [rotation.count_stale(table) for table in sealed_tables() if rotation.count_stale(table)] == [1]
    beside.rollback()
    assert run()[:2] == (0, "children_child: 1 rows brought under s2\n1 rows brought under s2\n")


def test_a_row_that_is_let_go_meanwhile_is_done_by_the_same_run(
    old_world: World, use_keys: UseKeys, beside: Any
) -> None:
    use_keys(fields=BETWEEN)
    ask(beside, "SELECT id FROM children_child WHERE id = %s FOR UPDATE", old_world.cast.child.pk)
    outcomes = rotation.rotate(tables()["children_child"], 500)
    assert next(outcomes).in_use == [old_world.cast.child.pk]
    beside.rollback()
    (again,) = outcomes
    assert (again.done, again.in_use) == (1, [])


def test_an_edit_meanwhile_stays(old_world: World, use_keys: UseKeys) -> None:
    """A page that was loaded before and is saved after writes the newest key by itself."""
    use_keys(fields=BETWEEN)
    loaded = Child.objects.get(pk=old_world.cast.child.pk)
    run()
    loaded.idno = "991121201503020028"
    loaded.save()
    use_keys(fields=AFTER)
    assert Child.objects.get(pk=loaded.pk).idno == "991121201503020028"


def test_large_values_are_taken_fewer_at_a_time(old_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "BATCH_BYTES", 150)
    table = tables()["children_child"]
    taken = list(rows.windows(table, 500, "true"))
    assert [len(pks) for pks in taken][:2] == [2, 2]
    assert [pk for pks in taken for pk in pks] == sorted(Child.objects.values_list("pk", flat=True))
    monkeypatch.setattr(rows, "BATCH_BYTES", 1)
    assert len(list(rows.windows(table, 500, "true"))) >= sealed().count(), "what is empty weighs nothing"


# What cannot be read


def spoil(child: Child) -> str:
    """Give a child a value of another column, and return it."""
    spoilt = encrypt(child.idno, "children_guardian.phone")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE children_child SET idno = %s WHERE id = %s", [spoilt, child.pk])
    return spoilt


def test_an_unreadable_value_is_named_and_stops_nothing(old_world: World, use_keys: UseKeys) -> None:
    child = old_world.cast.child
    spoilt = spoil(child)
    use_keys(fields=BETWEEN)
    status, said, complaints = run("--batch", "1")
    assert status == 1
    assert complaints == f"children_child {child.pk}: idno cannot be read with the present keys\n"
    assert spoilt not in said + complaints
    assert child.idno not in said + complaints
    assert ask_value(child) == spoilt, "it is left as it is"
    assert tables_with("a1:") == {"children_child", "mfa_authenticator"}
    assert [rotation.count_stale(table) for table in sealed_tables() if rotation.count_stale(table)] == [1]


def ask_value(child: Child) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT idno FROM children_child WHERE id = %s", [child.pk])
        return str(cursor.fetchone()[0])


def test_verify_names_what_cannot_be_read(old_world: World, use_keys: UseKeys) -> None:
    assert run("--verify")[0] == 0
    spoil(old_world.cast.child)
    before = as_stored()
    status, _, complaints = run("--verify", "--batch", "2")
    assert (status, complaints) == (
        1,
        f"children_child {old_world.cast.child.pk}: idno cannot be read with the present keys\n",
    )
    assert as_stored() == before


def test_verify_names_an_index_that_does_not_fit(old_world: World) -> None:
    child = old_world.cast.child
    Child.objects.filter(pk=child.pk).update(idno_index="0" * 40)
    status, _, complaints = run("--verify")
    assert status == 1
    assert f"children_child {child.pk}: idno_index does not fit its value\n" in complaints


def test_verify_says_what_still_needs_the_old_key(old_world: World, use_keys: UseKeys) -> None:
    assert "every value is under a1" in run("--verify")[1]
    use_keys(fields=BETWEEN)
    assert "rows need the older keys" in run("--verify")[1]


def test_a_dry_run_counts_and_changes_nothing(old_world: World, use_keys: UseKeys) -> None:
    use_keys(fields=BETWEEN)
    before = as_stored()
    status, said, _ = run("--dry-run")
    assert status == 0
    assert f"children_child: {sealed().count()} rows under an older key" in said
    assert "mfa_authenticator: 2 rows under an older key" in said
    assert as_stored() == before


# Who may run it


@pytest.mark.parametrize("arguments", [(), ("--dry-run",), ("--verify",), ("--index", "--offline")])
def test_a_role_that_does_not_see_every_row_is_refused(world: World, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        run(*arguments)


@pytest.mark.parametrize("size", ["0", "-1", "x"])
def test_a_batch_of_nothing_is_refused(db: None, size: str) -> None:
    with pytest.raises(CommandError, match="number from 1"):
        run("--batch", size)


# The key of the blind index


def test_a_new_index_key_finds_everyone_again(old_world: World, use_keys: UseKeys) -> None:
    child, number = old_world.cast.child, events()
    names = sorted({index.name for table in sealed_tables() for index in table.indexes})
    before = other_columns(*names)
    use_keys(index=f"sm3:{new_key()}")
    assert not Child.objects.filter(idno_index=index_of(child.idno)).exists()
    status, said, complaints = run("--index", "--offline", "--batch", "3")
    assert (status, complaints) == (0, "")
    assert f"children_child: {Child.objects.count()} rows indexed" in said
    assert Child.objects.get(idno_index=index_of(child.idno)) == child
    assert {event.idno_index for event in child.events.all()} == {
        index_of(event.idno) for event in child.events.all()
    }
    assert events() == number
    assert other_columns(*names) == before
    assert run("--verify")[0] == 0


def test_the_triggers_are_on_again(old_world: World, use_keys: UseKeys) -> None:
    use_keys(index=new_key())
    run("--index", "--offline")
    child, number = old_world.cast.child, events()
    Child.objects.filter(pk=child.pk).update(name="改名")
    assert events() == number + 1


def test_indexing_again_changes_nothing(old_world: World, use_keys: UseKeys) -> None:
    use_keys(index=new_key())
    run("--index", "--offline")
    before = as_stored()
    assert run("--index", "--offline")[0] == 0
    assert as_stored() == before


@pytest.mark.parametrize("arguments", [("--index",), ("--offline",)])
def test_indexing_needs_both_words(old_world: World, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="--index with --offline"):
        run(*arguments)


def test_indexing_a_running_system_is_refused(old_world: World, beside: Any) -> None:
    before = as_stored()
    with pytest.raises(CommandError, match="1 other sessions"):
        run("--index", "--offline")
    assert as_stored() == before


def test_an_unreadable_value_keeps_its_index(old_world: World, use_keys: UseKeys) -> None:
    child = ChildFactory()
    spoil(child)
    use_keys(index=new_key())
    status, _, complaints = run("--index", "--offline")
    assert (status, complaints) == (
        1,
        f"children_child {child.pk}: idno cannot be read with the present keys\n",
    )
    assert Child.objects.defer("idno").get(pk=child.pk).idno_index == child.idno_index
