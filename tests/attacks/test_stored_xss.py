"""Script brought in by a roster, a form or a name: it stands on pages as text, and nothing of it runs."""

import io
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from lxml import html
from lxml.etree import Element

from aixin.exchange.models import ImportJob
from aixin.exchange.roster import roster_of
from tests.attacks.found_forms import Crawl, Stage, said_by
from tests.attacks.places import FENGCHENG
from tests.attacks.planted import columns_of, fitting, hostile_rows, kinds, plant
from tests.attacks.snapshot import undone
from tests.contract.table import pages_of
from tests.contract.world import workbook
from tests.factories import ChildFactory, VolunteerFactory

MARK = "zqx"
PAYLOADS = (
    # Leaves an attribute of either quote, and text, in few letters; the second fits the shortest fields.
    f"\"'><svg/onload={MARK}()>",
    f"\"'><b {MARK}>",
    f"<script>{MARK}()</script>",
    f'"><img src=x onerror={MARK}()>',
    f"'><svg/onload={MARK}()>",
    f"</textarea><script>{MARK}()</script>",
    f"</script><script>{MARK}()</script>",
    f"</title><b {MARK}>",
    f"javascript:{MARK}()",
    f"' autofocus onfocus={MARK}() x='",
    f'" style=color:red onclick={MARK}() x="',
    f"{{{{ 31337|add:{MARK}|default:31337 }}}}",
    "{% load static %}{% debug %}{{ settings.SECRET_KEY }}",
    f"<!--{MARK}--><base href=//evil.example/>",
    f"<a href=data:text/html,{MARK}>x",
    f"<i {MARK}>",
    f"\\u003cscript\\u003e{MARK}()",
    f"＜script＞{MARK}()＜/script＞\u2028\u202e",
    f"${{{MARK}()}}`{MARK}`",
)
# Of ours: scripts from files, data for scripts, and the attributes by which scripts find their elements.
SCRIPT = re.compile(r"^/static/[\w./-]+\.js$")
ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "hx-get", "hx-post", "xlink:href")
NEVER = ("iframe", "object", "embed", "base", "applet", "frame", "style", "math", "foreignobject", "marquee")


def faults_of(page: str) -> list[str]:
    """Return what on a page would run or load something that is not ours, or is a payload as it was typed."""
    found = [f"raw {payload}" for payload in PAYLOADS if "<" in payload and payload in page]
    if settings.SECRET_KEY in page:
        found.append("template ran")
    # Of data and of a file's parts only the words are looked at: a browser does not read them as a page.
    if "<?xml" in page or "<" not in page:
        return found
    for element in html.fromstring(page).iter(Element):
        found += _faults_of_element(element)
    return found


def _faults_of_element(element: Any) -> list[str]:
    found = []
    if element.tag in NEVER or MARK in str(element.tag):
        found.append(f"<{element.tag}>")
    if element.tag == "script" and not _is_ours(element):
        found.append(f"script {element.get('src')} {str(element.text)[:40]}")
    if element.tag == "meta" and element.get("http-equiv"):
        found.append("meta http-equiv")
    for name, value in element.attrib.items():
        # Also an attribute that a quote in a payload has made.
        if name.lower().startswith("on") or MARK in name or (name == "style" and "color:red" in value):
            found.append(f"{element.tag} {name}={value}")
        if name in ADDRESSES and re.match(r"\s*(javascript|data:text|vbscript)", value, re.IGNORECASE):
            found.append(f"{element.tag} {name}={value}")
    return found


def _is_ours(element: Any) -> bool:
    if element.get("type") == "application/json":
        return "</" not in (element.text or "")
    return bool(SCRIPT.match(element.get("src") or "")) and not (element.text or "").strip()


def look_at(stage: Stage, who: str, like: str = "") -> dict[str, str]:
    """Return every page, fragment and file that a user reaches now, and what her search and forms answer."""
    crawl = Crawl(stage.world, stage.session(who))
    crawl.run([stage.world.url(row) for row in pages_of(like or who)])
    client = stage.session(who)
    pages = dict(crawl.pages)
    for row in pages_of(who):
        if ":list" in row:
            pages[f"{row} fragment"] = said_by(
                client.get(stage.world.url(row), headers={"HX-Request": "true"})
            )
    for payload in PAYLOADS:
        pages[f"search {payload}"] = said_by(client.post(reverse("search"), {"q": payload}, follow=True))
    return pages


