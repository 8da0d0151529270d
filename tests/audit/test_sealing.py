"""The chain over the trail: what was sealed cannot be removed or changed without being found."""

from collections.abc import Iterator
from typing import Any

import environ
import psycopg2
import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from aixin.audit.models import Action, Entry, Seal
from aixin.audit.sealing import faults, seal

pytestmark = pytest.mark.django_db(transaction=True)


def write(number: int) -> None:
    for _ in range(number):
        Entry.objects.create(action=Action.VIEW, object_type="children.child", object_id="1")


@pytest.fixture
def chain() -> Iterator[None]:
    """Five entries under two seals."""
    write(3)
    seal()
    write(2)
    seal()
    yield
    as_owner("DELETE FROM audit_seal")


def owner_of(database: str) -> Any:
    """Return a connection of the owner role, which the app does not have."""
    url = environ.Env().db_url("DATABASE_OWNER_URL")
    login = {"host": url["HOST"], "port": url["PORT"] or None, "user": url["USER"]}
    return psycopg2.connect(dbname=database, password=url["PASSWORD"] or None, **login)


def as_owner(statement: str) -> None:
    """Do what only the owner of the tables could: the app role may not."""
    with owner_of(connection.settings_dict["NAME"]) as owner, owner.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE audit_entry DISABLE TRIGGER append_only; ALTER TABLE audit_seal DISABLE TRIGGER append_only"
        )
        cursor.execute(statement)
        cursor.execute(
            "ALTER TABLE audit_entry ENABLE TRIGGER append_only; ALTER TABLE audit_seal ENABLE TRIGGER append_only"
        )
    owner.close()


def test_a_seal_covers_what_came_since_the_last(chain: None) -> None:
    assert [link.entries for link in Seal.objects.all()] == [3, 2]
    assert list(faults()) == []
    call_command("verify_audit")


def test_nothing_new_makes_no_seal(chain: None) -> None:
    assert seal() is None


def test_an_entry_of_a_running_transaction_waits_for_the_next_seal(chain: None) -> None:
    with transaction.atomic():
        write(1)
        assert seal() is None
    link = seal()
    assert link is not None
    assert link.entries == 1
    assert list(faults()) == []


def test_another_databases_transaction_holds_no_seal_back(chain: None) -> None:
    other = owner_of("postgres")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        write(1)
        assert seal() is not None
    other.close()
    assert list(faults()) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_entry SET object_id = '2' WHERE id = (SELECT min(id) FROM audit_entry)", "changed"),
        (
            "DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)",
            "2 entries were sealed, 1 are there",
        ),
        ("DELETE FROM audit_seal WHERE id = (SELECT min(id) FROM audit_seal)", "does not follow"),
        ("UPDATE audit_entry SET at = at - interval '1 day'", "changed"),
    ],
)
def test_tampering_is_found(chain: None, statement: str, said: str) -> None:
    as_owner(statement)
    assert any(said in fault for fault in faults())
    with pytest.raises(SystemExit):
        call_command("verify_audit")


@pytest.mark.parametrize("statement", ["UPDATE audit_seal SET digest = ''", "DELETE FROM audit_seal"])
def test_the_app_role_changes_no_seal(chain: None, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)
