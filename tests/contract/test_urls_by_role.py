"""Every address as every role: what a GET answers, and that a stranger's POST changes nothing (DESIGN 3.3)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from aixin.access.models import Post
from aixin.access.permissions import declared_roles
from tests.caching import forget_everything
from tests.cast import FENGCHENG, KAISHAN, XIJIE, XINGXIAN_VILLAGE, Cast
from tests.contract.table import EXPECTED, USERS
from tests.contract.world import ROSTER_HEADINGS, World, compared, named_urls, workbook

OpenSession = Callable[[str], Client]
STRANGERS = ("outsider", "xingxian", "mama2")


def answer(response: Any) -> str:
    """Return a status as the table writes it."""
    if response.status_code == 302 and response.headers["Location"].startswith(reverse(settings.LOGIN_URL)):
        return "login"
    return str(response.status_code)


def test_every_address_has_an_expectation() -> None:
    rows = {row.partition("?")[0].partition("@")[0] for row in EXPECTED}
    assert rows == set(named_urls())


@pytest.mark.parametrize("who", USERS)
def test_get(world: World, session_of: OpenSession, who: str) -> None:
    # The wrong links that the others have opened from the same address are forgotten.
    forget_everything()
    compared(world.cast)
    client = session_of(who)
    wrong = []
    for row, by_user in EXPECTED.items():
        found = answer(client.get(world.url(row)))
        if found != by_user[who]:
            wrong.append(f"{row}: expected {by_user[who]}, got {found}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", sorted(named_urls()))
def test_every_view_declares_who_may_use_it(name: str) -> None:
    assert declared_roles(named_urls()[name].callback) is not None


@pytest.mark.parametrize("path", ["/forgotten/", "/forgotten-class/"])
def test_a_view_that_declares_nobody_is_refused(
    settings: Any, cast: Cast, session_of: OpenSession, path: str
) -> None:
    settings.ROOT_URLCONF = "tests.contract.undeclared_urls"
    found = {who: answer(session_of(who).get(path)) for who in USERS}
    assert found == {**dict.fromkeys(USERS, "403"), "anonymous": "login"}


STRANGE_FORM = "7d9d3a2e-3d57-4f2e-9d3f-0d6f6f0b1c12"
# Every address, by what a POST to it can do. A new one fails the test below until it stands in one of these.
READING = {
    "account",
    "accounts:detail",
    "accounts:invitations",
    "accounts:list",
    "audit:account",
    "audit:entry",
    "audit:person",
    "audit:report",
    "audit:report_file",
    "care:calendar",
    "care:duties",
    "care:workload",
    "programmes:children",
    "programmes:detail",
    "programmes:list",
    "programmes:volunteers",
    "children:consent_paper",
    "children:consent_scan",
    "children:detail",
    "children:list",
    "matching:ours",
    "children:needs",
    "children:texts",
    "conceal",
    "concerns:detail",
    "concerns:list",
    "concerns:mine",
    "concerns:reports",
    "document",
    "duplicates:list",
    "exports:detail",
    "exports:list",
    "exports:progress",
    "health",
    "home",
    "imports:audit",
    "imports:detail",
    "imports:home",
    "imports:progress",
    "imports:rejected",
    "imports:template",
    "local_outbox",
    "mfa_download_recovery_codes",
    "mfa_index",
    "mfa_view_recovery_codes",
    "notify:inbox",
    "notify:outbox",
    "check",
    "check_picture",
    "check_thanks",
    "pairings:agreement_scan",
    "pairings:board",
    "pairings:candidates",
    "pairings:detail",
    "pairings:list",
    "pairings:map",
    "pairings:portrait_picture",
    "pairings:reports",
    "privacy",
    "proposals:comparison",
    "proposals:list",
    "apply:counties",
    "organisations:claim",
    "organisations:claims",
    "organisations:detail",
    "organisations:list",
    "postings:list",
    "teams:detail",
    "teams:list",
    "teams:mine",
    "recruitment:detail",
    "recruitment:list",
    "recruitment:poster",
    "asking:home",
    "asking:counts",
    "reports:coverage",
    "reports:screen",
    "reports:dashboard",
    "reports:finding",
    "reports:leaders",
    "reports:supervision",
    "reports:written",
    "reports:written_file",
    "reports:returns",
    "reports:form",
    "reports:return",
    "reports:return_file",
    "reports:collection",
    "reports:workbook_file",
    "rights:certificate",
    "rights:detail",
    "rights:list",
    "search",
    "sessions",
    "templates:file",
    "templates:list",
    "todos:list",
    "visits:service",
    "rounds:list",
    "rounds:detail",
    "rounds:village",
    "transfers:detail",
    "transfers:list",
    "visits:callbacks",
    "visits:detail",
    "visits:list",
    "visits:my_children",
    "visits:photo",
    "visits:unsent",
    "manifest",
    "no_network",
    "offline_session",
    "service_worker",
    "volunteers:detail",
    "volunteers:invitable",
    "volunteers:invite",
    "volunteers:list",
}
ONE_S_OWN = {
    "reports:chapter",
    "reports:chapter_titles",
    "reports:finding_new",
    "reports:leader_new",
    "reports:next_steps",
    "care:pause",
    "care:policy",
    "care:start",
    "concerns:policy",
    "programmes:adopt",
    "programmes:create",
    "liaison",
    "organisations:create",
    "organisations:export",
    "postings:create",
    "questions:list",
    "teams:create",
    "teams:export",
    "recruitment:wishes",
    "apply:page",
    "apply:status",
    "recruitment:page",
    "account_change_password",
    "account_confirm_login_code",
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_request_login_code",
    "asking:export",
    "asking:save",
    "children:export",
    "matching:export",
    "matching:end",
    "matching:take",
    "children:needs_export",
    "enter_pin",
    "join",
    "log_out_everywhere",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
    "notify:feedback",
    "notify:channels",
    "channels:home",
    "reports:form_new",
    "reports:workbook_new",
    "check_report",
    "concerns:export",
    "pairings:export",
    "proposals:neighbours",
    "proposals:policy",
    "proposals:run",
    "pairings:my_portrait",
    "pairings:rule",
    "stay",
    "templates:edit",
    "templates:reset",
    "switch_post",
    "trust_phone",
    "visits:export",
    "volunteers:export",
}
# Addresses that name a row: a stranger is answered 403 or 404.
BY_ADDRESS: dict[str, dict[str, Any]] = {
    "children:edit": {"name": "改名", "region": XIJIE, "guardian_name": "生人", "category": "LEFT_BEHIND"},
    "children:leave": {"reason": "MISTAKE", "day": "2026-06-01"},
    "children:return": {},
    "children:add_need": {"topic": "SAFETY"},
    "children:meet_need": {"met_by": "生人"},
    "children:consent": {"given_by": "生人", "way": "PHONE", "given_on": "2026-06-01", "shown": "0"},
    "children:consent@refused": {"given_by": "生人", "way": "PHONE", "given_on": "2026-06-01", "shown": "0"},
    "children:hold": {"until": "2035-01-01", "reason": "乱延"},
    "children:publish_text": {"title": "乱发", "body": "没有内容", "valid_from": "2099-01-01"},
    "duplicates:pair": {"keep": "second"},
    "duplicates:not_same": {},
    "duplicates:reopen": {},
    "duplicates:undo": {},
    "recruitment:add_certificate": {"name": "生造证书"},
    "recruitment:drop_certificate": {},
    "reveal@certificate": {"reason": "contact"},
    "recruitment:decide": {"decision": "REFUSE", "reason": "乱办"},
    "reveal@application": {"reason": "contact"},
    "todos:decide": {"reason": "乱办"},
    "reports:finding_reply": {"text": "乱办"},
    "reports:finding_judge": {"close-act": "close"},
    "reports:leader": {
        "name": "改名",
        "title": "改",
        "unit": "改",
        "counties": ["141121"],
        "since": "2026-06-01",
    },
    "rounds:answer": {"outcome": "STILL"},
    "rounds:remind": {},
    "rounds:close": {},
    "teams:edit": {"name": "改名"},
    "teams:add": {"volunteer": "1"},
    "teams:close": {},
    "teams:remove": {},
    "organisations:edit": {"name": "改名", "kind": "COURT"},
    "organisations:add": {"volunteer": "1"},
    "organisations:close": {},
    "organisations:remove": {},
    "organisations:link": {"act": "make"},
    "organisations:confirm": {"volunteer": "1"},
    "organisations:refuse": {"reason": "乱办"},
    "organisations:take_back": {},
    "reveal@organisation": {"reason": "contact"},
    "postings:edit": {"name": "改名", "kind": "OTHER", "capacity": "9", "state": "LEFT"},
    "postings:post": {"county": "141123", "since": "2026-06-01"},
    "postings:clear": {"result": "FAILED", "day": "2026-06-01", "officer": "生人"},
    "postings:end": {},
    "transfers:request_row": {},
    "transfers:offer": {"county": "141123", "remark": "乱转"},
    "transfers:accept": {"day": "2026-06-01"},
    "transfers:refuse": {"answer": "乱答"},
    "transfers:withdraw": {},
    "rights:new": {"kind": "ERASURE", "asker_name": "生人", "way": "PHONE", "received_on": "2026-06-01"},
    "rights:close": {"state": "DECLINED", "remark": "乱办"},
    "rights:erase": {"public_no": "100000"},
    "volunteers:edit": {"name": "改名", "region": KAISHAN, "kind": "OTHER", "capacity": "9", "state": "LEFT"},
    "proposals:lock": {"locked": "1"},
    "proposals:reject": {"reason": "乱否"},
    "proposals:choose": {"volunteer": "1"},
    "proposals:choose_for": {"volunteer": "1"},
    "proposals:forget": {},
    "pairings:create": {"started_on": "2026-06-01"},
    "pairings:edit": {"liaison": "生人"},
    "pairings:end": {"reason": "ADJUSTED", "day": "2099-01-01"},
    "pairings:main": {},
    "pairings:handover": {"handover": "喜欢画画"},
    "pairings:pause": {"reason": "乱停"},
    "pairings:resume": {},
    "pairings:begin": {},
    "pairings:approval": {"answer": "yes"},
    "pairings:agreement": {"volunteer_signed_on": "2026-06-01", "guardian_signed_on": "2026-06-01"},
    "pairings:card": {},
    "pairings:void_cards": {},
    "pairings:portrait": {"remove": "1"},
    "pairings:report": {"remark": "乱办"},
    "care:duty": {"act": "excuse", "reason": "乱办"},
    "programmes:edit": {"name": "改名"},
    "programmes:run": {"act": "end"},
    "programmes:choose": {"ids": [1]},
    "programmes:child": {"act": "leave_out", "reason": "乱办"},
    "care:report": {"day": "2026-06-01", "note": "乱报"},
    "visits:call": {},
    "visits:arrange_callback": {"due_on": "2099-01-01"},
    "visits:callback_call": {},
    "visits:callback_answer": {"answer": "WELL"},
    "visits:situation": {"act": "correct", "text": "乱写"},
    "concerns:new": {"kind": "LIFE", "urgency": "DAILY", "text": "乱报", "client_uuid": STRANGE_FORM},
    "concerns:alarm": {"signs": ["OTHER"], "text": "乱报", "client_uuid": STRANGE_FORM},
    "concerns:step": {"act": "close", "result": "乱办"},
    "concerns:report": {"act": "close", "text": "乱办"},
    "questions:detail": {"answer": "乱答"},
    "questions:end_specialist": {},
    "asking:edit": {"name": "改名"},
    "asking:delete": {},
    "end_session": {},
    "forget_phone": {},
    "reports:form_edit": {"title": "改名"},
    "reports:form_use": {"act": "stop"},
    "reports:return_values": {f"value-{FENGCHENG}-2": "9", "source-2": "乱填"},
    "reports:return_submit": {"versions": "1", "digest": ""},
    "reports:return_decide": {"act": "back", "number": "1", "remark": "乱退"},
    "reports:collection_remind": {},
    "reports:workbook": {"cells": ["B2"], "source": "registered"},
    "reports:workbook_fill": {"value-C2": "9", "source-C2": "乱填"},
    "reports:workbook_remove": {},
    "visits:correct": {"date": "2026-06-01", "way": "PHONE"},
    "visits:withdraw": {"reason": "乱撤"},
    "visits:unreached": {"client_uuid": "7d9d3a2e-3d57-4f2e-9d3f-0d6f6f0b1c12"},
    "visits:drop_photo": {},
    "imports:mapping": {"column-0": ""},
    "imports:sheet": {"sheet": ""},
    "imports:policy": {"policy": "keep"},
    "imports:row": {"act": "out"},
    "imports:row@rejected": {"act": "correct", "cell-name": "改名"},
    "imports:absent": {"row": "1"},
    "imports:confirm": {},
    "imports:abandon": {},
    "imports:retry": {},
    "imports:undo": {},
    "exports:decision": {"decision": "approve"},
    "exports:download": {},
    "exports:revoke": {},
    "accounts:revoke": {},
    "accounts:invite": {},
    "accounts:close": {},
    "accounts:open": {},
    "accounts:second_factor": {},
    "accounts:new_post": {"role": "STAFF", "region": XINGXIAN_VILLAGE},
    "accounts:end_post": {},
    "accounts:head": {"on": "1"},
    "accounts:succession": {"name": "生人", "phone": "19900009999", "day": "2026-06-01"},
    "notify:open": {},
    "notify:handled": {},
    "audit:verify": {},
    "reveal": {"reason": "contact"},
    "reveal@child": {"reason": "contact"},
    "reveal@parent": {"reason": "contact"},
    "reveal@volunteer": {"reason": "contact"},
    "reveal@pairing": {"reason": "contact"},
}
# Addresses open to a stranger for her own rows, here with wenshui's in the body.
BY_BODY = {
    "children:create", "children:import", "matching:home", "volunteers:create", "volunteers:clearance", "volunteers:import",
    "volunteers:import_clearances",
    "pairings:import", "visits:new", "volunteers:invite_sheet", "accounts:create", "accounts:sheet",
    "organisations:choose", "accounts:import_chairs", "visits:import", "visits:paper", "visits:draw",
    "transfers:request", "proposals:confirm",
    "todos:decide_ticked", "rounds:create",
    "channels:again",
    "visits:upload",
    "questions:specialists",
    "care:excuse_ticked",
}  # fmt: skip


def test_every_address_is_known_as_reading_or_writing() -> None:
    writing = {name.partition("@")[0] for name in BY_ADDRESS} | BY_BODY | ONE_S_OWN
    assert not writing & READING
    assert writing | READING == set(named_urls())


def contents() -> dict[str, str]:
    """Return a digest of every table but the sessions' and the trail, which notes the refusal: any change shows."""
    tables = [
        name
        for name in connection.introspection.table_names()
        if "session" not in name and name != "audit_entry"
    ]
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            rows = f'SELECT t::text FROM "{table}" t ORDER BY 1'
            cursor.execute(
                f"SELECT count(*) || ' ' || md5(coalesce(string_agg(t, '|'), '')) FROM ({rows}) q(t)"
            )
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_s_post_is_refused_and_changes_nothing(
    world: World, session_of: OpenSession, who: str
) -> None:
    client = session_of(who)
    before = contents()
    wrong = {}
    for name, data in BY_ADDRESS.items():
        status = client.post(world.url(name), data).status_code
        if status not in {403, 404}:
            wrong[name] = status
    assert wrong == {}
    assert contents() == before


