"""A list costs as many queries with eight rows as with one."""

import dataclasses
import datetime
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pghistory
import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aixin.access.division import build_region
from aixin.access.extension import extensions_of
from aixin.access.models import Post, Region, Role, User
from aixin.accounts.invitations import invite_from_roster
from aixin.accounts.services import Grant, Newcomer, create_account
from aixin.audit.models import Action, Entry
from aixin.audit.trail import record
from aixin.exchange.choices import ExportState
from aixin.exchange.models import Export
from aixin.notify.models import ChannelSettings, Delivery, Feedback, Notice
from aixin.rights.models import RightsRequest
from aixin.rights.views import RequestList
from aixin.todos.views import TodoList
from care.models import Duty
from care.programmes.services import adopt, enrol, start
from care.services import report_change
from children.choices import NeedSource, ParentKind
from children.models import ConsentRecord, ConsentText, Need, Parent
from children.views import ChildList
from concerns.models import Question, ReportStep
from organisations.group_views import OrganisationList, TeamList
from organisations.models import (
    Claim,
    Offering,
    Organisation,
    OrganisationMember,
    Posting,
    Team,
    TeamMember,
)
from pairing.models import LeftOver, Proposal, RejectedPair
from pairing.views import PairingList
from recruitment.models import Certificate
from recruitment.views import ApplicationList
from reports.models import Chapter, ChapterTitle, Finding, FindingStep, Leader, LeaderCounty, SavedQuestion
from rounds.models import Round, RoundAnswer
from tests.cast import CITY, FENGCHENG, WENSHUI, XIJIE, make_user
from tests.contract.world import (
    World,
    granted,
    make_matters,
    make_returns,
    requested,
    signed_up,
    to_decide,
    upload,
)
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory, make_idno
from visits.models import VisitedChild
from visits.views import StaffVisitList
from volunteers.joining import PEOPLE
from volunteers.models import Volunteer
from volunteers.views import VolunteerList

OpenSession = Callable[[str], Client]


@pytest.fixture(autouse=True)
def counts_of_the_moment(settings: Any) -> None:
    """Count the navigation's queries too, which are kept for some seconds otherwise; and no session is renewed meanwhile."""
    settings.NAVIGATION_COUNTS_SECONDS = 0
    settings.SESSION_COOKIE_AGE = 24 * 3600


def more_children(world: World, numbers: range) -> None:
    """More children, each with guardian, parent, a need, two volunteers and a visit."""
    mine = world.cast.volunteer
    for number in numbers:
        child = ChildFactory(region_id=XIJIE, name="孙又一")
        Need.objects.create(child=child, region_id=XIJIE, topic="STUDY", source=NeedSource.STAFF)
        Need.objects.create(child=world.cast.child, region_id=XIJIE, topic="STUDY", source=NeedSource.STAFF)
        Parent.objects.create(
            child=child, region_id=XIJIE, kind=ParentKind.FATHER, name="孙父", phone="19950000001"
        )
        own = VolunteerFactory(region_id=FENGCHENG, user=login_of(number), name="爱心又一")
        PairingFactory(child=child, volunteer=own, is_main=True)
        PairingFactory(child=child, volunteer=mine, is_main=False)
        both = {"children": [child, world.cast.child], "volunteers": [own, mine]}
        VisitFactory(region_id=XIJIE, recorded_by=own.user, **both)
        VisitedChild.objects.create(visit=world.cast.visit, child=child)


def more_matters(world: World, numbers: range) -> None:
    """More matters of the child and of others, reports with their steps, questions, and who answers."""
    cast, wenshui = world.cast, world.cast.child.region_id[:6]
    for number in numbers:
        other = ChildFactory(region_id=XIJIE, name="孙又一")
        PairingFactory(child=other, volunteer=cast.volunteer, is_main=False)
        for child in (other, cast.child):
            make_matters(dataclasses.replace(cast, child=child, unpaired=other), VolunteerFactory())
        ReportStep.objects.create(report=world.matters.report, text="已联系", by=cast.wenshui)
        Question.objects.create(region_id=wenshui, asker=login_of(number), topic="LAW", text="怎么办")


