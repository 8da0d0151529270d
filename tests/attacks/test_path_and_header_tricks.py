"""Paths that climb, headers that lie, methods that no page uses; what every answer carries and what no log says."""

import io
import logging
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from aixin.audit.models import Action, Entry
from aixin.privacy.logs import DiscreetFormatter
from tests.attacks.found_forms import Stage
from tests.attacks.places import ROWLESS
from tests.attacks.production import production
from tests.attacks.snapshot import changed, contents, undone
from tests.cast import Cast
from tests.contract.table import EXPECTED
from tests.contract.world import ROSTER_HEADINGS, workbook

SECRETS = re.compile(r"SECRET_KEY|root:[x*]:|INSTALLED_APPS|DJANGO_SETTINGS|aixin_owner|-----BEGIN")
CLIMBS = (
    "../manage.py", "../../manage.py", "..%2fmanage.py", "%2e%2e/manage.py", "%2e%2e%2fmanage.py", "%252e%252e/manage.py",
    "..%252fmanage.py", "....//manage.py", "..\\manage.py", "..%5cmanage.py", "/etc/passwd", "%2fetc%2fpasswd",
    "//etc/passwd", "dist/../../manage.py", "dist/%2e%2e/%2e%2e/aixin/settings/base.py", "..%c0%afmanage.py",
    "..%00/manage.py", "manage.py%00.css", ".%00./manage.py", "~root/.ssh/id_rsa", "dist/app.css/../../../manage.py",
)  # fmt: skip
FOREIGN = (
    "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "https:evil.example",
    "http:///evil.example/", "javascript:alert(1)", "/%09/evil.example", "\t//evil.example", "https://testserver@evil.example/",
    "https://testserver.evil.example/", "data:text/html,x", "///evil.example", "/\n/evil.example",
)  # fmt: skip
# Names of files as a clerk's browser, or somebody with a script, sends them.
FILENAMES = (
    'a"; filename="b.html', "名册\r\nSet-Cookie: stolen=1\r\n.xlsx", "名册\nX-Evil: 1.xlsx", "../../etc/passwd.xlsx",
    "C:\\Windows\\win.ini.xlsx", "a;b,c=d.xlsx", "名册\x00.xlsx", "\u202exslx.exe", "<script>alert(1)</script>.xlsx",
    "%0d%0aSet-Cookie: a=b.xlsx", "'" * 300 + ".xlsx", ".xlsx",
)  # fmt: skip


@pytest.fixture
def cast(taken_back: Stage) -> Cast:
    return taken_back.world.cast


# Paths


@pytest.mark.parametrize("root", ["/static/", "/media/", "/", "/imports/", "/exports/", "/static/dist/"])
def test_no_path_climbs_out(taken_back: Stage, root: str) -> None:
    for client in (Client(raise_request_exception=False), taken_back.session("wenshui")):
        for climb in CLIMBS:
            answer = client.get(root + climb)
            said = b"".join(answer) if answer.streaming else answer.content
            assert answer.status_code in {301, 302, 400, 404}, root + climb
            assert not SECRETS.search(said.decode("utf-8", "replace")), root + climb


def test_files_beside_the_server_are_at_no_address(taken_back: Stage) -> None:
    """Nothing under the media folder is served: what is kept there comes through views that ask who wants it."""
    kept = Path(django_settings.MEDIA_ROOT) / "attack.txt"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("private")
    try:
        for address in (
            "/media/attack.txt",
            "/attack.txt",
            "/static/attack.txt",
            "/static/../media/attack.txt",
        ):
            assert taken_back.session("wenshui").get(address).status_code == 404
    finally:
        kept.unlink()


@pytest.mark.parametrize("length", [8_000, 100_000])
def test_very_long_addresses_are_answered(taken_back: Stage, length: int) -> None:
    for client in (Client(raise_request_exception=False), taken_back.session("wenshui")):
        for address in (
            "/" + "a" * length,
            "/children/" + "1" * length + "/",
            "/children/?region=" + "1" * length,
        ):
            assert client.get(address).status_code in {200, 302, 400, 404, 414}
        assert client.get("/reveal/" + "x" * length + "/1/phone/").status_code in {302, 400, 404}


# Headers of downloads


