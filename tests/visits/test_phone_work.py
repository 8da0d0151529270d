"""The volunteer's phone, the server's side: photos in parts, calls that nobody answers, corrections from an older copy."""

import datetime
import io
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from aixin.access.erasure import Subject
from aixin.access.models import Role
from aixin.audit.models import Entry
from aixin.notify.models import Notice
from pairing.choices import EndReason
from pairing.services import end
from tests.cast import FENGCHENG, XIJIE, Cast, make_user
from tests.conftest import Session
from tests.visits.test_visits import correct, logged, typed
from visits.birthdays import next_birthday
from visits.erasing import forget_visits
from visits.models import CallAttempt, Visit, VisitPhoto
from visits.photos import MOST_PHOTOS, tidy

pytestmark = pytest.mark.django_db
PART = 4096


def photograph(side: int = 400, kind: str = "JPEG") -> bytes:
    """Return a picture as a phone makes it, with the place in it."""
    picture = Image.effect_noise((side, side), 80).convert("RGB")
    exif = picture.getexif()
    exif[0x010E] = "37.5N 112.1E"
    buffer = io.BytesIO()
    picture.save(buffer, kind, exif=exif)
    return buffer.getvalue()


def send_part(session: Session, key: Any, visit: Visit, content: bytes, offset: int, **changes: Any) -> Any:
    part = SimpleUploadedFile("part", content[offset : offset + PART])
    body = {"visit": visit.client_uuid, "offset": offset, "size": len(content), "part": part}
    return session.post(f"/visits/uploads/{key}/", body | changes)


def upload(session: Session, visit: Visit, content: bytes, key: Any = None) -> Any:
    """Send a photo to its end, as the phone does, and return the last answer."""
    key, offset = key or uuid4(), 0
    while True:
        answer = send_part(session, key, visit, content, offset)
        if answer.status_code != 200 or answer.json().get("done"):
            return answer
        offset = answer.json()["offset"]


