"""三必清: renewed by visits, fallen back when one is withdrawn, confirmed by staff, 未清 when old (DOMAIN section 5)."""

import datetime
import uuid
from typing import Any

import pytest
from django.utils import timezone

from aixin.access.scope import acting
from aixin.audit.models import Action, Entry
from aixin.rights.services import erase
from children.models import Child
from tests.cast import XINGXIAN_VILLAGE, Cast
from tests.conftest import Session
from tests.exchange.rosters import confirmed
from tests.factories import VisitFactory
from visits.choices import Finding, Part, Source
from visits.models import Situation, Visit
from visits.situations import renew, unclear

pytestmark = pytest.mark.django_db


def day(ago: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=ago)


def visited(cast: Cast, ago: int, by: str = "wenshui", **said: Any) -> Visit:
    return VisitFactory(
        recorded_by=cast.users[by], children=[cast.child], volunteers=[cast.volunteer], date=day(ago), **said
    )


def part(cast: Cast, name: Part = Part.FAMILY) -> Situation:
    return Situation.objects.get(child=cast.child, part=name)


def log(cast: Cast, her: Session | None = None, **said: Any) -> Any:
    body = {"children": [cast.child.pk], "date": day(0), "way": "HOME", "client_uuid": uuid.uuid4()}
    body |= {"again": "1", **said}  # several on one day are meant
    return (her or Session(cast.mama)).post("/visits/new/", body)


def say(cast: Cast, who: str = "wenshui", name: str = "FAMILY", **body: str) -> Any:
    return Session(cast.users[who]).post(f"/visits/situations/{cast.child.pk}/{name}/", body)


def test_a_visit_renews_what_it_touched_and_nothing_else(cast: Cast) -> None:
    visited(cast, 9, study=Finding.CHANGED, seen="换了老师")
    log(cast, family=Finding.CHANGED, study=Finding.UNCHANGED, seen="父亲回家了")
    rows = {row.part: row for row in Situation.objects.filter(child=cast.child)}
    assert set(rows) == {Part.FAMILY, Part.STUDY}
    assert (rows[Part.FAMILY].text, rows[Part.FAMILY].changed_on) == ("父亲回家了", day(0))
    assert (rows[Part.STUDY].text, rows[Part.STUDY].confirmed_on) == ("换了老师", day(0))
    assert rows[Part.FAMILY].source == Source.VISIT


def test_no_change_makes_nothing_clear_of_which_nothing_was_ever_known(cast: Cast) -> None:
    her = Session(cast.mama)
    log(cast, her, family=Finding.UNCHANGED, study=Finding.CHANGED, life=Finding.UNCHANGED, seen="数学好了")
    assert [row.part for row in Situation.objects.filter(child=cast.child)] == [Part.STUDY]
    assert unclear(Child.objects.filter(pk=cast.child.pk), Part.FAMILY).exists()
    assert "家庭情况、生活问题还没有登记过" in her.get("/").content.decode()
    parts = her.get(f"/visits/new/?child={cast.child.pk}").context["parts"]
    assert [part.field.name for part in parts if not part.is_known] == ["family", "life"]
    log(cast, family=Finding.CHANGED, seen="跟着外婆")
    log(cast, family=Finding.UNCHANGED, life=Finding.UNCHANGED)
    assert set(Situation.objects.filter(child=cast.child).values_list("part", "text")) == {
        (Part.FAMILY, "跟着外婆"), (Part.STUDY, "数学好了"),
    }  # fmt: skip


def test_no_change_keeps_what_is_known(cast: Cast) -> None:
    visited(cast, 50, family=Finding.CHANGED, seen="母亲改嫁")
    log(cast, family=Finding.UNCHANGED)
    assert (part(cast).text, part(cast).changed_on, part(cast).confirmed_on) == ("母亲改嫁", day(50), day(0))


def test_a_withdrawn_visit_falls_back_to_one_that_its_author_does_not_see(cast: Cast) -> None:
    visited(cast, 60, family=Finding.CHANGED, seen="爷爷生病")
    Visit.volunteers.through.objects.filter(visit__seen="爷爷生病").delete()
    log(cast, family=Finding.CHANGED, study=Finding.UNCHANGED, seen="写错了")
    mine = Visit.objects.get(seen="写错了")
    Session(cast.mama).post(f"/visits/{mine.pk}/withdraw/", {"reason": "写错孩子"})
    assert (part(cast).text, part(cast).confirmed_on) == ("爷爷生病", day(60))
    assert not Situation.objects.filter(child=cast.child, part=Part.STUDY).exists()


def test_what_staff_correct_holds_until_a_later_visit_and_comes_back_with_its_withdrawal(cast: Cast) -> None:
    visited(cast, 9, family=Finding.CHANGED, seen="跟着外婆")
    renew([cast.child.pk])
    say(cast, act="correct", text="跟着奶奶，打13812345678")
    assert (part(cast).text[:4], part(cast).source) == ("跟着奶奶", Source.STAFF)
    renew([cast.child.pk])
    assert part(cast).text.startswith("跟着奶奶"), "the same day's word of staff counts"
    page = Session(cast.wenshui).get(f"/children/{cast.child.pk}/?tab=situations").content.decode()
    assert "跟着奶奶，打138****5678" in page
    assert "跟着外婆" in page, "the time line has what was known before"
    Situation.objects.update(stated_on=day(3), stated_text_on=day(3))
    log(cast, family=Finding.CHANGED, seen="父亲接走了")
    assert part(cast).text == "父亲接走了"
    latest = Visit.objects.get(seen="父亲接走了")
    Session(cast.mama).post(f"/visits/{latest.pk}/withdraw/", {"reason": "写错孩子"})
    assert (part(cast).text[:4], part(cast).confirmed_on, part(cast).source) == (
        "跟着奶奶",
        day(3),
        Source.STAFF,
    )