@pytest.mark.parametrize("who", STRANGERS)
def test_a_post_to_a_reading_page_changes_nothing(world: World, session_of: OpenSession, who: str) -> None:
    client = session_of(who)
    before = contents()
    crashed = [name for name in READING if client.post(world.url(name), {"q": "张小明"}).status_code >= 500]
    assert crashed == []
    after = contents()
    # An export of one's own rows leaves its entry in the trail; nothing else may move.
    assert {table for table in after if after[table] != before[table]} <= {"audit_entry"}


@pytest.mark.parametrize("who", STRANGERS)
def test_foreign_rows_in_a_body_change_nothing(world: World, session_of: OpenSession, who: str) -> None:
    client, cast = session_of(who), world.cast
    roster = workbook(ROSTER_HEADINGS, [("郑新来", world.imported_idno, "19930000001", "凤城镇", "")])
    person = {"name": "生人", "region": XIJIE, "sex": "F", "birth": "2015-01-01"}
    bodies: dict[str, dict[str, Any]] = {
        "children:create": {**person, "category": "LEFT_BEHIND", "consent": "GIVEN", "guardian_name": "甲"},
        "volunteers:create": {**person, "kind": "OTHER", "capacity": "3", "state": "QUALIFIED"},
        "volunteers:clearance": {
            "ids": [cast.volunteer.pk], "result": "FAILED", "day": "2026-06-01", "officer": "生人",
        },
        "visits:new": {
            "children": [cast.child.pk], "date": "2026-06-01", "way": "PHONE",
            "client_uuid": "7d9d3a2e-3d57-4f2e-9d3f-0d6f6f0b1c11",
        },
        "visits:upload": {
            "visit": str(cast.visit.client_uuid), "offset": "0", "size": "1", "part": as_file(b"x"),
        },
        "proposals:confirm": {"ids": [world.proposal.pk]},
        "questions:specialists": {"volunteer": cast.volunteer.pk, "topic": "LAW"},
        "todos:decide_ticked": {"ids": [world.term.pk]},
        "channels:again": {"what": str(world.delivery.pk)},
        "care:excuse_ticked": {"ids": [world.duty.pk], "reason": "乱办", "confirmed": "1"},
        "organisations:choose": {"ids": [cast.unpaired.pk]},
        "volunteers:invite_sheet": {"ids": [world.unregistered.pk]},
        "accounts:create": {"name": "生人", "role": "STAFF", "region": XIJIE},
        "accounts:sheet": {"ids": [world.joining.invitation.pk]},
    }  # fmt: skip
    before = contents()
    for name, body in bodies.items():
        assert client.post(world.url(name), body).status_code < 500
    assert contents() == before
    if who == "mama2":
        from_upload = client.post(reverse("volunteers:import"), {"file": as_file(roster)})
        assert from_upload.status_code == 403
        assert contents() == before