class TestPhotos:
    def test_a_photo_comes_in_parts_and_stays_without_its_place(self, cast: Cast) -> None:
        session, content, key = Session(cast.mama), photograph(), uuid4()
        assert len(content) > 2 * PART
        send_part(session, key, cast.visit, content, 0)
        # The network died: the phone asks where to go on.
        assert session.get(f"/visits/uploads/{key}/").json() == {"done": False, "offset": PART}
        assert send_part(session, key, cast.visit, content, 0).json()["offset"] == PART
        assert upload(session, cast.visit, content, key).json() == {"done": True}
        shown = session.get(f"/visits/photos/{key}/")
        assert shown.headers["Content-Type"] == "image/jpeg"
        assert "no-store" in shown.headers["Cache-Control"]
        assert b"112.1E" not in shown.content
        assert not Image.open(io.BytesIO(shown.content)).getexif()
        assert f"/visits/photos/{key}/" in session.get(f"/visits/{cast.visit.pk}/").content.decode()

    def test_sent_twice_it_is_one(self, cast: Cast) -> None:
        key = uuid4()
        for _ in range(2):
            upload(Session(cast.mama), cast.visit, photograph(100), key)
        assert VisitPhoto.objects.count() == 1

    def test_heic_is_taken(self, cast: Cast) -> None:
        assert upload(Session(cast.mama), cast.visit, photograph(200, "HEIF")).json() == {"done": True}

    def test_no_photo_is_refused_with_a_sentence(self, cast: Cast) -> None:
        answer = upload(Session(cast.mama), cast.visit, b"MZ" * 3000)
        assert answer.status_code == 422
        assert "不是照片" in answer.json()["refused"]
        assert not VisitPhoto.objects.exists()

    def test_only_so_many_and_none_for_a_withdrawn_visit(self, cast: Cast) -> None:
        for _ in range(MOST_PHOTOS):
            VisitPhoto.objects.create(visit=cast.visit, content="x", uploaded_by=cast.mama)
        assert "最多" in upload(Session(cast.mama), cast.visit, photograph(50)).json()["refused"]
        Visit.objects.filter(pk=cast.visit.pk).update(withdrawn_at=timezone.now())
        assert "已撤回" in upload(Session(cast.mama), cast.visit, photograph(50)).json()["refused"]

    def test_nobody_adds_to_anothers_visit(self, cast: Cast) -> None:
        for user in (cast.mama2, cast.wenshui):
            assert upload(Session(user), cast.visit, photograph(50)).status_code == 404

    def test_photos_go_with_a_form_where_there_is_no_script(self, cast: Cast) -> None:
        file = SimpleUploadedFile("a.jpg", photograph(100))
        visit = logged(cast.mama, cast.child, photos=[file])
        assert visit.photos.count() == 1

    def test_seen_with_the_visit_by_whoever_reads_names(self, cast: Cast) -> None:
        photo = VisitPhoto.objects.create(visit=cast.visit, content="eA==", uploaded_by=cast.mama)
        seen = {
            who: Session(cast.users[who]).get(f"/visits/photos/{photo.pk}/").status_code
            for who in ("mama", "wenshui", "fengcheng", "city", "mama2", "xingxian")
        }
        assert seen == {
            "mama": 200, "wenshui": 200, "fengcheng": 200, "city": 403, "mama2": 404, "xingxian": 404,
        }  # fmt: skip
        assert str(photo.pk) not in Session(cast.city).get(f"/visits/{cast.visit.pk}/").content.decode()

    def test_its_author_removes_it_within_the_days_of_correction(self, cast: Cast) -> None:
        photo = VisitPhoto.objects.create(visit=cast.visit, content="eA==", uploaded_by=cast.mama)
        assert Session(cast.wenshui).post(f"/visits/photos/{photo.pk}/drop/").status_code == 403
        assert Session(cast.mama).post(f"/visits/photos/{photo.pk}/drop/").status_code == 302
        assert not VisitPhoto.objects.exists()

    def test_gone_after_its_time_and_with_the_child(self, cast: Cast) -> None:
        for _ in range(2):
            VisitPhoto.objects.create(visit=cast.visit, content="eA==", uploaded_by=cast.mama)
        VisitPhoto.objects.filter(pk=VisitPhoto.objects.first().pk).update(
            uploaded_at=timezone.now() - datetime.timedelta(days=800)
        )
        assert tidy(timezone.localdate()) == 1
        CallAttempt.objects.create(child=cast.child, volunteer=cast.volunteer)
        Visit.objects.all().update(seen="", done="", next_step="", goods="", companions="")
        subject = Subject(
            "children.child", cast.child.pk, cast.child.no, XIJIE, frozenset(), frozenset(), "", "孩子"
        )
        VisitPhoto.objects.all().delete()
        VisitPhoto.objects.create(visit=cast.visit, content="eA==", uploaded_by=cast.mama)
        assert _forgotten(subject) == {"走访照片": 1, "未打通的电话": 1}