def more_sign_ups(world: World, numbers: range) -> None:
    """More sign-ups with one phone, waiting and accepted."""
    for number in numbers:
        signed_up(FENGCHENG, f"more{number}", "PENDING")
        accepted = signed_up(FENGCHENG, f"accepted{number}", "ACCEPTED")
        accepted.volunteer = VolunteerFactory(region_id=FENGCHENG, state="APPLIED", name="爱心又一")
        accepted.save()


def more_certificates(world: World, numbers: range) -> None:
    """More certificates of the volunteer."""
    for number in numbers:
        Certificate.objects.create(volunteer=world.cast.volunteer, name=f"第{number}证", number="1")


def login_of(number: int) -> User:
    """Return one of several accounts, so that each row names another person."""
    return make_user(f"more{number}", Role.VOLUNTEER, FENGCHENG)


def more_villages(world: World, numbers: range) -> None:
    """More villages of a township, each with a child."""
    for number in numbers:
        build_region(f"141121100{300 + number}", f"第{number}村委会", "凤城镇").save()
        ChildFactory(region_id=f"141121100{300 + number}")


def more_counties(world: World, numbers: range) -> None:
    """More counties of the city, each with a child in a village."""
    for number in numbers:
        county = f"1411{30 + number}"
        places = {county: f"第{number}县", f"{county}100": "城关镇", f"{county}100200": "城关村委会"}
        Region.objects.bulk_create([build_region(code, name, "城关镇") for code, name in places.items()])
        ChildFactory(region_id=f"{county}100200")


def more_jobs(world: World, numbers: range) -> None:
    for number in numbers:
        clerk = make_user(f"clerk{number}", Role.STAFF, FENGCHENG)
        upload(clerk, make_idno(number + 200, datetime.date(1981, 2, 3)))


def more_forms(world: World, numbers: range) -> None:
    """More forms of the city's and of the county's, each handed in and sent back."""
    for number in numbers:
        made = dataclasses.replace(world.cast, users={**world.cast.users, "wenshui": login_of(number)})
        made_returns = make_returns(made)
        made_returns.version.of.state = "RETURNED"
        made_returns.version.of.save()


def more_notices(world: World, numbers: range) -> None:
    for number in numbers:
        Notice.objects.create(
            addressee=world.cast.volunteer.addressee,
            region_id=XIJIE,
            kind="contact_overdue",
            key=f"more-{number}",
            title="又一条",
            resolved_at=timezone.now() if number % 2 else None,
        )


def more_feedback(world: World, numbers: range) -> None:
    for number in numbers:
        Feedback.objects.create(author=login_of(number), region_id=FENGCHENG, text="又一条")


def more_history(world: World, numbers: range) -> None:
    for number in numbers:
        with pghistory.context(user=login_of(number).pk):
            for row in (world.cast.child, world.cast.volunteer, world.cast.pairing):
                row.notes = f"第{number}次修改"
                row.save()


def more_requests(world: World, numbers: range) -> None:
    for number in numbers:
        child = ChildFactory(name=f"童又{number}", region_id=XIJIE)
        RightsRequest.objects.create(
            label="children.child", region_id=XIJIE, object_pk=child.pk, public_no=child.no, kind="ACCESS",
            asker_name="甲", way="PHONE", due_on=timezone.localdate(), recorded_by=login_of(number),
        )  # fmt: skip


def more_consents(world: World, numbers: range) -> None:
    """More answers of a guardian, each to a text of its own."""
    first = world.rights.scan.record
    for number in numbers:
        clerk = login_of(number)
        text = ConsentText.objects.create(version=2 + number, title="又一版", body="文", published_by=clerk)
        ConsentRecord.objects.create(
            child=first.child, region_id=XIJIE, text=text, answer="AGREED", given_by="高奶奶", way="PHONE",
            recorded_by=clerk,
        )  # fmt: skip


