"""Guessing passwords and codes, and files that are made to exhaust the server."""

import datetime
import io
import time
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Role, User
from aixin.exchange.models import ImportJob
from tests.attacks.production import production
from tests.cast import WENSHUI, Cast, make_regions, make_user
from tests.conftest import Session
from tests.contract.world import ROSTER_HEADINGS, workbook

RIGHT, WRONG = "Right-pass-123", "Wrong-pass-123"
LOGIN = "/accounts/login/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    """A clerk whose name and phone no other run has used: failures are counted in Redis, which outlives a test."""
    make_regions()
    user = make_user(f"clerk{uuid4().hex[:8]}", Role.STAFF, WENSHUI)
    user.phone = f"139{uuid4().int % 10**8:08d}"
    user.save()
    return user


def try_in(login: str, password: str = WRONG, client: Client | None = None, **more: Any) -> Client:
    browser = client or Client(REMOTE_ADDR=f"10.{uuid4().int % 250}.{uuid4().int % 250}.{uuid4().int % 250}")
    browser.post(LOGIN, {"login": login, "password": password}, **more)
    return browser


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


SPELLINGS: dict[str, Callable[[User], list[tuple[str, dict[str, Any]]]]] = {
    "always alike": lambda user: [(user.username, {})] * 5,
    "blanks around": lambda user: [(f"{' ' * n}{user.username}{' ' * n}", {}) for n in range(5)],
    "name and phone by turns": lambda user: [(user.username if n % 2 else user.phone, {}) for n in range(5)],
    "phone alone": lambda user: [(user.phone, {})] * 5,
    "other hosts": lambda user: [
        (user.username, {"headers": {"Host": host}})
        for host in ("localhost", "127.0.0.1", "testserver", "localhost:1", "127.0.0.1:2")
    ],
    "claimed addresses": lambda user: [
        (user.username, {"headers": {"X-Forwarded-For": f"10.9.8.{n}", "X-Real-IP": f"10.9.8.{n}"}})
        for n in range(5)
    ],
}


@pytest.mark.parametrize("kind", SPELLINGS)
def test_five_failures_lock_the_account_however_it_is_written(clerk: User, kind: str) -> None:
    for login, more in SPELLINGS[kind](clerk):
        assert not is_in(try_in(login, **more))
    for login in (clerk.username, clerk.phone, f" {clerk.username} "):
        assert not is_in(try_in(login, RIGHT)), login


def test_wrong_capitals_count_against_nobody_and_open_nothing(clerk: User) -> None:
    for _ in range(5):
        assert not is_in(try_in(clerk.username.upper(), RIGHT))
    assert is_in(try_in(clerk.username, RIGHT))


def test_others_stay_in_and_can_come_in(clerk: User) -> None:
    other = make_user(f"other{uuid4().hex[:8]}", Role.STAFF, WENSHUI)
    inside = Session(clerk)
    for _ in range(6):
        try_in(clerk.username)
    assert is_in(try_in(other.username, RIGHT))
    assert inside.get("/children/").status_code == 200, "who is in already is not thrown out by a guesser"


def test_the_lock_ends_after_half_an_hour_and_not_before(clerk: User) -> None:
    for _ in range(5):
        try_in(clerk.username)
    now = timezone.now()
    with time_machine.travel(now + datetime.timedelta(minutes=29)):
        assert not is_in(try_in(clerk.username, RIGHT))
    with time_machine.travel(now + datetime.timedelta(minutes=31)):
        assert is_in(try_in(clerk.username, RIGHT))


def test_an_own_log_in_between_does_not_forgive_the_guesses(clerk: User) -> None:
    """A guesser with an account of her own cannot wipe the count by logging in herself, nor by the victim's log-in."""
    own = make_user(f"own{uuid4().hex[:8]}", Role.STAFF, WENSHUI)
    for n in range(4):
        try_in(clerk.username)
        assert is_in(try_in(own.username, RIGHT))
        if n == 1:
            assert is_in(try_in(clerk.username, RIGHT))
    try_in(clerk.username)
    assert not is_in(try_in(clerk.username, RIGHT))


def test_production_bounds_guesses_by_account_and_address() -> None:
    limits = production()["ACCOUNT_RATE_LIMITS"]
    assert "5/30m/key" in limits["login_failed"]
    assert "/ip" in limits["login_failed"]
    assert "MD5" not in production()["PASSWORD_HASHERS"][0]


# With a foot in the door


def test_a_stolen_session_cannot_guess_the_password(clerk: User) -> None:
    """Five tries at saying the password once more; then not even the right one is taken."""
    thief = Session(clerk)
    for _ in range(5):
        thief.post("/accounts/reauthenticate/", {"password": WRONG})
    answer = thief.post("/accounts/reauthenticate/", {"password": RIGHT})
    assert answer.status_code in {200, 429}
    assert thief.get("/accounts/2fa/totp/activate/").status_code != 200


def test_a_stolen_session_cannot_guess_it_by_changing_it(clerk: User) -> None:
    thief = Session(clerk)
    new = {"password1": "Quite-new-456", "password2": "Quite-new-456"}
    for _ in range(5):
        thief.post("/accounts/password/change/", {"oldpassword": WRONG, **new})
    thief.post("/accounts/password/change/", {"oldpassword": RIGHT, **new})
    clerk.refresh_from_db()
    assert clerk.check_password(RIGHT)