@pytest.mark.parametrize("name", FILENAMES)
def test_the_name_of_an_uploaded_file_breaks_no_header(taken_back: Stage, name: str) -> None:
    client = taken_back.session("wenshui")
    content = workbook(ROSTER_HEADINGS, [("冯错号", "991121201401010000", "19930000002", "凤城镇", "")])
    boundary = "b0undary"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode() + content
    body += f"\r\n--{boundary}--\r\n".encode()
    sent = client.post(
        reverse("volunteers:import"), body, content_type=f"multipart/form-data; boundary={boundary}"
    )
    by_form = client.post(reverse("volunteers:import"), {"file": SimpleUploadedFile(name, content)})
    for answer in (sent, by_form):
        assert answer.status_code in {200, 302, 400}
        if answer.status_code == 302:
            check_download(client.get(answer.headers["Location"] + "rejected.xlsx"))


@pytest.mark.parametrize(
    "coding",
    ["utf-8''%0D%0ASet-Cookie%3A%20a%3Db.xlsx", "unicode_escape''%5Cud800.xlsx", "utf-16''%00%D8.xlsx"],
)
def test_an_encoded_filename_breaks_nothing_either(taken_back: Stage, coding: str) -> None:
    client = taken_back.session("wenshui")
    content = workbook(ROSTER_HEADINGS, [("冯错号", "991121201401010000", "19930000002", "凤城镇", "")])
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename*={coding}\r\n\r\n'.encode()
    sent = client.post(
        reverse("volunteers:import"),
        head + content + b"\r\n--b--\r\n",
        content_type="multipart/form-data; boundary=b",
    )
    assert sent.status_code in {200, 302, 400}
    if sent.status_code == 302:
        check_download(client.get(sent.headers["Location"] + "rejected.xlsx"))


def check_download(answer: Any) -> None:
    """Assert that a download has one file name, in ASCII, and no header of an attacker's."""
    assert answer.status_code == 200
    disposition = answer.headers["Content-Disposition"]
    plain, encoded = r'filename="[A-Za-z0-9._-]+"', r"filename\*=(?i:UTF-8)''[A-Za-z0-9%._~-]+"
    assert re.fullmatch(f"attachment; (?:{plain}|{encoded})", disposition), disposition
    assert not {"Set-Cookie", "X-Evil"} & set(answer.headers)
    assert "stolen" not in answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_download_is_an_attachment_of_a_stated_kind(taken_back: Stage) -> None:
    files = {
        address: file for who in ("wenshui", "mama") for address, file in taken_back.crawl(who).files.items()
    }
    for answer in files.values():
        # A picture stands in its page; a script and a manifest are the browser's.
        kind = answer.headers["Content-Type"]
        if not kind.startswith(("image/", "text/javascript", "application/manifest+json")):
            check_download(answer)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert len(files) >= 3


# Hosts, addresses and places to go on to


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "evil.example:80@testserver", "", "a b", "[::1"]
)
def test_another_host_is_refused(cast: Cast, host: str) -> None:
    answer = Client(raise_request_exception=False).get("/accounts/login/", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_a_forwarded_host_is_not_believed(cast: Cast) -> None:
    lies = {"X-Forwarded-Host": "evil.example", "X-Host": "evil.example", "Forwarded": "host=evil.example"}
    client = Client()
    page = client.get("/accounts/login/", headers=lies)
    assert "evil.example" not in page.content.decode()
    going = client.get("/children/", headers=lies)
    assert going.headers["Location"].startswith("/accounts/login/")
    assert production()["USE_X_FORWARDED_HOST"] is False
    assert production()["ALLOWED_HOSTS"] == ["aixin.example"]


@pytest.mark.parametrize("place", FOREIGN)
def test_log_in_leads_to_no_other_site(cast: Cast, place: str) -> None:
    for where in ("query", "body"):
        client = Client()
        body = {
            "login": "wenshui",
            "password": "Right-pass-123",
            **({"next": place} if where == "body" else {}),
        }
        address = reverse("account_login")
        answer = client.post(f"{address}?next={place}" if where == "query" else address, body)
        assert stays_here(answer), answer.headers["Location"]
        assert stays_here(client.get(address, {"next": place})), "also who is in already"


def stays_here(answer: Any) -> bool:
    """Return whether an answer leads, if anywhere, to a path of ours."""
    place = answer.headers.get("Location", "/")
    parts = urlsplit(place.replace("\\", "/").replace("\t", "").replace("\n", ""))
    return (
        not parts.netloc
        and not parts.scheme
        and parts.path.startswith("/")
        and not place.startswith(("//", "/\\"))
    )


NAMES_OF_PLACES = ("next", "redirect", "redirect_to", "return", "url", "continue", "back", "to")


@pytest.mark.parametrize("who", ["wenshui", "mama"])
def test_no_form_or_page_leads_to_another_site(taken_back: Stage, who: str) -> None:
    lies = dict.fromkeys(NAMES_OF_PLACES, "//evil.example/")
    headers = {"Referer": "https://evil.example/", "HX-Current-URL": "https://evil.example/"}
    for form in taken_back.distinct_forms(who):
        client = taken_back.as_fresh(who)
        with undone():
            answer = client.post(form.action, form.with_body(**lies), headers=headers)
        assert stays_here(answer), f"{form.view}: {answer.headers['Location']}"
    client = taken_back.session("anonymous" if who == "wenshui" else who)
    for row in {name.partition("?")[0] for name in EXPECTED}:
        assert stays_here(client.get(taken_back.world.url(row), lies, headers=headers)), row


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "True-Client-IP", "Via"]
)
def test_the_trail_keeps_the_address_that_asked(taken_back: Stage, header: str) -> None:
    client = taken_back.session("wenshui")
    client.get(taken_back.world.url("children:detail"), REMOTE_ADDR="10.1.2.3", headers={header: "6.6.6.6"})
    Client(REMOTE_ADDR="10.1.2.3").post(
        reverse("account_login"), {"login": f"nobody{header}", "password": "x"}, headers={header: "6.6.6.6"}
    )
    entries = Entry.objects.filter(action__in=[Action.VIEW, Action.LOGIN_FAILED])[:2]
    assert {entry.address for entry in entries} == {"10.1.2.3"}


