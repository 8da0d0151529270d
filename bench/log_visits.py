"""What logging a visit with a photo costs beside a bare view that stores the same upload.

Run: `.venv/bin/python bench/log_visits.py [--requests N]` on the demo city (`make run` once first). A volunteer of the demo
city posts the form of a visit with one photo, as large as her phone sends it; in turns with that she posts the photo to
a bare view behind the same middleware, which draws it anew without its EXIF, writes it to a file and inserts one row. All
in one process and one transaction, which is rolled back. Writes docs/benchmarks.md.
"""

import argparse
import io
import os
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aixin.settings.local")
django.setup()

import numpy as np  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image  # noqa: E402

from aixin.access.models import User  # noqa: E402
from aixin.access.permissions import CARERS, allow  # noqa: E402
from aixin.access.scope import EVERYTHING, opened  # noqa: E402
from aixin.urls import urlpatterns as all_of_it  # noqa: E402
from bench.report import write_section  # noqa: E402
from pairing.models import Pairing  # noqa: E402
from pairing.pictures import upright_jpeg  # noqa: E402
from visits.models import CallAttempt, VisitPhoto  # noqa: E402

REQUESTS, WARM = 60, 5
SIDES = (1600, 1200)
GPS = 0x8825
FOLDER = Path(tempfile.mkdtemp())


@allow(CARERS)
def bare(request: HttpRequest) -> HttpResponse:
    """Store the upload without its EXIF and insert one row."""
    name = f"{uuid.uuid4()}.jpg"
    (FOLDER / name).write_bytes(upright_jpeg(request.FILES["photos"].read()))  # type: ignore[union-attr]
    CallAttempt.objects.create(child_id=request.POST["child"], volunteer_id=request.POST["volunteer"])
    return HttpResponse(status=204)


urlpatterns = [*all_of_it, path("bench/", bare)]


def photograph() -> bytes:
    """Return a JPEG with the place where it was taken: smooth areas and grain, as of a room."""
    random = np.random.default_rng(1)
    rough = Image.fromarray(random.integers(0, 255, (30, 40, 3), dtype=np.uint8)).resize(SIDES)
    grain = random.normal(0, 6, (SIDES[1], SIDES[0], 3))
    picture = Image.fromarray(np.clip(np.asarray(rough) + grain, 0, 255).astype(np.uint8))
    exif = picture.getexif()
    exif.get_ifd(GPS)[2] = (37.0, 31.0, 12.0)
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=82, exif=exif)
    return target.getvalue()


def mothers_own() -> tuple[User, dict[str, int]]:
    """Return a volunteer's account of the demo city, and the keys of herself and a child of hers."""
    with opened(EVERYTHING):
        pairing = Pairing.objects.active().filter(volunteer__user__is_active=True).order_by("pk")[0]
        user = pairing.volunteer.user
    assert user is not None
    return user, {"child": pairing.child_id, "volunteer": pairing.volunteer_id}


def visit(client: Client, child: int, picture: bytes) -> None:
    said = dict.fromkeys(("family", "study", "life"), "UNCHANGED")
    form = {
        "client_uuid": str(uuid.uuid4()), "children": [child], "date": timezone.localdate().isoformat(),
        "way": "HOME", "seen": "都好", "again": "1", "photos": SimpleUploadedFile("a.jpg", picture), **said,
    }  # fmt: skip
    answer = client.post("/visits/new/", form)
    assert answer.status_code == 302, answer.context["form"].errors


def upload(client: Client, people: dict[str, int], picture: bytes) -> None:
    form = {**people, "photos": SimpleUploadedFile("a.jpg", picture)}
    assert client.post("/bench/", form).status_code == 204


def measure(number: int) -> dict[str, Any]:
    """Return the seconds of each visit and each bare upload, sent in turns, and the statements of a visit."""
    user, people = mothers_own()
    picture, seconds = photograph(), {"visit": [], "bare": []}  # type: dict[str, list[float]]
    with transaction.atomic(), override_settings(ROOT_URLCONF=__name__):
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(user, backend="aixin.access.backends.NameOrPhoneBackend")
        stored = _photos()
        for at in range(number + WARM):
            for name, send in (
                ("visit", lambda: visit(client, people["child"], picture)),
                ("bare", lambda: upload(client, people, picture)),
            ):
                begin = time.perf_counter()
                send()
                if at >= WARM:
                    seconds[name].append(time.perf_counter() - begin)
        with CaptureQueriesContext(connection) as queries:
            visit(client, people["child"], picture)
        assert _photos() - stored == number + WARM + 1
        transaction.set_rollback(True)
    return {**seconds, "queries": len(queries), "kilobytes": len(picture) / 1024}


def _photos() -> int:
    with opened(EVERYTHING):
        return VisitPhoto.objects.count()


def lines(number: int, found: dict[str, Any]) -> list[str]:
    visits, bares = statistics.median(found["visit"]), statistics.median(found["bare"])
    return [
        f"{number} posts of each in turns, one volunteer, a photo of {SIDES[0]} x {SIDES[1]} ({found['kilobytes']:.0f} KB),",
        "as phones send it. The bare view, behind the same middleware, draws the same upload anew without its EXIF, writes",
        "a file and inserts one row. Every visit is of the same child, so that after the first few little is left to close.",
        f"Made by `.venv/bin/python bench/log_visits.py --requests {number}`.",
        "",
        "| measured | outcome | wanted |",
        "|---|---|---|",
        f"| visits logged for each bare upload in the same time | {bares / visits:.2f} | at least 0.5 |",
        f"| statements of a visit with a photo | {found['queries']} | |",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    wanted: int = parser.parse_args().requests
    outcome = measure(wanted)
    print("\n".join(lines(wanted, outcome)))
    write_section("Logging a visit", lines(wanted, outcome))
