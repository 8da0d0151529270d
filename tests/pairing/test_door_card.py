"""The card at the door: what it shows to whoever scans it, what it never shows, and what comes back by it."""

import io
import re
import struct
import zipfile
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import ExifTags, Image

from aixin.access.scope import NOTHING, opened
from aixin.audit.models import Action, Entry
from aixin.notify.models import Notice
from children.models import Child
from children.signals import consent_refused
from pairing.cards import OPEN_REPORTS, digest_of, print_card
from pairing.choices import EndReason
from pairing.lifecycle import pause
from pairing.models import Card, DoorReport, Portrait
from pairing.pictures import LONGEST_SIDE
from pairing.portraits import keep_portrait, picture_of
from pairing.services import end
from tests.caching import forget_everything
from tests.cast import Cast
from tests.conftest import Session
from tests.contract.world import JPEG
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
WARNING = "请勿让其单独接触孩子"


def test_the_guardian_s_no_closes_what_she_asked_for(cast: Cast) -> None:
    report = DoorReport.objects.create(pairing=cast.pairing, kind="WITHDRAWAL")
    complaint = DoorReport.objects.create(pairing=cast.pairing, kind="COMPLAINT", text="没来")
    consent_refused.send(Child, child=cast.child, actor=cast.wenshui)
    report.refresh_from_db()
    complaint.refresh_from_db()
    assert (report.handled_by, complaint.handled_at) == (cast.wenshui, None)


