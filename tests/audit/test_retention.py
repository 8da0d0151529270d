"""What is older than the retention is removed in whole links, by the owner alone; the chain still holds."""

import datetime
from collections.abc import Iterator
from typing import Any

import environ
import psycopg2
import pytest
import time_machine
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from aixin.audit.models import Action, Entry, Seal, Verification
from aixin.audit.retention import prune
from aixin.audit.sealing import faults, seal
from tests.audit.test_sealing import as_owner, write
from tests.conftest import connect_as

pytestmark = pytest.mark.django_db(transaction=True)
OLD, RECENT = datetime.timedelta(days=1200), datetime.timedelta(days=400)


@pytest.fixture
def years() -> Iterator[None]:
    """Two links beyond the retention, one within it but older than six months, one of today."""
    now = timezone.now()
    for age, entries in ((OLD, 3), (OLD, 2), (RECENT, 4)):
        with time_machine.travel(now - age):
            write(entries)
            seal()
    write(1)
    seal()
    yield
    as_owner("DELETE FROM audit_seal; DELETE FROM audit_entry")


@pytest.fixture
def owner() -> Iterator[None]:
    """Work as the owner of the tables, as the command is run."""
    connect_as("DATABASE_OWNER_URL")
    yield
    connect_as("DATABASE_URL")


def test_whole_links_go_and_the_chain_still_fits(years: None, owner: None) -> None:
    call_command("prune_audit")
    assert [bool(link.pruned_at) for link in Seal.objects.all()] == [True, True, False, False]
    assert Entry.objects.exclude(action=Action.PRUNE).count() == 5
    assert Entry.objects.get(action=Action.PRUNE).detail == {"links": 2, "entries": 5}
    assert list(faults()) == []
    call_command("verify_audit")
    last = Verification.objects.last()
    assert last is not None
    assert (last.seals, last.entries, last.faults) == (2, 5, 0)


def test_a_second_run_finds_nothing_to_do(years: None, owner: None) -> None:
    prune()
    again = prune()
    assert (again.links, again.entries) == (0, 0)
    assert Entry.objects.filter(action=Action.PRUNE).count() == 1


def test_the_app_role_prunes_nothing(years: None) -> None:
    with pytest.raises(CommandError, match="only the owner"):
        call_command("prune_audit")
    assert Entry.objects.count() == 10


def test_tampering_in_what_was_left_is_still_found(years: None, owner: None) -> None:
    prune()
    connect_as("DATABASE_URL")
    as_owner("UPDATE audit_entry SET object_id = '2' WHERE at < now() - interval '1 year'")
    assert any("changed" in fault for fault in faults())


def test_what_was_tampered_with_is_not_cleared_away(years: None, owner: None) -> None:
    as_owner("UPDATE audit_entry SET object_id = '2' WHERE id = (SELECT min(id) FROM audit_entry)")
    with pytest.raises(CommandError, match="changed; not pruned"):
        call_command("prune_audit")
    assert Entry.objects.count() == 10


def owner_says(statement: str) -> None:
    """Run a statement as the owner, the triggers at work."""
    url = environ.Env().db_url("DATABASE_OWNER_URL")
    login = {"host": url["HOST"], "port": url["PORT"] or None, "user": url["USER"]}
    other = psycopg2.connect(
        dbname=connection.settings_dict["NAME"], password=url["PASSWORD"] or None, **login
    )
    try:
        with other, other.cursor() as cursor:
            cursor.execute(statement)
    finally:
        other.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_entry WHERE at > now() - interval '180 days'",
        "UPDATE audit_entry SET object_id = '2' WHERE at < now() - interval '3 years'",
        "DELETE FROM audit_seal",
        "UPDATE audit_seal SET pruned_at = now() WHERE sealed_at > now() - interval '180 days'",
        "UPDATE audit_seal SET pruned_at = now(), digest = '' WHERE sealed_at < now() - interval '1 year'",
        "DELETE FROM audit_verification",
    ],
)
def test_not_even_the_owner_may(years: None, statement: str) -> None:
    Verification.objects.create(seals=1, entries=1, faults=0)
    with pytest.raises(psycopg2.errors.RaiseException, match="only grows"):
        owner_says(statement)


def test_entries_under_a_pruned_seal_are_found(years: None, owner: None) -> None:
    prune()
    link = Seal.objects.filter(pruned_at__isnull=False)[0]
    with transaction.atomic():
        Entry.objects.create(action=Action.VIEW, transaction=link.first_transaction + 1)
    assert list(faults()) == [f"seal {link.pk}: pruned, but entries are there"]


def test_a_seal_pruned_before_its_time_is_found(years: None) -> None:
    as_owner("UPDATE audit_seal SET pruned_at = now() WHERE id = (SELECT max(id) FROM audit_seal)")
    assert any("before its time" in fault for fault in faults())


def test_the_trigger_refuses_the_app_role_too(years: None) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE at < now() - interval '3 years'")


@pytest.mark.parametrize(("days", "refused"), [(182, True), (183, False), (1095, False)])
def test_less_than_six_months_is_refused(settings: Any, days: int, refused: bool) -> None:
    settings.AUDIT_KEEP_DAYS = days
    assert any(error.id == "audit.E001" for error in run_checks()) is refused
