"""The steps of a pairing: the county's approval, the guardian's consent, pausing, hand-over, papers, the time line."""

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import InternalError, ProgrammingError
from django.utils import timezone

from aixin.access.models import Post, Region, Role
from aixin.access.scope import acting
from aixin.notify.models import Notice
from aixin.rights.services import erase
from children.choices import Consent, ConsentAnswer, ConsentWay
from children.consenting import Answer, record_consent, text_at
from children.models import Child
from pairing.choices import EndReason, State, StepKind
from pairing.lifecycle import activate, approve, pause, refuse, resume
from pairing.models import Agreement, AgreementScan, HandOver, Pairing, PairingStep
from pairing.rules import approval_at, set_rule
from pairing.services import PairingError, Terms, confirm, end
from tests.cast import CITY, FENGCHENG, WENSHUI, XIJIE, XINGXIAN, Cast, make_user
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory
from visits.models import Visit
from volunteers.choices import Clearance
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 1)
TERMS = Terms(started_on=DAY)


@pytest.fixture
def unasked(cast: Cast) -> Child:
    return ChildFactory(name="冯未问", region_id=XIJIE, consent=Consent.UNKNOWN)


def kinds(pairing: Pairing) -> list[str]:
    return list(PairingStep.objects.filter(pairing=pairing).values_list("kind", flat=True))


def answer(cast: Cast, child: Child, said: ConsentAnswer) -> None:
    given = Answer(said, "高奶奶", "祖母", ConsentWay.PHONE, timezone.localdate())
    record_consent(cast.wenshui, child, given, text_at(child.region_id).pk or 0)


def state_of(pairing: Pairing) -> str:
    return str(Pairing.objects.get(pk=pairing.pk).state)


class TestConsent:
    def test_a_consent_that_stands_is_passed_at_once_and_the_time_line_says_why(self, cast: Cast) -> None:
        pairing = confirm(cast.wenshui, cast.unpaired, cast.volunteer, TERMS)
        assert (pairing.state, pairing.started_on) == (State.ACTIVE, DAY)
        assert kinds(pairing) == [StepKind.PROPOSED, StepKind.CONSENTED, StepKind.STARTED]
        page = Session(cast.wenshui).get(f"/pairings/{pairing.pk}/").content.decode()
        assert "此前已登记为同意" in page

    def test_without_it_the_pairing_waits_and_so_does_the_child(self, cast: Cast, unasked: Child) -> None:
        pairing = confirm(cast.wenshui, unasked, cast.volunteer, TERMS)
        assert (pairing.state, pairing.started_on, kinds(pairing)[-1]) == (
            State.CONSENT,
            None,
            "CONSENT_ASKED",
        )
        assert "冯未问" in Session(cast.wenshui).get("/children/?figure=unpaired").content.decode()
        with pytest.raises(PairingError, match="还没有同意"):
            activate(cast.wenshui, pairing)

    def test_the_guardians_yes_begins_it(self, cast: Cast, unasked: Child) -> None:
        pairing = confirm(cast.wenshui, unasked, cast.volunteer, TERMS)
        answer(cast, unasked, ConsentAnswer.AGREED)
        pairing.refresh_from_db()
        assert (pairing.state, pairing.started_on, pairing.is_main) == (
            State.ACTIVE,
            timezone.localdate(),
            True,
        )
        assert PairingStep.objects.get(pairing=pairing, kind=StepKind.CONSENTED).consent is not None

    def test_the_guardians_no_ends_it(self, cast: Cast, unasked: Child) -> None:
        pairing = confirm(cast.wenshui, unasked, cast.volunteer, TERMS)
        answer(cast, unasked, ConsentAnswer.REFUSED)
        assert state_of(pairing) == State.ENDED

    def test_a_yes_does_not_begin_one_whose_clearance_ran_out(self, cast: Cast, unasked: Child) -> None:
        pairing = confirm(cast.wenshui, unasked, cast.volunteer, TERMS)
        Volunteer.objects.filter(pk=cast.volunteer.pk).update(clearance=Clearance.FAILED)
        answer(cast, unasked, ConsentAnswer.AGREED)
        assert state_of(pairing) == State.CONSENT
        url = f"/pairings/{pairing.pk}/begin/"
        assert "准入查询" in Session(cast.wenshui).post(url, follow=True).content.decode()
        Volunteer.objects.filter(pk=cast.volunteer.pk).update(clearance=Clearance.PASSED)
        Session(cast.wenshui).post(url)
        assert state_of(pairing) == State.ACTIVE


