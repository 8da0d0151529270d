"""The cast with one row of everything that an address can name, and every number that no page may show."""

import base64
import datetime
import io
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from aixin.access.models import Role, TrustedPhone
from aixin.access.regions import Level, county_of
from aixin.access.scope import acting
from aixin.accounts.invitations import invite_from_roster
from aixin.accounts.services import Grant, Newcomer, create_account
from aixin.audit.models import Action, Entry
from aixin.exchange import background
from aixin.exchange.choices import ExportState, ImportState, Purpose
from aixin.exchange.comparing import Department
from aixin.exchange.documents import document_of, standard_path
from aixin.exchange.jobs import confirm_job, new_job
from aixin.exchange.models import Export, StandingApproval
from aixin.exchange.word_templates import replace
from aixin.notify.models import ChannelSettings, Delivery, Feedback, Notice
from aixin.privacy.fields import EncryptedField
from aixin.rights.models import Erasure, RightsRequest, due_date
from aixin.todos.models import Todo
from care.models import Duty
from care.programmes.choices import Reach, Standing
from care.programmes.models import Enrolment, Joining, Programme
from care.programmes.services import adopt, enrol, start
from care.services import go_live, report_change
from care.telling import KIND
from children.choices import NeedSource, ParentKind, ParentStatus, Status
from children.consent_text import BODY, TITLE
from children.consenting import Paper
from children.matching import compare
from children.models import Child, ConsentRecord, ConsentScan, ConsentText, Need, Parent
from concerns.choices import Sign, Topic
from concerns.models import Concern, Question, Report, ReportStep, Specialist
from duplicates.merging import merge
from duplicates.models import Duplicate, VolunteerDuplicate
from duplicates.of_children import CHILDREN
from duplicates.of_volunteers import VOLUNTEERS
from duplicates.services import look_at
from duplicates.sides import Choice
from organisations.models import (
    Claim,
    LiaisonLink,
    Offering,
    Organisation,
    OrganisationMember,
    Posting,
    Team,
    TeamMember,
)
from pairing.cards import print_card
from pairing.models import DoorReport, LeftOver, Pairing, PairingStep, Proposal, ProposalRun, RejectedPair
from pairing.papers import sign_agreement
from pairing.portraits import keep_portrait
from recruitment.applying import digest_of
from recruitment.models import Application, ApplicationStep, Certificate
from reports.models import (
    ChapterTitle,
    Finding,
    FindingStep,
    FormWorkbook,
    Leader,
    LeaderCounty,
    ReportForm,
    Return,
    ReturnVersion,
    SavedQuestion,
)
from reports.periods import Period
from reports.returns.definition import Column, Definition
from reports.returns.sheets import Line, Sheet
from rounds.models import Round, RoundAnswer
from tests.cast import WENSHUI, Cast
from tests.factories import ChildFactory, PairingFactory, VolunteerFactory, make_idno
from transfers.choices import State as TransferState
from transfers.models import Holding, Transfer
from visits.choices import Part
from visits.models import CallBack, VisitPhoto
from visits.situations import state
from volunteers.joining import PEOPLE
from volunteers.models import Volunteer

# Rows of the uploaded roster: one that is good, one whose ID number is wrong.
IMPORTED_PHONE, REJECTED_PHONE, REJECTED_IDNO = "19930000001", "19930000002", "991121201401010000"
# The shortest file that begins and goes on like a photograph.
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffda0008010100003f00d2cf20ffd9")
APPLICANT_TOKEN, RETURNED_TOKEN, LIAISON_TOKEN = "B" * 43, "C" * 43, "D" * 43
ROSTER_HEADINGS = ("姓名", "身份证号", "手机号", "乡镇", "备注")


@dataclass
class Rights:
    """Children off the roster and erased, a request, a certificate, a signed consent."""

    left: Child
    erased: Child
    request: RightsRequest
    certificate: Erasure
    scan: ConsentScan
    merged: Duplicate
    doubtful: Duplicate
    merged_volunteers: VolunteerDuplicate


@dataclass
class Papers:
    """Two pairings that have not begun, a card in use, and what came back by it."""

    for_county: Pairing
    for_guardian: Pairing
    token: str
    report: DoorReport


@dataclass
class Circles:
    """A team and an organisation with a member each, a child claimed and one free, and a volunteer of the city's."""

    team: Team
    team_member: TeamMember
    organisation: Organisation
    member: OrganisationMember
    claim: Claim
    free: Offering
    posted: Volunteer
    posting: Posting


@dataclass
class Supervised:
    """A leader, what she found in wenshui, and a chapter of the report that the city asks for."""

    leader: Leader
    finding: Finding
    title: ChapterTitle


