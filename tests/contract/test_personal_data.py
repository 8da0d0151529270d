"""Numbers are ciphertext in the database and masked on every page; names stand where they may (DESIGN 3.4, 3.5)."""

import base64
import html
import io
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import python_calamine
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.db.models import Model
from django.db.utils import InternalError
from django.test import Client
from django.urls import reverse
from docx import Document

from aixin.access.models import Role
from aixin.audit.models import Action, Entry
from aixin.notify.models import Feedback
from aixin.privacy import keys
from aixin.privacy.cipher import DecryptionError
from aixin.privacy.fields import EncryptedField
from care.models import Duty
from care.programmes.models import Enrolment
from children.models import Child, Guardian, Need
from concerns.models import Concern, Question
from organisations.models import Claim, Organisation, Team
from pairing.models import DoorReport, HandOver, Pairing, PairingStep
from reports.models import Finding, FindingStep
from rounds.models import RoundAnswer
from tests.cast import CITY
from tests.conftest import Session
from tests.contract.table import pages_of
from tests.contract.world import (
    REJECTED_IDNO,
    REJECTED_PHONE,
    ROSTER_HEADINGS,
    World,
    models_with_secrets,
    secret_numbers,
    workbook,
)
from tests.exchange.exports import document_text
from visits.models import Situation, Visit
from volunteers.models import Volunteer

OpenSession = Callable[[str], Client]
Told = Callable[[str], dict[str, str]]
SECRET_NAME = re.compile(r"(^|_)(idno|phone)$")
TYPED_PHONE, TYPED_IDNO = "13987654321", "991121201503020028"


# In the database


def test_every_number_of_a_person_is_an_encrypted_field() -> None:
    plain = [
        f"{model._meta.label}.{known.name}"
        for model in apps.get_models(include_auto_created=True)
        for known in model._meta.concrete_fields
        if SECRET_NAME.search(known.name) and not isinstance(known, EncryptedField)
    ]
    assert plain == []


def test_histories_of_people_are_among_the_encrypted() -> None:
    found = {model.__name__ for model, _ in models_with_secrets()}
    assert {"Child", "Guardian", "Parent", "Volunteer", "Pairing", "User", "ImportJob"} <= found
    assert {"ChildEvent", "GuardianEvent", "ParentEvent", "VolunteerEvent", "PairingEvent"} <= found


def test_tables_hold_ciphertext_only(world: World) -> None:
    """No number stands in any column of any table, whatever the column is called."""
    numbers = secret_numbers(world)
    leaks = [f"{table}: {found}" for table in tables() for found in numbers_in(table, numbers)]
    assert leaks == []


def test_changed_numbers_are_ciphertext_in_the_history(world: World) -> None:
    child, volunteer = world.cast.child, world.cast.volunteer
    child.idno, child.notes = TYPED_IDNO, "换了号"
    child.save()
    volunteer.phone, volunteer.notes = TYPED_PHONE, "换了号"
    volunteer.save()
    assert child.events.last().idno == TYPED_IDNO
    assert volunteer.events.last().phone == TYPED_PHONE
    assert [table for table in tables() if numbers_in(table, {TYPED_IDNO, TYPED_PHONE})] == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT idno FROM children_childevent WHERE idno <> '' UNION SELECT phone FROM volunteers_volunteerevent"
        )
        assert all(value.startswith("a1:") for (value,) in cursor.fetchall())


def test_re_encryption_alone_makes_no_history(world: World) -> None:
    child = world.cast.child
    before = child.events.count()
    Child.objects.filter(pk=child.pk).update(idno=child.idno)
    assert child.events.count() == before


def tables() -> list[str]:
    return connection.introspection.table_names()