def bad_pages(pages: dict[str, str]) -> dict[str, list[str]]:
    found = {address: faults_of(page) for address, page in pages.items() if "<" in page}
    return {address: faults for address, faults in found.items() if faults}


def test_the_check_sees_each_payload() -> None:
    """Each that means anything in HTML is found when a page writes it out as it is."""
    for payload in PAYLOADS:
        in_text = f"<html><body><p>{payload}</p><textarea>{payload}</textarea></body></html>"
        inputs = f'<input value="{payload}"><input value=\'{payload}\'><a href="{payload}">x</a>'
        in_quotes = f"<html><body>{inputs}</body></html>"
        found = faults_of(in_text) + faults_of(in_quotes)
        means_nothing = payload.startswith(("{", "\\u", "＜", "$"))
        assert bool(found) != means_nothing, payload


@pytest.mark.parametrize("who", ["wenshui", "city", "mama", "sysadmin", "auditor"])
def test_words_in_every_stored_field_stay_words(taken_back: Stage, who: str) -> None:
    """Whatever way they came in: every free-text field of every model holds script, and every page is looked at."""
    assert plant(PAYLOADS, joined=True) > 60
    pages = look_at(taken_back, who)
    assert bad_pages(pages) == {}
    shown = [address for address, page in pages.items() if MARK in page]
    assert len(shown) >= {"wenshui": 25, "mama": 8, "city": 3, "sysadmin": 1, "auditor": 1}[who], shown


def good_values(kind: str, number: int) -> dict[str, str]:
    """Return what a row of a roster needs to be taken whatever stands in its other columns."""
    if kind == "children":
        blank = dict.fromkeys(("birth", "idno", "county", "sex", "child_no"), "")
        name = f"{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥'[number]}小童"
        return {**blank, "name": name, "birth": "2015-06-01", "township": "凤城镇", "category": "留守儿童"}
    if kind == "volunteers":
        blank = dict.fromkeys(("birth", "idno", "county", "sex", "kind", "volunteer_no"), "")
        return {
            **blank,
            "name": f"{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥'[number]}妈妈",
            "township": "凤城镇",
        }
    child, mama = ChildFactory(), VolunteerFactory(region_id=FENGCHENG)
    blank = dict.fromkeys(
        (
            "child_idno",
            "volunteer_idno",
            "volunteer_phone",
            "township",
            "village",
            "county",
            "started",
            "way",
        ),
        "",
    )
    return {
        **blank,
        "date": "2026-01-02",
        "child_name": child.name,
        "child_no": child.no,
        "volunteer_name": mama.name,
        "volunteer_no": mama.no,
    }


def uploaded(stage: Stage, kind: str, rows: list[tuple[str, ...]]) -> ImportJob:
    """Return the job of a roster with a payload in its file name, and in the headings of two further columns."""
    headings = (*(column.title for column in columns_of(kind)), PAYLOADS[0], PAYLOADS[1])
    file = io.BytesIO(workbook(headings, [(*row, PAYLOADS[7], PAYLOADS[8]) for row in rows]))
    file.name = f"名册{PAYLOADS[15]}&quot;.xlsx"
    sent = stage.session("wenshui").post(roster_of(kind).address("import"), {"file": file})
    assert sent.status_code == 302, said_by(sent)
    return ImportJob.objects.latest("pk")


# A chair's roster has no free text: a name with a symbol is refused. Results of 准入查询 make no rows; what they bring is
# tried in tests/volunteers/test_clearance_file.py.
PEOPLE = [kind for kind in kinds() if kind not in {"chairs", "clearances"}]


def test_script_in_every_imported_column_stays_text(taken_back: Stage) -> None:
    """From preview and headings to list, detail, history and the returned workbook: accepted rows and rejected ones.

    Every roster is imported before the pages of the whole house are looked at, once.
    """
    pages: dict[str, str] = {}
    for kind in PEOPLE:
        brought = brought_in(taken_back, kind)
        assert sum(MARK in page for page in brought.values()) >= 8, kind
        pages |= brought
    pages |= look_at(taken_back, "wenshui")
    assert bad_pages(pages) == {}


