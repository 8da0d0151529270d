"""记一次 says what is missing where she looks: a refusal at the top, a first word about a child, a second visit of a day."""

import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from care.choices import DutyKind
from care.models import Duty
from tests.cast import Cast
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VolunteerFactory
from tests.pages import text_of
from tests.visits.test_visits import logged, typed
from visits.choices import Part, Source
from visits.models import Situation, Visit
from visits.situations import state

pytestmark = pytest.mark.django_db
PLACE = "/visits/new/"


def sent(cast: Cast, **changes: Any) -> Any:
    return Session(cast.mama).post(PLACE, typed(cast.child, **changes))


def summary_of(answer: Any) -> str:
    """Return what the page says above the form about what was refused."""
    page = answer.content.decode()
    return text_of(page.partition("data-problems>")[2].partition("</section>")[0])


class TestRefused:
    def test_a_change_without_words_is_said_in_words_above_the_form(self, cast: Cast) -> None:
        answer = sent(cast, seen="", study="CHANGED")
        page = answer.content.decode()
        assert "没有保存，请改这一处： 看到的情况 ：有变化的，请写一句变化是什么。" in summary_of(answer)
        assert page.index("data-problems>") < page.index("<form")
        assert 'href="#id_seen"' in page

    def test_so_is_a_bad_day_and_a_day_that_is_no_date(self, cast: Cast) -> None:
        tomorrow = timezone.localdate() + datetime.timedelta(days=1)
        assert "日期 ：日期不能晚于今天。" in summary_of(sent(cast, date=tomorrow.isoformat()))
        assert "日期写法不对" in summary_of(sent(cast, date="昨天"))
        assert "请填是哪一天。" in summary_of(sent(cast, date=""))

    def test_for_staff_and_for_what_stands_in_a_closed_box_too(self, cast: Cast) -> None:
        answer = Session(cast.wenshui).post(
            f"{PLACE}?child={cast.child.pk}", typed(cast.child, minutes="0", goods_value="-1")
        )
        assert "请改这 2 处" in summary_of(answer)
        assert '<details class="more-fields" open' in " ".join(answer.content.decode().split())

    def test_a_page_that_is_opened_complains_of_nothing(self, cast: Cast) -> None:
        assert "data-problems" not in Session(cast.mama).get(PLACE).content.decode()

    def test_other_forms_of_the_product_say_it_the_same_way(self, cast: Cast) -> None:
        answer = Session(cast.wenshui).post(f"/children/{cast.child.pk}/leave/", {"left_on": "昨天"})
        assert "没有保存" in summary_of(answer)


class TestNeverTold:
    def test_a_sentence_is_asked_for_in_the_place_of_no_change(self, cast: Cast) -> None:
        state(cast.wenshui, cast.child, Part.STUDY, "在城关小学", Source.STAFF)
        page = Session(cast.mama).get(f"{PLACE}?child={cast.child.pk}")
        assert {part.field.name: part.is_known for part in page.context["parts"]} == {
            "family": False, "study": True, "life": False,
        }  # fmt: skip
        family = page.content.decode().partition('data-part="family"')[2].partition("data-untold")[0]
        assert "hidden>" in family.partition("<legend>")[0]

    def test_each_part_keeps_its_own_sentence(self, cast: Cast) -> None:
        visit = logged(
            cast.mama,
            cast.child,
            family="",
            study="",
            seen="一切都好",
            family_words="跟着奶奶",
            life_words="缺 棉被",
        )
        assert visit.seen == "一切都好\n家庭情况：跟着奶奶\n生活情况：缺 棉被"
        assert (visit.family, visit.study, visit.life) == ("CHANGED", "", "CHANGED")
        said = dict(Situation.objects.filter(child=cast.child).values_list("part", "text"))
        assert said == {Part.FAMILY: "跟着奶奶", Part.LIFE: "缺 棉被"}

    def test_a_change_of_another_part_still_needs_its_words(self, cast: Cast) -> None:
        answer = sent(cast, family_words="跟着奶奶", study="CHANGED", seen="")
        assert "seen" in answer.context["form"].errors
        assert 'value="跟着奶奶"' in answer.content.decode()

    def test_without_any_word_about_the_situation_a_call_is_stored(self, cast: Cast) -> None:
        visit = logged(cast.mama, cast.child, way="PHONE", family="", study="", life="", seen="", done="")
        assert not Situation.objects.filter(child=cast.child).exists()
        assert visit.summary == "下周打电话"

    def test_what_is_too_long_is_refused_in_words(self, cast: Cast) -> None:
        assert "最多200个字" in summary_of(sent(cast, family_words="长" * 201))
        assert "一共最多1000个字" in summary_of(
            sent(cast, seen="长" * 990, family_words="跟着奶奶和爷爷一起住")
        )


