"""Bodies that no browser of ours sends: never a crash, a sentence in Chinese, nothing stored."""

import re
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse

from aixin.access.lists import LONGEST_PAGE, LazyPages
from tests.attacks.found_forms import Field, Found, Stage
from tests.attacks.snapshot import changed, contents, undone
from tests.cast import XIJIE, XINGXIAN_VILLAGE, Cast
from tests.factories import ChildFactory
from tests.pages import text_of
from visits.models import Visit
from volunteers.models import Volunteer

NUL, LONG = "a\x00b", "长" * 3000
HUGE, NEGATIVE = "9" * 40, "-1"
# Digits to Python's isdigit, but not to int(); and more digits than int() takes.
ODD = (
    "²", HUGE, "0001-01-01", "①", NEGATIVE, "\ud800", "9" * 5000, "9999-12-31", "<'\"{{%s}}>", "NaN",
)  # fmt: skip
CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")


@pytest.mark.parametrize("who", ["wenshui", "mama"])
def test_no_value_crashes_a_form(taken_back: Stage, who: str) -> None:
    """Every field of every form with NUL, odd digits, numbers and days out of range, and with nothing at all.

    Each form begins at another value, so that a kind of field meets all of them in some form or other.
    """
    crashed = []
    for place, form in enumerate(taken_back.distinct_forms(who)):
        client, turn = taken_back.as_fresh(who), place % len(ODD)
        odd = [*ODD[turn:], *ODD[:turn]]
        bodies = [raw(form, [NUL]), raw(form, odd), raw(form, [*odd[3:], *odd[:3]]), b""]
        for body in bodies:
            with undone():
                answer = client.post(form.action, body, content_type=URLENCODED)
            if answer.status_code >= 500:
                crashed.append(f"{form.view} with {body[:60]!r}")
    assert crashed == []


@pytest.mark.parametrize(
    ("row", "name"), [("notify:feedback", "text"), ("children:edit", "notes"), ("visits:correct", "seen")]
)
def test_a_megabyte_of_text_is_refused_in_words(taken_back: Stage, row: str, name: str) -> None:
    client, before = taken_back.session("mama" if row.startswith("visits") else "wenshui"), contents()
    answer = client.post(taken_back.world.url(row), {name: "长" * 350_000})
    assert answer.status_code == 200
    assert says_why(client, answer)
    assert not changed(before)


URLENCODED = "application/x-www-form-urlencoded"


def raw(form: Found, values: Sequence[str]) -> bytes:
    """Return a body with the values in the fields by turns; a lone surrogate as three bytes that UTF-8 forbids."""
    pairs = list(zip(sorted(form.names), cycle(values)))
    return urlencode(pairs, encoding="utf-8", errors="surrogatepass").encode()


# Days that may lie far ahead: the end of a post, the start of a text.
TO_COME = {"ends_on", "valid_from"}


def tampered(known: Field) -> Iterator[str]:
    """Yield values that a field of this kind must refuse."""
    if known.is_closed:
        yield "NOT_OFFERED"
    elif known.kind == "date":
        yield "heute" if len(known.name) % 2 else "2026-02-30"
        if known.name not in TO_COME:
            yield from ("2099-01-01", "1900-01-01")
    elif known.kind == "number":
        yield from (NEGATIVE, HUGE, "NaN" if len(known.name) % 2 else "1e9")
    elif known.kind == "text":
        yield LONG
    if "region" in known.name:
        yield from (XINGXIAN_VILLAGE, "14", "1411", "0")


# What a person writes here is cut to what fits, not refused: it is about her own act only.
CUT = {
    ("search", "q"), ("pairings:candidates", "q"), ("proposals:choose", "q"),
    ("proposals:choose_for", "q"), ("visits:new", "q"), ("children:meet_need", "met_by"),
}  # fmt: skip


# A grid: the wrong row stays and says why, the right ones beside it are stored (`tests/visits/test_paper.py`).
ROW_BY_ROW = {"visits:paper"}