def more_volunteers(world: World, numbers: range) -> None:
    """More volunteers of one child."""
    for _ in numbers:
        other = VolunteerFactory(region_id=FENGCHENG, name="爱心又一")
        PairingFactory(child=world.cast.child, volunteer=other, is_main=False)
        VolunteerFactory(region_id=FENGCHENG, name="爱心待选")


def more_accounts(world: World, numbers: range) -> None:
    """More accounts that wait with an invitation, more volunteers invited, more posts of one account."""
    for number in numbers:
        code = f"141121100{400 + number}"
        build_region(code, f"第{number}村委会", "凤城镇").save()
        create_account(world.cast.wenshui, Newcomer("冯又一", f"1996{number:07d}"), Grant(Role.STAFF, code))
        Post.objects.create(user=world.cast.fengcheng, role=Role.STAFF, region_id=code)
        volunteer = VolunteerFactory(region_id=FENGCHENG, name="郝又一")
        invite_from_roster(world.cast.wenshui, PEOPLE.subject(volunteer.pk), FENGCHENG)


def more_posts(world: World, numbers: range) -> None:
    """More accounts with two posts each, and more posts among which one user may switch."""
    for number in numbers:
        Post.objects.create(user=login_of(number), role=Role.STAFF, region_id=XIJIE)
        build_region(f"141121100{300 + number}", f"第{number}村委会", "凤城镇").save()
        Post.objects.create(user=world.cast.wenshui, role=Role.STAFF, region_id=f"141121100{300 + number}")


def more_exports(world: World, numbers: range) -> None:
    """More requests to decide and standing approvals, of several clerks, and more of one clerk's own."""
    for number in numbers:
        clerk = make_user(f"exporter{number}", Role.STAFF, FENGCHENG)
        for user in (clerk, world.cast.fengcheng):
            requested(user)
            granted(user, world.cast.wenshui)


def export(kind: str, **changes: str) -> Callable[[World, Client], Any]:
    """Ask for an export that is made at once: masked, or in full under a standing approval."""

    def send(world: World, client: Client) -> Any:
        granted(world.cast.fengcheng, world.cast.wenshui, kind)
        data = {"contents": "masked", "purpose": "DAILY", "recipient": "县教育局", **changes}
        response = client.post(world.url(f"{kind}:export"), data, follow=True)
        assert Export.objects.latest("id").state == ExportState.READY
        return response

    return send


def more_entries(world: World, numbers: range) -> None:
    """More entries about one child, by one account and by many, from several offices."""
    for number in numbers:
        for user in (world.cast.wenshui, login_of(number)):
            record(user, Action.VIEW, world.cast.child, rows=1)
        build_region(f"141121100{300 + number}", f"第{number}村委会", "凤城镇").save()
        Entry.objects.create(action=Action.EXPORT, region_code=f"141121100{300 + number}", detail={"rows": 3})


def trail_of_child(world: World, client: Client) -> Any:
    return client.get(world.url("audit:person"), {"no": world.cast.child.no})


def all_volunteers(world: World, client: Client) -> Any:
    ids = list(Volunteer.objects.values_list("pk", flat=True))
    return client.post(world.url("volunteers:clearance"), {"ids": ids})


def get(row: str) -> Callable[[World, Client], Any]:
    return lambda world, client: client.get(world.url(row))


def more_proposals(world: World, numbers: range) -> None:
    """More proposals, children left over and rejected pairs."""
    run, here = world.proposal.run, {"region_id": world.proposal.region_id}
    for _ in numbers:
        one, left = (ChildFactory(**here) for _ in range(2))
        mother = VolunteerFactory(**here)
        Proposal.objects.create(run=run, child=one, volunteer=mother, score=1, **here)
        LeftOver.objects.create(
            run=run, child=left, missing=1, cause="TAKEN", explanation="无", remedy="无", **here
        )
        RejectedPair.objects.create(
            child=one, volunteer=mother, reason="不合适", rejected_by=world.cast.wenshui, **here
        )