def brought_in(stage: Stage, kind: str) -> dict[str, str]:
    """Import a roster full of script; return its preview, its result and what is shown of its newest rows."""
    accepted = [
        tuple(next(iter(hostile_rows(kind, PAYLOADS[turn:] + PAYLOADS[:turn], good_values(kind, turn)))))
        for turn in range(len(PAYLOADS))
    ]
    refused = [tuple(row) for row in hostile_rows(kind, PAYLOADS, {})]
    client = stage.session("wenshui")
    job = uploaded(stage, kind, accepted + refused)
    address = reverse("imports:detail", args=[job.pk])
    steps = ["", "?status=rejected", "?status=created", "?page=2", "rejected.xlsx"]
    pages = {f"{kind}'s preview {step}": said_by(client.get(address + step)) for step in steps}
    assert job.counts["created"] >= 8, job.counts
    assert job.counts["rejected"] >= 8, job.counts
    assert client.post(address + "confirm/").status_code == 302
    pages |= {f"{kind}'s result {step}": said_by(client.get(address + step)) for step in steps}
    for row in list_of(kind):
        pages |= {
            f"{row} {tab}": said_by(client.get(f"{row}?tab={tab}"))
            for tab in ("", "record", "needs", "pairings", "visits", "history")
        }
    return pages


def list_of(kind: str) -> list[str]:
    """Return the addresses of the newest rows of a roster."""
    model = {
        "children": "children.Child",
        "volunteers": "volunteers.Volunteer",
        "pairings": "pairing.Pairing",
    }
    if kind not in model:
        return []
    newest = apps.get_model(model[kind])._default_manager.order_by("-pk")[:4]
    return [reverse(f"{kind}:detail", args=[row.pk]) for row in newest]


@pytest.mark.parametrize("who", ["wenshui", "mama"])
def test_script_typed_into_every_form_stays_text(taken_back: Stage, who: str) -> None:
    """What a form answers, whether it took the words or gives them back to be corrected, and where it leads on.

    Each form begins at another payload.
    """
    bad, taken, lost = {}, 0, []
    for place, form in enumerate(taken_back.distinct_forms(who)):
        client = taken_back.as_fresh(who)
        texts = [known.name for known in form.fields if known.kind in {"text", "search", "tel", "hidden"}]
        hostile = {name: fitting(PAYLOADS, 100, place + turn) for turn, name in enumerate(texts)}
        # Once with everything hostile, once with what must be right left right.
        right = {name: value for name, value in hostile.items() if name not in REQUIRED}
        for sent in (form.with_body(**hostile), {**form.body, **right}):
            with undone():
                answer = client.post(form.action, sent, follow=True)
            taken += bool(answer.redirect_chain)
            lost += [form.view for to, _ in answer.redirect_chain if to.startswith(reverse("account_login"))]
            if faults := faults_of(said_by(answer)):
                bad[form.view] = faults
    assert bad == {}
    assert taken > 10
    # A session that has ended would be answered by the page to log in, whatever is sent.
    assert set(lost) <= LEADS_TO_LOG_IN


LEADS_TO_LOG_IN = {"account_change_password", "join"}
REQUIRED = {"name", "guardian_name", "client_uuid", "phone", "guardian_phone", "father_phone", "mother_phone", "idno",
            "liaison_phone", "father_name", "mother_name", "draft_key", "next"}  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_script_in_an_address_stays_text(taken_back: Stage, payload: str) -> None:
    """Reflected: filters, tabs, next pages, names that are no row, and the page for what is not there."""
    client, text = taken_back.session("wenshui"), quote(payload)
    query = "&".join(
        f"{name}={text}" for name in ("region", "figure", "category", "tab", "next", "q", "page", "sort")
    )
    for path in (
        "/children/",
        "/volunteers/",
        "/pairings/",
        "/visits/",
        "/reports/",
        "/search/",
        "/visits/new/",
    ):
        assert faults_of(said_by(client.get(f"{path}?{query}"))) == []
    for path in (
        f"/children/{text}/",
        f"/{text}",
        f"/reveal/{text}/1/{text}/",
        f"/children/?region=1411&{text}={text}",
    ):
        assert faults_of(said_by(client.get(path))) == []
    assert faults_of(said_by(client.get(taken_back.world.url("children:detail") + f"?tab={text}"))) == []
