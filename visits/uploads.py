"""Photos of visits: shown, removed, and taken in parts, so that a bad network costs no more than one part."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from aixin.access.models import Role, acting_role
from aixin.access.people import shows_full_names
from aixin.access.permissions import CARERS, allow, may_edit
from aixin.access.scoped import acting_user
from pairing.pictures import PictureError, upright_jpeg
from visits.forms import UploadForm
from visits.models import Visit, VisitPhoto
from visits.photos import (
    PhotoError,
    arrived,
    check_room,
    drop_photo,
    forget_arrived,
    keep_arrived,
    keep_photo,
    picture_of,
)


@allow(CARERS)
def photo(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A photo, for whoever may see its visit and reads names in full: a face is no less than a name."""
    found = get_object_or_404(VisitPhoto.objects.visible_to(request.user), pk=key)
    if not shows_full_names(request.user):
        raise PermissionDenied
    response = HttpResponse(picture_of(found), content_type="image/jpeg")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@allow(CARERS)
@require_POST
def drop(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The author of a visit removes a photo, as long as she may correct it."""
    photos = VisitPhoto.objects.visible_to(request.user).select_related("visit")
    found = get_object_or_404(photos, pk=key)
    visit = found.visit
    if visit.recorded_by_id != acting_user(request).pk or not visit.is_correctable:
        raise PermissionDenied
    drop_photo(request.user, found)
    return redirect("visits:detail", visit.pk)


@allow(CARERS)
def upload(request: HttpRequest, key: uuid.UUID) -> JsonResponse:
    """Say how much of a photo has arrived, or take its next part; the last part makes it a photo of its visit.

    `offset` in the answer is where to go on: a part sent twice, or from elsewhere, changes nothing. A photo that is
    refused for good is answered 422 with the reason; a visit that is not stored yet 404.
    """
    if acting_role(request.user) != Role.VOLUNTEER and not may_edit(request.user):
        raise PermissionDenied
    if VisitPhoto.objects.filter(pk=key, uploaded_by=acting_user(request)).exists():
        return JsonResponse({"done": True})
    if request.method != "POST":
        return JsonResponse({"done": False, "offset": len(arrived(request.user, key))})
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused("照片没有传完整，请重新选一张。")
    return _take(request, key, form.cleaned_data)


def _take(request: HttpRequest, key: uuid.UUID, sent: dict[str, Any]) -> JsonResponse:
    own = Visit.objects.visible_to(request.user).filter(recorded_by=acting_user(request))
    visit = get_object_or_404(own, client_uuid=sent["visit"])
    before = arrived(request.user, key)
    if sent["offset"] != len(before):
        return JsonResponse({"done": False, "offset": len(before)})
    content = before + sent["part"].read()
    try:
        check_room(visit)
        if len(content) < sent["size"]:
            keep_arrived(request.user, key, content)
            return JsonResponse({"done": False, "offset": len(content)})
        with transaction.atomic():
            keep_photo(request.user, visit, upright_jpeg(content[: sent["size"]]), key)
    except (PhotoError, PictureError) as error:
        forget_arrived(request.user)
        return _refused(str(error))
    forget_arrived(request.user)
    return JsonResponse({"done": True})


def _refused(why: str) -> JsonResponse:
    return JsonResponse({"refused": why}, status=422)
