"""The guardian of a reported child is called by nobody, and no clerk can tell that child from any other (threat model)."""

import datetime
import re
import uuid
from typing import Any

import pytest
from django.utils import timezone

from aixin.access.models import Post, Role
from aixin.audit.models import Action, Entry
from aixin.notify.models import Notice
from children.models import Child
from concerns.models import Report
from tests.cast import CITY, WENSHUI, Cast, make_user
from tests.conftest import Session
from visits.models import CallBack

pytestmark = pytest.mark.django_db
LIST = "/visits/callbacks/"
WHY = "这个孩子有没有了结的强制报告，先不要联系监护人。"


@pytest.fixture
def clerk(cast: Cast) -> Any:
    cast.users["clerk"] = make_user("clerk", Role.STAFF, WENSHUI)
    return cast.users["clerk"]


def report(cast: Cast, **changes: Any) -> Report:
    body = {"signs": ["VIOLENCE"], "text": "背上有伤", "client_uuid": uuid.uuid4(), **changes}
    Session(cast.mama).post(f"/concerns/alarm/{cast.child.pk}/", body)
    return Report.objects.get()


def arrange(by: Any, child: Child, to: Any = None) -> Any:
    body = {"assigned_to": (to or by).pk, "due_on": timezone.localdate() + datetime.timedelta(days=3)}
    return Session(by).post(f"/visits/callbacks/new/{child.pk}/", body, follow=True)


def arranged(by: Any, child: Child) -> CallBack:
    arrange(by, child)
    found: CallBack = CallBack.objects.filter(child=child).latest("pk")
    return found


def ask(user: Any, callback: CallBack) -> Any:
    return Session(user).post(f"/visits/callbacks/{callback.pk}/call/", follow=True)


def main(page: Any) -> str:
    return str(page.content.decode().partition("<main")[2])


def alike(page: Any, child: Child) -> str:
    """What a page says, with what names the child and its rows taken out."""
    shown = main(page).replace(child.name, "X").replace(str(child.region), "")
    return re.sub(r'value="[^"]{20,}"|/\d+/|nonce="[^"]+"', "", shown)


def revealed() -> list[Any]:
    return list(Entry.objects.filter(action=Action.REVEAL).values_list("user", flat=True))


def tour(clerk: Any, child: Child) -> list[str]:
    """Everything that a clerk can do about a child's call-back, and what she is shown."""
    form = Session(clerk).get(f"/visits/callbacks/new/{child.pk}/")
    seen = [alike(form, child), alike(arrange(clerk, child), child)]
    callback = CallBack.objects.filter(child=child).latest("pk")
    seen += [alike(ask(clerk, callback), child), alike(Session(clerk).get(LIST), child)]
    seen += [str(ask(clerk, callback).status_code), alike(arrange(clerk, child), child)]
    again = CallBack.objects.filter(child=child).latest("pk")
    seen.append(alike(ask(clerk, again), child))
    Session(clerk).get("/notify/inbox/")
    return seen


def test_a_clerk_sees_the_same_of_a_child_held_back_as_of_one_passed_on_by_chance(
    cast: Cast, clerk: Any, settings: Any
) -> None:
    settings.CALLBACKS_PASSED_ON = 1
    Child.objects.filter(pk=cast.unpaired.pk).update(region=cast.child.region_id)
    other = Child.objects.get(pk=cast.unpaired.pk)
    ordinary = tour(clerk, other)
    report(cast)
    settings.CALLBACKS_PASSED_ON = 0
    assert tour(clerk, cast.child) == ordinary
    assert any("这一次由县妇联负责人亲自打" in page for page in ordinary)
    assert not any("强制报告" in page or "暂不" in page for page in ordinary)
    assert revealed() == []


def test_one_arranged_before_the_report_stands_there_as_before(cast: Cast, clerk: Any) -> None:
    waiting = arranged(clerk, cast.child)
    before = main(Session(clerk).get(LIST))
    report(cast)
    strip = re.compile(r'value="[^"]{20,}"')
    assert strip.sub("", main(Session(clerk).get(LIST))) == strip.sub("", before)
    assert cast.child.main_guardian.phone not in main(ask(clerk, waiting))
    assert revealed() == []
    assert "一次由县妇联负责人亲自打" not in main(Session(clerk).get(LIST)), "said once"