def numbers_in(table: str, numbers: set[str]) -> set[str]:
    """Return which of the numbers stand in a table's rows, as PostgreSQL writes them out."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT t::text FROM "{table}" t')
        text = "\n".join(row for (row,) in cursor.fetchall())
    return {number for number in numbers if number in text}


@pytest.fixture
def other_keys(settings: Any) -> Iterator[Callable[[str], None]]:
    """Return a way to run with other field keys until the test ends."""

    def use(value: str) -> None:
        settings.AIXIN_FIELD_KEYS = value
        keys.forget_keys()

    yield use
    keys.forget_keys()


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.mark.parametrize("model", [Child, Guardian, Volunteer, Pairing])
def test_a_wrong_key_raises(world: World, other_keys: Callable[[str], None], model: type[Model]) -> None:
    rows = model._default_manager.all()
    assert rows.count()
    assert list(rows)
    other_keys(f"1:{new_key()}")
    with pytest.raises(DecryptionError):
        list(rows.all())


def test_a_new_key_reads_what_the_old_one_wrote(
    world: World, settings: Any, other_keys: Callable[[str], None]
) -> None:
    child = world.cast.child
    other_keys(f"{settings.AIXIN_FIELD_KEYS},2:{new_key()}")
    again = Child.objects.get(pk=child.pk)
    assert again.idno == child.idno
    again.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT idno FROM children_child WHERE id = %s", [child.pk])
        assert cursor.fetchone()[0].startswith("a2:")
    assert Child.objects.get(pk=child.pk).idno == child.idno


def test_ciphertext_moved_to_another_column_is_not_read(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE volunteers_volunteer SET phone = (SELECT phone FROM children_guardian WHERE phone <> '' LIMIT 1)"
        )
    with pytest.raises(DecryptionError):
        list(Volunteer.objects.all())


SECRETS = [(model, name) for model, names in models_with_secrets() for name in names]


@pytest.mark.parametrize(("model", "name"), SECRETS, ids=lambda part: getattr(part, "__name__", part))
@pytest.mark.parametrize("lookup", ["exact", "in", "contains", "icontains", "startswith", "gt", "regex"])
def test_encrypted_fields_cannot_be_searched(model: type[Model], name: str, lookup: str) -> None:
    value: Any = ["1"] if lookup == "in" else "1"
    with pytest.raises(TypeError, match="encrypted"):
        model._default_manager.filter(**{f"{name}__{lookup}": value})
    with pytest.raises(TypeError, match="encrypted"):
        model._default_manager.exclude(**{f"{name}__{lookup}": value})


def test_text_of_a_row_is_no_name(world: World) -> None:
    """`__str__` ends up in logs and titles of error reports."""
    names, numbers = all_names(), secret_numbers(world)
    people = [*Child.objects.all(), *Guardian.objects.all(), *Volunteer.objects.all(), *Pairing.objects.all()]
    rows = [
        *people,
        world.parent,
        world.need,
        world.job,
        world.notice,
        *Visit.objects.all(),
        *Entry.objects.all(),
    ]
    rows += [event for row in (world.cast.child, world.cast.volunteer) for event in row.events.all()]
    assert [repr(row) for row in rows if any(word in f"{row} {row!r}" for word in names | numbers)] == []


def all_names() -> set[str]:
    """Return the name of every child, guardian, parent and volunteer."""
    found = {"张父亲"}
    for model in (Child, Guardian, Volunteer):
        found.update(model._default_manager.values_list("name", flat=True))
    return found


# On pages


def shown(response: Any) -> str:
    """Return everything that an answer says: a page's source, JSON, every cell of a workbook, a Word file's text."""
    if "wordprocessingml" in response.headers["Content-Type"]:
        return str(Document(io.BytesIO(response.content)).element.body.xml)
    if "spreadsheet" in response.headers["Content-Type"]:
        book = python_calamine.load_workbook(io.BytesIO(response.content))
        return "\n".join(
            str(cell)
            for name in book.sheet_names
            for row in book.get_sheet_by_name(name).to_python()
            for cell in row
        )
    if response.headers["Content-Type"].startswith("image/"):
        return "".join(response.headers.values())
    return html.unescape(response.content.decode()) + "".join(response.headers.values())


# Answers that hold numbers in full, for those who may have them.
FILES_IN_FULL = ("imports:rejected", "document")


def exported(world: World, client: Client, row: str) -> Any:
    """Export a list with its numbers hidden and return the file."""
    asked = client.post(world.url(row), {"contents": "masked", "purpose": "DAILY", "recipient": "本单位"})
    return client.post(f"{asked.headers['Location']}download/")


def crawl(world: World, client: Client, who: str) -> dict[str, str]:
    """Return what each page of a user says, lists also as fragments for htmx, and the search's answers."""
    found = {}
    for row in pages_of(who):
        if not row.startswith(FILES_IN_FULL):
            found[row] = shown(client.get(world.url(row)))
            if row.endswith(":export"):
                found[f"{row} (workbook)"] = shown(exported(world, client, row))
            if ":list" in row:
                found[f"{row} (htmx)"] = shown(client.get(world.url(row), headers={"HX-Request": "true"}))
    if "search" in found:
        for text in ("zxm", "z", "张", world.cast.child.idno, world.cast.volunteer.phone):
            found[f"search {text}"] = shown(client.post(reverse("search"), {"q": text}, follow=True))
    return found