@dataclass
class World:
    """The cast, further rows, and the arguments of each named address."""

    cast: Cast
    parent: Parent
    need: Need
    notice: Notice
    feedback: Feedback
    job: Any
    done_job: Any
    busy_job: Any
    export: Export
    standing: StandingApproval
    chair: Any
    joining: Any
    mother_joining: Any
    imported_idno: str
    unregistered: Volunteer
    rights: "Rights"
    proposal: Proposal
    rejected: RejectedPair
    papers: "Papers"
    application: Application
    returned: Application
    certificate: Certificate
    duty: Duty
    programme: Programme
    draft: Programme
    todo: Todo
    term: Todo
    circles: "Circles"
    round: Round
    supervised: "Supervised"
    delivery: Delivery
    matters: "Matters"
    saved: SavedQuestion
    returns: "Returns"
    args: dict[str, list[Any]] = field(default_factory=dict)

    def url(self, row: str) -> str:
        """Return the address of a row of the table: `name`, `name@variant` or `name?query`."""
        name, _, query = row.partition("?")
        path = reverse(name.partition("@")[0], args=self.args.get(name, []))
        return f"{path}?{query}" if query else path


def make_world(cast: Cast) -> World:
    """Add to the cast what only some addresses need."""
    child, volunteer, pairing = cast.child, cast.volunteer, cast.pairing
    Volunteer.objects.filter(pk=volunteer.pk).update(cleared_by="高经办")
    pairing.liaison, pairing.liaison_phone = "段主席", "19940000001"
    pairing.save()
    cast.mama.phone = "19940000002"
    cast.mama.save()
    parent = Parent.objects.create(
        child=child,
        region_id=child.region_id,
        kind=ParentKind.FATHER,
        name="张父亲",
        status=ParentStatus.AWAY,
        phone="19940000003",
        idno=make_idno(77, datetime.date(1985, 5, 6), sex="M"),
    )
    need = Need.objects.create(
        child=child, region_id=child.region_id, topic="STUDY", detail="想要辅导数学", source=NeedSource.STAFF
    )
    go_live(cast.wenshui, county_of(child.region_id), timezone.localdate() - datetime.timedelta(days=60))
    due = report_change(child, timezone.localdate(), actor=cast.wenshui, note="奶奶住院")
    assert due is not None
    notice = Notice.objects.create(
        addressee=volunteer.addressee,
        region_id=child.region_id,
        kind=KIND,
        key="one",
        subject=due.subject,
        title=f"{child.name}：已40天没有联系",
        link=f"{reverse('visits:new')}?child={child.pk}",
    )
    feedback = Feedback.objects.create(
        author=cast.mama, region_id=volunteer.region_id, text="按钮再大一点就好了"
    )
    idno = make_idno(88, datetime.date(1979, 5, 6))
    card = document_of("pairing-card")
    replace(cast.wenshui, card, standard_path(card.template).read_bytes())
    asked, standing = requested(cast.fengcheng), granted(cast.fengcheng, cast.wenshui)
    chair = create_account(
        cast.wenshui, Newcomer("冯主席", "19940000004"), Grant(Role.STAFF, child.region_id)
    )
    unregistered = VolunteerFactory(name="郝无账", region_id=volunteer.region_id, phone="19940000005")
    mother = invite_from_roster(cast.wenshui, PEOPLE.subject(unregistered.pk), volunteer.region_id)
    job = upload(cast.wenshui, idno)
    world = World(
        cast=cast,
        parent=parent,
        need=need,
        notice=notice,
        feedback=feedback,
        job=job,
        done_job=imported(cast.wenshui),
        busy_job=in_work(cast.wenshui),
        export=asked,
        standing=standing,
        chair=chair.invitation.user,
        joining=chair,
        mother_joining=mother,
        imported_idno=idno,
        unregistered=unregistered,
        rights=make_rights(cast),
        proposal=proposed(cast),
        rejected=rejected(cast),
        papers=make_papers(cast),
        application=signed_up(volunteer.region_id, APPLICANT_TOKEN, "PENDING"),
        returned=signed_up(volunteer.region_id, RETURNED_TOKEN, "RETURNED"),
        certificate=Certificate.objects.create(
            volunteer=volunteer,
            name="家庭教育指导师",
            number="199400000071234567",
            valid_until=timezone.localdate(),
        ),
        duty=due,
        programme=programme_of(cast),
        draft=adopt(cast.wenshui, county_of(child.region_id), "reading"),
        todo=to_decide(pairing),
        term=to_decide(
            pairing,
            kind="volunteer_term",
            subject="volunteers.volunteer",
            subject_id=volunteer.pk,
            facts={"on": "2026-12-01", "children": 1},
            level=Level.COUNTY,
        ),
        matters=make_matters(cast, unregistered),
        circles=make_circles(cast),
        round=make_round(cast),
        supervised=make_supervised(cast),
        delivery=not_delivered(cast),
        saved=SavedQuestion.objects.create(
            owner=cast.wenshui,
            region_id=county_of(child.region_id),
            name="高风险的",
            subject="children",
            query="subject=children&risk=HIGH",
            is_shared=True,
        ),
        returns=make_returns(cast),
    )
    compared(cast)
    world.args = arguments(world)
    return world