# Methods


@pytest.mark.parametrize("who", ["wenshui", "mama", "anonymous"])
def test_methods_that_no_page_uses_do_nothing(taken_back: Stage, who: str) -> None:
    world = taken_back.world
    client = Client() if who == "anonymous" else taken_back.session(who)
    before, wrong = contents(), []
    for row in {name.partition("?")[0] for name in EXPECTED}:
        address = world.url(row)
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "EVIL"):
            answer = client.generic(method, address, b"name=x")
            if answer.status_code != 405 or answer.content:
                wrong.append(f"{method} {row}: {answer.status_code}")
    assert wrong == []
    assert not changed(before)


def test_a_method_hidden_in_a_post_is_a_post(taken_back: Stage) -> None:
    world = taken_back.world
    client, before = taken_back.session("xingxian"), contents()
    for row in (name for name in world.args if not name.startswith(ROWLESS)):
        for extra in ({"_method": "DELETE"}, {"_method": "PUT"}):
            answer = client.post(world.url(row), extra, headers={"X-HTTP-Method-Override": "DELETE"})
            assert answer.status_code in {302, 403, 404, 405}, row
    assert not changed(before)


@pytest.mark.parametrize("who", ["mama"])
def test_head_tells_no_more_than_get(taken_back: Stage, who: str) -> None:
    client, wrong = taken_back.session(who), []
    for row in {name.partition("?")[0] for name in EXPECTED}:
        address = taken_back.world.url(row)
        got, head = client.get(address), client.head(address)
        if head.status_code not in {got.status_code, 405} or (head.content and not head.streaming):
            wrong.append(f"HEAD {row}: {head.status_code}, GET {got.status_code}")
    assert wrong == []


# What every answer carries


def check_headers(answer: Any, address: str) -> None:
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy, address
    assert "unsafe-eval" not in policy, address
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert directives["object-src"] == "'none'"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["form-action"] == "'self'"
    assert set(directives.get("script-src", "'self'").split()) == {"'self'"}
    assert answer.headers["X-Content-Type-Options"] == "nosniff", address
    assert answer.headers["X-Frame-Options"] == "DENY", address
    assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, address
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", address
    # The service worker's script says nothing of anybody, and a browser asks for it anew each time.
    assert "no-store" in answer.headers["Cache-Control"] or address == "/sw.js", address
    assert not {"Server", "X-Powered-By", "X-Debug"} & set(answer.headers), address


@pytest.mark.parametrize("who", ["wenshui", "mama", "anonymous"])
def test_every_answer_carries_its_protections(taken_back: Stage, who: str) -> None:
    """Pages, fragments, data, downloads, refusals and errors."""
    client = Client(raise_request_exception=False) if who == "anonymous" else taken_back.session(who)
    for row in {name.partition("?")[0] for name in EXPECTED}:
        address = taken_back.world.url(row)
        check_headers(client.get(address), address)
    check_headers(client.post("/search/", {"q": "张"}), "/search/")
    check_headers(client.get("/no-such-page/"), "404")


