"""After any series of events no child is silently without anyone (DOMAIN section 4): a machine that tries them all."""

import datetime
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
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
picks = st.integers(0, 999)


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
        self.note_active()

    def teardown(self) -> None:
        if hasattr(self, "work"):
            transaction.set_rollback(True)
            self.work.__exit__(None, None, None)

    def one_of(self, rows: Any, pick: int) -> Any:
        found = list(rows.order_by("pk"))
        return Random(pick).choice(found) if found else None

    def attempt(self, act: Any, *args: Any) -> None:
        """Do what a clerk asks for; that a rule forbids it is an answer too."""
        try:
            with transaction.atomic():
                act(*args)
        except PairingError:
            return

    # What clerks do

    @rule(consent=st.sampled_from([Consent.GIVEN, Consent.UNKNOWN]))
    def register(self, consent: Consent) -> None:
        ChildFactory(region_id=XIJIE, consent=consent)

    @rule(cleared=st.booleans())
    def enrol(self, cleared: bool) -> None:
        VolunteerFactory(clearance=Clearance.PASSED if cleared else Clearance.UNCHECKED)

    @rule(pick=picks, main=st.booleans(), township=st.booleans())
    def pair(self, pick: int, main: bool, township: bool) -> None:
        who = self.cast.fengcheng if township else self.cast.wenshui
        child, volunteer = (
            self.one_of(Child.objects.all(), pick),
            self.one_of(Volunteer.objects.all(), pick // 7),
        )
        self.attempt(confirm, who, child, volunteer, Terms(self.today, is_main=main))

    @rule(pick=picks, act=st.sampled_from([activate, approve, resume, make_main]))
    def go_on(self, pick: int, act: Any) -> None:
        if pairing := self.one_of(Pairing.objects.all(), pick):
            self.attempt(act, self.cast.wenshui, pairing)

    @rule(pick=picks, act=st.sampled_from([pause, refuse]))
    def hold_up(self, pick: int, act: Any) -> None:
        if pairing := self.one_of(Pairing.objects.all(), pick):
            self.attempt(act, self.cast.wenshui, pairing, "有事")

    @rule(pick=picks)
    def finish(self, pick: int) -> None:
        if pairing := self.one_of(Pairing.objects.all(), pick):
            self.attempt(end, self.cast.wenshui, pairing, EndReason.ADJUSTED, self.today, "交接")

    # What guardians, children, volunteers and time do

    @rule(pick=picks, said=st.sampled_from(list(ConsentAnswer)))
    def guardian_says(self, pick: int, said: ConsentAnswer) -> None:
        if child := self.one_of(Child.objects.registered(), pick):
            answer = Answer(said, "高奶奶", "祖母", ConsentWay.PHONE, self.today)
            record_consent(self.cast.wenshui, child, answer, text_at(child.region_id).pk or 0)

    @rule(pick=picks)
    def child_leaves(self, pick: int) -> None:
        if child := self.one_of(Child.objects.registered(), pick):
            leave_roster(self.cast.wenshui, child, LeavingReason.PARENT_BACK, self.today)

    @rule(pick=picks)
    def child_comes_back(self, pick: int) -> None:
        return_to_roster(self.cast.wenshui, self.one_of(Child.objects.all(), pick))

    @rule(pick=picks, place=st.sampled_from([XIJIE, XINGXIAN_VILLAGE]))
    def child_moves(self, pick: int, place: str) -> None:
        Child.objects.filter(pk=self.one_of(Child.objects.all(), pick).pk).update(region_id=place)

    @rule(
        pick=picks,
        state=st.sampled_from([VolunteerState.LEFT, VolunteerState.SUSPENDED, VolunteerState.QUALIFIED]),
    )
    def volunteer_changes(self, pick: int, state: VolunteerState) -> None:
        volunteer = self.one_of(Volunteer.objects.all(), pick)
        volunteer.state = state
        save_volunteer(self.cast.wenshui, volunteer)

    @rule(pick=picks, days=st.sampled_from([0, LONG_AGO]))
    def clearance_is_noted_or_runs_out(self, pick: int, days: int) -> None:
        volunteer = self.one_of(Volunteer.objects.all(), pick)
        day = self.today - datetime.timedelta(days=days)
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
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
