"""What a guardian or a volunteer asks for: its clock, its list, its end."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from aixin.audit.models import Action, Entry
from aixin.rights.models import RightsRequest
from tests.cast import Cast
from tests.conftest import Session
from tests.pages import error_beside, rows_on, text_of
from tests.rights.conftest import request_for

pytestmark = pytest.mark.django_db


def ask(cast: Cast, who: str = "fengcheng", **form: Any) -> Any:
    typed = {
        "kind": "CORRECTION", "asker_name": "高奶奶", "asker_relation": "祖母", "asker_phone": "13900002222",
        "way": "IN_PERSON", "received_on": timezone.localdate().isoformat(), "content": "学校应是实验小学",
    }  # fmt: skip
    return Session(cast.users[who]).post(f"/rights/new/children.child/{cast.child.pk}/", typed | form)


def test_the_clock_starts_on_the_day_it_came_in(cast: Cast) -> None:
    day = timezone.localdate() - datetime.timedelta(days=2)
    assert ask(cast, received_on=day.isoformat()).status_code == 302
    request = RightsRequest.objects.get()
    assert request.due_on == day + datetime.timedelta(days=15)
    assert (request.region_id, request.public_no) == (cast.child.region_id, cast.child.no)
    assert (request.days_left, request.is_open) == (13, True)
    entry = Entry.objects.get(action=Action.CREATE, object_type="rights.rightsrequest")
    assert (entry.user, entry.detail["about_id"]) == (cast.fengcheng, cast.child.pk)


def test_asking_twice_is_one_request(cast: Cast) -> None:
    first, second = ask(cast), ask(cast)
    assert first.url == second.url
    ask(cast, kind="ACCESS")
    assert RightsRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("content", {"content": ""}),
        ("received_on", {"received_on": "2999-01-01"}),
        ("asker_phone", {"asker_phone": "12345"}),
        ("asker_name", {"asker_name": ""}),
        ("kind", {"kind": "REVENGE"}),
    ],
)
def test_what_is_missing_is_said_beside_the_field(cast: Cast, field: str, form: dict[str, str]) -> None:
    answer = ask(cast, **form)
    assert error_beside(answer, field)
    assert not RightsRequest.objects.exists()


def test_the_phone_is_masked_and_revealed_with_a_reason(cast: Cast) -> None:
    ask(cast)
    request = RightsRequest.objects.get()
    session = Session(cast.wenshui)
    page = session.get(f"/rights/{request.pk}/").content.decode()
    assert "139****2222" in page
    assert "13900002222" not in page
    assert "高奶奶" not in page
    shown = session.post(f"/reveal/rights.rightsrequest/{request.pk}/asker_phone/", {"reason": "contact"})
    assert "13900002222" in shown.content.decode()


def test_the_list_shows_what_is_due_first_and_marks_what_is_late(cast: Cast) -> None:
    today = timezone.localdate()
    for days, child in ((1, cast.child), (20, cast.unpaired), (13, cast.neighbour)):
        request_for(cast.wenshui, child, received_on=today - datetime.timedelta(days=days))
    session = Session(cast.wenshui)
    page = text_of(session.get("/rights/").content.decode())
    assert page.index("孙待结") < page.index("李小红") < page.index("张小明")
    assert "已超期 5 天" in page
    assert "3 件待办" in page
    assert "1 件已超期" in page
    assert rows_on(session.get("/rights/?figure=overdue")) == 1
    assert rows_on(session.get("/rights/?figure=due_soon")) == 1
    assert rows_on(Session(cast.fengcheng).get("/rights/")) == 2
    assert rows_on(Session(cast.xingxian).get("/rights/")) == 0


def test_city_staff_see_masked_names(cast: Cast) -> None:
    request_for(cast.wenshui, cast.child, content="张小明的学校")
    session = Session(cast.city)
    request = RightsRequest.objects.get()
    for url in ("/rights/", f"/rights/{request.pk}/"):
        page = session.get(url).content.decode()
        assert "张**" in page
        assert "张小明" not in page


class TestTheEnd:
    def close(self, cast: Cast, request: RightsRequest, **form: str) -> Any:
        return Session(cast.fengcheng).post(f"/rights/{request.pk}/close/", form)

    def test_done_is_done_by_whom_and_when(self, cast: Cast) -> None:
        request = request_for(cast.fengcheng, cast.child, "ACCESS")
        self.close(cast, request, state="DONE", remark="已打印给祖母")
        request.refresh_from_db()
        assert (request.state, request.done_on, request.done_by) == (
            "DONE",
            timezone.localdate(),
            cast.fengcheng,
        )

    def test_declining_needs_a_reason(self, cast: Cast) -> None:
        request = request_for(cast.fengcheng, cast.child, "ACCESS")
        assert error_beside(self.close(cast, request, state="DECLINED", remark=" "), "remark")
        request.refresh_from_db()
        assert request.is_open
        assert self.close(cast, request, state="DECLINED", remark="不是监护人").status_code == 302

    def test_an_erasure_is_not_done_by_saying_so(self, cast: Cast) -> None:
        request = request_for(cast.fengcheng, cast.child)
        assert self.close(cast, request, state="DONE", remark="删了").status_code == 200
        request.refresh_from_db()
        assert request.is_open

    def test_what_is_closed_stays_closed(self, cast: Cast) -> None:
        request = request_for(cast.fengcheng, cast.child, "ACCESS")
        self.close(cast, request, state="DONE", remark="一")
        self.close(cast, request, state="DECLINED", remark="二")
        request.refresh_from_db()
        assert (request.state, request.remark) == ("DONE", "一")


def test_open_requests_stand_on_the_workbench(cast: Cast) -> None:
    request_for(cast.wenshui, cast.child)
    assert "1 件权利请求待办" in Session(cast.wenshui).get("/").content.decode()
    assert "件权利请求待办" not in Session(cast.xingxian).get("/").content.decode()
