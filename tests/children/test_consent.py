"""The guardian's consent: to which text, by whom, and a no that ends what was begun (DOMAIN section 6)."""

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction
from django.utils import timezone

from aixin.access.models import Post
from aixin.audit.models import Action, Entry
from aixin.exchange.jobs import import_file
from children.choices import Consent
from children.consent_text import BODY, NOTICES, missing_notices
from children.consenting import publish_text, text_at
from children.models import Child, ConsentRecord, ConsentScan, ConsentText
from pairing.choices import EndReason, State
from pairing.models import Pairing
from tests.cast import XIJIE, Cast
from tests.conftest import Session
from tests.contract.world import workbook
from tests.factories import ChildFactory, PairingFactory, VolunteerFactory
from tests.pages import error_beside, rows_on, text_of

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n and then some"


def say(
    cast: Cast, answer: str = "agreed", child: Child | None = None, who: str = "fengcheng", **form: Any
) -> Any:
    child = child or cast.child
    typed = {
        "shown": text_at(child.region_id).pk or 0, "given_by": "高奶奶", "relation": "祖母", "way": "SIGNED",
        "given_on": timezone.localdate().isoformat(), "note": "",
    }  # fmt: skip
    return Session(cast.users[who]).post(f"/children/{child.pk}/consent/{answer}/", typed | form)


def consent_of(child: Child) -> str:
    child.refresh_from_db()
    return str(child.consent)


class TestAYes:
    def test_it_names_text_person_way_and_day(self, cast: Cast) -> None:
        child = ChildFactory(region_id=XIJIE, consent=Consent.UNKNOWN)
        assert say(cast, child=child).status_code == 302
        record = ConsentRecord.objects.get()
        assert (record.given_by, record.relation, record.way) == ("高奶奶", "祖母", "SIGNED")
        assert (record.text.version, record.text.region, record.text.body) == (1, None, BODY)
        assert (record.recorded_by, record.region_id) == (cast.fengcheng, XIJIE)
        assert consent_of(child) == Consent.GIVEN
        assert Entry.objects.get(action=Action.UPDATE, object_id=child.pk).detail == {"consent": record.pk}

    def test_sent_twice_it_is_one(self, cast: Cast) -> None:
        say(cast)
        say(cast)
        assert ConsentRecord.objects.count() == 1
        assert ConsentText.objects.count() == 1

    def test_the_page_shows_the_text_to_read_out(self, cast: Cast) -> None:
        page = text_of(
            Session(cast.fengcheng).get(f"/children/{cast.child.pk}/consent/agreed/").content.decode()
        )
        assert "先读给监护人听" in page
        assert "拒绝的后果" in page

    def test_the_paper_has_the_text_and_lines_to_sign(self, cast: Cast) -> None:
        page = text_of(
            Session(cast.fengcheng).get(f"/children/{cast.child.pk}/consent/paper/").content.decode()
        )
        assert "监护人签字" in page
        assert cast.child.no in page

    def test_the_tab_shows_answer_version_and_history(self, cast: Cast) -> None:
        say(cast)
        say(cast, "withdrawn", note="不想参加了")
        page = text_of(Session(cast.wenshui).get(f"/children/{cast.child.pk}/?tab=consent").content.decode())
        assert page.index("撤回同意") < page.index("高奶奶")
        assert "不想参加了" in page
        assert "通用文本 第1版" in page
        assert "只作统计" in page
        masked = Session(cast.city).get(f"/children/{cast.child.pk}/?tab=consent").content.decode()
        assert "高奶奶" not in masked
        assert "不想参加了" not in masked

    @pytest.mark.parametrize(
        ("field", "form"),
        [
            ("given_on", {"given_on": "2999-01-01"}),
            ("given_by", {"given_by": ""}),
            ("way", {"way": "TELEPATHY"}),
        ],
    )
    def test_what_is_missing_is_said_beside_the_field(self, cast: Cast, field: str, form: Any) -> None:
        assert error_beside(say(cast, **form), field)
        assert not ConsentRecord.objects.exists()