@pytest.mark.parametrize("who", ["wenshui", "mama"])
def test_a_value_that_was_not_offered_is_refused_in_words(taken_back: Stage, who: str) -> None:
    """Every field in turn, in a body that would be taken otherwise."""
    wrong, tried = [], 0
    before = contents()
    for form in taken_back.distinct_forms(who):
        client = taken_back.as_fresh(who)
        before = contents(before)
        for known in form.fields:
            if (form.view, known.name) in CUT or known.kind in {"hidden", "submit", "file"}:
                continue
            for value in tampered(known):
                tried += 1
                with undone():
                    answer = client.post(form.action, form.with_body(**{known.name: value}))
                    stored = changed(before) if form.view not in ROW_BY_ROW else ""
                if stored or answer.status_code >= 500 or not says_why(client, answer):
                    wrong.append(f"{form.view} {known.name}={value[:12]!a}: {answer.status_code} {stored}")
    assert not wrong, "\n".join(wrong)
    assert tried > {"wenshui": 80, "mama": 20}[who]


def says_why(client: Client, answer: Any) -> bool:
    """Return whether an answer tells in Chinese what is wrong: beside the field, or as a message after going on."""
    if answer.status_code == 302:
        answer = client.get(answer.headers["Location"])
    page = answer.content.decode("utf-8", "replace")
    marked = re.findall(
        r'<[^>]+class="[^"]*(?:invalid-feedback|alert|toast|errorlist)[^"]*"[^>]*>(.*?)</(?:div|ul|span|p)>',
        page,
        re.DOTALL,
    )
    return answer.status_code in {400, 403, 404, 422, 429} or any(
        CHINESE.search(text_of(part)) for part in marked
    )


def test_a_required_field_left_out_is_asked_for(taken_back: Stage) -> None:
    """Every field that a page marks as required, left out in turn."""
    client, wrong, tried = taken_back.session("wenshui"), [], 0
    pages = taken_back.crawl("wenshui").pages
    before = contents()
    for form in taken_back.distinct_forms("wenshui"):
        page = pages.get(form.action, "")
        for name in form.body:
            if not re.search(
                rf'<(?:input|select|textarea)[^>]*name="{re.escape(name)}"[^>]*\srequired', page
            ):
                continue
            tried += 1
            before = contents(before)
            with undone():
                answer = client.post(form.action, form.with_body(**{name: None}))
                if changed(before) or not says_why(client, answer):
                    wrong.append(f"{form.view} without {name}")
    assert wrong == []
    assert tried > 10


@pytest.mark.parametrize("who", ["wenshui", "fengcheng", "mama"])
def test_people_of_others_in_a_choice_are_refused(taken_back: Stage, who: str) -> None:
    """Ids of a neighbour's and of another county's people in every field that takes ids."""
    cast = taken_back.world.cast
    near = [] if who == "wenshui" else [(cast.neighbour, cast.second_volunteer)]
    theirs = [(cast.far, cast.far_volunteer), (cast.outsider_child, cast.far_volunteer), *near]
    wrong, tried = [], 0
    before = people_touched(theirs)
    for form in taken_back.forms(who):
        for name in form.names & set(TAKES_IDS):
            for people in theirs:
                tried += 1
                pk = str(people[TAKES_IDS[name]].pk)
                client = taken_back.as_fresh(who)
                with undone():
                    for value in ([pk], [*form.body.get(name, []), pk]):
                        client.post(form.action, form.with_body(**{name: value}))
                    if people_touched(theirs) != before:
                        wrong.append(f"{form.view} {name}={pk}")
    assert wrong == []
    assert tried >= 6


# Fields that take the number of a child (0) or of a volunteer (1).
TAKES_IDS = {"children": 0, "child": 0, "next": 0, "people": 0, "volunteers": 1, "volunteer": 1, "ids": 1}


def people_touched(theirs: list[tuple[Any, Any]]) -> set[Any]:
    """Return what was done to these children and volunteers."""
    children, volunteers = [child.pk for child, _ in theirs], [volunteer.pk for _, volunteer in theirs]
    visits = Visit.objects.filter(visited__child__in=children) | Visit.objects.filter(
        volunteers__in=volunteers
    )
    cleared = Volunteer.objects.filter(pk__in=volunteers).values_list(
        "pk", "clearance", "cleared_on", "updated_at"
    )
    return {*visits.values_list("pk", "visited__child", "volunteers"), *cleared}


