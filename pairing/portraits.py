"""A volunteer's picture for the door: kept only with her consent, bare of all but the picture, encrypted."""

import base64
from typing import Any

from django.db import transaction

from aixin.audit.models import Action
from aixin.audit.trail import record
from pairing.models import Portrait
from volunteers.models import Volunteer


@transaction.atomic
def keep_portrait(actor: Any, volunteer: Volunteer, picture: bytes) -> Portrait:
    """Store a volunteer's picture in place of any earlier one and return it."""
    Portrait.objects.of_volunteer(volunteer.pk).delete()
    kept = Portrait.objects.create(
        volunteer=volunteer, content=base64.b64encode(picture).decode(), uploaded_by_id=actor.pk
    )
    record(actor, Action.UPDATE, volunteer, reason="上传结对卡照片，本人同意")
    return kept


@transaction.atomic
def remove_portrait(actor: Any, volunteer: Volunteer) -> None:
    """Remove a volunteer's picture: she no longer agrees."""
    removed, _ = Portrait.objects.of_volunteer(volunteer.pk).delete()
    if removed:
        record(actor, Action.UPDATE, volunteer, reason="删除结对卡照片")


def forget_portrait(volunteer: Volunteer) -> None:
    """Remove the picture of a volunteer who has left."""
    Portrait.objects.of_volunteer(volunteer.pk).delete()


def picture_of(volunteer: int) -> bytes | None:
    """Return a volunteer's picture, None when she has none."""
    found = Portrait.objects.of_volunteer(volunteer).first()
    return base64.b64decode(found.content) if found else None