def make_supervised(cast: Cast) -> Supervised:
    """Return a leader with an account who looks after the county, a finding of hers, and a chapter that is asked for."""
    county, today = county_of(cast.child.region_id), timezone.localdate()
    leader = Leader.objects.create(
        region_id=county[:4], name="郭市长", title="副市长", unit="市政府", user=cast.official
    )
    LeaderCounty.objects.create(leader=leader, region_id=county, since=today)
    finding = Finding.objects.create(
        region_id=county, leader=leader, found_on=today, place="凤城镇", text="责任书没有签全", due_on=today,
        written_by=cast.city,
    )  # fmt: skip
    FindingStep.objects.create(finding=finding, act="RAISED", by=cast.city)
    return Supervised(leader, finding, ChapterTitle.objects.create(region_id=county[:4], title="五优五强"))


def to_decide(pairing: Pairing, **changes: Any) -> Todo:
    """Return an open to-do about a pairing, which the office of its village may decide."""
    values = {
        "kind": "volunteer_silent", "subject": "pairing.pairing", "subject_id": pairing.pk,
        "facts": {"since": "2026-01-01"}, "level": Level.VILLAGE, **changes,
    }  # fmt: skip
    found: Todo = Todo.objects.create(
        region_id=pairing.region_id, occasion="2026-01-01",
        numbers=[pairing.child.no, pairing.volunteer.no], due_on=timezone.localdate(), **values,
    )  # fmt: skip
    return found


def make_round(cast: Cast) -> Round:
    """Return wenshui's round, in which somebody said of the child that it has left."""
    found: Round = Round.objects.create(
        region_id=cast.child.region_id[:6],
        title="第四季度摸排",
        due_on=timezone.localdate(),
        opened_by=cast.wenshui,
        newest_child=10**9,
    )
    RoundAnswer.objects.create(
        round=found, child=cast.child, outcome="LEFT", words="跟妈妈走了", answered_by=cast.fengcheng
    )
    return found


def not_delivered(cast: Cast) -> Delivery:
    """Return an SMS that failed, of a county whose ways are open."""
    county = cast.child.region_id[:6]
    ChannelSettings.objects.create(
        region_id=county, sms_on=True, wecom_on=True, wecom_key="a-key-that-no-page-shows"
    )
    return Delivery.objects.create(
        region_id=county, channel="SMS", addressee=f"user:{cast.mama.pk}", kind="VOLUNTEER", state="FAILED",
        day=timezone.localdate(), error_code="INVALID_NUMBER", is_permanent=True,
    )  # fmt: skip


def proposed(cast: Cast) -> Proposal:
    """Return what a run proposes to the child that waits, and a child that it leaves over."""
    here = {"region_id": cast.unpaired.region_id}
    run = ProposalRun.objects.create(
        region_id=WENSHUI, made_by=cast.wenshui, pairs=1, missing=1, objective=100
    )
    LeftOver.objects.create(
        run=run,
        child=cast.child,
        missing=1,
        cause="TAKEN",
        explanation="附近没有空余名额。",
        remedy="招募 1 名。",
        **here,
    )
    return Proposal.objects.create(
        run=run,
        child=cast.unpaired,
        volunteer=cast.volunteer,
        score=100,
        parts=[{"code": "DISTANCE", "points": 100, "reason": "同村"}],
        alternatives=[{"volunteer": cast.second_volunteer.pk, "score": 10, "free": True}],
        **here,
    )


def rejected(cast: Cast) -> RejectedPair:
    """Return a pair that staff do not want, and why."""
    return RejectedPair.objects.create(
        child=cast.unpaired, volunteer=cast.second_volunteer, region_id=cast.unpaired.region_id,
        reason="两家有矛盾", rejected_by=cast.wenshui,
    )  # fmt: skip


def signed_up(region: str, token: str, state: str) -> Application:
    """Return the sign-up of somebody whose phone and ID number no page may show."""
    row = Application.objects.create(
        region_id=region,
        state=state,
        token_hash=digest_of(token),
        name="尤报名",
        phone="19940000006",
        idno=make_idno(91, datetime.date(1988, 5, 6)),
        sex="F",
        birth=datetime.date(1988, 5, 6),
        wish="想陪孩子读书",
    )
    ApplicationStep.objects.create(application=row, step="SUBMITTED")
    return row


def make_rights(cast: Cast) -> Rights:
    """Add to wenshui's children one that left, one that was erased, and what a guardian asked and signed."""
    day, village = timezone.localdate() - datetime.timedelta(days=20), cast.child.region_id
    off = {"region_id": village, "left_reason": "OVER_AGE", "left_on": day, "guardian": False}
    left = ChildFactory(name="郝离册", status=Status.LEFT, **off)
    erased = ChildFactory(name="已删除", region_id=village[:9], status=Status.ERASED, guardian=False)
    about = {"label": "children.child", "region_id": village[:9]}
    request = RightsRequest.objects.create(
        **about | {"region_id": village}, object_pk=cast.child.pk, public_no=cast.child.no, kind="ERASURE",
        asker_name="裘奶奶", asker_relation="祖母", asker_phone="19940000004", way="PHONE", received_on=day,
        due_on=due_date(day), recorded_by=cast.fengcheng, content="不想再登记了",
    )  # fmt: skip
    certificate = Erasure.objects.create(
        **about, object_pk=erased.pk, public_no=erased.no, basis="REQUEST", removed={"走访的文字": 2}
    )
    text = ConsentText.objects.create(version=1, title=TITLE, body=BODY, valid_from=day)
    here = {"child": cast.child, "region_id": village}
    signed = ConsentRecord.objects.create(
        **here,
        text=text,
        answer="AGREED",
        given_by="高奶奶",
        relation="祖母",
        way="SIGNED",
        recorded_by=cast.wenshui,
    )
    scan = ConsentScan.objects.create(
        **here, record=signed, kind="pdf", content=base64.b64encode(b"%PDF-1.4 signed").decode()
    )
    merged = doubtful(ChildFactory(name="施大雨", region_id=village))
    with acting(cast.wenshui):
        merge(cast.wenshui, merged, Choice("first", {}))
    mothers = doubtful_volunteers(village)
    with acting(cast.wenshui):
        merge(cast.wenshui, mothers, Choice("first", {}))
    return Rights(left, erased, request, certificate, scan, merged, doubtful(cast.child), mothers)


