"""督办: raised once, answered by the county, closed or sent back by the city; every step kept and told."""

import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Region
from aixin.access.regions import LENGTHS, Level
from aixin.access.signals import message_due, message_settled
from aixin.audit.models import Action
from aixin.audit.trail import record
from concerns.telling import office_at
from reports.models.supervision import Finding, FindingStep, Leader, LeaderCounty
from reports.naming import without_names
from reports.supervision.choices import Act, State

KIND = "finding"


class FindingError(Exception):
    """The step cannot be taken; the message is for the user."""


def city_of(code: str) -> str:
    """Return the city that supervises a county."""
    return code[: LENGTHS[Level.CITY - 1]]


@transaction.atomic
def raise_finding(actor: Any, finding: Finding) -> bool:
    """Store a finding, tell the county, and return whether it is new: sent twice, it is stored once."""
    finding.written_by, finding.raised_on = actor, timezone.localdate()
    finding.text = without_names(finding.text, finding.region_id)
    finding.place = without_names(finding.place, finding.region_id)[:60]
    if Finding.objects.filter(client_uuid=finding.client_uuid).exists():
        return False
    Finding.objects.bulk_create([finding], ignore_conflicts=True)
    stored = Finding.objects.filter(client_uuid=finding.client_uuid, written_by=actor).first()
    if stored is None:
        return False
    FindingStep.objects.create(finding=stored, act=Act.RAISED, by=actor)
    record(actor, Action.CREATE, stored)
    _tell(stored, stored.region_id, "raised", "市妇联下发了一件督办")
    return True


@transaction.atomic
def reply(actor: Any, finding: Finding, text: str) -> Finding:
    """Store what the county did and tell the city; raise FindingError unless a reply is awaited."""
    held = _held(finding)
    if held.state != State.OPEN:
        raise FindingError("这件督办已经回复过了。")
    held.state, held.replied_on = State.REPLIED, timezone.localdate()
    held.save(update_fields=["state", "replied_on"])
    _step(actor, held, Act.REPLIED, text)
    _tell(held, city_of(held.region_id), "replied", f"{held.region.name}回复了一件督办，等您审核")
    return held


@transaction.atomic
def close(actor: Any, finding: Finding, text: str) -> Finding:
    """Close a finding; raise FindingError unless the county has replied."""
    held = _replied(finding)
    held.state, held.closed_on = State.CLOSED, timezone.localdate()
    held.save(update_fields=["state", "closed_on"])
    _step(actor, held, Act.CLOSED, text)
    return held


@transaction.atomic
def send_back(actor: Any, finding: Finding, text: str, due_on: datetime.date) -> Finding:
    """Send a reply back with a remark and a new day, and tell the county; raise FindingError without a reply."""
    held = _replied(finding)
    held.state, held.due_on, held.replied_on, held.escalated_on = State.OPEN, due_on, None, None
    held.save(update_fields=["state", "due_on", "replied_on", "escalated_on"])
    _step(actor, held, Act.RETURNED, text)
    _tell(held, held.region_id, "returned", "一件督办被退回，请重新办理")
    return held


def _held(finding: Finding) -> Finding:
    held: Finding = (
        Finding.objects.select_for_update(of=("self",)).select_related("region").get(pk=finding.pk)
    )
    return held


def _replied(finding: Finding) -> Finding:
    held = _held(finding)
    if held.state == State.CLOSED:
        raise FindingError("这件督办已经办结。")
    if held.state != State.REPLIED:
        raise FindingError("县里还没有回复，不能审核。")
    return held


def _step(actor: Any, finding: Finding, act: Act, text: str) -> None:
    message_settled.send(Finding, key=_key(finding))
    kept = without_names(text, finding.region_id)
    FindingStep.objects.create(finding=finding, act=act, text=kept, by=actor)
    record(actor, Action.UPDATE, finding, change=act.value)


def _key(finding: Finding) -> str:
    return f"{KIND}:{finding.pk}"


def _tell(finding: Finding, code: str, occasion: str, title: str) -> None:
    """Tell an office. Each round has messages of its own: one that was settled is not sent again."""
    turn = finding.steps.count()
    message_due.send(
        Finding,
        to=office_at(code),
        code=code,
        kind=KIND,
        key=f"{_key(finding)}:{occasion}-{turn}",
        title=title,
        body=f"请在{finding.due_on:%m月%d日}前办理。" if finding.state == State.OPEN else "",
        link=reverse("reports:finding", args=[finding.pk]),
    )


@transaction.atomic
def save_leader(
    actor: Any, leader: Leader, counties: list[Region], since: datetime.date, until: datetime.date | None
) -> Leader:
    """Store a leader and the counties she looks after from a day on, and return her.

    Counties that are no longer named end yesterday; those not yet begun go. The others keep their beginning.
    """
    is_new = leader.pk is None
    leader.save()
    today = timezone.localdate()
    current = {row.region_id: row for row in _held_counties(leader, today)}
    wanted = {county.pk for county in counties}
    for code, row in current.items():
        if code not in wanted:
            _end(row, today - datetime.timedelta(days=1))
        elif row.until != until:
            row.until = max(until, row.since) if until else None
            row.save(update_fields=["until"])
    LeaderCounty.objects.bulk_create(
        LeaderCounty(leader=leader, region_id=code, since=since, until=until)
        for code in sorted(wanted - current.keys())
    )
    record(actor, Action.CREATE if is_new else Action.UPDATE, leader, counties=sorted(wanted))
    return leader


def _held_counties(leader: Leader, today: datetime.date) -> list[LeaderCounty]:
    rows = leader.counties.select_for_update().order_by("since")
    return [row for row in rows if row.until is None or row.until >= today]


def _end(row: LeaderCounty, day: datetime.date) -> None:
    if day < row.since:
        row.delete()
        return
    row.until = day
    row.save(update_fields=["until"])
