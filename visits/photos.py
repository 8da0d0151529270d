"""Photographs of a visit: taken in whole or in parts, made small and bare, kept encrypted for a limited time."""

import base64
import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from aixin.audit.models import Action
from aixin.audit.trail import record, subjects_of
from aixin.privacy.cipher import DecryptionError, decrypt, encrypt
from visits.models import CallAttempt, Visit, VisitPhoto

MOST_PHOTOS = 6
PHOTO_BYTES = 10 * 1024 * 1024
# As long as an unsent visit may wait on a phone, and a day.
_TAKEN_DAYS = 15
_PART_SECONDS = 2 * 3600
_CONTEXT = "visits.upload"


class PhotoError(Exception):
    """The photo is not taken; the message is for the user."""


@transaction.atomic
def keep_photo(actor: Any, visit: Visit, picture: bytes, key: uuid.UUID | None = None) -> None:
    """Store a bare JPEG of the actor's own visit under its key; the same key sent twice is one photo.

    Raises PhotoError when the visit takes no more.
    """
    held: Visit = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    key = key or uuid.uuid4()
    if VisitPhoto.objects.filter(pk=key).exists():
        return
    check_room(held)
    encoded = base64.b64encode(picture).decode()
    photo = VisitPhoto(pk=key, visit=held, content=encoded, uploaded_by_id=actor.pk)
    VisitPhoto.objects.bulk_create([photo], ignore_conflicts=True)
    record(actor, Action.UPDATE, held, what="photo")


@transaction.atomic
def keep_first_photos(actor: Any, visit: Visit, pictures: list[bytes], people: Iterable[Any]) -> None:
    """Store bare JPEGs with a visit that the same request has stored, so that it has none and nobody else adds any.

    `people` are whom the visit names, for the trail.
    """
    VisitPhoto.objects.bulk_create(
        [
            VisitPhoto(visit=visit, content=base64.b64encode(picture).decode(), uploaded_by_id=actor.pk)
            for picture in pictures[:MOST_PHOTOS]
        ]
    )
    record(actor, Action.UPDATE, visit, subjects=subjects_of(people), what="photo")


def check_room(visit: Visit) -> None:
    """Raise PhotoError when a visit takes no further photo."""
    if visit.withdrawn_at is not None:
        raise PhotoError("这次走访已撤回，照片没有上传。")
    if timezone.now() - visit.recorded_at > datetime.timedelta(days=_TAKEN_DAYS):
        raise PhotoError("走访记录已超过15天，不能再补传照片。")
    if visit.photos.count() >= MOST_PHOTOS:
        raise PhotoError(f"一次走访最多{MOST_PHOTOS}张照片，这张没有上传。")


@transaction.atomic
def drop_photo(actor: Any, photo: VisitPhoto) -> None:
    """Remove a photo for good."""
    visit = photo.visit
    photo.delete()
    record(actor, Action.UPDATE, visit, what="photo_removed")


def picture_of(photo: VisitPhoto) -> bytes:
    """Return a photo as a JPEG."""
    return base64.b64decode(photo.content)


def arrived(user: Any, key: uuid.UUID) -> bytes:
    """Return the beginning of a photo that has arrived so far; nothing of it, or too long ago: empty."""
    kept = cache.get(_cache_key(user))
    if not isinstance(kept, dict) or kept["key"] != str(key):
        return b""
    try:
        return base64.b64decode(decrypt(kept["content"], _CONTEXT))
    except DecryptionError:
        return b""


def keep_arrived(user: Any, key: uuid.UUID, content: bytes) -> None:
    """Keep the beginning of a photo, encrypted, for two hours; a user has one on its way at a time."""
    sealed = encrypt(base64.b64encode(content).decode(), _CONTEXT)
    cache.set(_cache_key(user), {"key": str(key), "content": sealed}, _PART_SECONDS)


def forget_arrived(user: Any) -> None:
    cache.delete(_cache_key(user))


def _cache_key(user: Any) -> str:
    return f"visit-photo:{user.pk}"


def tidy(today: datetime.date) -> int:
    """Remove photos and failed calls past their time and return how many there were."""
    photos_from = today - datetime.timedelta(days=settings.VISIT_PHOTO_KEEP_DAYS)
    calls_from = today - datetime.timedelta(days=settings.CALL_ATTEMPT_KEEP_DAYS)
    past = (
        VisitPhoto.objects.filter(uploaded_at__date__lt=photos_from),
        CallAttempt.objects.filter(at__date__lt=calls_from),
    )
    return sum(rows.delete()[0] for rows in past)