def test_the_head_sees_why_and_calls_once_it_is_closed(cast: Cast, clerk: Any) -> None:
    callback, made = arranged(clerk, cast.child), report(cast)
    ask(clerk, callback)
    assert Notice.objects.open().filter(addressee=f"user:{cast.wenshui.pk}", kind="callback").exists()
    shown = main(Session(cast.wenshui).get(LIST))
    assert WHY in shown
    assert f"/concerns/reports/{made.pk}/" in shown
    assert f"/visits/callbacks/{callback.pk}/call/" not in shown
    assert WHY in main(Session(cast.wenshui).get(f"/visits/callbacks/new/{cast.child.pk}/"))
    refused = ask(cast.wenshui, callback).content.decode()
    assert WHY in refused
    assert cast.child.main_guardian.phone not in refused
    Session(cast.wenshui).post(f"/concerns/reports/{made.pk}/", {"act": "close", "text": "已安置"})
    assert cast.child.main_guardian.phone in ask(cast.wenshui, callback).content.decode()
    assert revealed() == [cast.wenshui.pk]


def test_a_head_whom_it_concerns_learns_nothing_and_calls_nobody(cast: Cast, clerk: Any) -> None:
    make_user("boss", Role.STAFF, CITY, is_head=True)
    report(cast, about_head="on")
    own = arranged(cast.wenshui, cast.child)
    assert WHY not in main(Session(cast.wenshui).get(LIST))
    assert "这一次免打" in main(ask(cast.wenshui, own))
    passed = arranged(clerk, cast.child)
    ask(clerk, passed)
    assert "由您亲自打" in main(Session(cast.wenshui).get(LIST))
    assert "这一次免打" in main(ask(cast.wenshui, passed))
    assert revealed() == []


def test_where_nobody_heads_the_county_it_is_let_off(cast: Cast, clerk: Any) -> None:
    Post.objects.filter(user=cast.wenshui).update(is_head=False)
    report(cast)
    callback = arranged(clerk, cast.child)
    assert "这一次免打" in main(ask(clerk, callback))
    assert CallBack.objects.visible_to(clerk).count() == 0
    assert revealed() == []


def test_what_the_head_has_the_clerk_sees_no_more_and_what_comes_of_it_neither(
    cast: Cast, clerk: Any, settings: Any
) -> None:
    settings.CALLBACKS_PASSED_ON = 1
    callback = arranged(clerk, cast.child)
    ask(clerk, callback)
    settings.CALLBACKS_PASSED_ON = 0
    answer = f"/visits/callbacks/{callback.pk}/answer/"
    assert Session(clerk).post(answer, {"answer": "WELL"}).status_code == 404
    assert cast.child.main_guardian.phone in ask(cast.wenshui, callback).content.decode()
    assert Session(cast.wenshui).post(answer, {"answer": "WELL"}).status_code == 302
    assert "情况正常" in main(Session(cast.wenshui).get(LIST)).partition("已回访")[2]
    assert cast.child.name not in main(Session(clerk).get(LIST))


def test_asking_again_soon_after_meets_with_the_same(cast: Cast, clerk: Any, settings: Any) -> None:
    """Else a few call-backs about one child would tell chance from what is held back."""
    settings.CALLBACKS_PASSED_ON = 1
    ask(clerk, arranged(clerk, cast.child))
    settings.CALLBACKS_PASSED_ON = 0
    assert "负责人亲自打" in main(ask(clerk, arranged(clerk, cast.child)))
    long_ago = timezone.now() - datetime.timedelta(days=40)
    CallBack.objects.update(passed_at=long_ago, answered_at=long_ago, answer="WELL")
    assert cast.child.main_guardian.phone in ask(clerk, arranged(clerk, cast.child)).content.decode()


def test_nobody_types_that_it_was_let_off(cast: Cast, clerk: Any) -> None:
    callback = arranged(clerk, cast.child)
    Session(clerk).post(f"/visits/callbacks/{callback.pk}/answer/", {"answer": "LET_OFF"})
    assert CallBack.objects.get().answered_at is None