def more_duties(world: World, numbers: range) -> None:
    """More children with volunteers and duties, and more duties of one child."""
    day = timezone.localdate()
    for number in numbers:
        pairing = PairingFactory(
            child=ChildFactory(region_id=XIJIE), volunteer=VolunteerFactory(region_id=FENGCHENG)
        )
        for child in (pairing.child, world.cast.child):
            report_change(child, day - datetime.timedelta(days=100 + number), note="奶奶住院")


def more_programmes(world: World, numbers: range) -> None:
    """More programmes in progress, each with items and something due for the child."""
    for _ in numbers:
        start(world.cast.wenshui, adopt(world.cast.wenshui, WENSHUI, "sifu"), [])


def more_paired_children(world: World, numbers: range) -> None:
    for _ in numbers:
        PairingFactory(child=ChildFactory(region_id=XIJIE), volunteer=VolunteerFactory(region_id=FENGCHENG))


def more_duties_of_programmes(world: World, numbers: range) -> None:
    """More children and volunteers in one programme, and children left out of it."""
    for _ in numbers:
        pairing = PairingFactory(
            child=ChildFactory(region_id=XIJIE),
            volunteer=VolunteerFactory(region_id=FENGCHENG),
            is_main=True,
        )
        enrol(world.cast.wenshui, world.programme, pairing.child, "IN")
        enrol(world.cast.wenshui, world.programme, ChildFactory(region_id=XIJIE), "OUT", "奶奶不同意")


def ticked_duties(world: World, client: Client) -> Any:
    ids = list(Duty.objects.values_list("pk", flat=True))
    return client.post(world.url("care:excuse_ticked"), {"ids": ids})


def more_todos(world: World, numbers: range) -> None:
    """More to-dos about children, volunteers and pairings, open ones about one child and done ones."""
    for number in numbers:
        pairing = PairingFactory(
            child=ChildFactory(region_id=XIJIE), volunteer=VolunteerFactory(region_id=FENGCHENG)
        )
        child, volunteer = pairing.child_id, pairing.volunteer_id
        to_decide(pairing, level=4)
        to_decide(pairing, state="DECIDED", decision="talked", decided_by=login_of(number), remark="她忙")
        to_decide(world.cast.pairing, kind=f"gone_{number}")
        to_decide(pairing, kind="volunteer_term", subject="volunteers.volunteer", subject_id=volunteer, level=4,
                  facts={"on": "2026-01-01", "children": 1})  # fmt: skip
        to_decide(pairing, kind="child_moved", subject="children.child", subject_id=child, level=4,
                  facts={"moved": ["address"]})  # fmt: skip


def more_deliveries(world: World, numbers: range) -> None:
    """More counties with channels, and more messages that failed, of volunteers with a page of their own."""
    for number in numbers:
        code = f"1411{50 + number}"
        build_region(code, f"第{number}县", "吕梁市").save()
        ChannelSettings.objects.create(region_id=code, sms_on=True)
        user = login_of(number)
        VolunteerFactory(region_id=FENGCHENG, user=user)
        Notice.objects.create(
            addressee=f"user:{user.pk}", region_id=XIJIE, kind="test", key=f"open {number}", title="有事"
        )
        for county in (code, WENSHUI):
            Delivery.objects.create(
                region_id=county, channel="SMS" if county == WENSHUI else "EMAIL", addressee=f"user:{user.pk}",
                kind="VOLUNTEER", state="FAILED", day=timezone.localdate(), error_code="INVALID_NUMBER",
            )  # fmt: skip


def more_on_the_board(world: World, numbers: range) -> None:
    """More children at every stage of the board, and more townships of the county."""
    more_proposals(world, numbers)
    for number in numbers:
        build_region(f"141121{300 + number}", f"第{number}镇", "文水县").save()
        here = {"region_id": XIJIE}
        ChildFactory(**here)
        PairingFactory(child=ChildFactory(**here), state="CONSENT", is_main=False, started_on=None)
        PairingFactory(child=ChildFactory(**here), state="PAUSED", is_main=False)
        long_ago = timezone.localdate() - datetime.timedelta(days=90)
        PairingFactory(child=ChildFactory(**here), is_main=False, started_on=long_ago)