class TestANo:
    @pytest.mark.parametrize("answer", ["refused", "withdrawn"])
    def test_it_ends_every_open_pairing_the_same_day(self, cast: Cast, answer: str) -> None:
        PairingFactory(child=cast.child, volunteer=VolunteerFactory(), is_main=False, state=State.PAUSED)
        say(cast, answer)
        found = Pairing.objects.filter(child=cast.child)
        assert set(found.values_list("state", "end_reason", "ended_on")) == {
            (State.ENDED, EndReason.GUARDIAN_WITHDREW, timezone.localdate())
        }
        cast.second_pairing.refresh_from_db()
        assert cast.second_pairing.state == State.ACTIVE

    def test_the_child_stays_for_the_counts_and_is_given_to_nobody(self, cast: Cast) -> None:
        say(cast, "refused")
        assert consent_of(cast.child) == Consent.REFUSED
        assert Child.objects.registered().filter(pk=cast.child.pk).exists()
        assert not Child.objects.eligible().filter(pk=cast.child.pk).exists()
        assert Session(cast.mama).get(f"/children/{cast.child.pk}/").status_code == 404
        form = {"started_on": timezone.localdate().isoformat()}
        answer = Session(cast.wenshui).post(f"/pairings/new/{cast.child.pk}/{cast.volunteer.pk}/", form)
        assert "监护人不同意" in answer.content.decode()

    def test_nor_by_an_import_of_pairings(self, cast: Cast) -> None:
        say(cast, "refused", child=cast.unpaired)
        row = (cast.unpaired.no, cast.unpaired.name, cast.second_volunteer.name, "2026-06-01")
        book = workbook(("儿童编号", "儿童姓名", "爱心妈妈姓名", "结对日期"), [row])
        _, outcome = import_file(cast.wenshui, "pairings", book, "结对.xlsx", commit=True)
        assert outcome.drafts[0].reasons == ["consent_refused"]

    def test_the_form_says_how_many_pairs_end(self, cast: Cast) -> None:
        page = Session(cast.fengcheng).get(f"/children/{cast.child.pk}/consent/refused/").content.decode()
        assert "1 对结对当天解除" in page
        agreeing = Session(cast.fengcheng).get(f"/children/{cast.child.pk}/consent/agreed/").content.decode()
        assert "对结对当天解除" not in agreeing

    def test_a_later_yes_makes_the_child_eligible_again_and_pairs_nobody(self, cast: Cast) -> None:
        say(cast, "refused")
        say(cast)
        assert consent_of(cast.child) == Consent.GIVEN
        assert not Pairing.objects.active().filter(child=cast.child).exists()

    def test_an_older_no_typed_in_later_changes_nothing(self, cast: Cast) -> None:
        say(cast)
        day = timezone.localdate() - datetime.timedelta(days=9)
        say(cast, "refused", given_on=day.isoformat())
        assert consent_of(cast.child) == Consent.GIVEN
        cast.pairing.refresh_from_db()
        assert cast.pairing.state == State.ACTIVE


class TestTheScan:
    def send(self, cast: Cast, content: bytes, name: str = "同意书.png") -> Any:
        return say(cast, scan=SimpleUploadedFile(name, content))

    def test_it_comes_back_as_a_download_that_is_logged(self, cast: Cast) -> None:
        self.send(cast, PNG)
        scan = ConsentScan.objects.get()
        answer = Session(cast.fengcheng).get(f"/children/consent/scans/{scan.pk}/")
        assert answer.content == PNG
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]
        entry = Entry.objects.get(action=Action.REVEAL)
        assert (entry.user, entry.object_id) == (cast.fengcheng, str(cast.child.pk))

    def test_what_is_no_picture_is_refused_whatever_its_name(self, cast: Cast) -> None:
        answer = self.send(cast, b"<html><script>alert(1)</script>")
        assert "只能上传" in error_beside(answer, "scan")
        assert not ConsentRecord.objects.exists()

    def test_what_is_too_large_is_refused(self, cast: Cast) -> None:
        answer = self.send(cast, PNG + b"0" * 10 * 1024 * 1024)
        assert "10 MB" in error_beside(answer, "scan")

    @pytest.mark.parametrize(("who", "status"), [("city", 403), ("mama", 403), ("xingxian", 404)])
    def test_others_do_not_get_it(self, cast: Cast, who: str, status: int) -> None:
        self.send(cast, PNG)
        url = f"/children/consent/scans/{ConsentScan.objects.get().pk}/"
        assert Session(cast.users[who]).get(url).status_code == status