def visit_body(cast: Cast, uuid: str, **changes: Any) -> dict[str, Any]:
    return {
        "client_uuid": uuid, "children": [cast.child.pk], "date": cast.visit.date.isoformat(), "way": "PHONE",
        "family": "UNCHANGED", "study": "UNCHANGED", "life": "UNCHANGED", "again": "1", **changes,
    }  # fmt: skip


def test_a_repeated_client_uuid_is_one_visit_and_never_another_s(taken_back: Stage) -> None:
    cast, uuid = taken_back.world.cast, "7d9d3a2e-3d57-4f2e-9d3f-0d6f6f0b1c11"
    mama, mama2 = taken_back.session("mama"), taken_back.session("mama2")
    for text in ("一", "二"):
        mama.post(reverse("visits:new"), visit_body(cast, uuid, seen=text))
    assert list(Visit.objects.filter(client_uuid=uuid).values_list("seen", flat=True)) == ["一"]
    answer = mama2.post(
        reverse("visits:new"), visit_body(cast, uuid, children=[cast.neighbour.pk], seen="顶替")
    )
    assert "提交标识已被使用" in answer.content.decode()
    assert Visit.objects.get(client_uuid=uuid).seen == "一"
    for wrong in ("", "nothing", "7d9d3a2e", NUL):
        before = contents()
        assert mama.post(reverse("visits:new"), visit_body(cast, wrong)).status_code == 200
        assert not changed(before)


WRONG_TYPES = {
    "json": ("application/json", b'{"name": "x"}'),
    "xml": ("text/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
    "nothing": ("", b"name=x"),
    "bytes": ("application/octet-stream", bytes(range(256))),
    "multipart without boundary": ("multipart/form-data", b"name=x"),
    "multipart cut off": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="name"',
    ),
    "strange charset": ("application/x-www-form-urlencoded; charset=utf-7", b"name=+ADw-script+AD4-"),
    "unknown charset": ("application/x-www-form-urlencoded; charset=no-such", b"name=x"),
    "wide charset": ("multipart/form-data; boundary=b; charset=utf-16", b"--b--"),
}

# A form of optional fields may be sent empty; a certificate, a team and a question want no more than the name that
# these bodies hold.
NO_BODY_NEEDED = {
    "asking:edit", "children:meet_need", "imports:mapping", "pairings:edit", "recruitment:add_certificate", "teams:create",
    "teams:edit",
}  # fmt: skip


def test_a_body_of_a_wrong_type_stores_nothing(taken_back: Stage) -> None:
    wrong, before = [], contents()
    for place, form in enumerate(taken_back.distinct_forms("wenshui")):
        # Buttons need no body.
        typed = [known for known in form.fields if known.kind not in {"hidden", "submit"}]
        if not typed or form.view in NO_BODY_NEEDED:
            continue
        client = taken_back.as_fresh("wenshui")
        before = contents(before)
        # Each kind meets some forms, each form some kinds: what reads a body is the same for all.
        some = list(WRONG_TYPES.items())[place % 4 :: 4]
        for kind, (content_type, body) in some:
            with undone():
                answer = client.generic("POST", form.action, body, content_type=content_type)
                stored = changed(before)
                if answer.status_code >= 500 or stored:
                    wrong.append(f"{form.view} {kind}: {answer.status_code} {stored}")
    assert wrong == []


def test_thousands_of_fields_are_refused(taken_back: Stage) -> None:
    body = "&".join(f"f{number}=1" for number in range(6000))
    address = reverse("children:create")
    answer = taken_back.session("wenshui").post(address, body, content_type=URLENCODED)
    assert answer.status_code == 400
    assert CHINESE.search(answer.content.decode())


QUERIES = (
    "?page={}", "?sort={}", "?region={}", "?figure={}", "?category={}", "?state={}", "?tab={}", "?child={}",
    "?status={}", "?way={}", "?next={}", "?q={}", "?action={}", "?user={}", "?object_id={}", "?kind={}", "?per_page={}",
    "?since={}", "?until={}", "?date={}", "?year={}",
)  # fmt: skip
VALUES = ("²", "9" * 5000, "-1", "%ED%A0%80")