def test_five_wrong_codes_lock_the_second_factor(clerk: User) -> None:
    owner = Client()
    try_in(clerk.username, RIGHT, owner)
    owner.post("/accounts/reauthenticate/", {"password": RIGHT})
    secret = owner.get("/accounts/2fa/totp/activate/").context["form"].secret
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    owner.post("/accounts/2fa/totp/activate/", {"code": code})
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=2)):
        for _ in range(5):
            # A new log-in each time, from a new address: the count is the user's.
            guesser = try_in(clerk.username, RIGHT)
            assert not is_in(guesser)
            guesser.post("/accounts/2fa/authenticate/", {"code": "000000"})
            assert not is_in(guesser)
        guesser = try_in(clerk.username, RIGHT)
        code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
        guesser.post("/accounts/2fa/authenticate/", {"code": code})
        assert not is_in(guesser)


# Files made to exhaust


def upload(clerk: User, content: bytes, name: str = "名册.xlsx") -> Any:
    client = Session(clerk)
    client.raise_request_exception = False
    return client.post(reverse("children:import"), {"file": SimpleUploadedFile(name, content)})


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


def sheet_xlsx(sheet: bytes) -> bytes:
    """Return a workbook of ours whose sheet's source is replaced."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(ROSTER_HEADINGS, []))) as plain,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in plain.namelist():
            archive.writestr(name, sheet if name.endswith("sheet1.xml") else plain.read(name))
    return buffer.getvalue()


MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LAUGHS = b"<!DOCTYPE l [<!ENTITY a0 'ha'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
)
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def ods(content: bytes) -> bytes:
    return zipped(mimetype=ODS_TYPE, content_xml=content)


HEAVY: dict[str, Callable[[], bytes]] = {
    "zip bomb": lambda: sheet_xlsx(b"<worksheet>" + b"\0" * 320_000_000),
    "many entries": lambda: zipped(**{f"xl__{n}_xml": b"" for n in range(6000)}),
    "a million rows": lambda: sheet_xlsx(
        b"<worksheet %s><sheetData>" % MAIN
        + b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 1_000_001))
        + b"</sheetData></worksheet>"
    ),
    "one cell far away": lambda: sheet_xlsx(
        b'<worksheet %s><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
        % MAIN
    ),
    "laughs in a sheet": lambda: sheet_xlsx(
        LAUGHS
        + b"]><worksheet %s><sheetData><row><c><is><t>&a11;</t></is></c></row></sheetData></worksheet>" % MAIN
    ),
    "laughs in ods": lambda: ods(
        LAUGHS
        + b"]><office:document-content><table:table><table:table-row><table:table-cell><text:p>&a11;</text:p>"
        b"</table:table-cell></table:table-row></table:table></office:document-content>"
    ),
    "an endless row in ods": lambda: ods(
        b"<o><table:table><table:table-row table:number-rows-repeated='1048576'>"
        b"<table:table-cell table:number-columns-repeated='16384'><text:p>1</text:p></table:table-cell>"
        b"</table:table-row></table:table></o>"
    ),
    "a file of the server in ods": lambda: ods(
        b"<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><o><table:table><table:table-row><table:table-cell>"
        b"<text:p>&f;</text:p></table:table-cell></table:table-row></table:table></o>"
    ),
    "a wide span in html": lambda: (
        b"<html><table><tr><td colspan=99999 rowspan=99999>x</td></tr></table></html>"
    ),
    "deep html": lambda: b"<html><table><tr><td>" + b"<div>" * 200_000,
    "long lines": lambda: "姓名,".encode() * 400_000,
    "quotes without end": lambda: b'"' * 1_000_001,
    "nothing but a signature": lambda: b"PK\x03\x04" + b"\0" * 1000,
    "an old workbook's signature": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 5000,
}


@pytest.mark.parametrize("kind", HEAVY)
def test_a_heavy_file_is_refused_soon_and_in_words(clerk: User, kind: str) -> None:
    content = HEAVY[kind]()
    started = time.process_time()
    answer = upload(clerk, content)
    assert time.process_time() - started < 8
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "invalid-feedback" in page or "alert-danger" in page
    assert "root:" not in page
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize("size", [21 * 1024 * 1024, 26 * 1024 * 1024], ids=["21 MB", "26 MB"])
def test_a_file_that_is_too_big_is_refused_in_words(clerk: User, size: int) -> None:
    """Text that would be read otherwise, above the reader's limit and above the server's."""
    line = "姓名,身份证号,乡镇\n".encode()
    answer = upload(clerk, line * (size // len(line) + 1), "名册.csv")
    page = answer.content.decode()
    assert (answer.status_code, "文件太大" in page) == (413, True) or "文件超过 20 MB" in page
    assert not ImportJob.objects.exists()


def test_a_file_of_ordinary_size_is_read(cast: Cast) -> None:
    assert (
        upload(
            cast.wenshui, workbook(ROSTER_HEADINGS, [("郑新来", "", "19930000001", "凤城镇", "")])
        ).status_code
        == 302
    )