@pytest.fixture(scope="module")
def kept() -> dict[tuple[str, str], dict[str, str]]:
    return {}


@pytest.fixture
def told(world: World, session_of: OpenSession, kept: dict[tuple[str, str], dict[str, str]]) -> Told:
    """Return a way to what the pages of the world as it was made say to a user: each is asked for once."""

    def pages_for(who: str) -> dict[str, str]:
        key = (who, world.cast.child.idno)
        if key not in kept:
            kept[key] = crawl(world, session_of(who), who)
        return kept[key]

    return pages_for


def behind_the_door(pages: dict[str, str]) -> dict[str, str]:
    """Return the pages without what a printed card or a link shows to whoever holds it, logged in or not."""
    return {row: text for row, text in pages.items() if not row.startswith(("check", "liaison"))}


def holders(pages: dict[str, str], words: set[str]) -> dict[str, list[str]]:
    """Return the pages that say any of the words, with the words."""
    found = {page: sorted(word for word in words if word in text) for page, text in pages.items()}
    return {page: words for page, words in found.items() if words}


@pytest.mark.parametrize("who", ["wenshui", "fengcheng", "city", "mama", "official", "sysadmin", "auditor"])
def test_no_page_says_a_number_in_full(world: World, told: Told, who: str) -> None:
    assert holders(told(who), secret_numbers(world)) == {}


def test_the_crawl_sees_what_a_page_says(world: World, told: Told) -> None:
    """The crawl reads pages and workbooks for what they are: the masked phone is in both."""
    pages = told("wenshui")
    masked = world.cast.volunteer.masked_phone
    assert "****" in masked
    assert {"volunteers:list", "volunteers:detail", "volunteers:export (workbook)"} <= set(
        holders(pages, {masked})
    )


def test_city_staff_see_no_child_s_name_in_full(world: World, told: Told) -> None:
    pages = told("city")
    names = set(Child.objects.values_list("name", flat=True))
    assert holders(pages, names) == {}
    assert "张**" in pages["children:list"]
    assert "张**" in pages["children:export (workbook)"]


@pytest.mark.parametrize("who", ["official", "sysadmin", "auditor"])
def test_roles_without_rows_see_no_person_at_all(world: World, told: Told, who: str) -> None:
    pages = behind_the_door(told(who))
    assert holders(pages, all_names() | {"张**", "张*", "张小*"}) == {}


def test_a_volunteer_sees_the_names_of_her_own_children_only(world: World, told: Told) -> None:
    pages = told("mama")
    others = all_names() - {world.cast.child.name, world.cast.volunteer.name, "高奶奶"}
    assert holders(pages, others) == {}
    assert world.cast.child.name in pages["home"]


@pytest.mark.parametrize("who", ["city", "wenshui"])
def test_a_former_name_or_number_does_not_stand_in_the_history(
    world: World, session_of: OpenSession, who: str
) -> None:
    """The tab 变更记录 is masked like the rest: names for the city, numbers for everyone."""
    child, client = world.cast.child, session_of(who)
    old_name, old_idno = child.name, child.idno
    child.name, child.idno, child.notes = "张大名", TYPED_IDNO, f"奶奶电话{TYPED_PHONE}"
    child.prepare()
    child.save()
    page = shown(client.get(world.url("children:detail?tab=history")))
    assert "备注" in page, "the change is shown"
    assert not {number for number in (old_idno, TYPED_IDNO, TYPED_PHONE) if number in page}
    if who == "city":
        assert not {name for name in (old_name, "张大名", "zhangxiaoming") if name in page}