def as_file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("名册.xlsx", content)


def test_a_roster_of_another_county_s_people_is_rejected_row_by_row(
    world: World, session_of: OpenSession
) -> None:
    """xingxian uploads a row that names wenshui's township: it is rejected, and confirming stores nothing."""
    client = session_of("xingxian")
    roster = workbook(ROSTER_HEADINGS, [("郑新来", world.imported_idno, "19930000001", "凤城镇", "")])
    sent = client.post(reverse("volunteers:import"), {"file": as_file(roster)})
    volunteers = contents()["volunteers_volunteer"]
    assert client.post(sent.headers["Location"] + "confirm/").status_code == 302
    assert contents()["volunteers_volunteer"] == volunteers


def test_one_s_own_row_cannot_be_moved_into_another_county(world: World, session_of: OpenSession) -> None:
    far, client = world.cast.far, session_of("xingxian")
    address = reverse("children:edit", args=[far.pk])
    before = contents()
    body = {
        "name": far.name, "category": far.category, "consent": far.consent, "birth": far.birth.isoformat(),
        "guardian_name": "高奶奶",
    }  # fmt: skip
    assert client.post(address, {**body, "region": XIJIE}).status_code == 200
    assert contents() == before
    # The same body with a place of her own is stored, so the place was the reason.
    assert client.post(address, {**body, "region": XINGXIAN_VILLAGE}).status_code == 302


def test_another_user_s_post_cannot_be_acted_in(cast: Cast, session_of: OpenSession) -> None:
    client = session_of("mama2")
    theirs = Post.objects.get(user=cast.wenshui)
    before = contents()
    assert client.post(reverse("switch_post"), {"post": theirs.pk}).status_code == 302
    assert contents() == before
    assert client.get(reverse("children:list")).status_code == 403


# Open to city staff too, or one's own.
NOT_BY_CITY = (
    "reveal",
    "notify:open",
    "visits:withdraw",
    "end_session",
    "forget_phone",
    "accounts:",
    "postings:",
    "reports:",
    "asking:",
)


def test_city_staff_read_and_never_write(world: World, session_of: OpenSession) -> None:
    """City staff see wenshui's rows, so it is the right that is missing: 403, and nothing changes.

    Accounts are no records: a city manages those below it (`tests/accounts`).
    """
    client = session_of("city")
    before = contents()
    writing = [name for name in [*BY_ADDRESS, *BY_BODY] if not name.startswith(NOT_BY_CITY)]
    wrong = {}
    for name in writing:
        status = client.post(world.url(name), BY_ADDRESS.get(name, {})).status_code
        if status != 403:
            wrong[name] = status
    assert wrong == {}
    assert contents() == before