def more_circles(world: World, numbers: range) -> None:
    """More teams and organisations of one volunteer and with more members each; more claims; more from the city."""
    circles, here = world.circles, {"region_id": world.circles.team.region_id}
    mine = world.cast.volunteer
    for number in numbers:
        child, other = ChildFactory(region_id=XIJIE), VolunteerFactory(region_id=FENGCHENG, name="爱心又一")
        Need.objects.create(child=child, region_id=XIJIE, topic="STUDY", source=NeedSource.STAFF)
        PairingFactory(child=ChildFactory(region_id=XIJIE), volunteer=other)
        team = Team.objects.create(name=f"第{number}队", leader=other, **here)
        organisation = Organisation.objects.create(name=f"第{number}家", kind="COURT", **here)
        for volunteer, group, of in ((mine, team, organisation), (other, circles.team, circles.organisation)):
            TeamMember.objects.create(team=group, volunteer=volunteer, **here)
            OrganisationMember.objects.create(organisation=of, volunteer=volunteer, **here)
        opened = [
            Offering.objects.create(child=ChildFactory(region_id=XIJIE), opened_by=world.cast.wenshui, **here)
            for _ in range(3)
        ]
        Claim.objects.create(offering=opened[0], organisation=circles.organisation, volunteer=other, **here)
        Claim.objects.create(offering=opened[1], organisation=circles.organisation, state="REFUSED", **here)
        office = VolunteerFactory(region_id=CITY, name="岳又一")
        PairingFactory(child=ChildFactory(region_id=XIJIE), volunteer=office)
        Posting.objects.create(volunteer=office, **here)


def more_supervised(world: World, numbers: range) -> None:
    """More findings, steps of one, leaders with counties, and chapters of the report."""
    here, today = world.supervised.finding.region_id, timezone.localdate()
    for number in numbers:
        leader = Leader.objects.create(region_id=CITY, name=f"领导{number}", title="x", unit="x")
        LeaderCounty.objects.create(leader=leader, region_id=here, since=today)
        Finding.objects.create(
            region_id=here,
            leader=leader,
            found_on=today,
            place="x",
            text="x",
            due_on=today,
            written_by=world.cast.city,
        )
        FindingStep.objects.create(
            finding=world.supervised.finding, act="RETURNED", text="缺一份", by=world.cast.city
        )
        title = ChapterTitle.objects.create(region_id=CITY, title=f"第{number}章")
        Chapter.objects.create(
            region_id=here, title=title, period="2026-10", text="已完成", written_by=world.cast.wenshui
        )


def more_of_rounds(world: World, numbers: range) -> None:
    """More rounds, children waiting in one, and answers."""
    for number in numbers:
        Round.objects.create(
            region_id=world.round.region_id,
            title=f"第{number}轮",
            due_on=timezone.localdate(),
            opened_by=world.cast.wenshui,
            closed_at=timezone.now(),
        )
        ChildFactory(region_id=XIJIE)
        RoundAnswer.objects.create(
            round=world.round,
            child=ChildFactory(region_id=XIJIE),
            outcome="CHANGED",
            words="转学",
            answered_by=world.cast.fengcheng,
        )


def more_questions(world: World, numbers: range) -> None:
    """More questions kept by several, all shared with the county."""
    for number in numbers:
        SavedQuestion.objects.create(
            owner=login_of(number), region_id=WENSHUI, name=f"第{number}个", subject="visits",
            query="subject=visits", is_shared=True,
        )  # fmt: skip


def post(row: str, **data: Any) -> Callable[[World, Client], Any]:
    return lambda world, client: client.post(world.url(row), data)


