"""问题上报: raised once, dealt with by the county before a deadline, its result told to whoever raised it."""

import datetime
import uuid
from typing import Any

import pytest
from django.utils import timezone

from aixin.access.scope import acting
from aixin.audit.models import Entry
from aixin.notify.models import Notice
from aixin.rights.services import erase
from care.models import Duty
from concerns.choices import Kind, State, Urgency
from concerns.deadlines import wait
from concerns.models import Concern
from concerns.policy import Rules
from tests.cast import Cast
from tests.conftest import Session
from tests.factories import let_remind
from visits.models import Visit

pytestmark = pytest.mark.django_db
WORDS = "奶奶住院了，孩子没人做饭，打13812345678"


def raised(cast: Cast, who: str = "mama", **changes: Any) -> Any:
    body = {
        "kind": "LIFE", "urgency": "DAILY", "text": WORDS, "client_uuid": uuid.uuid4(), **changes,
    }  # fmt: skip
    return Session(cast.users[who]).post(f"/concerns/new/{cast.child.pk}/", body)


def step(cast: Cast, act: str, who: str = "wenshui", **body: Any) -> Any:
    concern = Concern.objects.get()
    return Session(cast.users[who]).post(f"/concerns/{concern.pk}/step/", {"act": act, **body})


def visit_body(cast: Cast, **more: Any) -> dict[str, Any]:
    return {
        "children": [cast.child.pk], "date": timezone.localdate(), "way": "HOME", "client_uuid": uuid.uuid4(), **more,
    }  # fmt: skip


def test_from_the_visit_form_in_one_post_and_once_however_often_it_is_sent(cast: Cast) -> None:
    body = visit_body(cast, **{"concern-kind": "LIFE", "concern-text": WORDS, "concern-urgency": "DAILY"})
    session = Session(cast.mama)
    for _ in range(2):
        assert session.post("/visits/new/", body).status_code == 302
    concern = Concern.objects.get()
    visit = Visit.objects.get(client_uuid=body["client_uuid"])
    assert (concern.visit, concern.child, concern.raised_by) == (visit, cast.child, cast.mama)


def test_a_part_with_a_gap_stores_neither_visit_nor_matter(cast: Cast) -> None:
    page = Session(cast.mama).post("/visits/new/", visit_body(cast, **{"concern-text": WORDS}))
    assert "请选是哪方面的问题。" in page.content.decode()
    assert not Concern.objects.exists()
    assert Visit.objects.count() == 1, "the cast's own"


def test_a_visit_without_a_matter_raises_none(cast: Cast) -> None:
    Session(cast.mama).post("/visits/new/", visit_body(cast))
    assert Visit.objects.count() == 2
    assert not Concern.objects.exists()


def test_from_raising_to_the_result(cast: Cast) -> None:
    raised(cast)
    listed = Session(cast.wenshui).get("/concerns/").content.decode()
    assert "张小明" in listed
    assert "13812345678" not in listed
    step(cast, "accept")
    step(cast, "hand_over", office="CIVIL", handed_to="民政局李科长")
    held = Concern.objects.get()
    assert (held.state, held.office, held.handed_on) == (State.HANDED, "CIVIL", timezone.localdate())
    step(cast, "close", result="已纳入临时救助")
    notice = Notice.objects.visible_to(cast.mama).get(title="您反映的情况有了结果")
    assert (notice.body, notice.link) == ("已纳入临时救助", "/concerns/mine/")
    mine = Session(cast.mama).get("/concerns/mine/").content.decode()
    assert "您反映的情况有了结果" in mine
    assert "已纳入临时救助" in mine
    assert "13812345678" not in mine
    step(cast, "close", result="又办一次")
    assert Concern.objects.get().result == "已纳入临时救助"
    assert Entry.objects.filter(object_type="concerns.concern", subjects=[cast.child.no]).exists()
    page = Session(cast.wenshui).get(f"/children/{cast.child.pk}/?tab=concerns").content.decode()
    assert "已纳入临时救助" in page