def photograph(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    """A picture as a telephone sends it: lying on its side, with a place and words in it."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.ImageDescription] = "GPS:37.4"
    buffer = io.BytesIO()
    Image.new(more.pop("mode", "RGB"), size, "teal").save(buffer, kind, exif=exif, **more)
    return buffer.getvalue()


WITH_PLACE = photograph(comment=b"GPS:37.4")


def huge_png() -> bytes:
    """A few bytes that say they are a picture of a milliard pixels."""
    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"0" * 100)), (b"IEND", b"")]
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.fixture(autouse=True)
def no_limits_reached() -> None:
    forget_everything()


@pytest.fixture
def token(cast: Cast) -> str:
    return print_card(cast.wenshui, cast.pairing)


def scanned(token: str) -> str:
    answer = Client().get(f"/check/{token}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_printed_card_leads_to_its_page_and_the_database_holds_a_digest_only(cast: Cast) -> None:
    page = Session(cast.wenshui).post(f"/pairings/{cast.pairing.pk}/card/")
    assert page["Cache-Control"] == "no-store"
    token = re.search(r"/check/([\w-]{43})/", str(page.context["url"]))[1]  # type: ignore[index]
    assert Card.objects.get().token_hash == digest_of(token)
    assert "王爱心" in scanned(token)


def test_the_word_card_has_its_own_code_and_is_recorded(cast: Cast) -> None:
    answer = Session(cast.wenshui).post(f"/pairings/{cast.pairing.pk}/card/", {"file": "word"})
    assert answer["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as package:
        (picture,) = [name for name in package.namelist() if name.endswith(".png")]
        assert Image.open(package.open(picture)).size[0] > 200
        assert "上门核验" in package.read("word/document.xml").decode()
    assert Card.objects.count() == 1
    exported = Entry.objects.filter(action=Action.EXPORT, object_id=str(cast.pairing.pk))
    assert {entry.detail["what"] for entry in exported} == {"card", "document"}


def test_it_shows_the_volunteer_and_of_the_child_its_surname_alone(cast: Cast, token: str) -> None:
    page = scanned(token)
    assert "有效" in page
    assert WARNING not in page
    assert "张**" in page
    hidden = ("张小明", "小明", cast.child.no, "高奶奶", "西街", "凤城", cast.volunteer.phone, "留守", "2014")
    assert not [word for word in hidden if word in page]


def test_it_is_neither_kept_nor_found_nor_passed_on(cast: Cast, token: str) -> None:
    answer = Client().get(f"/check/{token}/")
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("what", ["ended", "paused", "clearance", "suspended"])
def test_who_may_not_come_is_said_plainly(cast: Cast, token: str, what: str) -> None:
    keep_portrait(cast.wenshui, cast.volunteer, JPEG)
    if what == "ended":
        end(cast.wenshui, cast.pairing, EndReason.MISCONDUCT, timezone.localdate())
    elif what == "paused":
        pause(cast.wenshui, cast.pairing, "住院")
    elif what == "clearance":
        Volunteer.objects.filter(pk=cast.volunteer.pk).update(cleared_on="2024-01-01")
    else:
        Volunteer.objects.filter(pk=cast.volunteer.pk).update(state="SUSPENDED")
    page = scanned(token)
    assert WARNING in page
    assert "12338" in page
    assert "违规" not in page
    assert Client().get(f"/check/{token}/picture/").status_code == 404


def test_a_card_taken_back_and_a_guess_look_the_same(cast: Cast, token: str) -> None:
    Session(cast.wenshui).post(f"/pairings/{cast.pairing.pk}/card/void/")
    taken_back, guessed = Client().get(f"/check/{token}/"), Client().get(f"/check/{'A' * 43}/")
    assert taken_back.status_code == guessed.status_code == 404
    assert taken_back.content == guessed.content


def test_guessing_is_stopped(cast: Cast, token: str) -> None:
    answers = [Client().get(f"/check/{'A' * 43}/").status_code for _ in range(31)]
    assert answers[-1] == 429
    assert Client().get(f"/check/{token}/").status_code == 429


def test_a_paused_or_ended_pairing_gets_no_card(cast: Cast) -> None:
    pause(cast.wenshui, cast.pairing, "住院")
    Session(cast.wenshui).post(f"/pairings/{cast.pairing.pk}/card/")
    assert not Card.objects.exists()


def test_a_card_opens_nothing_but_itself(cast: Cast, token: str) -> None:
    scanned(token)
    with opened(NOTHING):
        assert not Child.objects.exists()
        assert not Card.objects.exists()


class TestPicture:
    def upload(self, cast: Cast, **form: Any) -> Any:
        stated = {"picture": SimpleUploadedFile("我.jpg", WITH_PLACE), "agreed": "on"} | form
        return Session(cast.mama).post("/pairings/portrait/", stated)

    def test_it_is_shown_while_she_agrees(self, cast: Cast, token: str) -> None:
        assert "picture" not in scanned(token)
        assert self.upload(cast).status_code == 302
        assert "/picture/" in scanned(token)
        assert Image.open(io.BytesIO(Client().get(f"/check/{token}/picture/").content)).size == (40, 60)
        Session(cast.mama).post("/pairings/portrait/", {"remove": "1"})
        assert "/picture/" not in scanned(token)
        assert not Portrait.objects.exists()

    def test_without_her_consent_nothing_is_kept(self, cast: Cast) -> None:
        assert self.upload(cast, agreed="").status_code == 200
        assert not Portrait.objects.exists()

    def kept(self, cast: Cast) -> Any:
        content = picture_of(cast.volunteer.pk)
        assert content is not None
        assert b"GPS" not in content
        return Image.open(io.BytesIO(content))

    def test_what_the_camera_added_is_removed(self, cast: Cast) -> None:
        assert b"GPS" in WITH_PLACE
        self.upload(cast)
        kept = self.kept(cast)
        assert not kept.getexif()
        assert "comment" not in kept.info

    @pytest.mark.parametrize("kind", ["JPEG", "PNG"])
    def test_a_telephone_s_picture_is_turned_upright_and_made_small(self, cast: Cast, kind: str) -> None:
        self.upload(cast, picture=SimpleUploadedFile("a.jpg", photograph(kind, (1600, 800))))
        kept = self.kept(cast)
        assert (kept.format, kept.size) == ("JPEG", (LONGEST_SIDE // 2, LONGEST_SIDE))

    def test_heic_is_taken_too(self, cast: Cast) -> None:
        """Its encoder here turns the picture itself."""
        self.upload(cast, picture=SimpleUploadedFile("a.heic", photograph("HEIF", (1600, 800))))
        kept = self.kept(cast)
        assert (kept.format, max(kept.size)) == ("JPEG", LONGEST_SIDE)

    def test_what_is_transparent_becomes_white(self, cast: Cast) -> None:
        buffer = io.BytesIO()
        Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(buffer, "PNG")
        self.upload(cast, picture=SimpleUploadedFile("a.png", buffer.getvalue()))
        assert self.kept(cast).getpixel((4, 4)) == (255, 255, 255)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"<svg onload=alert(1)>",
            photograph()[:300],
            photograph(size=(400, 400))[:-200],
            photograph("PNG", (400, 400))[:200],
            photograph("HEIF")[:200],
            b"\xff\xd8" + b"x" * 99,
            huge_png(),
            b"GIF89a" + b"\0" * 99,
        ],
    )
    def test_what_is_no_photograph_is_refused_in_a_sentence(self, cast: Cast, content: bytes) -> None:
        answer = self.upload(cast, picture=SimpleUploadedFile("a.jpg", content))
        (said,) = answer.context["form"].errors["picture"]
        assert said.endswith("。")
        assert not Portrait.objects.exists()

    def test_it_goes_when_she_leaves(self, cast: Cast) -> None:
        self.upload(cast)
        form = {
            "name": "王爱心",
            "region": cast.volunteer.region_id,
            "capacity": "3",
            "kind": "OTHER",
            "state": "LEFT",
        }
        address = f"/volunteers/{cast.volunteer.pk}/edit/"
        asked = Session(cast.wenshui).post(address, form)
        assert "1 对结对当天解除" in asked.content.decode()
        assert Portrait.objects.exists()
        Session(cast.wenshui).post(address, {**form, "leaves": "on"})
        assert not Portrait.objects.exists()


class TestReports:
    def send(self, token: str, kind: str = "complaint", **form: str) -> Any:
        return Client().post(f"/check/{token}/{kind}/", {"text": "她来时带着陌生人"} | form)

    def test_a_complaint_reaches_the_countys_head_and_not_the_township(self, cast: Cast, token: str) -> None:
        assert self.send(token, phone="13987654321").status_code == 302
        notice = Notice.objects.get(addressee=f"user:{cast.wenshui.pk}")
        assert "陌生人" not in notice.title + notice.body
        assert "陌生人" in Session(cast.wenshui).get("/pairings/reports/").content.decode()
        for who in ("fengcheng", "xingxian", "outsider"):
            page = Session(cast.users[who]).get("/pairings/reports/").content.decode()
            assert "没有扫码反馈" in page
        report = DoorReport.objects.get()
        Session(cast.wenshui).post(f"/pairings/reports/{report.pk}/", {"remark": "已核实"})
        report.refresh_from_db()
        notice.refresh_from_db()
        assert (report.remark, notice.resolved_at is not None) == ("已核实", True)

    def test_a_wish_to_withdraw_changes_nothing_by_itself(self, cast: Cast, token: str) -> None:
        assert self.send(token, "withdrawal", text="").status_code == 302
        cast.child.refresh_from_db()
        cast.pairing.refresh_from_db()
        assert (cast.child.consent, cast.pairing.is_active) == ("GIVEN", True)
        assert "核实了，登记撤回" in Session(cast.wenshui).get("/pairings/reports/").content.decode()

    @pytest.mark.parametrize("form", [{"text": ""}, {"phone": "12"}])
    def test_an_empty_complaint_and_a_wrong_number_are_refused(
        self, cast: Cast, token: str, form: dict[str, str]
    ) -> None:
        assert self.send(token, **form).status_code == 200
        assert not DoorReport.objects.exists()

    def test_an_unknown_kind_and_an_unknown_card_are_refused(self, cast: Cast, token: str) -> None:
        assert self.send(token, "reward").status_code == 404
        assert self.send("A" * 43).status_code == 404
        assert not DoorReport.objects.exists()

    def test_a_flood_is_stopped(self, cast: Cast, token: str) -> None:
        answers = [self.send(token).status_code for _ in range(11)]
        assert answers[-1] == 429
        assert DoorReport.objects.count() == OPEN_REPORTS
