"""强制报告: numbers on the screen, a record for one head alone, and quiet around the guardian (DOMAIN section 5)."""

import uuid
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from aixin.access.models import Post, Role
from aixin.access.scope import acting
from aixin.audit.models import Action, Entry
from aixin.notify.models import Notice
from aixin.rights.services import erase
from children.choices import Status
from children.models import Child
from concerns.models import Report, ReportStep
from concerns.reporting import held_back
from tests.cast import CITY, WENSHUI, XIJIE, Cast, make_user
from tests.conftest import Session
from visits.models import Visit

pytestmark = pytest.mark.django_db
WORDS = "孩子背上有伤，说是叔叔打的"
EVERYONE = (
    "city", "official", "wenshui", "xingxian", "fengcheng", "outsider", "sysadmin", "auditor", "mama", "mama2",
    "postless",
)  # fmt: skip


def reported(cast: Cast, who: str = "mama", **changes: Any) -> Any:
    body = {"signs": ["VIOLENCE"], "text": WORDS, "client_uuid": uuid.uuid4(), **changes}
    return Session(cast.users[who]).post(f"/concerns/alarm/{cast.child.pk}/", body)


def city_head(cast: Cast) -> Any:
    cast.users["boss"] = make_user("boss", Role.STAFF, CITY, is_head=True)
    return cast.users["boss"]


def seen_by(cast: Cast) -> set[str]:
    found = set()
    for who in cast.users:
        with acting(cast.users[who]):
            if Report.objects.exists() or ReportStep.objects.exists():
                found.add(who)
    return found


def trail_page(cast: Cast, who: str) -> str:
    return Session(cast.users[who]).get(f"/audit/person/?no={cast.child.no}").content.decode()


def test_the_numbers_stand_on_the_pages_themselves_as_links_that_dial(cast: Cast) -> None:
    for page in (f"/concerns/alarm/{cast.child.pk}/", f"/visits/new/?child={cast.child.pk}"):
        shown = Session(cast.mama).get(page).content.decode()
        for number in ("110", "12345", "12349", "12338", "12355"):
            assert f'href="tel:{number}"' in shown


def test_it_reaches_the_county_s_head_and_nobody_else(cast: Cast) -> None:
    city_head(cast)
    cast.users["clerk"] = make_user("clerk", Role.STAFF, WENSHUI)
    assert reported(cast).status_code == 302
    assert seen_by(cast) == {"wenshui"}
    report = Report.objects.get()
    page = f"/concerns/reports/{report.pk}/"
    assert WORDS in Session(cast.wenshui).get(page).content.decode()
    for who in (*EVERYONE, "clerk", "boss"):
        if who != "wenshui":
            assert Session(cast.users[who]).get(page).status_code in {403, 404}, who
            assert Session(cast.users[who]).post(page, {"act": "close", "text": "乱"}).status_code in {
                403,
                404,
            }
    assert Notice.objects.visible_to(cast.wenshui).filter(kind="report").exists()
    assert not Notice.objects.visible_to(cast.clerk).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM concerns_report")
        assert WORDS not in cursor.fetchone()[0]


def test_one_about_the_head_goes_to_the_city_s_head_and_past_the_county(cast: Cast) -> None:
    boss = city_head(cast)
    reported(cast, about_head="on")
    assert seen_by(cast) == {"boss"}
    report = Report.objects.get()
    page = Session(boss).get(f"/concerns/reports/{report.pk}/").content.decode()
    assert WORDS in page
    assert cast.child.name in page, "the city's head has to know who it is"
    assert Session(cast.wenshui).get(f"/concerns/reports/{report.pk}/").status_code == 404
    assert not Notice.objects.filter(region=WENSHUI, kind="report").exists()
    shown = trail_page(cast, "wenshui")
    assert "concerns.report" not in shown
    assert "强制报告" not in shown.partition("<main")[2]


def test_neither_trail_nor_history_names_child_or_reporter(cast: Cast) -> None:
    city_head(cast)
    reported(cast, about_head="on")
    entry = Entry.objects.get(object_type="concerns.report", action=Action.CREATE)
    assert (entry.user, entry.subjects, entry.region_code, entry.object_region) == (None, [], "", CITY)
    assert entry.detail == {}
    tables = connection.introspection.table_names()
    assert not [name for name in tables if "report" in name and name.endswith("event")]
    assert not Entry.objects.filter(user=cast.mama, subjects__contains=[cast.child.no]).exists()
    assert (
        WORDS not in Session(cast.fengcheng).get(f"/children/{cast.child.pk}/?tab=history").content.decode()
    )


def test_a_county_without_a_head_leaves_it_to_the_city_s(cast: Cast) -> None:
    city_head(cast)
    Post.objects.filter(user=cast.wenshui).update(is_head=False)
    reported(cast)
    assert seen_by(cast) == {"boss"}


