"""Every form that a user's pages offer, filled in as a person would: whoever adds a page adds its forms to the attacks."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.conf import settings
from django.http import Http404
from django.test import Client
from django.urls import resolve
from lxml import html

from tests.attacks.snapshot import undone
from tests.conftest import Session
from tests.contract.table import pages_of
from tests.contract.test_urls_by_role import BY_ADDRESS
from tests.contract.world import World, compared

Body = dict[str, Any]
OpenSession = Callable[[str], Client]
# What a person types into an empty field, by a part of its name; the first that fits.
_TYPED = (
    ("oldpassword", "Right-pass-123"),
    ("password", "Quite-new-456"),
    ("phone", "13912345678"),
    ("idno", ""),
    ("relation", "祖母"),
    ("name", "马新人"),
    ("officer", "马经办"),
    ("birth", "2015-06-01"),
    ("code", "123456"),
    # A day agreed for later may be left open; the others' day, long past, would have the whole form refused.
    ("next_on", ""),
)
_DAY = "2026-06-01"
# Sending these ends the session that sends them.
ENDS_SESSION = {"account_logout", "log_out_everywhere", "end_session"}


PLACE_OR_PERIOD = re.compile(r"\d+(-(Q\d|\d\d))?", re.ASCII)


@dataclass(frozen=True)
class Field:
    """One input: its name, kind (text, select, radio, checkbox, hidden, date, number, file) and offered values."""

    name: str
    kind: str
    options: tuple[str, ...] = ()

    @property
    def is_closed(self) -> bool:
        """Whether only the offered values are right."""
        return self.kind in {"select", "radio"} or (self.kind == "checkbox" and len(self.options) > 1)


@dataclass(frozen=True)
class Found:
    """A form: where it leads, its fields, and a body that a person would send."""

    action: str
    fields: tuple[Field, ...]
    body: Body = field(hash=False)

    @property
    def view(self) -> str:
        """The name of the address that the form is sent to."""
        return str(resolve(urlsplit(self.action).path).view_name)

    @property
    def names(self) -> set[str]:
        return {known.name for known in self.fields} | set(self.body)

    def with_body(self, **changes: Any) -> Body:
        """Return the body with some values changed; None leaves a field out."""
        # A browser sends the token with whatever else; an empty body is none.
        changed = {"csrfmiddlewaretoken": "token", **self.body, **changes}
        return {name: value for name, value in changed.items() if value is not None}


def forms_on(page: str, address: str) -> Iterator[Found]:
    """Yield the forms of a page's source that are sent by POST, also those that htmx sends."""
    if "<form" not in page:
        return
    tree = html.fromstring(page)
    for form in tree.forms:
        if form.method != "POST" and not form.get("hx-post"):
            continue
        controls = [*form.inputs, *_elsewhere(tree, form.get("id"))]
        fields = tuple(_fields(controls))
        action = form.get("hx-post") or form.get("action") or address
        yield Found(urljoin(address, action), fields, _filled(form, fields))


def _elsewhere(tree: Any, form_id: str | None) -> list[Any]:
    """Return the inputs that belong to a form by its id: the tick boxes of a list."""
    return tree.xpath("//input[@form=$form]", form=form_id) if form_id else []


def _fields(controls: list[Any]) -> Iterator[Field]:
    grouped: dict[str, list[Any]] = {}
    for control in controls:
        if control.name and control.name != "csrfmiddlewaretoken":
            grouped.setdefault(control.name, []).append(control)
    for name, group in grouped.items():
        first = group[0]
        if first.tag == "select":
            yield Field(name, "select", tuple(first.value_options))
        elif first.tag == "textarea":
            yield Field(name, "text")
        elif (first.get("type") or "text") in {"radio", "checkbox"}:
            yield Field(name, first.get("type"), tuple(one.get("value", "on") for one in group))
        else:
            yield Field(name, first.get("type") or "text")


def _filled(form: Any, fields: tuple[Field, ...]) -> Body:
    stands: dict[str, list[str]] = {}
    for name, value in form.form_values():
        stands.setdefault(name, []).append(value.strip())
    body: Body = {}
    for known in fields:
        if known.kind in {"file", "submit"}:
            continue
        value = [text for text in stands.get(known.name, []) if text] or _typed(known)
        if value:
            body[known.name] = value
    return body


def _typed(known: Field) -> list[str]:
    if known.kind in {"select", "radio"}:
        return [next((value for value in known.options if value), "")]
    if known.kind == "checkbox":
        return list(known.options[:1]) if known.name == "ids" else []
    for part, text in _TYPED:
        if part in known.name:
            return [text] if text else []
    return [{"date": _DAY, "number": "1", "hidden": ""}.get(known.kind, "说明文字")]