# What people type into free text is masked where it is shown.
FREE_TEXT: list[tuple[str, type[Model], str, list[str]]] = [
    ("child's notes", Child, "notes", ["children:detail?tab=record"]),
    ("volunteer's notes", Volunteer, "notes", ["volunteers:detail"]),
    ("pairing's notes", Pairing, "notes", ["pairings:detail"]),
    ("hand-over note", HandOver, "text", ["pairings:detail"]),
    ("step of a pairing", PairingStep, "note", ["pairings:detail"]),
    ("report by a card", DoorReport, "text", ["pairings:reports"]),
    ("need", Need, "detail", ["children:detail?tab=needs"]),
    ("what was seen", Visit, "seen", ["visits:detail", "visits:list", "children:detail?tab=visits"]),
    ("what was done", Visit, "done", ["visits:detail"]),
    ("next step", Visit, "next_step", ["visits:detail"]),
    ("companions", Visit, "companions", ["visits:detail"]),
    ("goods", Visit, "goods", ["visits:detail"]),
    ("answer of a round", RoundAnswer, "words", ["rounds:detail", "children:detail?tab=rounds"]),
    ("finding", Finding, "text", ["reports:finding", "reports:supervision"]),
    ("where it was found", Finding, "place", ["reports:finding"]),
    ("step of a finding", FindingStep, "text", ["reports:finding"]),
    ("team's purpose", Team, "purpose", ["teams:detail"]),
    ("organisation's purpose", Organisation, "purpose", ["organisations:detail"]),
    ("why a claim was refused", Claim, "reason", ["organisations:claim"]),
    ("feedback", Feedback, "text", ["notify:feedback"]),
    ("what is known of a child", Situation, "text", ["children:detail?tab=situations"]),
    (
        "a matter raised",
        Concern,
        "text",
        ["concerns:detail", "concerns:list", "children:detail?tab=concerns"],
    ),
    ("what came of it", Concern, "result", ["concerns:detail", "children:detail?tab=concerns"]),
    ("question", Question, "text", ["questions:detail", "questions:list"]),
    ("answer", Question, "answer", ["questions:detail"]),
    ("reported change", Duty, "note", ["care:duty"]),
    ("why a duty was moved", Duty, "reason", ["care:duty"]),
    ("why a child was left out", Enrolment, "reason", ["programmes:child@out"]),
    ("reason of a withdrawal", Visit, "withdrawn_reason", ["visits:detail"]),
]


@pytest.mark.parametrize(
    ("model", "name", "pages"), [case[1:] for case in FREE_TEXT], ids=[case[0] for case in FREE_TEXT]
)
@pytest.mark.parametrize("who", ["wenshui", "city"])
def test_numbers_typed_into_text_are_masked_on_pages(
    world: World, session_of: OpenSession, who: str, model: type[Model], name: str, pages: list[str]
) -> None:
    HandOver.objects.create(pairing=world.cast.pairing, child=world.cast.child, text="喜欢画画")
    model._default_manager.update(**{name: f"打{TYPED_PHONE}，号{TYPED_IDNO}"})
    if name == "withdrawn_reason":
        Visit.objects.update(withdrawn_at=world.cast.visit.recorded_at)
    client = session_of(who)
    texts = {page: shown(client.get(world.url(page))) for page in pages}
    assert holders(texts, {TYPED_PHONE, TYPED_IDNO}) == {}
    # Names may stand in free text too, so the city does not read it at all, but for what is written to or by it:
    # there names are masked (`tests/reports/test_supervision.py`).
    reads = who == "wenshui" or model in (Finding, FindingStep)
    shown_instead = "139****4321" if reads else "由县及以下查看"
    assert all(shown_instead in text for text in texts.values())


def test_city_staff_see_no_child_s_name_in_a_visit_s_text(world: World, session_of: OpenSession) -> None:
    child = world.cast.child
    Visit.objects.update(seen=f"{child.name}在写作业", done=f"陪{child.name}", next_step=f"再看{child.name}")
    client = session_of("city")
    pages = ("visits:detail", "visits:list", "children:detail?tab=visits")
    assert holders({page: shown(client.get(world.url(page))) for page in pages}, {child.name}) == {}


def test_city_staff_see_no_volunteer_s_name_in_full_either(world: World, session_of: OpenSession) -> None:
    """Also where she stands as the one who recorded a visit; those of the city's own offices are its own to know."""
    world.cast.mama.display_name = world.cast.volunteer.name
    world.cast.mama.save()
    pages = behind_the_door(crawl(world, session_of("city"), "city"))
    others = Volunteer.objects.exclude(region=CITY).values_list("name", flat=True)
    assert holders(pages, set(others)) == {}


