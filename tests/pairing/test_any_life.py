"""After any series of events no child is silently without anyone (DOMAIN section 4): a machine that tries them all."""

import datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from aixin.access.extension import extensions_of
from aixin.access.models import Region
from children.choices import Consent, ConsentAnswer, ConsentWay, LeavingReason
from children.consenting import Answer, record_consent, text_at
from children.models import Child
from children.services import leave_roster, return_to_roster
from pairing.choices import OPEN_STATES, EndReason, State
from pairing.lifecycle import activate, approve, pause, refuse, resume
from pairing.models import Pairing
from pairing.rules import set_rule
from pairing.services import PairingError, Terms, confirm, end, make_main
from tests.cast import WENSHUI, XIJIE, XINGXIAN_VILLAGE, Cast, make_cast
from tests.factories import ChildFactory, VolunteerFactory
from volunteers.choices import Clearance
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer
from volunteers.services import record_clearances, save_volunteer

LONG_AGO = 800
picks = st.sampled_from(range(6))
MOST = 3


class AnyLife(RuleBasedStateMachine):
    """Two children and two volunteers to begin with; whatever clerks, guardians and time do to them."""

    cast: Cast

    @initialize(needs_approval=st.booleans())
    def begin(self, needs_approval: bool) -> None:
        self.work = transaction.atomic()
        self.work.__enter__()
        self.cast, self.today = make_cast(), timezone.localdate()
        set_rule(self.cast.wenshui, Region.objects.get(code=WENSHUI), needed=needs_approval)
        self.active = {}
        # Few of each, so that what one clerk does meets what another has done.
        Child.objects.filter(pk=self.cast.unpaired.pk).update(consent=Consent.UNKNOWN)
        self.children = [self.cast.child.pk, self.cast.unpaired.pk]
        self.volunteers = [self.cast.volunteer.pk, self.cast.second_volunteer.pk]
        self.note_active()

    def teardown(self) -> None:
        if hasattr(self, "work"):
            transaction.set_rollback(True)
            self.work.__exit__(None, None, None)

    def a_child(self, pick: int) -> Child:
        return Child.objects.get(pk=self.children[pick % len(self.children)])

    def a_volunteer(self, pick: int) -> Volunteer:
        return Volunteer.objects.get(pk=self.volunteers[pick % len(self.volunteers)])

    def an_open_pairing(self, pick: int) -> Pairing | None:
        found = list(Pairing.objects.open().filter(child__in=self.children).order_by("-pk"))
        return found[pick % len(found)] if found else None

    def attempt(self, act: Any, *args: Any) -> None:
        """Do what a clerk asks for; that a rule forbids it is an answer too."""
        try:
            with transaction.atomic():
                act(*args)
        except PairingError:
            return

    # What clerks do

    @rule(child=picks, volunteer=picks, main=st.booleans(), township=st.booleans())
    def pair(self, child: int, volunteer: int, main: bool, township: bool) -> None:
        who = self.cast.fengcheng if township else self.cast.wenshui
        two = (self.a_child(child), self.a_volunteer(volunteer))
        self.attempt(confirm, who, *two, Terms(self.today, is_main=main))

    @rule(pick=picks, way=picks)
    def take_a_step(self, pick: int, way: int) -> None:
        """Do to an open pairing something that fits the state it is in, or that no longer does."""
        clerk, pairing = self.cast.wenshui, self.an_open_pairing(pick)
        acts: dict[State, list[Any]] = {
            State.APPROVAL: [approve, approve, lambda *two: refuse(*two, "太远")],
            State.CONSENT: [activate, approve],
            State.ACTIVE: [lambda *two: pause(*two, "有事"), make_main, self.end, activate],
            State.PAUSED: [resume, resume, self.end],
        }
        if pairing:
            offered = acts[State(pairing.state)]
            self.attempt(offered[way % len(offered)], clerk, pairing)

    def end(self, who: Any, pairing: Pairing) -> None:
        end(who, pairing, EndReason.ADJUSTED, self.today, "交接")

    @rule(consent=st.sampled_from([Consent.GIVEN, Consent.UNKNOWN]), cleared=st.booleans())
    def somebody_comes(self, consent: Consent, cleared: bool) -> None:
        if len(self.children) < MOST:
            self.children.append(ChildFactory(region_id=XIJIE, consent=consent).pk)
            state = Clearance.PASSED if cleared else Clearance.UNCHECKED
            self.volunteers.append(VolunteerFactory(clearance=state).pk)

    # What guardians, children, volunteers and time do

    @rule(pick=picks, said=st.sampled_from([ConsentAnswer.AGREED, *ConsentAnswer]))
    def guardian_says(self, pick: int, said: ConsentAnswer) -> None:
        child = self.a_child(pick)
        if child.is_on_roster:
            answer = Answer(said, "高奶奶", "祖母", ConsentWay.PHONE, self.today)
            record_consent(self.cast.wenshui, child, answer, text_at(child.region_id).pk or 0)

    @rule(pick=picks, place=st.sampled_from(["", XIJIE, XINGXIAN_VILLAGE]))
    def child_leaves_comes_back_or_moves(self, pick: int, place: str) -> None:
        child = self.a_child(pick)
        if not child.is_on_roster:
            return_to_roster(self.cast.wenshui, child)
        elif place:
            Child.objects.filter(pk=child.pk).update(region_id=place)
        else:
            leave_roster(self.cast.wenshui, child, LeavingReason.PARENT_BACK, self.today)

    @rule(pick=picks, left=st.booleans())
    def volunteer_leaves_or_comes_back(self, pick: int, left: bool) -> None:
        volunteer = self.a_volunteer(pick)
        gone = VolunteerState.LEFT if left else VolunteerState.SUSPENDED
        serves = volunteer.state == VolunteerState.QUALIFIED
        volunteer.state = gone if serves else VolunteerState.QUALIFIED
        save_volunteer(self.cast.wenshui, volunteer)

    @rule(pick=picks)
    def clearance_runs_out_or_is_renewed(self, pick: int) -> None:
        volunteer = self.a_volunteer(pick)
        day = self.today - datetime.timedelta(days=LONG_AGO if volunteer.is_cleared else 0)
        record_clearances(self.cast.wenshui, [volunteer], Clearance.PASSED, day, "高经办")

    # What holds whatever happened

    @invariant()
    def every_child_to_be_paired_is_paired_or_waits(self) -> None:
        if not hasattr(self, "cast"):
            return
        children = Child.objects.eligible()
        paired, waiting = (
            set(self.figure(key).values_list("pk", flat=True)) for key in ("paired", "unpaired")
        )
        assert paired | waiting == set(children.values_list("pk", flat=True))
        assert not paired & waiting
        with_someone = Pairing.objects.filter(state=State.ACTIVE).values_list("child_id", flat=True)
        assert paired == set(with_someone) & (paired | waiting)

    def figure(self, key: str) -> Any:
        return extensions_of("children.child").narrow(Child.objects.all(), key)

    @invariant()
    def nobody_off_the_roster_or_against_it_is_paired(self) -> None:
        if hasattr(self, "cast"):
            open_ones = Pairing.objects.filter(state__in=OPEN_STATES)
            assert not open_ones.exclude(child__in=Child.objects.eligible()).exists()
            assert not open_ones.filter(volunteer__state=VolunteerState.LEFT).exists()

    @invariant()
    def a_child_with_someone_has_one_main_volunteer(self) -> None:
        if not hasattr(self, "cast"):
            return
        active = Pairing.objects.active()
        children = set(active.values_list("child_id", flat=True))
        mains = list(active.filter(is_main=True).values_list("child_id", flat=True))
        assert sorted(mains) == sorted(children)

    @invariant()
    def what_has_just_begun_has_a_cleared_volunteer_and_a_consent(self) -> None:
        if not hasattr(self, "cast"):
            return
        before = self.active
        self.note_active()
        for pairing in Pairing.objects.filter(pk__in=self.active - before).select_related(
            "child", "volunteer"
        ):
            assert pairing.volunteer.is_cleared
            assert pairing.volunteer.state == VolunteerState.QUALIFIED
            assert pairing.child.consent == Consent.GIVEN

    def note_active(self) -> None:
        self.active: Any = set(Pairing.objects.active().values_list("pk", flat=True))


@pytest.mark.django_db
def test_after_any_series_of_events_nobody_is_forgotten() -> None:
    run_state_machine_as_test(
        AnyLife,
        settings=settings(
            max_examples=30,
            stateful_step_count=24,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            # A series is short as it is; making it shorter would take minutes.
            phases=[Phase.generate],
        ),
    )