class TestTwin:
    def test_a_second_visit_of_a_day_is_asked_about_once_and_nothing_is_lost(self, cast: Cast) -> None:
        first = logged(cast.mama, cast.child)
        body = typed(cast.child, seen="第二次去了", again="")
        answer = Session(cast.mama).post(PLACE, body)
        page = answer.content.decode()
        assert "今天已经记过一次入户，还要再记一次吗？" in text_of(page)
        assert f"/visits/{first.pk}/" in page
        assert "第二次去了" in page
        assert body["client_uuid"] in page
        assert 'name="again" value="1"' in page
        assert Visit.objects.filter(recorded_by=cast.mama, way="HOME").count() == 1
        assert Session(cast.mama).post(PLACE, body | {"again": "1"}).status_code == 302
        assert Visit.objects.filter(recorded_by=cast.mama, way="HOME").count() == 2

    def test_another_way_day_child_or_person_is_no_twin(self, cast: Cast) -> None:
        sister = ChildFactory(region_id=cast.child.region_id)
        PairingFactory(child=sister, volunteer=cast.volunteer, started_on=cast.pairing.started_on)
        logged(cast.mama, cast.child)
        yesterday = timezone.localdate() - datetime.timedelta(days=1)
        logged(cast.mama, cast.child, again="", way="SCHOOL")
        logged(cast.mama, cast.child, again="", date=yesterday.isoformat())
        logged(cast.mama, sister, again="")
        logged(cast.wenshui, cast.child, again="")

    def test_what_waited_on_the_phone_is_not_asked_but_noted_beside_the_other(self, cast: Cast) -> None:
        first = logged(cast.mama, cast.child)
        second = logged(cast.mama, cast.child, again="", queued="1")
        page = Session(cast.mama).get(f"/visits/{second.pk}/").content.decode()
        assert "同一天还记过一次入户" in text_of(page)
        assert f"/visits/{first.pk}/" in page

    def test_the_same_visit_sent_again_is_no_second_one(self, cast: Cast) -> None:
        body = typed(cast.child, again="", client_uuid=str(uuid4()))
        for _ in range(2):
            assert Session(cast.mama).post(PLACE, body).status_code == 302
        assert Visit.objects.filter(client_uuid=body["client_uuid"]).count() == 1


class TestSmallThings:
    def test_an_empty_list_leads_to_the_form(self, cast: Cast) -> None:
        page = Session(cast.mama2).get("/visits/").content.decode()
        assert "还没有走访记录" in page
        assert f'href="{PLACE}"' in page.partition("还没有走访记录")[2].partition("</section>")[0]

    def test_a_visit_without_words_is_no_alarm(self, cast: Cast) -> None:
        Visit.objects.filter(pk=cast.visit.pk).update(seen="", done="", next_step="")
        page = " ".join(Session(cast.mama).get("/visits/").content.decode().split())
        assert 'class="quiet-link">没有写文字' in page

    def test_an_address_that_only_takes_posts_answers_in_words(self, cast: Cast) -> None:
        answer = Session(cast.mama).get(f"/visits/call/{cast.child.main_guardian.pk}/")
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "POST"
        assert "这里不能直接打开" in answer.content.decode()

    def test_the_time_is_asked_in_sight_and_not_of_a_call(self, cast: Cast) -> None:
        page = Session(cast.mama).get(PLACE).content.decode()
        before = page.partition("more-fields")[0]
        assert "半小时" in before
        assert "unless-call" in before

    def test_the_child_s_page_shows_the_nearest_four_and_counts_the_rest(self, cast: Cast) -> None:
        today = timezone.localdate()
        for number in range(6):
            day = today + datetime.timedelta(days=number + 1)
            Duty.objects.create(
                region_id=cast.child.region_id, child=cast.child, volunteer=cast.volunteer,
                kind=DutyKind.BIRTHDAY, occasion=str(number), what=f"事情{number}", opens_on=today, meant_on=day, due_on=day,
            )  # fmt: skip
        page = text_of(Session(cast.mama).get(f"/children/{cast.child.pk}/").content.decode())
        assert "还有2项" in page
        assert page.index("事情3") < page.index("还有2项") < page.index("事情4")
        assert page.count("事情4") == 1

    def test_hours_that_nobody_noted_are_not_said(self, cast: Cast) -> None:
        page = text_of(Session(cast.mama).get("/visits/service/").content.decode())
        assert "服务次数" in page
        assert "0.0" not in page
        assert "服务时长" not in page

    def test_no_record_no_certificate_and_the_reason_in_its_place(self, cast: Cast) -> None:
        newcomer = VolunteerFactory(region_id=cast.volunteer.region_id)
        county = Session(cast.wenshui)
        page = county.get(f"/volunteers/{newcomer.pk}/").content.decode()
        assert "服务证明（还没有服务记录）" in page
        assert f"/documents/service-record/{newcomer.pk}/" not in page
        assert (
            f"/documents/service-record/{cast.volunteer.pk}/"
            in county.get(f"/volunteers/{cast.volunteer.pk}/").content.decode()
        )