class TestApproval:
    @pytest.fixture
    def ruled(self, cast: Cast) -> None:
        set_rule(cast.city, Region.objects.get(code=CITY), needed=True)

    def test_a_region_follows_the_nearest_decision_above(self, cast: Cast, ruled: None) -> None:
        assert approval_at(FENGCHENG).needed
        set_rule(cast.wenshui, Region.objects.get(code=WENSHUI), needed=False)
        assert not approval_at(FENGCHENG).needed
        assert approval_at(XINGXIAN).needed
        set_rule(cast.wenshui, Region.objects.get(code=WENSHUI), needed=None)
        assert approval_at(FENGCHENG).needed

    def test_a_townships_proposal_waits_and_the_county_is_told(self, cast: Cast, ruled: None) -> None:
        pairing = confirm(cast.fengcheng, cast.unpaired, cast.volunteer, TERMS)
        assert (pairing.state, kinds(pairing)) == (State.APPROVAL, [StepKind.APPROVAL_ASKED])
        told = Notice.objects.get(addressee=f"user:{cast.wenshui.pk}")
        assert told.link == f"/pairings/{pairing.pk}/"
        assert cast.unpaired.name not in told.title + told.body
        Session(cast.wenshui).post(f"/pairings/{pairing.pk}/approval/", {"answer": "yes"})
        assert state_of(pairing) == State.ACTIVE
        told.refresh_from_db()
        assert told.resolved_at is not None

    def test_a_township_asks_its_county_from_the_page(self, cast: Cast, ruled: None) -> None:
        """What the township writes is in its own range; the message to the county is not."""
        url = f"/pairings/new/{cast.unpaired.pk}/{cast.volunteer.pk}/"
        sent = Session(cast.fengcheng).post(url, {"started_on": f"{timezone.localdate()}"})
        assert sent.status_code == 302
        assert Pairing.objects.get(child=cast.unpaired).state == State.APPROVAL
        assert Notice.objects.filter(addressee=f"user:{cast.wenshui.pk}", kind="pairing").exists()

    def test_the_countys_own_pairing_needs_no_approval(self, cast: Cast, ruled: None) -> None:
        assert confirm(cast.wenshui, cast.unpaired, cast.volunteer, TERMS).is_active

    def test_a_no_needs_a_reason_ends_it_and_tells_the_township(self, cast: Cast, ruled: None) -> None:
        pairing = confirm(cast.fengcheng, cast.unpaired, cast.volunteer, TERMS)
        url = f"/pairings/{pairing.pk}/approval/"
        Session(cast.wenshui).post(url, {"answer": "no", "reason": ""})
        assert state_of(pairing) == State.APPROVAL
        Session(cast.wenshui).post(url, {"answer": "no", "reason": "太远"})
        pairing.refresh_from_db()
        assert (pairing.state, pairing.end_reason) == (State.ENDED, EndReason.NOT_APPROVED)
        assert Notice.objects.filter(addressee=f"user:{cast.fengcheng.pk}").exists()
        assert "太远" in Session(cast.fengcheng).get(f"/pairings/{pairing.pk}/").content.decode()

    def test_the_township_does_not_answer_itself(self, cast: Cast, ruled: None) -> None:
        pairing = confirm(cast.fengcheng, cast.unpaired, cast.volunteer, TERMS)
        sent = Session(cast.fengcheng).post(f"/pairings/{pairing.pk}/approval/", {"answer": "yes"})
        assert (sent.status_code, state_of(pairing)) == (403, State.APPROVAL)

    def test_an_answer_comes_once(self, cast: Cast, ruled: None) -> None:
        pairing = confirm(cast.fengcheng, cast.unpaired, cast.volunteer, TERMS)
        approve(cast.wenshui, pairing)
        for late in (lambda: approve(cast.wenshui, pairing), lambda: refuse(cast.wenshui, pairing, "晚了")):
            with pytest.raises(PairingError, match="可能别人已经办过"):
                late()

    @pytest.mark.parametrize(("who", "status"), [("wenshui", 302), ("fengcheng", 403), ("city", 403)])
    def test_the_head_of_a_county_or_above_sets_it(self, cast: Cast, who: str, status: int) -> None:
        assert Session(cast.users[who]).post("/pairings/rule/", {"needed": "1"}).status_code == status
        assert approval_at(FENGCHENG).needed is (status == 302)
        Post.objects.filter(user=cast.city, role=Role.STAFF).update(is_head=True)
        assert Session(cast.city).post("/pairings/rule/", {"needed": "1"}).status_code == 302