def test_numbers_that_are_asked_for_are_given(world: World, session_of: OpenSession) -> None:
    """The ways to plaintext: reveal with a reason, the volunteer's own call, the uploader's rejected rows, a document.

    An approved export is the fifth, see tests/exchange/test_export_control.py.
    """
    guardian = world.cast.child.main_guardian
    staff = session_of("wenshui")
    asked = staff.post(world.url("reveal"), {"reason": "contact"})
    assert guardian.phone in shown(asked)
    assert "no-store" in asked.headers["Cache-Control"]
    called = session_of("mama").post(world.url("visits:call"))
    assert guardian.phone in shown(called)
    assert "no-store" in called.headers["Cache-Control"]
    rejected = staff.get(world.url("imports:rejected"))
    assert REJECTED_PHONE in shown(rejected)
    assert REJECTED_IDNO in shown(rejected)
    assert "no-store" in rejected.headers["Cache-Control"]
    document = staff.get(world.url("document"))
    assert guardian.phone in document_text(document.content)
    assert "no-store" in document.headers["Cache-Control"]


def test_reveal_without_a_reason_gives_nothing(world: World, session_of: OpenSession) -> None:
    client, phone = session_of("wenshui"), world.cast.child.main_guardian.phone
    assert phone not in shown(client.get(world.url("reveal")))
    for reason in ("", "because"):
        assert phone not in shown(client.post(world.url("reveal"), {"reason": reason}))
    assert not Entry.objects.filter(action=Action.REVEAL).exists()


def test_a_second_phone_of_an_imported_row_is_not_kept_in_the_clear(world: World) -> None:
    """A cell with two phones: the second is a phone too, wherever it is kept."""
    client = Session(world.cast.wenshui)
    file = io.BytesIO(workbook(ROSTER_HEADINGS, [("卫两号", "", f"{TYPED_PHONE}/13876543210", "凤城镇", "")]))
    file.name = "两个电话.xlsx"
    preview = client.post(reverse("volunteers:import"), {"file": file}).headers["Location"]
    client.post(preview + "confirm/")
    added = Volunteer.objects.get(name="卫两号")
    assert added.phone == TYPED_PHONE
    assert {
        table: found for table in tables() if (found := numbers_in(table, {TYPED_PHONE, "13876543210"}))
    } == {}


# In the trail


def last(action: Action) -> Entry:
    found = Entry.objects.filter(action=action).first()
    assert found is not None, f"no entry of {action}"
    return found


@pytest.mark.parametrize(
    ("row", "label"),
    [
        ("children:detail", "children.child"),
        ("volunteers:detail", "volunteers.volunteer"),
        ("pairings:detail", "pairing.pairing"),
        ("visits:detail", "visits.visit"),
    ],
)
def test_a_look_at_a_person_is_recorded(world: World, session_of: OpenSession, row: str, label: str) -> None:
    session_of("city").get(world.url(row), REMOTE_ADDR="10.1.2.3")
    entry = last(Action.VIEW)
    assert (entry.user, entry.role, entry.region_code) == (world.cast.city, Role.STAFF, "1411")
    assert (entry.object_type, entry.object_id) == (label, str(world.args[row][0]))
    assert entry.address == "10.1.2.3"


def test_a_look_that_is_refused_is_not_recorded_as_one(world: World, session_of: OpenSession) -> None:
    session_of("xingxian").get(world.url("children:detail"))
    assert not Entry.objects.filter(action=Action.VIEW, user=world.cast.xingxian).exists()


@pytest.mark.parametrize(
    "row", ["reveal", "reveal@child", "reveal@parent", "reveal@volunteer", "reveal@pairing"]
)
def test_a_reveal_is_recorded_with_its_reason(world: World, session_of: OpenSession, row: str) -> None:
    session_of("wenshui").post(world.url(row), {"reason": "verify", "note": "核对"})
    entry, (label, pk, field) = last(Action.REVEAL), world.args[row]
    assert (entry.user, entry.object_type, entry.object_id) == (world.cast.wenshui, label, str(pk))
    assert entry.reason == "核对证件信息：核对"
    assert entry.detail == {"field": field}


def test_a_volunteer_s_call_is_recorded(world: World, session_of: OpenSession) -> None:
    session_of("mama").post(world.url("visits:call"))
    entry = last(Action.REVEAL)
    assert (entry.user, entry.object_type) == (world.cast.mama, "children.guardian")


