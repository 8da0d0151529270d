"""Pairings of the demo city at every stage of their life, so that no page of pairing is empty.

They are second volunteers of children who have a first one: whatever becomes of them, every child stays paired, as
published.
"""

import datetime
from collections.abc import Iterator

from aixin.access.models import Region, User
from children.choices import Consent
from children.models import Child, Guardian, Need
from pairing.cards import print_card, report_by_card
from pairing.choices import EndReason, ReportKind, State, StepKind
from pairing.lifecycle import pause
from pairing.models import Pairing, PairingRule, PairingStep, Proposal, RejectedPair
from pairing.papers import sign_agreement
from pairing.proposing import propose_pairs
from pairing.services import Terms, confirm, end
from pairing.steps import note_step
from visits.models import Visit
from volunteers.models import Volunteer

WENSHUI, XINGXIAN = "141121", "141123"
# Of the first pairings of a county the two who log in have some.
FIRST = 40
ENDS = (
    (EndReason.TERM_OVER, "一年期满，孩子喜欢下棋，每周日下午在家。"),
    (EndReason.RESIGNED, "搬到外地工作了。奶奶耳背，打电话请多说两遍。"),
    (EndReason.UNSUITED, ""),
)


def make_siblings(children: list[Child]) -> None:
    """Let the last two children of a county, who will have one volunteer each, be of one family."""
    older, younger = children[-2:]
    younger.region, younger.name = older.region, older.name[0] + younger.name[1:]
    younger.prepare()
    younger.save()
    theirs = older.guardians.get()
    for model in (Guardian, Need):
        model.objects.filter(child=younger).update(region_id=older.region_id)
    guardian = younger.guardians.get()
    guardian.name, guardian.relation, guardian.phone = theirs.name, theirs.relation, theirs.phone
    guardian.save()


def make_village(children: list[Child]) -> str:
    """Let eight children of a county live in one village, the last to answer a round; return its code."""
    village = max((child.region for child in children), key=lambda region: region.code)
    moved = children[-10:-2]
    for child in moved:
        child.region = village
    keys = [child.pk for child in moved]
    Child.objects.filter(pk__in=keys).update(region=village)
    for model in (Guardian, Need):
        model.objects.filter(child__in=keys).update(region_id=village.code)
    return village.code


def make_lives(pairings: dict[str, list[Pairing]], today: datetime.date) -> None:
    """Lead pairings of 文水县 to every stage and into every trouble; leave some of 兴县 before their county."""
    clerk = User.objects.get(username=f"clerk-{WENSHUI}")
    spare = _second_ones(pairings[WENSHUI])
    _stop(clerk, spare, today)
    _neglect_papers(clerk, spare, today)
    _report(clerk, next(spare))
    _ask_guardians(clerk, spare, today)
    PairingRule.objects.create(region_id=XINGXIAN, needs_approval=True)
    neighbour, theirs = User.objects.get(username=f"clerk-{XINGXIAN}"), _second_ones(pairings[XINGXIAN])
    for actor, pairs in ((clerk, spare), (neighbour, theirs), (neighbour, theirs)):
        _ask_county(actor, pairs)


def make_proposals() -> None:
    """Let 文水县 have its proposals made, fix one and refuse one for good."""
    user = User.objects.get(username="wenshui")
    propose_pairs(user, Region.objects.get(code=WENSHUI))
    found = Proposal.objects.order_by("-score", "pk")
    for proposal in found[:1]:
        Proposal.objects.filter(pk=proposal.pk).update(locked=True, locked_by=user)
    for proposal in found[1:2]:
        RejectedPair.objects.create(
            child=proposal.child, volunteer=proposal.volunteer, region_id=proposal.region_id,
            reason="两家有过矛盾", rejected_by=user,
        )  # fmt: skip
        proposal.delete()


def _second_ones(pairings: list[Pairing]) -> Iterator[Pairing]:
    """Give the active pairings of a county that are no child's main one and have no visit, as they stand now."""
    visited = set(Visit.volunteers.through.objects.values_list("volunteer_id", flat=True))
    ids = [p.pk for p in pairings[FIRST:] if not p.is_main and p.volunteer_id not in visited]
    found = Pairing.objects.active().filter(pk__in=ids).select_related("child", "volunteer").order_by("pk")
    return iter(list(found))


def _stop(clerk: User, spare: Iterator[Pairing], today: datetime.date) -> None:
    for days in (75, 12):
        paused = pause(clerk, next(spare), "生病住院")
        since = today - datetime.timedelta(days=days)
        started = since - datetime.timedelta(days=30)
        Pairing.objects.filter(pk=paused.pk).update(started_on=started)
        PairingStep.objects.filter(pairing=paused, kind=StepKind.PAUSED).update(day=since)
    for reason, word in ENDS:
        end(clerk, next(spare), reason, today, word)


def _neglect_papers(clerk: User, spare: Iterator[Pairing], today: datetime.date) -> None:
    for _ in range(2):
        one = next(spare)
        sign_agreement(clerk, one, one.started_on or today, today, None)
    unsigned = [next(spare).pk for _ in range(3)]
    Pairing.objects.filter(pk__in=unsigned).update(agreement_signed=False)
    Pairing.objects.filter(pk__in=unsigned[:2]).update(to_verify=True)
    run_out = today - datetime.timedelta(days=400)
    Volunteer.objects.filter(pk__in=[next(spare).volunteer_id for _ in range(2)]).update(cleared_on=run_out)


def _report(clerk: User, pairing: Pairing) -> None:
    token = print_card(clerk, pairing)
    report_by_card(token, ReportKind.COMPLAINT, "说好周末来，两次都没有来。", "19900009998")


def _ask_guardians(clerk: User, spare: Iterator[Pairing], today: datetime.date) -> None:
    """Propose second volunteers to guardians whose opinion on record is missing."""
    for _ in range(3):
        child, volunteer = next(spare).child, next(spare).volunteer
        child.consents.all().delete()
        Child.objects.filter(pk=child.pk).update(consent=Consent.UNKNOWN)
        confirm(clerk, child, volunteer, Terms(today))


def _ask_county(clerk: User, spare: Iterator[Pairing]) -> None:
    child, volunteer = next(spare).child, next(spare).volunteer
    asked = Pairing(child=child, volunteer=volunteer, state=State.APPROVAL)
    asked.prepare()
    asked.save()
    note_step(clerk, asked, StepKind.APPROVAL_ASKED)