class TestPausing:
    @pytest.fixture
    def second(self, cast: Cast) -> Pairing:
        PairingFactory(child=cast.child, is_main=False, started_on=DAY)
        return PairingFactory(child=cast.child, is_main=False, started_on=timezone.localdate())

    def test_main_goes_to_whom_staff_choose(self, cast: Cast, second: Pairing) -> None:
        form = {"reason": "住院", "heir": str(second.pk), "handover": "周末去"}
        Session(cast.wenshui).post(f"/pairings/{cast.pairing.pk}/pause/", form)
        cast.pairing.refresh_from_db()
        second.refresh_from_db()
        assert (cast.pairing.state, cast.pairing.is_main, second.is_main) == (State.PAUSED, False, True)
        resume(cast.wenshui, cast.pairing)
        cast.pairing.refresh_from_db()
        assert (cast.pairing.state, cast.pairing.is_main) == (State.ACTIVE, False)

    def test_only_an_active_one_pauses_and_only_a_paused_one_goes_on(self, cast: Cast) -> None:
        with pytest.raises(PairingError):
            resume(cast.wenshui, cast.pairing)
        pause(cast.wenshui, cast.pairing, "住院")
        with pytest.raises(PairingError):
            pause(cast.wenshui, cast.pairing, "又住院")
        assert "张小明" in Session(cast.wenshui).get("/children/?figure=unpaired").content.decode()

    @pytest.mark.parametrize("change", [{"clearance": "FAILED"}, {"state": "SUSPENDED"}])
    def test_going_on_asks_for_what_a_new_pairing_does(self, cast: Cast, change: dict[str, str]) -> None:
        pause(cast.wenshui, cast.pairing, "住院")
        Volunteer.objects.filter(pk=cast.volunteer.pk).update(**change)
        with pytest.raises(PairingError):
            resume(cast.wenshui, cast.pairing)

    def test_somebody_elses_pairing_is_no_heir(self, cast: Cast, second: Pairing) -> None:
        form = {"reason": "住院", "heir": str(cast.second_pairing.pk)}
        page = Session(cast.wenshui).post(f"/pairings/{cast.pairing.pk}/pause/", form)
        assert "heir" in page.context["form"].errors
        assert state_of(cast.pairing) == State.ACTIVE


@pytest.mark.parametrize("state", [State.PROPOSED, State.APPROVAL, State.CONSENT])
def test_the_database_takes_no_step_back(cast: Cast, state: State) -> None:
    with pytest.raises((InternalError, ProgrammingError), match="Cannot update"), transaction.atomic():
        Pairing.objects.filter(pk=cast.pairing.pk).update(state=state)


def test_an_ended_one_takes_no_further_step(cast: Cast) -> None:
    end(cast.wenshui, cast.pairing, EndReason.ADJUSTED, timezone.localdate())
    for step in (activate, approve, resume, lambda who, one: pause(who, one, "晚了")):
        with pytest.raises(PairingError):
            step(cast.wenshui, cast.pairing)


