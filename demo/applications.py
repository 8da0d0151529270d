"""Sign-ups of the demo's 文水县 at every stage that leaves its volunteers as many as published."""

import hashlib
import secrets

from django.utils import timezone

from aixin.access.models import User
from aixin.vocabulary import CareTopic
from demo.people import Inventor
from recruitment.choices import State, Step
from recruitment.models import Application, ApplicationStep, JoinPage
from volunteers.choices import VolunteerKind
from volunteers.models import Volunteer

WENSHUI, FENGCHENG, KAISHAN = "141121", "141121100", "141121101"
STAGES = (
    (State.PENDING, FENGCHENG, VolunteerKind.TEACHER, CareTopic.STUDY, "想陪孩子读书", ()),
    (State.PENDING, KAISHAN, VolunteerKind.COUNSELLOR, CareTopic.MIND, "", ()),
    (State.RETURNED, FENGCHENG, VolunteerKind.CHARITY, CareTopic.COMPANIONSHIP, "", ((Step.RETURNED, "请补充工作单位"),)),
    (State.REFUSED, WENSHUI, VolunteerKind.OTHER, CareTopic.HARDSHIP, "", ((Step.REFUSED, "不满 18 岁"),)),
    (State.WITHDRAWN, FENGCHENG, VolunteerKind.VOLUNTEER, CareTopic.SAFETY, "", ((Step.WITHDRAWN, ""),)),
)  # fmt: skip


def make_applications(invent: Inventor, volunteer: Volunteer) -> None:
    """Open the county's public page, with sign-ups that wait, went back, ended, and one that led to a volunteer."""
    JoinPage.objects.create(region_id=WENSHUI, contact="文水县妇联 0358-0000000，县政府大院 3 楼")
    clerk = User.objects.get(username=f"clerk-{WENSHUI}")
    for state, region, kind, skill, wish, steps in STAGES:
        birth = invent.birth(25, 55)
        made = Application.objects.create(
            state=state, region_id=region, kind=kind, skills=[skill], wish=wish, token_hash=_digest(), sex="F", birth=birth,
            name=invent.name(), idno=invent.idno(WENSHUI, birth, "F"), phone=invent.phone(),
            decided_at=timezone.now() if steps else None,
        )  # fmt: skip
        _note(made, Step.SUBMITTED, Step.CONFIRMED)
        for step, reason in steps:
            by = None if step == Step.WITHDRAWN else clerk
            ApplicationStep.objects.create(application=made, step=step, by=by, reason=reason)
    accepted = Application.objects.create(
        state=State.ACCEPTED, region_id=FENGCHENG, name="", token_hash=_digest(), volunteer=volunteer,
        decided_at=timezone.now(),
    )  # fmt: skip
    _note(accepted, Step.SUBMITTED, Step.CONFIRMED)
    for step in (Step.ACCEPTED, Step.QUALIFIED):
        ApplicationStep.objects.create(application=accepted, step=step, by=clerk)


def _digest() -> str:
    return hashlib.sha256(secrets.token_bytes(32)).hexdigest()


def _note(application: Application, *steps: Step) -> None:
    for step in steps:
        ApplicationStep.objects.create(application=application, step=step)