def test_production_insists_on_https(cast: Cast, settings: Any) -> None:
    found = production()
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert found["SECURE_SSL_REDIRECT"]
    settings.SECURE_HSTS_SECONDS, settings.SECURE_SSL_REDIRECT = found["SECURE_HSTS_SECONDS"], True
    client = Client()
    assert client.get("/accounts/login/").headers["Location"].startswith("https://")
    assert (
        "max-age=31536000" in client.get("/accounts/login/", secure=True).headers["Strict-Transport-Security"]
    )


# Errors and logs


@pytest.fixture
def log() -> Any:
    """What the deployment's own handler writes, with the formatter that it has."""
    handler = logging.StreamHandler(io.StringIO())
    configured = [
        known for known in logging.getLogger().handlers if isinstance(known.formatter, DiscreetFormatter)
    ]
    assert configured, "the console has the formatter"
    handler.setFormatter(configured[0].formatter)
    logging.getLogger().addHandler(handler)
    for name in ("django.request", "django.security"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


BODY = {
    "name": "张机密", "region": "141121100018", "birth": "2015-01-01", "category": "LEFT_BEHIND", "consent": "GIVEN",
    "guardian_name": "高机密", "guardian_phone": "13987654321", "notes": "机密的话，电话13987654321",
}  # fmt: skip
WORDS = ("机密", "13987654321")


def failing(how: str) -> Any:
    def save(*args: Any, **kwargs: Any) -> None:
        child = args[1]
        if how == "program":
            raise RuntimeError("nothing works")
        with connection.cursor() as cursor:
            statements = {
                "constraint": (
                    "INSERT INTO children_guardian (child_id, region_code, name, relation, phone, other_phones, address)"
                    " VALUES (-1, NULL, %s, '', '', '', %s)"
                ),
                "syntax": "SELECT %s AS a, %s AS b WHERE WHERE",
            }
            cursor.execute(statements[how], [child.name, child.notes])

    return save


@pytest.mark.parametrize("how", ["program", "constraint", "syntax"])
def test_an_error_says_nothing_of_what_was_typed(
    taken_back: Stage, monkeypatch: pytest.MonkeyPatch, log: Any, how: str
) -> None:
    monkeypatch.setattr("children.views.save_child", failing(how))
    answer = taken_back.session("wenshui").post(reverse("children:create"), BODY)
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "系统暂时出了问题" in page
    assert "Traceback" not in page
    written = log.getvalue()
    assert "Traceback" in written, "the error itself is logged"
    assert not [word for word in WORDS if word in written + page]


def test_refusals_and_searches_log_nobody(taken_back: Stage, log: Any) -> None:
    client = taken_back.session("wenshui")
    client.post("/search/", {"q": "13987654321"})
    client.post("/search/", {"q": "张机密"})
    client.post(reverse("children:create"), {**BODY, "region": "0"})
    client.get("/reveal/children.child/1/13987654321/")
    taken_back.session("xingxian").post(taken_back.world.url("children:edit"), BODY)
    Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "13987654321", "password": "机密"})
    assert not [word for word in WORDS if word in log.getvalue()]


def test_the_formatter_withholds_rows_and_numbers_and_nothing_else() -> None:
    text = (
        'Traceback (most recent call last):\n  File "x.py", line 1\npsycopg2.errors.CheckViolation: new row\n'
        'DETAIL:  Failing row contains (1, 张机密,\nnext line).\n\nThe above exception was the direct cause\n  File "y.py"\n'
        "ProgrammingError: syntax error\nLINE 1: SELECT '张机密'\n               ^\n号码13987654321"
    )
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, text, (), None)
    written = DiscreetFormatter().format(record)
    assert not [word for word in WORDS if word in written]
    assert all(
        kept in written for kept in ("CheckViolation", "The above exception", 'File "y.py"', "syntax error")
    )


def test_the_session_holds_no_personal_data(taken_back: Stage) -> None:
    """Sessions stand in the database and in Redis in the clear."""
    cast = taken_back.world.cast
    for who in ("wenshui", "mama"):
        stored = taken_back.crawl(who).session
        assert "_auth_user_id" in stored
        assert not [word for word in (cast.child.name, cast.volunteer.name, "13987654321") if word in stored]
