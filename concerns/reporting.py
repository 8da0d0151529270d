"""强制报告: stored at once, without anybody's leave, for a head alone (DOMAIN section 5)."""

import hashlib
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from aixin.access.authority import heads_of
from aixin.access.regions import county_of, parent_code
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.notify.addressees import personal_addressee
from aixin.notify.models import Notice
from aixin.notify.services import send
from children.models import Child
from concerns.models import Report, ReportStep
from concerns.services import ConcernError
from concerns.telling import headed_from, tell
from visits.holding import Reason

NOT_NOW = "这个孩子有没有了结的强制报告，先不要联系监护人。"


def keeper_of(child: Child, *, about_head: bool) -> str:
    """Return the region whose head keeps a report: the child's county, the level above where its head is concerned.

    A county without a head leaves it to the level above too; where nobody heads anything it waits at the office itself.
    """
    county = county_of(child.region_id)
    first = parent_code(county) if about_head else county
    return headed_from(first) or first or county


def key_of(client_uuid: uuid.UUID, child: Child) -> int:
    """Return the key of the one report that a form makes about a child."""
    digest = hashlib.sha256(f"{client_uuid}/{child.pk}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 2


@transaction.atomic
def report(
    actor: Any, child: Child, signs: Sequence[str], text: str, *, about_head: bool, form: uuid.UUID
) -> Report:
    """Store a report and tell the head who keeps it; the same form sent again changes nothing.

    The trail notes that a report was made and where it is kept, not by whom nor about whom: that stands in the report.
    """
    keeper = keeper_of(child, about_head=about_head)
    made = Report(
        id=key_of(form, child), region_id=keeper, child=child, signs=list(signs), text=text, about_head=about_head,
        raised_by=actor,
    )  # fmt: skip
    # Whoever reports cannot read the row, not even to see whether it is there.
    Report.objects.bulk_create([made], ignore_conflicts=True)
    if _is_first(made):
        record(None, Action.CREATE, made)
        _tell_keeper(made)
        _thank(actor, made)
    return made


def _is_first(made: Report) -> bool:
    """Return whether the reporter was not thanked for this report before."""
    return not Notice.objects.filter(key=_thanks_key(made)).exists()


def _thanks_key(made: Report) -> str:
    return f"received:{made.pk}"


def _tell_keeper(made: Report) -> None:
    tell(
        heads_of(made.region_id),
        made.region_id,
        "report",
        f"report:{made.pk}",
        title="有一份强制报告，请您亲自处理",
        body="只有您能打开。请马上看。",
        link=reverse("concerns:report", args=[made.pk]),
    )


def _thank(actor: Any, made: Report) -> None:
    """Let the reporter find in her inbox that it was received: neither child nor matter is named."""
    post = actor.acting_post
    send(
        [
            Notice(
                addressee=personal_addressee(actor),
                region_id=post.region_id,
                kind="received",
                key=_thanks_key(made),
                title="您报告的情况已收到",
                body="由妇联负责人亲自处理。有新的危险，请马上再打110。",
            )
        ]
    )


@transaction.atomic
def note_step(actor: Any, made: Report, text: str) -> ReportStep:
    """Note what the head did and return the step; raises ConcernError for a closed report."""
    held = _held(made)
    step = ReportStep.objects.create(report=held, text=text, by=actor)
    record(actor, Action.UPDATE, held)
    return step


@transaction.atomic
def close_report(actor: Any, made: Report, outcome: str) -> Report:
    """Close a report, so that nothing is held back any more, and return it; raises ConcernError when it is closed."""
    held = _held(made)
    held.outcome, held.closed_at = outcome, timezone.now()
    held.save(update_fields=["outcome", "closed_at"])
    record(actor, Action.UPDATE, held)
    return held


def _held(made: Report) -> Report:
    held: Report = Report.objects.select_for_update().get(pk=made.pk)
    if held.closed_at is not None:
        raise ConcernError("这份报告已经了结。")
    return held


def explain(user: Any, children: Sequence[int]) -> dict[int, Reason]:
    """Return by child why its guardian is not to be called, for the head who keeps the report."""
    rows = Report.objects.visible_to(user).open()
    merged = dict(Child.objects.filter(merged_into__in=children).values_list("pk", "merged_into_id"))
    found = rows.filter(child__in=[*children, *merged]).values_list("child_id", "pk")
    return {
        merged.get(child, child): Reason(NOT_NOW, reverse("concerns:report", args=[pk]))
        for child, pk in found
    }


def held_back(children: Sequence[int]) -> set[int]:
    """Return those of these children with an open report, and nothing else of it: the guardian may be the suspect."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT aixin_held_back(%s)", [list(children)])
        return {child for (child,) in cursor.fetchall()}