def test_a_later_head_of_the_office_finds_it(cast: Cast) -> None:
    Post.objects.filter(user=cast.wenshui).update(is_head=False)
    reported(cast)
    assert Report.objects.get().region_id == WENSHUI
    assert seen_by(cast) == set()
    Post.objects.filter(user=cast.wenshui).update(is_head=True)
    del cast.users["wenshui"].__dict__["current_posts"]
    assert seen_by(cast) == {"wenshui"}


def test_in_the_visit_form_it_is_stored_once_with_the_visit_and_apart_from_it(cast: Cast) -> None:
    body = {
        "children": [cast.child.pk], "date": timezone.localdate(), "way": "HOME", "client_uuid": uuid.uuid4(),
        "report-signs": ["NEGLECT"], "report-text": WORDS,
    }  # fmt: skip
    for _ in range(2):
        Session(cast.mama).post("/visits/new/", body)
    report = Report.objects.get()
    assert (report.child, report.signs, report.region_id) == (cast.child, ["NEGLECT"], WENSHUI)
    visit = Visit.objects.get(client_uuid=body["client_uuid"])
    assert WORDS not in Session(cast.fengcheng).get(f"/visits/{visit.pk}/").content.decode()


def test_the_same_form_twice_is_one_report_and_one_message(cast: Cast) -> None:
    form = uuid.uuid4()
    for _ in range(2):
        reported(cast, client_uuid=form)
    assert Report.objects.count() == 1
    assert Notice.objects.filter(kind="report").count() == 1
    assert Entry.objects.filter(object_type="concerns.report").count() == 1


def test_words_alone_are_enough_and_nothing_is_nothing(cast: Cast) -> None:
    assert reported(cast, signs=[], text="").status_code == 422
    assert not Report.objects.exists()
    reported(cast, signs=[])
    assert Report.objects.get().signs == ["OTHER"]


def test_the_reporter_sees_that_it_was_received_and_not_more(cast: Cast) -> None:
    reported(cast)
    notice = Notice.objects.visible_to(cast.mama).get()
    assert notice.title == "您报告的情况已收到"
    assert cast.child.name not in notice.title + notice.body
    assert WORDS not in Session(cast.mama).get("/concerns/mine/").content.decode()
    assert Session(cast.mama).get(f"/concerns/reports/{Report.objects.get().pk}/").status_code == 403


@pytest.mark.parametrize(("who", "status"), [("mama2", 404), ("xingxian", 404), ("city", 403)])
def test_nobody_reports_another_s_child(cast: Cast, who: str, status: int) -> None:
    assert reported(cast, who).status_code == status
    with acting(cast.users[who]), pytest.raises(ProgrammingError, match="row-level"), transaction.atomic():
        Report.objects.bulk_create(
            [Report(region_id=WENSHUI, child_id=cast.child.pk, signs=["OTHER"], raised_by=cast.users[who])]
        ) if who != "city" else Report.objects.create(
            region_id=WENSHUI, child_id=cast.outsider_child.pk, signs=["OTHER"], raised_by=cast.city
        )
    assert not Report.objects.exists()


def test_it_holds_for_the_record_that_a_double_went_into(cast: Cast) -> None:
    reported(cast)
    Child.objects.filter(pk=cast.child.pk).update(merged_into=cast.unpaired, status=Status.MERGED)
    with acting(cast.fengcheng):
        assert held_back([cast.unpaired.pk, cast.neighbour.pk]) == {cast.unpaired.pk}


def test_of_other_counties_children_nothing_is_said(cast: Cast) -> None:
    reported(cast)
    with acting(cast.xingxian):
        assert held_back([cast.child.pk]) == set()
    with acting(cast.mama):
        assert held_back([cast.child.pk]) == set()


def test_each_look_of_the_head_is_in_the_trail(cast: Cast) -> None:
    reported(cast)
    page = f"/concerns/reports/{Report.objects.get().pk}/"
    Session(cast.wenshui).get(page)
    entry = Entry.objects.get(object_type="concerns.report", action=Action.VIEW)
    assert (entry.user, entry.subjects) == (cast.wenshui, [])


def test_a_closed_one_takes_no_further_step(cast: Cast) -> None:
    reported(cast)
    page = f"/concerns/reports/{Report.objects.get().pk}/"
    session = Session(cast.wenshui)
    session.post(page, {"act": "close", "text": "完"})
    session.post(page, {"act": "step", "text": "再记"})
    session.post(page, {"act": "close", "text": "改写"})
    assert (Report.objects.get().outcome, ReportStep.objects.count()) == ("完", 0)


def test_erasing_the_child_wipes_the_words(cast: Cast) -> None:
    reported(cast)
    page = f"/concerns/reports/{Report.objects.get().pk}/"
    Session(cast.wenshui).post(page, {"act": "step", "text": "已联系派出所"})
    erase(cast.wenshui, "children.child", cast.child.pk)
    assert (Report.objects.get().text, ReportStep.objects.get().text) == ("", "")
    assert Report.objects.get().child_id == cast.child.pk
    assert XIJIE.startswith(Report.objects.get().region_id)