def asked_for(cast: Cast, state: TransferState) -> Transfer:
    """Return a township's request for a child, within its own region, so that everyone else is a stranger to it."""
    village = cast.child.region_id
    child = ChildFactory(name="贺转来", region_id=village)
    transfer = Transfer.objects.create(
        kind="REQUEST", state=state, region_id=village, office_id=village[:9], name=child.name, idno=child.idno,
        remark="随祖母搬来", asked_by=cast.fengcheng,
    )  # fmt: skip
    is_open = state == TransferState.OPEN
    Holding.objects.create(transfer=transfer, child=child, region_id=village, is_open=is_open)
    return transfer


def make_papers(cast: Cast) -> Papers:
    """Add to wenshui's pairing its papers, her picture and a report, and two pairings that have not begun."""
    sign_agreement(
        cast.wenshui, cast.pairing, timezone.localdate(), timezone.localdate(), Paper("pdf", b"%PDF-1.4 both")
    )
    keep_portrait(cast.wenshui, cast.volunteer, JPEG)
    token = print_card(cast.wenshui, cast.pairing)
    report = DoorReport.objects.create(pairing=cast.pairing, kind="WITHDRAWAL", phone="19940000006")
    mother = VolunteerFactory(name="邓待定", region_id=cast.volunteer.region_id)
    pending = {"volunteer": mother, "started_on": None, "is_main": False}
    return Papers(
        PairingFactory(child=ChildFactory(region_id=cast.child.region_id), state="APPROVAL", **pending),
        PairingFactory(
            child=ChildFactory(region_id=cast.child.region_id, consent="UNKNOWN"), state="CONSENT", **pending
        ),
        token,
        report,
    )


def make_circles(cast: Cast) -> Circles:
    """Add to wenshui's county a team, an organisation that has claimed a child, and somebody from the city."""
    village, mother = cast.child.region_id, cast.volunteer
    here = {"region_id": village[:6]}
    team = Team.objects.create(name="法官妈妈", purpose="讲法", leader=mother, **here)
    organisation = Organisation.objects.create(
        name="助残协会", kind="DISABLED", liaison_name="甘联络", liaison_phone="19940000007", **here
    )
    LiaisonLink.objects.create(
        organisation=organisation,
        token_hash=digest_of(LIAISON_TOKEN),
        expires_at=timezone.now() + datetime.timedelta(days=30),
        made_by=cast.wenshui,
        **here,
    )
    shown = {
        "opened_by": cast.wenshui,
        "shown_township": "凤城镇",
        "shown_sex": "F",
        "needs": ["STUDY"],
        **here,
    }
    claimed, free = (
        Offering.objects.create(child=ChildFactory(region_id=village), **shown) for _ in range(2)
    )
    office = VolunteerFactory(name="岳市直", region_id=village[:4], phone="19940000008")
    return Circles(
        team=team,
        team_member=TeamMember.objects.create(team=team, volunteer=mother, **here),
        organisation=organisation,
        member=OrganisationMember.objects.create(organisation=organisation, volunteer=mother, **here),
        claim=Claim.objects.create(
            offering=claimed, organisation=organisation, volunteer=mother, reason="先登记", **here
        ),
        free=free,
        posted=office,
        posting=Posting.objects.create(volunteer=office, **here),
    )


def doubtful(child: Child) -> Duplicate:
    """Return a pair of a child and a second one who may be the same."""
    twin = ChildFactory(
        name=child.name, birth=child.birth, region_id=child.region_id, idno="", idno_reason="NOT_PROVIDED"
    )
    look_at(CHILDREN, [twin.pk])
    found: Duplicate = Duplicate.objects.get(first=child, second=twin)
    return found


def doubtful_volunteers(village: str) -> VolunteerDuplicate:
    """Return a pair of two volunteers who may be one."""
    first = VolunteerFactory(name="施大爱", region_id=village)
    twin = VolunteerFactory(name="施大爱", region_id=village, phone=first.phone, idno="")
    look_at(VOLUNTEERS, [twin.pk])
    found: VolunteerDuplicate = VolunteerDuplicate.objects.get(first=first, second=twin)
    return found