CASES: list[tuple[str, str, Any, Any]] = [
    ("to-dos", "fengcheng", get("todos:list"), more_todos),
    ("to-dos below", "city", get("todos:list?box=below"), more_todos),
    ("to-dos done", "wenshui", get("todos:list?box=decided"), more_todos),
    ("child's to-dos", "wenshui", get("children:detail"), more_todos),
    ("children", "wenshui", get("children:list"), more_children),
    ("children as city", "city", get("children:list"), more_children),
    ("children unpaired", "wenshui", get("children:list?figure=unpaired"), more_villages),
    ("children never visited", "wenshui", get("children:list?figure=never_visited"), more_children),
    ("children's export asked for", "wenshui", get("children:export"), more_children),
    ("children's export", "wenshui", export("children"), more_children),
    ("children's full export", "fengcheng", export("children", contents="full"), more_children),
    ("volunteers", "wenshui", get("volunteers:list"), more_children),
    ("volunteers' export", "wenshui", export("volunteers"), more_children),
    ("volunteers' full export", "fengcheng", export("volunteers", contents="full"), more_children),
    ("pairings", "wenshui", get("pairings:list"), more_children),
    ("pairings overdue", "wenshui", get("pairings:list?figure=overdue"), more_children),
    ("board", "wenshui", get("pairings:board"), more_on_the_board),
    ("map", "wenshui", get("pairings:map?at=141121100"), more_on_the_board),
    ("proposals", "wenshui", get("proposals:list"), more_proposals),
    ("children left over", "wenshui", get("proposals:list?tab=left"), more_proposals),
    ("rejected pairs", "wenshui", get("proposals:list?tab=rejected"), more_proposals),
    ("pairings' export", "wenshui", export("pairings"), more_children),
    ("pairings' full export", "fengcheng", export("pairings", contents="full"), more_children),
    ("exports", "fengcheng", get("exports:list"), more_exports),
    ("exports of the region", "wenshui", get("exports:list?of=region"), more_exports),
    ("child's document", "wenshui", get("document"), more_children),
    ("duties", "wenshui", get("care:duties"), more_duties),
    ("duties of the city", "city", get("care:duties"), more_duties),
    ("calendar of duties", "wenshui", get("care:calendar"), more_duties),
    ("workload", "wenshui", get("care:workload"), more_duties),
    ("programmes", "wenshui", get("programmes:list"), more_programmes),
    ("a programme", "wenshui", get("programmes:detail"), more_duties_of_programmes),
    ("children to choose", "wenshui", get("programmes:choose"), more_paired_children),
    ("children of a programme", "city", get("programmes:children"), more_duties_of_programmes),
    ("volunteers of a programme", "wenshui", get("programmes:volunteers"), more_duties_of_programmes),
    ("child's programmes", "wenshui", get("children:detail?tab=programmes"), more_programmes),
    ("ticked duties", "wenshui", ticked_duties, more_duties),
    ("child's duties", "wenshui", get("children:detail?tab=duties"), more_duties),
    ("visits", "wenshui", get("visits:list"), more_children),
    ("child's pairings", "wenshui", get("children:detail?tab=pairings"), more_volunteers),
    ("child's visits", "wenshui", get("children:detail?tab=visits"), more_children),
    ("child's needs", "wenshui", get("children:detail?tab=needs"), more_children),
    ("child's consents", "wenshui", get("children:detail?tab=consent"), more_consents),
    ("consent texts", "wenshui", get("children:texts"), more_consents),
    ("children without consent", "wenshui", get("children:list?figure=unrecorded"), more_children),
    ("requests", "wenshui", get("rights:list"), more_requests),
    ("sign-ups", "wenshui", get("recruitment:list"), more_sign_ups),
    ("a sign-up beside others", "wenshui", get("recruitment:detail"), more_sign_ups),
    ("volunteer's certificates", "wenshui", get("volunteers:detail?tab=certificates"), more_certificates),
    ("child's history", "wenshui", get("children:detail?tab=history"), more_history),
    ("what is known of a child", "wenshui", get("children:detail?tab=situations"), more_children),
    ("children not clear", "wenshui", get("children:list?figure=unclear"), more_children),
    ("matters raised", "wenshui", get("concerns:list"), more_matters),
    ("matters of a child", "wenshui", get("children:detail?tab=concerns"), more_matters),
    ("a matter", "wenshui", get("concerns:detail"), more_matters),
    ("matters raised by her", "mama", get("concerns:mine"), more_matters),
    ("reports", "wenshui", get("concerns:reports"), more_matters),
    ("a report", "wenshui", get("concerns:report"), more_matters),
    ("questions of a county", "wenshui", get("questions:list"), more_matters),
    ("questions of hers", "mama", get("questions:list"), more_matters),
    ("who answers", "wenshui", get("questions:specialists"), more_matters),
    ("volunteer's pairings", "wenshui", get("volunteers:detail?tab=pairings"), more_children),
    ("volunteer's visits", "wenshui", get("volunteers:detail?tab=visits"), more_children),
    ("pairing", "wenshui", get("pairings:detail"), more_history),
    ("candidates", "wenshui", get("pairings:candidates"), more_volunteers),
    ("volunteers to choose", "wenshui", get("proposals:choose_for"), more_volunteers),
    ("volunteers to choose found", "wenshui", post("proposals:choose_for", q="爱心"), more_volunteers),
    ("candidates found", "wenshui", post("pairings:candidates", q="爱心"), more_volunteers),
    ("search", "wenshui", post("search", q="孙"), more_children),
    ("choose a child", "wenshui", post("visits:new", q="孙"), more_children),
    ("clearance of many", "wenshui", all_volunteers, more_volunteers),
    ("imports", "wenshui", get("imports:home"), more_jobs),
    ("who is not in a file", "wenshui", get("imports:absent"), more_children),
    ("import page", "wenshui", get("volunteers:import"), more_jobs),
    ("workbench", "wenshui", get("home"), more_children),
    ("dashboard with more villages", "wenshui", get("reports:dashboard?region=141121100"), more_villages),
    ("dashboard with more counties", "official", get("reports:dashboard"), more_counties),
    ("dashboard with more rows", "city", get("reports:dashboard"), more_children),
    ("coverage", "official", get("reports:coverage"), more_counties),
    ("children asked for", "wenshui", get("asking:home?subject=children"), more_children),
    ("volunteers asked for", "city", get("asking:home?subject=volunteers&kind=TEACHER"), more_children),
    ("pairings asked for", "wenshui", get("asking:home?subject=pairings&by=state&by2=category"), more_children),
    ("visits asked for", "wenshui", get("asking:home?subject=visits&add=date&age.from=x"), more_children),
    ("questions kept", "wenshui", get("asking:home"), more_questions),
    ("returns to hand in", "wenshui", get("reports:returns"), more_forms),
    ("returns collected", "city", get("reports:returns"), more_forms),
    ("returns handed in", "official", get("reports:returns"), more_forms),
    ("a return", "wenshui", get("reports:return"), more_villages),
    ("a return of many", "city", get("reports:collection"), more_counties),
    ("inbox", "mama", get("notify:inbox"), more_notices),
    ("feedback", "wenshui", get("notify:feedback"), more_feedback),
    ("channels", "wenshui", get("channels:home"), more_deliveries),
    ("channels below", "city", get("channels:home"), more_deliveries),
    ("phone's home", "mama", get("home"), more_children),
    ("phone's children", "mama", get("visits:my_children"), more_children),
    ("phone's child", "mama", get("children:detail"), more_children),
    ("phone's form", "mama", get("visits:new"), more_children),
    ("phone's visits", "mama", get("visits:list"), more_children),
    ("visit", "wenshui", get("visits:detail"), more_children),
    ("accounts", "sysadmin", get("home"), more_posts),
    ("accounts below", "wenshui", get("accounts:list"), more_accounts),
    ("account's page", "wenshui", get("accounts:detail"), more_accounts),
    ("invitations", "wenshui", get("accounts:invitations"), more_accounts),
    ("volunteers to invite", "wenshui", get("volunteers:invitable"), more_accounts),
    ("trail", "auditor", get("home"), more_entries),
    ("one account's trail", "auditor", get("audit:account"), more_entries),
    ("who looked at a child", "auditor", trail_of_child, more_entries),
    ("the same for the head", "wenshui", trail_of_child, more_entries),
    ("trail's export", "auditor", get("imports:audit"), more_entries),
    ("compliance report", "auditor", get("audit:report"), more_entries),
    ("account", "wenshui", get("account"), more_posts),
    ("rounds", "wenshui", get("rounds:list"), more_of_rounds),
    ("findings", "city", get("reports:supervision"), more_supervised),
    ("a finding", "city", get("reports:finding"), more_supervised),
    ("leaders", "city", get("reports:leaders"), more_supervised),
    ("written report", "city", get("reports:written?period=2026-10"), more_supervised),
    ("a round", "wenshui", get("rounds:detail"), more_of_rounds),
    ("a round's children", "fengcheng", get("rounds:village"), more_of_rounds),
    ("paper records", "wenshui", get("visits:paper"), more_circles),
    ("teams", "wenshui", get("teams:list"), more_circles),
    ("team's members", "wenshui", get("teams:detail"), more_circles),
    ("teams' export", "wenshui", export("teams"), more_circles),
    ("whom to add to a team", "wenshui", post("teams:add", q="爱心"), more_circles),
    ("my teams", "mama", get("teams:mine"), more_circles),
    ("organisations", "wenshui", get("organisations:list"), more_circles),
    ("an organisation", "wenshui", get("organisations:detail"), more_circles),
    ("claims", "wenshui", get("organisations:claims"), more_circles),
    ("children open", "wenshui", get("organisations:claims?box=open"), more_circles),
    ("children to open", "wenshui", get("organisations:choose"), more_circles),
    ("what a liaison sees", "anonymous", get("liaison"), more_circles),
    ("volunteer's groups", "wenshui", get("volunteers:detail?tab=groups"), more_circles),
    ("volunteers with their groups", "wenshui", get("volunteers:list"), more_circles),
    ("from the city's offices", "city", get("postings:list"), more_circles),
    ("who serves a county", "wenshui", get("postings:list"), more_circles),
]  # fmt: skip