class TestTheTexts:
    def publish(self, cast: Cast, who: str = "wenshui", **form: Any) -> Any:
        typed = {
            "title": "文水同意书",
            "body": BODY + "\n另：文水县补充。",
            "valid_from": timezone.localdate(),
        }
        return Session(cast.users[who]).post("/children/consent/texts/new/", typed | form)

    def test_a_county_s_own_text_is_used_there_and_not_elsewhere(self, cast: Cast) -> None:
        self.publish(cast)
        assert text_at(XIJIE).label == "文水县妇联 第1版"
        assert text_at("141123100200").label == "通用文本 第1版"
        say(cast)
        assert ConsentRecord.objects.get().text.title == "文水同意书"

    def test_the_newest_in_force_is_used_whoever_published_it(self, cast: Cast) -> None:
        self.publish(cast)
        Post.objects.filter(user=cast.city).update(is_head=True)
        self.publish(cast, "city", title="吕梁同意书")
        assert text_at(XIJIE).title == "吕梁同意书"

    def test_one_to_come_is_not_used_yet(self, cast: Cast) -> None:
        self.publish(cast, valid_from=timezone.localdate() + datetime.timedelta(days=1))
        assert text_at(XIJIE).label == "通用文本 第1版"
        page = Session(cast.fengcheng).get("/children/consent/texts/").content.decode()
        assert "还没启用" in page

    def test_published_twice_it_is_one_version(self, cast: Cast) -> None:
        self.publish(cast)
        self.publish(cast)
        assert ConsentText.objects.count() == 1
        self.publish(cast, title="第二版")
        assert text_at(XIJIE).version == 2

    def test_it_never_changes(self, cast: Cast) -> None:
        self.publish(cast)
        for change in (ConsentText.objects.all().delete, lambda: ConsentText.objects.update(body="改")):
            with pytest.raises(InternalError), transaction.atomic():
                change()

    def test_it_must_speak_of_everything(self, cast: Cast) -> None:
        answer = self.publish(cast, body="请签字。")
        assert "投诉途径" in error_beside(answer, "body")
        assert missing_notices(BODY) == []
        assert missing_notices("") == list(NOTICES)

    @pytest.mark.parametrize("who", ["fengcheng", "xingxian", "city"])
    def test_only_the_head_of_an_office_publishes(self, cast: Cast, who: str) -> None:
        assert self.publish(cast, who).status_code == 403

    def test_an_answer_to_a_text_that_changed_meanwhile_is_not_taken(self, cast: Cast) -> None:
        """The guardian heard the old words."""
        region = cast.child.region.__class__.objects.get(code="141121")
        old = text_at(XIJIE).pk or 0
        publish_text(cast.wenshui, region, "新", BODY, timezone.localdate())
        page = Session(cast.fengcheng).post(
            f"/children/{cast.child.pk}/consent/agreed/",
            {"shown": old, "given_by": "高奶奶", "way": "PHONE", "given_on": timezone.localdate()},
            follow=True,
        )
        assert "同意书文本刚刚更新" in page.content.decode()
        assert not ConsentRecord.objects.exists()


class TestTheList:
    def shown(self, cast: Cast) -> int:
        return rows_on(Session(cast.wenshui).get("/children/?figure=unrecorded"))

    def test_a_yes_without_a_record_or_to_an_old_text_is_on_it(self, cast: Cast) -> None:
        everyone = self.shown(cast)
        assert everyone == 3
        say(cast)
        assert self.shown(cast) == everyone - 1
        say(cast, "refused", child=cast.unpaired)
        assert self.shown(cast) == everyone - 2
        TestTheTexts().publish(cast)
        assert self.shown(cast) == everyone - 1
        say(cast)
        assert self.shown(cast) == everyone - 2

    def test_the_workbench_counts_it(self, cast: Cast) -> None:
        assert "3 名儿童的同意书缺失或过期" in Session(cast.wenshui).get("/").content.decode()


def test_the_form_of_the_record_changes_no_consent(cast: Cast) -> None:
    """Consent has a record of its own; a field to tick would be a yes without a text."""
    page = Session(cast.wenshui).get(f"/children/{cast.child.pk}/edit/").content.decode()
    assert 'name="consent"' not in page