def _forgotten(subject: Subject) -> dict[str, int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("visits.erasing.erase_history", lambda *_: 0)
        counted = forget_visits(subject)
    return {name: counted[name] for name in ("走访照片", "未打通的电话")}


def unreached(cast: Cast, key: Any = None) -> Any:
    path = f"/visits/children/{cast.child.pk}/unreached/"
    return Session(cast.mama).post(path, {"client_uuid": str(key or uuid4())})


def asked() -> list[Notice]:
    return list(Notice.objects.filter(kind="unreached").order_by("pk"))


class TestCalls:
    def test_the_number_is_shown_with_what_to_press_afterwards(self, cast: Cast) -> None:
        guardian = cast.child.main_guardian
        page = Session(cast.mama).post(f"/visits/call/{guardian.pk}/").content.decode()
        assert f"tel:{guardian.phone}" in page
        assert f"/visits/new/?child={cast.child.pk}&way=PHONE" in page
        assert f"/visits/children/{cast.child.pk}/unreached/" in page

    def test_the_third_failure_in_a_row_sends_the_village(self, cast: Cast) -> None:
        chair = make_user("chair", Role.STAFF, XIJIE)
        make_user("other", Role.STAFF, FENGCHENG)
        for _ in range(2):
            unreached(cast)
        assert asked() == []
        unreached(cast)
        (notice,) = asked()
        assert notice.addressee == f"user:{chair.pk}"
        assert "3次" in notice.body
        unreached(cast)
        assert len(asked()) == 1
        logged(cast.mama, cast.child)
        assert [note.resolved_at is None for note in asked()] == [False]
        assert "没有打通" not in Session(cast.mama).get(f"/children/{cast.child.pk}/").content.decode()

    def test_where_no_chair_is_the_township_goes(self, cast: Cast) -> None:
        for _ in range(3):
            unreached(cast)
        assert [note.addressee for note in asked()] == [f"user:{cast.fengcheng.pk}"]

    def test_the_same_failure_sent_again_counts_once(self, cast: Cast) -> None:
        key = uuid4()
        for _ in range(3):
            unreached(cast, key)
        assert (CallAttempt.objects.count(), asked()) == (1, [])

    def test_a_contact_between_begins_the_count_anew(self, cast: Cast) -> None:
        for _ in range(2):
            unreached(cast)
        logged(cast.mama, cast.child)
        unreached(cast)
        assert asked() == []

    def test_nobody_else_s_child(self, cast: Cast) -> None:
        path = f"/visits/children/{cast.neighbour.pk}/unreached/"
        assert Session(cast.mama).post(path, {"client_uuid": str(uuid4())}).status_code == 404


class TestVersions:
    def test_a_correction_from_an_older_copy_shows_both_and_overwrites_nothing(self, cast: Cast) -> None:
        visit = logged(cast.mama, cast.child)
        correct(cast.mama, visit, cast.child, seen="在电脑上改的")
        answer = correct(cast.mama, visit, cast.child, seen="手机里存着的", version=1)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "在电脑上改的" in page
        assert "手机里存着的" in page
        assert 'name="draft-refused"' in page
        visit.refresh_from_db()
        assert (visit.seen, visit.version) == ("在电脑上改的", 2)
        # She has seen both and decides: the page carries the newer version.
        assert answer.context["version"] == 2
        assert correct(cast.mama, visit, cast.child, seen="手机里存着的", version=2).status_code == 302

    def test_the_same_correction_sent_again_is_done(self, cast: Cast) -> None:
        visit = logged(cast.mama, cast.child)
        for _ in range(2):
            assert correct(cast.mama, visit, cast.child, seen="改了", version=1).status_code == 302
        visit.refresh_from_db()
        assert visit.version == 2

    def test_a_visit_of_a_pairing_that_has_ended_is_refused_in_words(self, cast: Cast) -> None:
        end(cast.wenshui, cast.pairing, EndReason.ADJUSTED, timezone.localdate())
        page = Session(cast.mama).post("/visits/new/", typed(cast.child)).content.decode()
        assert "现在不是您的结对孩子" in page.partition("</head>")[0]


class TestForm:
    def test_it_says_since_when_nothing_was_said(self, cast: Cast) -> None:
        day = timezone.localdate() - datetime.timedelta(days=3)
        logged(cast.mama, cast.child, study="UNCHANGED", date=day.isoformat())
        logged(cast.mama, cast.child, study="", date=timezone.localdate().isoformat())
        parts = Session(cast.mama).get(f"/visits/new/?child={cast.child.pk}").context["parts"]
        assert {part.field.name: part.since for part in parts}["study"] == day

    def test_the_way_is_taken_from_the_link(self, cast: Cast) -> None:
        session = Session(cast.mama)
        for asked_for, given in (("HOME", "HOME"), ("<script>", "PHONE")):
            form = session.get("/visits/new/", {"way": asked_for}).context["form"]
            assert form["way"].value() == given

    def test_the_next_step_has_a_day_and_stands_on_the_childs_page(self, cast: Cast) -> None:
        ahead = timezone.localdate() + datetime.timedelta(days=9)
        logged(cast.mama, cast.child, next_step="送字典", next_on=ahead.isoformat())
        page = Session(cast.mama).get(f"/children/{cast.child.pk}/").content.decode()
        assert f"{ahead.month}月{ahead.day}日" in page
        assert "送字典" in page
        past = typed(cast.child, next_on="2020-01-01")
        assert "next_on" in Session(cast.mama).post("/visits/new/", past).context["form"].errors


@pytest.mark.parametrize(
    ("birth", "today", "lunar", "expected"),
    [
        ("2014-06-29", "2026-06-29", False, "2026-06-29"),
        ("2014-06-29", "2026-06-30", False, "2027-06-29"),
        ("2016-02-29", "2026-01-01", False, "2026-02-28"),
        ("2014-06-29", "2026-07-01", True, "2026-07-16"),
        # Born in the leap sixth month of 2025: 六月初一 of 2026.
        ("2025-07-25", "2026-01-01", True, "2026-07-14"),
        # 腊月三十 of a year whose last month has twenty-nine days.
        ("2024-02-09", "2026-01-01", True, "2026-02-16"),
    ],
)
def test_the_next_birthday(birth: str, today: str, lunar: bool, expected: str) -> None:
    day = datetime.date.fromisoformat
    assert next_birthday(day(birth), day(today), lunar=lunar) == day(expected)


class TestOffline:
    def test_the_session_names_the_pages_that_may_be_kept(self, cast: Cast) -> None:
        told = Session(cast.mama).get("/offline/session/").json()
        assert told["user"] == str(cast.mama.pk)
        assert f"/children/{cast.child.pk}/" in told["pages"]
        assert f"/visits/new/?child={cast.child.pk}" in told["pages"]
        assert not [page for page in told["pages"] if str(cast.neighbour.pk) in page]

    def test_who_is_not_logged_in_is_told_nothing(self, client: Any, cast: Cast) -> None:
        assert client.get("/offline/session/").status_code == 302

    def test_kept_pages_hold_no_number(self, cast: Cast) -> None:
        session = Session(cast.mama)
        phone = cast.child.main_guardian.phone
        for page in session.get("/offline/session/").json()["pages"]:
            assert phone not in session.get(page).content.decode(), page

    def test_the_worker_rules_from_the_root(self, client: Any) -> None:
        answer = client.get("/sw.js")
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert b"self.AIXIN" in answer.content
        assert client.get("/manifest.webmanifest").json()["start_url"] == "/"


def test_the_time_of_photos_runs_out_by_itself(cast: Cast) -> None:
    VisitPhoto.objects.create(visit=cast.visit, content="eA==", uploaded_by=cast.mama)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=731), tick=False):
        assert tidy(timezone.localdate()) == 1


def test_a_visit_with_a_photo_stays_within_its_statements(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    """Its speed is these statements (bench/log_visits.py)."""
    session = Session(cast.mama)
    form = {
        "client_uuid": uuid4(), "children": [cast.child.pk], "date": f"{timezone.localdate()}", "way": "HOME",
        "family": "UNCHANGED", "photos": SimpleUploadedFile("a.jpg", photograph(100)),
    }  # fmt: skip
    with django_assert_max_num_queries(70):
        assert session.post("/visits/new/", form).status_code == 302
    photo = VisitPhoto.objects.get()
    assert photo.visit.client_uuid == form["client_uuid"]
    assert Entry.objects.filter(subjects__contains=[cast.child.no], detail__what="photo").exists()