@pytest.mark.parametrize("row", ["children:export", "volunteers:export", "pairings:export"])
def test_an_export_is_recorded_with_its_size(world: World, session_of: OpenSession, row: str) -> None:
    exported(world, session_of("wenshui"), row)
    entry = last(Action.EXPORT)
    assert entry.user == world.cast.wenshui
    assert entry.detail["rows"] >= 2


def test_rejected_rows_are_recorded_as_an_export(world: World, session_of: OpenSession) -> None:
    session_of("wenshui").get(world.url("imports:rejected"))
    assert last(Action.EXPORT).detail["rows"] == 1


def test_log_in_and_its_failure_are_recorded(world: World) -> None:
    login = reverse("account_login")
    client = Client(REMOTE_ADDR="10.1.2.3")
    # A name that nobody has, new each time: failures are counted by name, also after the test.
    stranger = f"生人{os.urandom(6).hex()}"
    assert client.post(login, {"login": stranger, "password": "Wrong-pass-123"}).status_code == 200
    assert last(Action.LOGIN_FAILED).user is None
    assert client.post(login, {"login": "wenshui", "password": "Right-pass-123"}).status_code == 302
    entry = last(Action.LOGIN)
    assert (entry.user, entry.address) == (world.cast.wenshui, "10.1.2.3")
    client.post(reverse("account_logout"))
    assert last(Action.LOGOUT).user == world.cast.wenshui


def test_a_failed_log_in_is_recorded_with_where_it_came_from(world: World) -> None:
    body = {"login": f"生人{os.urandom(6).hex()}", "password": "Wrong-pass-123"}
    Client(REMOTE_ADDR="10.1.2.3").post(reverse("account_login"), body)
    assert last(Action.LOGIN_FAILED).address == "10.1.2.3"


def test_a_session_that_may_not_log_in_leaves_no_success(world: World) -> None:
    world.cast.wenshui.is_active = False
    world.cast.wenshui.save()
    Client().post(reverse("account_login"), {"login": "wenshui", "password": "Right-pass-123"})
    assert not Entry.objects.filter(action=Action.LOGIN).exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.update(reason="改"),
        lambda: Entry.objects.all().delete(),
        lambda: Entry.objects.latest("id").delete(),
        lambda: Entry.objects.latest("id").save(),
        lambda: run("UPDATE audit_entry SET reason = ''"),
        lambda: run("DELETE FROM audit_entry"),
        lambda: run("ALTER TABLE audit_entry DISABLE TRIGGER ALL"),
        lambda: run("DROP TABLE audit_entry"),
        lambda: run("SET LOCAL session_replication_role = replica; DELETE FROM audit_entry"),
        lambda: run("SET LOCAL pgtrigger.ignore = '{\"audit_entry\"}'; DELETE FROM audit_entry"),
    ],
    ids=[
        "update",
        "delete",
        "delete one",
        "save one",
        "sql update",
        "sql delete",
        "no trigger",
        "drop",
        "replica",
        "ignore",
    ],
)
def test_the_trail_only_grows(db: None, change: Callable[[], Any]) -> None:
    Entry.objects.create(action=Action.VIEW)
    before = list(Entry.objects.values())
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        change()
    assert list(Entry.objects.values()) == before


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_trail_holds_no_names_and_no_numbers(world: World, session_of: OpenSession) -> None:
    """Everything that everyone does on the way leaves ids only, also where a person types what she should not."""
    staff, mama, cast = session_of("wenshui"), session_of("mama"), world.cast
    for who in ("wenshui", "mama"):
        crawl(world, session_of(who), who)
    note = f"奶奶电话{TYPED_PHONE}"
    staff.post(world.url("reveal"), {"reason": "contact", "note": note})
    mama.post(world.url("visits:withdraw"), {"reason": f"{cast.child.name}记错了{TYPED_PHONE}"})
    staff.post(world.url("children:add_need"), {"topic": "SAFETY", "detail": f"{cast.child.name}需要"})
    staff.post(world.url("imports:confirm"))
    staff.post(world.url("pairings:end"), {"reason": "ADJUSTED", "day": "2026-06-01", "handover": note})
    said = "\n".join(str(value) for row in Entry.objects.values_list() for value in row)
    assert Entry.objects.count() > 20
    assert {word for word in secret_numbers(world) | {TYPED_PHONE} if word in said} == set()
    assert {word for word in all_names() if word in said} == set()