class TestHandOver:
    NOTE = "怕打雷，喜欢画画"

    @pytest.fixture
    def successor(self, cast: Cast) -> Pairing:
        found: Pairing = PairingFactory(child=cast.child, volunteer=cast.second_volunteer, is_main=False)
        return found

    def test_the_next_volunteer_reads_it_and_the_last_one_no_longer(
        self, cast: Cast, successor: Pairing
    ) -> None:
        end(cast.wenshui, cast.pairing, EndReason.RESIGNED, timezone.localdate(), self.NOTE)
        url = f"/children/{cast.child.pk}/"
        assert self.NOTE in Session(cast.mama2).get(url).content.decode()
        assert Session(cast.mama).get(url).status_code == 404
        with acting(cast.mama):
            assert not HandOver.objects.exists()

    def test_it_is_ciphertext(self, cast: Cast) -> None:
        end(cast.wenshui, cast.pairing, EndReason.RESIGNED, timezone.localdate(), self.NOTE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT text FROM pairing_handover")
            assert self.NOTE not in cursor.fetchone()[0]

    def test_what_the_last_volunteer_wrote_of_her_visits_stays_hers_and_the_staffs(
        self, cast: Cast, successor: Pairing
    ) -> None:
        VisitFactory(
            children=[cast.child], volunteers=[cast.volunteer], recorded_by=cast.mama, seen="只写给妇联看"
        )
        end(cast.wenshui, cast.pairing, EndReason.RESIGNED, timezone.localdate(), self.NOTE)
        assert "只写给妇联看" not in Session(cast.mama2).get(f"/children/{cast.child.pk}/").content.decode()
        with acting(cast.mama2):
            assert not Visit.objects.filter(seen="只写给妇联看").exists()
        assert (
            "只写给妇联看"
            in Session(cast.wenshui).get(f"/children/{cast.child.pk}/?tab=visits").content.decode()
        )

    def test_it_is_erased_with_the_child(self, cast: Cast) -> None:
        end(cast.wenshui, cast.pairing, EndReason.RESIGNED, timezone.localdate(), self.NOTE)
        erase(cast.wenshui, "children.child", cast.child.pk)
        assert not HandOver.objects.filter(child=cast.child).exists()


class TestAgreement:
    def sign(self, cast: Cast, **form: Any) -> Any:
        stated = {"volunteer_signed_on": "2026-11-02", "guardian_signed_on": "2026-11-03"} | form
        return Session(cast.wenshui).post(f"/pairings/{cast.pairing.pk}/agreement/", stated)

    def test_two_dates_and_the_scan_are_kept_and_its_absence_is_no_longer_counted(self, cast: Cast) -> None:
        listed = Session(cast.wenshui).get("/pairings/?figure=no_agreement").content.decode()
        assert "王爱心" in listed
        scan = SimpleUploadedFile("责任书.pdf", b"%PDF-1.4 signed")
        assert self.sign(cast, scan=scan).status_code == 302
        cast.pairing.refresh_from_db()
        assert cast.pairing.agreement_signed
        assert Agreement.objects.get().guardian_signed_on == datetime.date(2026, 11, 3)
        assert "王爱心" not in Session(cast.wenshui).get("/pairings/?figure=no_agreement").content.decode()
        got = Session(cast.wenshui).get(f"/pairings/{cast.pairing.pk}/agreement/scan/")
        assert (got.content, got["Content-Type"]) == (b"%PDF-1.4 signed", "application/pdf")

    @pytest.mark.parametrize(
        "form",
        [
            {"guardian_signed_on": ""},
            {"volunteer_signed_on": "2999-01-01"},
            {"scan": SimpleUploadedFile("a.pdf", b"<script>")},
        ],
    )
    def test_what_is_no_agreement_is_refused(self, cast: Cast, form: dict[str, Any]) -> None:
        assert self.sign(cast, **form).status_code == 200
        assert not Agreement.objects.exists()

    def test_a_later_save_without_scan_keeps_the_scan(self, cast: Cast) -> None:
        self.sign(cast, scan=SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n1"))
        self.sign(cast)
        assert AgreementScan.objects.get(pairing=cast.pairing).kind == "png"
        assert kinds(cast.pairing) == ["AGREEMENT"]


def test_the_tabs_tell_who_was_there_from_when_to_when_and_why_it_ended(cast: Cast) -> None:
    end(cast.wenshui, cast.pairing, EndReason.TERM_OVER, timezone.localdate())
    confirm(cast.wenshui, cast.child, VolunteerFactory(name="后来的"), Terms(timezone.localdate()))
    session = Session(cast.wenshui)
    child = session.get(f"/children/{cast.child.pk}/?tab=pairings").content.decode()
    for shown in ("王爱心", "任期满", "后来的", f"{cast.pairing.started_on:%Y-%m-%d} 至"):
        assert shown in child
    assert "张小明" in session.get(f"/volunteers/{cast.volunteer.pk}/?tab=pairings").content.decode()


class TestWhoComesNext:
    def test_the_villages_chair_goes_over_to_the_successor(self, cast: Cast) -> None:
        Pairing.objects.filter(pk=cast.pairing.pk).update(liaison="贾主席")
        next_one = VolunteerFactory()
        pairing = confirm(cast.wenshui, cast.child, next_one, TERMS)
        assert pairing.liaison == "贾主席"

    def test_the_chair_in_office_is_the_liaison_of_a_first_pairing(self, cast: Cast) -> None:
        chair = make_user("xijie", Role.STAFF, cast.unpaired.region_id)
        pairing = confirm(cast.wenshui, cast.unpaired, cast.volunteer, TERMS)
        assert pairing.liaison == chair.get_full_name()

    def test_staff_see_whom_she_follows_and_what_was_left_to_her(self, cast: Cast) -> None:
        end(cast.wenshui, cast.pairing, EndReason.RESIGNED, timezone.localdate())
        staff = Session(cast.wenshui)
        staff.post(f"/pairings/{cast.pairing.pk}/handover/", {"handover": "孩子怕狗"})
        pairing = confirm(cast.wenshui, cast.child, VolunteerFactory(), TERMS)
        page = staff.get(f"/pairings/{pairing.pk}/").content.decode()
        assert cast.volunteer.name in page
        assert "孩子怕狗" in page

    def test_nothing_ends_without_a_chosen_reason(self, cast: Cast) -> None:
        url = f"/pairings/{cast.pairing.pk}/end/"
        page = Session(cast.wenshui).post(url, {"day": f"{timezone.localdate()}", "reason": ""})
        assert "请选解除原因" in page.content.decode()
        assert state_of(cast.pairing) == State.ACTIVE