@pytest.mark.parametrize(("who", "ask", "add"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_rows_cost_no_queries(world: World, session_of: OpenSession, who: str, ask: Any, add: Any) -> None:
    client = session_of(who)
    add(world, range(1))
    few = queries_of(world, client, ask)
    add(world, range(1, 8))
    many = queries_of(world, client, ask)
    assert many.total() == few.total(), "\n".join(f"{n} more: {sql}" for sql, n in (many - few).items())


def queries_of(world: World, client: Client, ask: Any) -> Counter[str]:
    """Return the queries of a second visit by their shape: the first one may fill caches."""
    ask(world, client)
    with CaptureQueriesContext(connection) as captured:
        response = ask(world, client)
    assert response.status_code == 200
    return Counter(shape(query["sql"]) for query in captured.captured_queries)


def shape(sql: str) -> str:
    """Return a query without its values."""
    plain = re.sub(r"'[^']*'|\b\d+\b|\bs\d+_x\d+|_django_curs_\w+", "?", sql)
    return re.sub(r"IN \([^)]*\)", "IN (…)", plain)


@pytest.mark.parametrize(
    "view",
    [
        ChildList,
        VolunteerList,
        PairingList,
        StaffVisitList,
        RequestList,
        ApplicationList,
        TeamList,
        OrganisationList,
        TodoList,
    ],
)
def test_a_paged_list_has_an_order(world: World, rf: Any, view: Any) -> None:
    """Without one, a row may stand on two pages and another on none; whatever figure it is narrowed to."""
    figures = ["", *extensions_of(view.model._meta.label_lower).figures]
    assert [
        key for key in figures if not ordered(view, rf.get("/", {"figure": key}), world.cast.wenshui)
    ] == []


def ordered(view_class: Any, request: Any, user: Any) -> bool:
    request.user = user
    view = view_class()
    view.setup(request)
    rows: QuerySet[Any] = view.filterset_class(request.GET, queryset=view.get_queryset(), request=request).qs
    return rows.ordered