@pytest.mark.parametrize("who", ["wenshui", "mama", "sysadmin"])
def test_no_query_crashes_a_page(taken_back: Stage, who: str) -> None:
    """Every page with every parameter that any of ours reads, each with every odd value."""
    client, crashed = taken_back.session(who), []
    for page in one_of_each(taken_back.crawl(who).pages):
        for turn in range(len(VALUES)):
            values = [VALUES[(turn + place) % len(VALUES)] for place in range(len(QUERIES))]
            known = [pattern[1:].format(value) for pattern, value in zip(QUERIES, values, strict=True)]
            if client.get(f"{page}?{'&'.join(known)}").status_code >= 500:
                crashed += one_by_one(client, page, values)
        for pattern in QUERIES[turn::8]:
            if client.get(page + pattern.format("%00")).status_code != 400:
                crashed.append(f"{page}{pattern}: NUL")
    assert crashed == []


def one_of_each(pages: dict[str, str]) -> list[str]:
    """Return one address of each view."""
    kept: dict[str, str] = {}
    for address in pages:
        path = address.partition("?")[0]
        kept.setdefault(resolve(path).view_name, path)
    return list(kept.values())


def one_by_one(client: Client, page: str, values: list[str]) -> list[str]:
    """Return which parameter it was."""
    return [
        f"{page}{pattern} {value[:12]!a}"
        for pattern, value in zip(QUERIES, values, strict=True)
        if client.get(page + pattern.format(value)).status_code >= 500
    ] or [f"{page} with all together"]


@pytest.mark.parametrize("value", ["²", "٣", "9" * 5000, "-1", "99999999999999999999"])
def test_ids_that_are_no_ids_are_refused(taken_back: Stage, value: str) -> None:
    """Where a body names people by number."""
    client, world = taken_back.session("wenshui"), taken_back.world
    before = contents()
    uuid = "7d9d3a2e-3d57-4f2e-9d3f-0d6f6f0b1c12"
    bodies = {
        "volunteers:clearance": {"ids": [value], "result": "PASSED", "day": "2026-06-01", "officer": "高"},
        "visits:new": visit_body(world.cast, uuid, children=[value]),
        "imports:mapping": {f"column-{value}": "name"},
        "switch_post": {"post": value},
        "proposals:confirm": {"ids": [value]},
        "proposals:choose": {"volunteer": value},
        "proposals:choose_for": {"volunteer": value},
    }
    for row, body in bodies.items():
        assert client.post(world.url(row), body).status_code < 500, row
    assert client.get(reverse("visits:new"), {"child": value}).status_code < 500
    assert not changed(before)
    assert client.get(world.url("imports:detail")).status_code == 200


def test_a_file_where_a_text_is_asked_and_a_text_where_a_file_is(taken_back: Stage) -> None:
    for form in taken_back.distinct_forms("wenshui"):
        client = taken_back.as_fresh("wenshui")
        with undone():
            body = {name: SimpleUploadedFile("名.txt", b"x") for name in form.names}
            assert client.post(form.action, body).status_code < 500, form.view
    answer = taken_back.session("wenshui").post(reverse("children:import"), {"file": "C:\\名册.xlsx"})
    assert "请先选择文件" in answer.content.decode()


def test_a_region_outside_one_s_own_is_refused_beside_the_field(taken_back: Stage) -> None:
    client = taken_back.session("fengcheng")
    body = {
        "name": "生人", "birth": "2015-01-01", "category": "LEFT_BEHIND", "consent": "GIVEN", "guardian_name": "甲",
    }  # fmt: skip
    before = contents()
    for code in (XINGXIAN_VILLAGE, "141121101200", "141121", "", "141121100018' --", "²"):
        answer = client.post(reverse("children:create"), {**body, "region": code})
        assert answer.status_code == 200
        assert says_why(client, answer)
    assert not changed(before)
    with undone():
        assert client.post(reverse("children:create"), {**body, "region": XIJIE}).status_code == 302


def test_a_page_of_a_list_is_never_longer_than_ours(taken_back: Stage) -> None:
    """`?per_page=` of the table library would draw a whole county's roster at once."""
    ChildFactory.create_batch(30, region_id=XIJIE)
    client = taken_back.session("wenshui")
    assert LazyPages(range(1000), 100_000).per_page == LONGEST_PAGE
    for asked in ("-1", "0"):
        page = client.get(reverse("children:list"), {"per_page": asked}).content.decode()
        assert page.count('class="row-name"') <= LONGEST_PAGE
