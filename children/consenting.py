"""Recording what a guardian answered, and publishing the text that is read out: atomic, audited."""

import base64
import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from aixin.access.models import Region
from aixin.audit.models import Action
from aixin.audit.trail import record
from children import consent_text
from children.choices import Consent, ConsentAnswer, ConsentWay
from children.models import Child, ConsentRecord, ConsentScan, ConsentText
from children.services import NotOnRosterError
from children.signals import consent_given, consent_refused


class ConsentError(Exception):
    """The answer cannot be recorded; the message is for the user."""


@dataclass(frozen=True)
class Answer:
    """What a guardian said, to whom and how."""

    answer: ConsentAnswer
    given_by: str
    relation: str
    way: ConsentWay
    given_on: datetime.date
    note: str = ""


@dataclass(frozen=True)
class Paper:
    """A scan that was checked: its format and its bytes."""

    kind: str
    content: bytes


def text_at(code: str) -> ConsentText:
    """Return the text in force at a place; the national one is unsaved until it is first used."""
    found = ConsentText.objects.in_force_at(code).select_related("region").first()
    return found or ConsentText(
        version=consent_text.VERSION, title=consent_text.TITLE, body=consent_text.BODY
    )


def text_in_use(code: str) -> ConsentText:
    """Return the text in force at a place as a row, making that of the national one on its first use."""
    text = text_at(code)
    if text.pk is not None:
        return text
    wording = {"title": text.title, "body": text.body, "valid_from": datetime.date(2026, 1, 1)}
    stored, _ = ConsentText.objects.get_or_create(region=None, version=text.version, defaults=wording)
    return stored


@transaction.atomic
def record_consent(
    actor: Any, child: Child, said: Answer, shown: int, paper: Paper | None = None
) -> ConsentRecord:
    """Store a guardian's answer and return it; `Child.consent` follows the latest one.

    A no or a withdrawal ends the child's open pairings the same day. `shown` is the key of the text that was read out, 0
    for the national one before its first use; another one in force meanwhile raises ConsentError. Raises
    NotOnRosterError for a child off the roster. The same answer sent twice is one.
    """
    locked: Child = Child.objects.select_for_update(of=("self",)).get(pk=child.pk)
    if not locked.is_on_roster:
        raise NotOnRosterError
    if not _was_shown(text_at(locked.region_id), shown):
        raise ConsentError("同意书文本刚刚更新，请按新的文本重新征求意见。")
    text = text_in_use(locked.region_id)
    latest = locked.consents.first()
    if latest is not None and _same(latest, said, text):
        return latest
    made: ConsentRecord = locked.consents.create(
        region_id=locked.region_id, text=text, recorded_by=actor, **vars(said)
    )
    if paper is not None:
        content = base64.b64encode(paper.content).decode()
        ConsentScan.objects.create(
            child=locked, region_id=locked.region_id, record=made, kind=paper.kind, content=content
        )
    record(actor, Action.UPDATE, locked, reason=f"监护人意见：{made.get_answer_display()}", consent=made.pk)
    _follow(actor, locked)
    return made


def _was_shown(text: ConsentText, shown: int) -> bool:
    return text.pk == shown or (not shown and text.region_id is None and text.version == consent_text.VERSION)


def _same(latest: ConsentRecord, said: Answer, text: ConsentText) -> bool:
    return latest.text_id == text.pk and all(
        getattr(latest, key) == value for key, value in vars(said).items()
    )


def _follow(actor: Any, child: Child) -> None:
    """Let the child's consent say what the latest record says; a no ends its pairings."""
    latest = child.consents.first()
    agrees = latest is not None and latest.is_yes
    child.consent = Consent.GIVEN if agrees else Consent.REFUSED
    child.save(update_fields=["consent", "updated_at"])
    said = consent_given if agrees else consent_refused
    said.send(Child, child=child, actor=actor)


@transaction.atomic
def publish_text(actor: Any, region: Region, title: str, body: str, valid_from: datetime.date) -> ConsentText:
    """Publish an office's new version and return it; the same text sent twice is one."""
    Region.objects.select_for_update().get(pk=region.pk)
    own = ConsentText.objects.filter(region=region)
    same: ConsentText | None = own.filter(title=title, body=body, valid_from=valid_from).first()
    if same is not None:
        return same
    version = (own.aggregate(last=Max("version"))["last"] or 0) + 1
    made = ConsentText.objects.create(
        region=region, version=version, title=title, body=body, valid_from=valid_from, published_by=actor
    )
    record(actor, Action.CREATE, made)
    return made