@dataclass
class Crawl:
    """Everything that a user reaches from the table's pages by links and forms, once for each shape of address."""

    world: World
    client: Client
    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, Any] = field(default_factory=dict)
    session: str = ""
    forms: dict[tuple[str, frozenset[str]], Found] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def run(self, addresses: list[str]) -> None:
        """Visit the addresses, the links on them, and the second steps of their forms."""
        waiting = list(addresses)
        while waiting:
            address = waiting.pop(0)
            if (shape := shape_of(address)) in self._seen:
                continue
            self._seen.add(shape)
            waiting.extend(self._look_at(address, self.client.get(address)))
        self.session = str(dict(self.client.session.items()))
        for form in list(self.forms.values()):
            if form.view not in ENDS_SESSION and not form.view.startswith(("account_", "mfa_")):
                with undone():
                    self._look_at(form.action, self.client.post(form.action, form.body))

    def _look_at(self, address: str, response: Any) -> list[str]:
        """Keep a page and its forms, and return where its links lead."""
        self.cookies.update(response.cookies)
        if response.status_code != 200:
            return []
        if "html" not in response.headers["Content-Type"]:
            self.pages.setdefault(address, said_by(response))
            if "json" not in response.headers["Content-Type"]:
                self.files.setdefault(address, response)
            return []
        page = response.content.decode()
        self.pages.setdefault(address, page)
        for form in forms_on(page, address):
            self.forms.setdefault((shape_of(form.action), frozenset(form.names)), form)
        return links_on(page, address)


def said_by(response: Any) -> str:
    """Return everything that an answer says: source, JSON, or every part of a workbook or Word file."""
    if not response.content.startswith(b"PK"):
        return str(response.content.decode("utf-8", "replace"))
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def links_on(page: str, address: str) -> list[str]:
    """Return the addresses of our own that a page links to."""
    if not page.strip():
        return []
    found = [urljoin(address, link) for link in html.fromstring(page).xpath("//@href | //@hx-get")]
    return [
        link for link in found if link.startswith("/") and not link.startswith("/static/") and shape_of(link)
    ]


@cache
def shape_of(address: str) -> str:
    """Return what tells one kind of address from another: which row it names does not matter. Empty for a stranger."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Http404:
        return ""
    # Places and periods go on for ever: one stands for all.
    words = [
        word
        for word in match.kwargs.values()
        if isinstance(word, str) and not PLACE_OR_PERIOD.fullmatch(word)
    ]
    # Filters combine without end and show the same forms; tabs and a child chosen show others.
    query = [
        f"{key}={value}" if key == "tab" else key
        for key, value in parse_qsl(parts.query)
        if key in {"tab", "child"}
    ]
    return " ".join([match.view_name, *words, *query])


def crawl(world: World, session_of: OpenSession, who: str, like: str = "") -> Crawl:
    """Return what a user reaches, beginning with the pages that the table shows to her or to one like her."""
    found = Crawl(world, session_of(who))
    found.run([world.url(row) for row in pages_of(like or who)])
    return found


def posts_without_page(world: World, shown: list[Found]) -> list[Found]:
    """Return the addresses of the contract that no crawled page has a form for, with the contract's bodies."""
    views = {form.view for form in shown}
    return [
        Found(world.url(row), tuple(Field(name, "text") for name in body), dict(body))
        for row, body in BY_ADDRESS.items()
        if row.partition("@")[0] not in views
    ]


@dataclass
class Stage:
    """A world that a whole file of attacks is played on, each taken back; what its people reach is found once."""

    world: World
    reached: dict[str, Crawl] = field(default_factory=dict)
    kept: dict[str, tuple[str, Body]] = field(default_factory=dict)

    def session(self, who: str) -> Client:
        """Return a fresh session of a user; a crash is a status 500."""
        client = Client() if who == "anonymous" else Session(getattr(self.world.cast, who))
        client.raise_request_exception = False
        return client

    def as_fresh(self, who: str) -> Client:
        """Return what cannot be told from a fresh session: the last one, unless something was left in it.

        It has no cookie but the session's, so no message to someone before.
        """
        client = Client(raise_request_exception=False)
        if who in self.kept:
            client.cookies[settings.SESSION_COOKIE_NAME], data = self.kept[who]
            if dict(client.session.items()) == data:
                return client
        client = self.session(who)
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.kept[who] = key, dict(client.session.items())
        return client

    def crawl(self, who: str) -> Crawl:
        if who not in self.reached:
            with undone():
                self.reached[who] = crawl(self.world, self.session, who)
        return self.reached[who]

    def forms(self, who: str) -> list[Found]:
        """Return every form that a user may send, but those that end her session."""
        shown = list(self.crawl(who).forms.values())
        # Whoever sent every form has ended the comparison with another department's list: the cache takes nothing back.
        compared(self.world.cast)
        return [
            form for form in [*shown, *posts_without_page(self.world, shown)] if form.view not in ENDS_SESSION
        ]

    def distinct_forms(self, who: str) -> list[Found]:
        """Return the same, of those with equal fields in an app only the first: they share their form class."""
        kept: dict[Any, Found] = {}
        for form in self.forms(who):
            kept.setdefault(
                (form.view if len(form.names) < 3 else form.view.partition(":")[0], frozenset(form.names)),
                form,
            )
        return list(kept.values())