def test_staff_confirm_what_is_known_and_only_that(cast: Cast) -> None:
    say(cast, act="confirm")
    assert not Situation.objects.exists()
    visited(cast, 200, family=Finding.CHANGED, seen="跟着外婆")
    renew([cast.child.pk])
    say(cast, "fengcheng", act="confirm")
    assert (part(cast).text, part(cast).confirmed_on, part(cast).changed_on) == ("跟着外婆", day(0), day(200))
    entry = Entry.objects.get(action=Action.UPDATE, object_type="visits.situation")
    assert (entry.user, entry.subjects, entry.detail["change"]) == (
        cast.fengcheng, [cast.child.no], "confirmed",
    )  # fmt: skip
    say(cast)
    assert Entry.objects.filter(object_type="visits.situation").count() == 1


@pytest.mark.parametrize(("who", "status"), [("city", 403), ("xingxian", 404), ("mama", 403)])
def test_others_state_nothing(cast: Cast, who: str, status: int) -> None:
    assert say(cast, who, act="correct", text="乱写").status_code == status
    assert not Situation.objects.exists()


def test_a_part_is_unclear_after_half_a_year(cast: Cast, settings: Any) -> None:
    for finding in ("family", "study"):
        visited(cast, 30, **{finding: Finding.CHANGED})
    visited(cast, 180, life=Finding.CHANGED)
    renew([cast.child.pk])
    mine = Child.objects.filter(pk=cast.child.pk)
    assert not unclear(mine).exists(), "180 days ago is the last day that counts"
    settings.SITUATION_FRESH_DAYS = 179
    assert unclear(mine).exists()
    assert unclear(mine, Part.LIFE).exists()
    assert not unclear(mine, Part.FAMILY).exists()
    page = Session(cast.wenshui).get("/children/?figure=unclear").content.decode()
    assert "生活未清" in page
    shown = Session(cast.wenshui).get("/children/?unclear=FAMILY").content.decode()
    assert "孙待结" in shown
    assert "张小明" not in shown


def test_the_volunteer_reads_her_own_child_s_and_no_other(cast: Cast) -> None:
    log(cast, family=Finding.CHANGED, seen="父亲回家了")
    with acting(cast.mama):
        assert Situation.objects.count() == 1
        assert Situation.objects.update(text="改") == 0
    assert "父亲回家了" in Session(cast.mama).get(f"/children/{cast.child.pk}/").content.decode()
    for who in ("mama2", "xingxian", "official", "auditor"):
        with acting(cast.users[who]):
            assert not Situation.objects.exists()
    with acting(cast.city):
        assert Situation.objects.exists()
    text = Session(cast.city).get(f"/children/{cast.child.pk}/?tab=situations").content.decode()
    assert "父亲回家了" not in text


def test_it_follows_the_child(cast: Cast) -> None:
    log(cast, family=Finding.CHANGED, seen="跟着外婆")
    Child.objects.filter(pk=cast.child.pk).update(region_id=XINGXIAN_VILLAGE)
    assert part(cast).region_id == XINGXIAN_VILLAGE


def test_many_children_cost_no_more_statements(cast: Cast, django_assert_num_queries: Any) -> None:
    children = [cast.child, cast.unpaired, cast.neighbour, cast.far]
    VisitFactory(recorded_by=cast.wenshui, children=children, family=Finding.CHANGED)
    renew([children[0].pk])
    with django_assert_num_queries(6):
        renew([child.pk for child in children])
    assert Situation.objects.count() == len(children)


def test_an_erased_child_leaves_nothing_and_its_name_goes_from_its_sibling_s(cast: Cast) -> None:
    text = f"{cast.child.name}和{cast.unpaired.name}跟着外婆"
    VisitFactory(
        recorded_by=cast.wenshui, children=[cast.child, cast.unpaired], family=Finding.CHANGED, seen=text
    )
    renew([cast.child.pk, cast.unpaired.pk])
    erase(cast.wenshui, "children.child", cast.child.pk)
    assert list(Situation.objects.values_list("child_id", flat=True)) == [cast.unpaired.pk]
    events = Situation.events.rel.related_model.objects.all()  # type: ignore[attr-defined]
    said = [Situation.objects.get().text, *(event.text for event in events)]
    assert not [words for words in said if cast.child.name in words]
    assert cast.unpaired.name in Situation.objects.get().text


def test_an_import_taken_back_takes_back_what_it_said(cast: Cast) -> None:
    head = ["走访日期", "走访方式", "爱心妈妈", "儿童姓名", "家庭情况", "走访情况"]
    job = confirmed(
        cast.wenshui, [[f"{day(5)}", "入户", "王爱心", "张小明", "有变化", "父亲回家"]], head, "visits"
    )
    assert part(cast).text == "父亲回家"
    Session(cast.wenshui).post(f"/imports/{job.pk}/undo/")
    assert not Situation.objects.exists()
