"""The time line of a pairing: writing a step, and reading all of them, those from before there were steps too."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from aixin.access.people import name_for, text_for
from pairing.choices import EndReason, State, StepKind
from pairing.models import Pairing, PairingStep

_BEGINNINGS = {StepKind.STARTED}
_TONES = {
    StepKind.STARTED: "is-ok",
    StepKind.RESUMED: "is-ok",
    StepKind.CONSENTED: "is-ok",
    StepKind.APPROVED: "is-ok",
}


@dataclass(frozen=True)
class Line:
    """One line of the time line, as a user may read it."""

    day: datetime.date | None
    title: str
    who: str
    note: str
    tone: str = ""
    consent: Any = None


def note_step(
    actor: Any,
    pairing: Pairing,
    kind: StepKind,
    *,
    note: str = "",
    day: datetime.date | None = None,
    consent: Any = None,
) -> PairingStep:
    """Store a step of a pairing and return it; `actor` is None where the system acts."""
    return PairingStep.objects.create(
        pairing=pairing,
        kind=kind,
        day=day or timezone.localdate(),
        note=note,
        consent=consent,
        made_by_id=getattr(actor, "pk", None),
    )


def time_line(pairing: Pairing, user: Any) -> list[Line]:
    """Return what happened to a pairing, the latest first; reads the steps that `with_steps` brought along."""
    steps = list(pairing.steps.all())
    lines = [
        *_before_steps(pairing, steps),
        *(_line(step, user) for step in steps),
        *_unseen_end(pairing, steps),
    ]
    return lines[::-1]


def with_steps(pairings: Any) -> Any:
    """Return pairings with all that happened to them, in one further query for all."""
    return pairings.prefetch_related(
        Prefetch("steps", PairingStep.objects.select_related("made_by", "consent"))
    )


def _line(step: PairingStep, user: Any) -> Line:
    kind = StepKind(step.kind)
    who = name_for(user, step.made_by.get_full_name()) if step.made_by else "系统"
    return Line(step.day, str(kind.label), who, text_for(user, step.note), _TONES.get(kind, ""), step.consent)


def _before_steps(pairing: Pairing, steps: list[PairingStep]) -> Iterator[Line]:
    """A pairing that came by import, or from before there were steps, has begun all the same."""
    if pairing.started_on and not any(step.kind in _BEGINNINGS for step in steps):
        yield Line(pairing.started_on, str(StepKind.STARTED.label), "", "存量结对，按名册登记", "is-ok")


def _unseen_end(pairing: Pairing, steps: list[PairingStep]) -> Iterator[Line]:
    """An end that another county's act brought about."""
    if pairing.state == State.ENDED and not any(step.kind == StepKind.ENDED for step in steps):
        reason = str(EndReason(pairing.end_reason).label)
        yield Line(pairing.ended_on, str(StepKind.ENDED.label), "系统", reason)