def workbook(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> bytes:
    """Return an .xlsx of text cells."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        for number, row in enumerate([headings, *rows]):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


def upload(user: Any, idno: str) -> Any:
    """Return a previewed import of two volunteers, the second of whom is rejected."""
    rows = [
        ("郑新来", idno, IMPORTED_PHONE, "凤城镇", ""),
        ("冯错号", REJECTED_IDNO, REJECTED_PHONE, "凤城镇", ""),
    ]
    return background.upload(user, "volunteers", workbook(ROSTER_HEADINGS, rows), "爱心妈妈.xlsx")


def imported(user: Any) -> Any:
    """Return an import of one child, which is in."""
    row = ("曹来了", make_idno(89, datetime.date(2015, 5, 6)), "19930000003", "凤城镇", "留守儿童")
    content = workbook(("姓名", "身份证号", "监护人电话", "乡镇", "类别"), [row])
    return confirm_job(user, background.upload(user, "children", content, "儿童.xlsx"))


def compared(cast: Cast) -> None:
    """Hold a list of one unknown child and one of another school against wenshui's roster."""
    rows = [
        ("何未登", make_idno(90, datetime.date(2015, 5, 6)), "凤城镇", "留守儿童", "", "何奶奶"),
        (cast.child.name, cast.child.idno, "凤城镇", "", "第一小学", "新奶奶"),
    ]
    content = workbook(("姓名", "身份证号", "乡镇", "类别", "学校", "监护人姓名"), rows)
    compare(cast.wenshui, content, "民政名单.xlsx", Department.CIVIL_AFFAIRS, {})


def in_work(user: Any) -> Any:
    """Return an import of a long roster that a task is to check."""
    job = new_job(user, "children", b"", "全县儿童.xlsx")
    job.state, job.queued_at, job.total = ImportState.CHECKING, timezone.now(), 36000
    job.save()
    return job


def session_of(user: Any) -> UserSession:
    """Return a row of where the user is logged in."""
    return UserSession.objects.create(user=user, ip="10.0.0.1", session_key=f"key-{user.pk}", user_agent="")


def phone_of(user: Any) -> TrustedPhone:
    """Return a phone that the user trusts."""
    until = timezone.now() + datetime.timedelta(days=30)
    return TrustedPhone.objects.create(
        user=user, token_hash=f"token-{user.pk}", pin_hash="-", expires_at=until
    )


# Long enough that no ciphertext holds it by chance: every table is searched for it.
NO_PICTURE = base64.b64encode(b"stands in for a picture").decode()


def photo_of(visit: Any) -> VisitPhoto:
    """Return the photo of a visit, made at its first use."""
    made, _ = VisitPhoto.objects.get_or_create(
        visit=visit, defaults={"content": NO_PICTURE, "uploaded_by": visit.recorded_by}
    )
    return made


@dataclass
class Matters:
    """What is known of the child and was raised, reported and asked about it, and who answers."""

    concern: Concern
    report: Report
    question: Question
    specialist: Specialist


def make_matters(cast: Cast, answering: Volunteer) -> Matters:
    """Return a matter, a report and a question of the volunteer's, one answered, and a specialist of the county."""
    child, mama, county = cast.child, cast.mama, cast.child.region_id[:6]
    state(cast.wenshui, child, Part.FAMILY, "跟着奶奶生活")
    asked = {"region_id": county, "asker": mama, "topic": Topic.MIND}
    return Matters(
        concern=Concern.objects.create(
            child=child,
            region_id=child.region_id,
            kind="LIFE",
            text="家里漏雨",
            result="已报民政",
            raised_by=mama,
            due_at=timezone.now(),
        ),
        # Of another child: call-backs of this one stay as they are.
        report=Report.objects.create(
            region_id=county, child=cast.unpaired, signs=[Sign.NEGLECT], text="几天没吃饭", raised_by=mama
        ),
        question=Question.objects.create(
            **asked,
            text="孩子不说话怎么办",
            answer="先陪着",
            answered_by=cast.wenshui,
            answered_at=timezone.now(),
        ),
        specialist=Specialist.objects.create(
            region_id=county, volunteer=answering, topic=Topic.LAW, named_by=cast.wenshui
        ),
    )


def programme_of(cast: Cast) -> Programme:
    """Return a programme in progress with a tick to be made for the child; another child was left out."""
    found = adopt(cast.wenshui, county_of(cast.child.region_id), "sifu")
    Programme.objects.filter(pk=found.pk).update(reach=Reach.CHOSEN)
    start(cast.wenshui, found, [])
    Joining.objects.update(joined_on=timezone.localdate() - datetime.timedelta(days=100))
    enrol(cast.wenshui, found, cast.child, Standing.IN)
    enrol(cast.wenshui, found, cast.unpaired, Standing.OUT, "奶奶不同意")
    return found


@dataclass
class Returns:
    """A form of the county's, one of the city's on which the county has handed in, and a blank workbook."""

    own: ReportForm
    from_city: ReportForm
    version: ReturnVersion
    workbook: FormWorkbook

    @property
    def spot(self) -> list[Any]:
        """What names the return in addresses."""
        found = self.version.of
        return [self.from_city.pk, found.period, found.region_id]


def make_returns(cast: Cast) -> Returns:
    """Return forms, a return handed in for the last month, and a workbook with two cells mapped."""
    county = cast.child.region_id[:6]
    columns = (Column("在册", "metric", metric="registered"), Column("活动", "hand", own_unit="场次"))
    definition = Definition("places", columns).as_json()
    own, above = (
        ReportForm.objects.create(
            region_id=code, title="关爱月报", definition=definition, state="OPEN", made_by=cast.wenshui
        )
        for code in (county, county[:4])
    )
    period = Period.containing(timezone.localdate()).previous
    handed_in = Return.objects.create(form=above, region_id=county, period=period.key, state="SUBMITTED")
    sheet = Sheet((Line("r", "凤城镇", (2, 3), (None, None)),), Line("total", "合计", (12, 3), (None, None)))
    version = ReturnVersion.objects.create(
        of=handed_in, number=1, definition=definition, as_of=period.last, submitted_by=cast.wenshui,
        values=dict.fromkeys(("now", "before", "year_ago"), sheet.as_json()),
    )  # fmt: skip
    blank = workbook(("地区", "在册", "备注"), [("文水县", "", "")])
    mapping = {
        "B2": {"metric": "registered", "dimension": "", "value": "", "place": ""}, "C2": {"hand": "备注"}
    }  # fmt: skip
    form = FormWorkbook.objects.create(
        region_id=county,
        title="省月报",
        content=blank,
        sheet="花名册",
        mapping=mapping,
        uploaded_by=cast.wenshui,
    )
    return Returns(own, above, version, form)


def callback_of(cast: Cast) -> CallBack:
    """Return the call-back about the child that the county's clerk is to make."""
    due = timezone.localdate() + datetime.timedelta(days=3)
    values = {"assigned_by": cast.wenshui, "due_on": due, "question": "最近好吗"}
    return CallBack.objects.get_or_create(child=cast.child, assigned_to=cast.wenshui, defaults=values)[0]


def requested(user: Any) -> Export:
    """Return a clerk's request for a list with full numbers, not decided yet."""
    return Export.objects.create(
        region_id=user.acting_post.region_id,
        kind="children",
        title="儿童信息台账",
        filters="类别：留守儿童",
        full=True,
        state=ExportState.REQUESTED,
        rows=2,
        model_label="children.child",
        purpose=Purpose.AUDIT,
        recipient="县审计局",
        requested_by=user,
    )


def granted(user: Any, head: Any, kind: str = "children") -> StandingApproval:
    """Return a standing approval of a clerk's everyday exports."""
    return StandingApproval.objects.create(
        region_id=user.acting_post.region_id,
        kind=kind,
        title="儿童信息台账",
        purpose=Purpose.DAILY,
        recipient="县教育局",
        requester=user,
        granted_by=head,
        until=timezone.localdate(),
    )


RETURN = ("return", "return_values", "return_submit", "return_decide", "return_file")


def arguments(world: World) -> dict[str, list[Any]]:
    """Return the arguments of every address that takes some, from rows of wenshui's."""
    cast = world.cast
    entry = Entry.objects.create(
        action=Action.SWITCH_POST, user=cast.wenshui, role=Role.STAFF, region_code=WENSHUI
    )
    child, volunteer, pairing, visit = cast.child, cast.volunteer, cast.pairing, cast.visit
    guardian, circles = child.main_guardian, world.circles
    finished, wanted = (asked_for(cast, state) for state in (TransferState.WITHDRAWN, TransferState.OPEN))
    found: dict[str, list[Any]] = {
        "transfers:request_row": [world.done_job.pk, 0],
        "rounds:answer": [world.round.pk, child.pk],
        "reports:chapter": ["2026-10", world.supervised.title.pk],
        "reports:next_steps": ["2026-10"],
        "todos:decide": [world.todo.pk, "talked"],
        "todos:decide@unknown": [world.todo.pk, "nothing"],
        "todos:decide_ticked": [world.term.kind, "extend"],
        "transfers:detail@done": [finished.pk],
        "reveal": ["children.guardian", guardian.pk, "phone"],
        "conceal": ["children.guardian", guardian.pk, "phone"],
        "reveal@child": ["children.child", child.pk, "idno"],
        "reveal@parent": ["children.parent", world.parent.pk, "idno"],
        "reveal@volunteer": ["volunteers.volunteer", volunteer.pk, "phone"],
        "reveal@pairing": ["pairing.pairing", pairing.pk, "liaison_phone"],
        "reveal@name": ["children.child", child.pk, "name"],
        "reveal@user": ["access.user", cast.mama.pk, "phone"],
        "document": ["child-file", child.pk],
        "document@card": ["pairing-card", pairing.pk],
        "document@agreement": ["agreement", pairing.pk],
        "document@unknown": ["unknown", child.pk],
        "exports:revoke": [world.standing.pk],
        "imports:row": [world.job.pk, 0],
        "imports:row@rejected": [world.job.pk, 1],
        "imports:detail@done": [world.done_job.pk],
        "imports:detail@busy": [world.busy_job.pk],
        "imports:progress": [world.busy_job.pk],
        "imports:retry": [world.job.pk],
        "imports:undo": [world.done_job.pk],
        "imports:template": ["children"],
        "templates:edit": ["pairing-card"],
        "templates:edit@unknown": ["unknown"],
        "templates:file": ["pairing-card"],
        "templates:reset": ["pairing-card"],
        "imports:template@chairs": ["chairs"],
        "imports:template@unknown": ["unknown"],
        "children:meet_need": [world.need.pk],
        "pairings:candidates": [cast.unpaired.pk],
        "proposals:choose_for": [cast.unpaired.pk],
        "pairings:create": [cast.unpaired.pk, volunteer.pk],
        "pairings:create@far": [cast.unpaired.pk, cast.far_volunteer.pk],
        "pairings:portrait": [volunteer.pk],
        "pairings:portrait_picture": [volunteer.pk],
        "pairings:detail@approval": [world.papers.for_county.pk],
        "pairings:approval": [world.papers.for_county.pk],
        "pairings:detail@waiting": [world.papers.for_guardian.pk],
        "pairings:begin": [world.papers.for_guardian.pk],
        "pairings:report": [world.papers.report.pk],
        "reveal@door": ["pairing.doorreport", world.papers.report.pk, "phone"],
        "check": [world.papers.token],
        "check@unknown": ["A" * 43],
        "check_picture": [world.papers.token],
        "check_report": [world.papers.token, "complaint"],
        "check_report@withdrawal": [world.papers.token, "withdrawal"],
        "care:duty": [world.duty.pk],
        "care:report": [child.pk],
        "programmes:detail": [world.programme.pk],
        "programmes:detail@draft": [world.draft.pk],
        "programmes:edit": [world.programme.pk],
        "programmes:run": [world.programme.pk],
        "programmes:children": [world.programme.pk],
        "programmes:choose": [world.programme.pk],
        "programmes:volunteers": [world.programme.pk],
        "programmes:child": [world.programme.pk, child.pk],
        "programmes:child@out": [world.programme.pk, cast.unpaired.pk],
        "visits:call": [guardian.pk],
        "visits:unreached": [child.pk],
        "visits:upload": ["7d9d3a2e-3d57-4f2e-9d3f-0d6f6f0b1c13"],
        "visits:photo": [photo_of(visit).pk],
        "visits:drop_photo": [photo_of(visit).pk],
        "visits:arrange_callback": [child.pk],
        "visits:callback_call": [callback_of(cast).pk],
        "visits:callback_answer": [callback_of(cast).pk],
        "visits:situation": [child.pk, "FAMILY"],
        "asking:edit": [world.saved.pk],
        "asking:delete": [world.saved.pk],
        "concerns:new": [child.pk],
        "concerns:alarm": [child.pk],
        "concerns:report": [world.matters.report.pk],
        "concerns:detail": [world.matters.concern.pk],
        "concerns:step": [world.matters.concern.pk],
        "questions:detail": [world.matters.question.pk],
        "questions:end_specialist": [world.matters.specialist.pk],
        "end_session": [session_of(cast.mama).pk],
        "forget_phone": [phone_of(cast.mama).pk],
        "accounts:detail": [cast.fengcheng.pk],
        "accounts:detail@chair": [world.chair.pk],
        "accounts:new_post": [cast.fengcheng.pk],
        "accounts:revoke": [world.joining.invitation.pk],
        "volunteers:invite": [world.unregistered.pk],
        "join": [world.joining.token],
        "join@mama": [world.mother_joining.token],
        "join@unknown": ["A" * 43],
        "apply:page": [volunteer.region_id[:6]],
        "apply:status": [APPLICANT_TOKEN],
        "apply:status@returned": [RETURNED_TOKEN],
        "apply:status@unknown": ["A" * 43],
        "liaison": [LIAISON_TOKEN],
        "liaison@unknown": ["A" * 43],
        "teams:remove": [circles.team.pk, circles.team_member.pk],
        "organisations:remove": [circles.organisation.pk, circles.member.pk],
        "organisations:take_back": [circles.free.pk],
        "postings:end": [circles.posting.pk],
        "reveal@organisation": ["organisations.organisation", circles.organisation.pk, "liaison_phone"],
        "recruitment:add_certificate": [volunteer.pk],
        "recruitment:drop_certificate": [world.certificate.pk],
        "reveal@certificate": ["recruitment.certificate", world.certificate.pk, "number"],
        "reveal@application": ["recruitment.application", world.application.pk, "phone"],
        "audit:entry": [entry.pk],
        "audit:account": [cast.wenshui.pk],
        "notify:open": [world.notice.pk],
        "rights:new": ["children.child", child.pk],
        "rights:new@volunteer": ["volunteers.volunteer", volunteer.pk],
        "rights:new@left": ["children.child", world.rights.left.pk],
        "rights:new@erased": ["children.child", world.rights.erased.pk],
        "rights:new@user": ["access.user", cast.mama.pk],
        "rights:certificate": [world.rights.certificate.pk],
        "children:consent": [child.pk, "agreed"],
        "children:consent@refused": [child.pk, "refused"],
        "children:consent@left": [world.rights.left.pk, "agreed"],
        "children:consent_scan": [world.rights.scan.pk],
        "reveal@left": ["children.child", world.rights.left.pk, "idno"],
        "reveal@asker": ["rights.rightsrequest", world.rights.request.pk, "asker_phone"],
        "notify:handled": [world.feedback.pk],
        **{f"reports:{name}": world.returns.spot for name in RETURN},
        **{
            f"reports:{name}": [*world.returns.spot[:2], world.returns.from_city.region_id]
            for name in ("collection", "collection_remind")
        },
        "reports:workbook_fill": [world.returns.workbook.pk, world.returns.spot[1]],
        "reports:workbook_file": [world.returns.workbook.pk, world.returns.spot[1]],
        **{
            f"duplicates:{name}": [kind, pair.pk]
            for kind, pair, names in (
                ("children", world.rights.doubtful, ("pair", "not_same", "reopen")),
                ("children", world.rights.merged, ("pair@merged", "undo")),
                ("volunteers", world.rights.merged_volunteers, ("pair@volunteers", "undo@volunteers")),
            )
            for name in names
        },
    }
    owners = {
        child: (
            "children:detail", "children:edit", "children:leave", "children:return", "children:add_need",
            "children:consent_paper", "transfers:offer",
        ),
        wanted: ("transfers:detail", "transfers:accept", "transfers:refuse", "transfers:withdraw"),
        world.rights.merged.second: ("children:detail@merged",),
        world.rights.merged_volunteers.second: ("volunteers:detail@merged", "volunteers:edit@merged"),
        world.rights.left: ("children:detail@left", "children:edit@left", "children:hold"),
        world.rights.erased: ("children:detail@erased", "children:edit@erased", "children:hold@erased"),
        world.application: ("recruitment:detail", "recruitment:decide"),
        world.rights.request: ("rights:detail", "rights:close", "rights:erase"),
        volunteer: ("volunteers:detail", "volunteers:edit"),
        circles.team: ("teams:detail", "teams:edit", "teams:close", "teams:add"),
        circles.organisation: tuple(
            f"organisations:{name}" for name in ("detail", "edit", "close", "add", "link")
        ),
        circles.claim: ("organisations:claim", "organisations:confirm", "organisations:refuse"),
        circles.posted: ("postings:edit", "postings:post", "postings:clear"),
        world.proposal: ("proposals:lock", "proposals:reject", "proposals:choose"),
        world.rejected: ("proposals:forget",),
        world.round: ("rounds:detail", "rounds:village", "rounds:remind", "rounds:close"),
        world.supervised.finding: ("reports:finding", "reports:finding_reply", "reports:finding_judge"),
        world.supervised.leader: ("reports:leader",),
        pairing: (
            "pairings:detail", "pairings:edit", "pairings:end", "pairings:main", "pairings:pause", "pairings:resume",
            "pairings:handover", "pairings:agreement", "pairings:agreement_scan", "pairings:card", "pairings:void_cards",
        ),
        world.returns.own: ("reports:form", "reports:form_edit", "reports:form_use"),
        world.returns.workbook: ("reports:workbook", "reports:workbook_remove"),
        visit: ("visits:detail", "visits:correct", "visits:withdraw"),
        world.export: ("exports:detail", "exports:progress", "exports:decision", "exports:download"),
        world.chair: ("accounts:invite", "accounts:close", "accounts:open", "accounts:second_factor"),
        world.chair.posts.get(): ("accounts:end_post", "accounts:head", "accounts:succession"),
        world.job: (
            "imports:detail", "imports:mapping", "imports:confirm", "imports:abandon", "imports:rejected",
            "imports:policy", "imports:absent", "imports:sheet",
        ),
    }  # fmt: skip
    return found | {name: [row.pk] for row, names in owners.items() for name in names}


def named_urls() -> dict[str, URLPattern]:
    """Return every address that the project serves, by its name with its namespace; one without a name fails."""
    return dict(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[Any], namespace: str) -> Any:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner)
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            yield f"{namespace}{pattern.name}", pattern


def models_with_secrets() -> list[tuple[type[Any], list[str]]]:
    """Return every model that has encrypted fields, history tables too, with the fields' names."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        names = [known.name for known in model._meta.concrete_fields if isinstance(known, EncryptedField)]
        if names:
            found.append((model, names))
    return found


def secret_numbers(world: World) -> set[str]:
    """Return every ID number and phone in the database and in the uploaded file."""
    found = {world.imported_idno, IMPORTED_PHONE, REJECTED_PHONE, REJECTED_IDNO}
    for model, names in models_with_secrets():
        # What staff note of a step is text, masked where it is shown.
        if model not in (type(world.job), Export, PairingStep, Report, ReportStep, Duty, Enrolment):
            for row in model._default_manager.values_list(*names):
                found.update(row)
    return {number for number in found if number}