def test_an_urgent_one_is_told_to_the_county_s_head_without_a_name(cast: Cast) -> None:
    form = uuid.uuid4()
    raised(cast, urgency="URGENT", client_uuid=form)
    raised(cast, urgency="URGENT", client_uuid=form)
    notice = Notice.objects.visible_to(cast.wenshui).get(kind="concern")
    assert cast.child.name not in notice.title + notice.body
    due = Concern.objects.get().due_at - timezone.now()
    assert datetime.timedelta(hours=23) < due <= datetime.timedelta(hours=24)
    step(cast, "close", result="已处理")
    assert not Notice.objects.open().filter(pk=notice.pk).exists()


def test_deadlines_follow_kind_and_urgency() -> None:
    waits = {(kind, urgency): wait(kind, urgency, Rules()).days for kind in Kind for urgency in Urgency}
    assert waits[Kind.MIND, Urgency.DAILY] == 3
    assert waits[Kind.STUDY, Urgency.DAILY] == 7
    assert {waits[kind, Urgency.URGENT] for kind in Kind} == {1}


def test_the_overdue_come_first_and_into_the_count(cast: Cast) -> None:
    raised(cast, text="后来的")
    raised(cast, text="拖着的")
    Concern.objects.filter(text="拖着的").update(due_at=timezone.now() - datetime.timedelta(days=1))
    page = Session(cast.wenshui).get("/concerns/").content.decode()
    assert page.index("拖着的") < page.index("后来的")
    assert "1 超期" in page
    late = Session(cast.wenshui).get("/concerns/?figure=overdue").content.decode()
    assert "后来的" not in late


@pytest.mark.parametrize(
    ("who", "status"),
    [("city", 403), ("fengcheng", 403), ("xingxian", 404), ("outsider", 404), ("mama", 403)],
)
def test_only_the_child_s_county_deals_with_it(cast: Cast, who: str, status: int) -> None:
    raised(cast)
    assert step(cast, "close", who, result="乱办").status_code == status
    assert Concern.objects.get().state == State.NEW


@pytest.mark.parametrize(("who", "status"), [("mama2", 404), ("xingxian", 404), ("city", 403)])
def test_nobody_raises_something_about_another_s_child(cast: Cast, who: str, status: int) -> None:
    assert raised(cast, who).status_code == status
    assert not Concern.objects.exists()


def test_the_database_shows_it_to_who_raised_it_and_to_the_region(cast: Cast) -> None:
    raised(cast)
    seen = {}
    for who in ("mama", "mama2", "fengcheng", "wenshui", "city", "xingxian", "official", "auditor"):
        with acting(cast.users[who]):
            seen[who] = Concern.objects.count()
    assert seen == {
        "mama": 1, "mama2": 0, "fengcheng": 1, "wenshui": 1, "city": 1, "xingxian": 0, "official": 0, "auditor": 0,
    }  # fmt: skip
    with acting(cast.mama):
        assert Concern.objects.update(text="改") == 0


def test_erasing_the_child_takes_its_words_and_their_history(cast: Cast) -> None:
    raised(cast)
    erase(cast.wenshui, "children.child", cast.child.pk)
    assert (Concern.objects.get().text, Concern.objects.get().result) == ("", "")
    events = Concern.events.rel.related_model.objects  # type: ignore[attr-defined]
    assert not events.exclude(text="").exists()


@pytest.mark.parametrize(("kind", "visits"), [("LIFE", 1), ("STUDY", 0)])
def test_a_hardship_leads_to_a_visit_within_three_days(cast: Cast, kind: str, visits: int) -> None:
    """家庭变故, 生活困难 always lead to a visit (DOMAIN section 5)."""
    let_remind(cast.child.region_id[:6])
    raised(cast, kind=kind)
    due = Duty.objects.filter(child=cast.child, kind="CHANGE")
    assert due.count() == visits
    if visits:
        Session(cast.mama).post("/visits/new/", visit_body(cast))
        assert due.get().state == "DONE"
