"""摸排: a village confirms its children one by one; what it reports is looked into, and nobody leaves a roster by it."""

import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Post, Role
from aixin.access.scope import acting
from aixin.notify.models import Notice
from aixin.todos.finding import find_all
from aixin.todos.models import Todo
from care.models import Duty
from children.choices import LeavingReason
from children.models import Child
from children.services import leave_roster
from rounds.choices import Outcome
from rounds.models import Round, RoundAnswer
from rounds.progress import progress_of, total_of
from rounds.services import RoundError, answer, close_round, open_round, remind_villages
from tests.cast import FENGCHENG, KAISHAN, KAISHAN_VILLAGE, WENSHUI, XIJIE, Cast, make_user
from tests.conftest import Session
from tests.factories import ChildFactory, let_remind


def today() -> datetime.date:
    return timezone.localdate()


def opened(user: Any, code: str = WENSHUI) -> Round:
    with acting(user):
        due_on = today() + datetime.timedelta(days=7)
        return open_round(user, Round(region_id=code, title="第四季度摸排", due_on=due_on))


@pytest.fixture
def chair(cast: Cast) -> Any:
    """The chair of the child's village."""
    return make_user("xijie", Role.STAFF, XIJIE)


def test_a_round_tells_the_villages_and_asks_for_their_children(
    cast: Cast, chair: Any, as_user: Session
) -> None:
    elsewhere = ChildFactory(name="蒋别村", region_id=KAISHAN_VILLAGE)
    found = opened(cast.wenshui)
    assert Notice.objects.filter(addressee=f"user:{chair.pk}", kind="round").count() == 1
    page = as_user(chair).get(reverse("rounds:village", args=[found.pk])).content.decode()
    assert cast.child.name in page
    assert elsewhere.name not in page


def test_one_button_confirms_a_child_and_it_is_asked_about_no_more(
    cast: Cast, chair: Any, as_user: Session
) -> None:
    found = opened(cast.wenshui)
    client, address = as_user(chair), reverse("rounds:answer", args=[found.pk, cast.child.pk])
    for _ in range(2):
        assert client.post(address, {"outcome": "STILL"}).status_code == 302
    (said,) = RoundAnswer.objects.all()
    assert (said.child, said.outcome, said.answered_by) == (cast.child, Outcome.STILL, chair)
    page = client.get(reverse("rounds:village", args=[found.pk]))
    assert cast.child not in list(page.context["children"])


@pytest.mark.parametrize("outcome", ["CHANGED", "LEFT"])
def test_a_change_is_said_in_words(cast: Cast, chair: Any, as_user: Session, outcome: str) -> None:
    found = opened(cast.wenshui)
    client, address = as_user(chair), reverse("rounds:answer", args=[found.pk, cast.child.pk])
    refused = client.post(address, {"outcome": outcome})
    assert refused.status_code == 422
    assert "请写一句说明" in refused.content.decode()
    client.post(address, {"outcome": outcome, "words": "跟妈妈去太原了"})
    assert RoundAnswer.objects.get().words == "跟妈妈去太原了"


def test_what_was_said_can_be_said_otherwise_until_the_round_is_over(cast: Cast, chair: Any) -> None:
    found = opened(cast.wenshui)
    with acting(chair):
        answer(chair, found, cast.child, Outcome.LEFT, "走了")
        answer(chair, found, cast.child, Outcome.STILL, "")
    assert RoundAnswer.objects.get().outcome == Outcome.STILL
    with acting(cast.wenshui):
        assert close_round(cast.wenshui, found)
        assert not close_round(cast.wenshui, found)
    with acting(chair), pytest.raises(RoundError, match="已经结束"):
        answer(chair, found, cast.child, Outcome.LEFT, "走了")
    assert not Notice.objects.open().filter(kind="round").exists()


def test_one_round_at_a_time(cast: Cast, as_user: Session) -> None:
    opened(cast.wenshui)
    page = as_user(cast.wenshui).post(reverse("rounds:create"), {"title": "又一轮", "due_on": str(today())})
    assert "已经有一轮摸排在进行" in page.content.decode()
    assert Round.objects.count() == 1


def test_a_child_that_came_later_is_new_and_not_asked_about(cast: Cast, chair: Any) -> None:
    found = opened(cast.wenshui)
    late = ChildFactory(region_id=XIJIE)
    with acting(chair):
        (village,) = progress_of(chair, found, XIJIE)
        assert village.new == 1
        with pytest.raises(RoundError):
            answer(chair, found, late, Outcome.STILL, "")


def test_progress_adds_up_whatever_becomes_of_a_child(cast: Cast, chair: Any) -> None:
    """Asked are those who wait and those answered for, though one of them has left the roster since."""
    found = opened(cast.wenshui)
    on_roster = Child.objects.registered().within_region(WENSHUI).count()
    with acting(chair):
        answer(chair, found, cast.child, Outcome.LEFT, "跟妈妈走了")
    with acting(cast.wenshui):
        leave_roster(cast.wenshui, cast.child, LeavingReason.RESIDENCE_MOVED, today())
        total = total_of(progress_of(cast.wenshui, found, WENSHUI))
    assert (total.asked, total.left, total.answered) == (on_roster, 1, 1)


def test_what_a_village_reports_becomes_a_to_do_and_changes_no_roster(cast: Cast, chair: Any) -> None:
    other = ChildFactory(region_id=XIJIE)
    found = opened(cast.wenshui)
    with acting(chair):
        answer(chair, found, cast.child, Outcome.LEFT, "跟妈妈走了")
        answer(chair, found, other, Outcome.CHANGED, "转学")
    assert find_all(today()) == []
    kinds = set(Todo.objects.open().values_list("kind", flat=True))
    assert {"round_left", "round_changed"} <= kinds
    cast.child.refresh_from_db()
    assert cast.child.is_on_roster
    with acting(cast.wenshui):
        leave_roster(cast.wenshui, cast.child, LeavingReason.RESIDENCE_MOVED, today())
    find_all(today())
    assert not Todo.objects.open().filter(kind="round_left").exists()


def test_a_reported_change_leads_to_a_visit(cast: Cast, chair: Any) -> None:
    let_remind(WENSHUI)
    found = opened(cast.wenshui)
    with acting(chair):
        answer(chair, found, cast.child, Outcome.CHANGED, "奶奶住院了")
        answer(chair, found, cast.child, Outcome.CHANGED, "奶奶住院了，爷爷在家")
    (duty,) = Duty.objects.filter(child=cast.child, kind="CHANGE")
    assert duty.due_on == today() + datetime.timedelta(days=3)


def test_villages_are_reminded_once_a_day_while_children_wait(cast: Cast, chair: Any) -> None:
    found = opened(cast.wenshui)
    with acting(cast.wenshui):
        assert remind_villages(cast.wenshui, found) == 1
        remind_villages(cast.wenshui, found)
    assert Notice.objects.filter(kind="round", title__contains="还没有报完").count() == 1
    with acting(chair):
        for child in Child.objects.visible_to(chair).registered():
            answer(chair, found, child, Outcome.STILL, "")
    with acting(cast.wenshui):
        assert remind_villages(cast.wenshui, found) == 0


def test_a_township_s_round_is_nobody_else_s(cast: Cast, as_user: Session) -> None:
    found = opened(cast.fengcheng, FENGCHENG)
    beside = make_user("kaishan", Role.STAFF, KAISHAN)
    for user, status in ((cast.wenshui, 200), (beside, 404), (cast.xingxian, 404), (cast.city, 200)):
        assert as_user(user).get(reverse("rounds:detail", args=[found.pk])).status_code == status
    assert as_user(cast.wenshui).post(reverse("rounds:close", args=[found.pk])).status_code == 403


def test_a_village_sees_its_own_answers_only(cast: Cast, chair: Any) -> None:
    found = opened(cast.wenshui)
    with acting(chair):
        answer(chair, found, cast.child, Outcome.STILL, "")
    other = make_user("nanyukou", Role.STAFF, "141121100200")
    with acting(other):
        assert list(RoundAnswer.objects.all()) == []
        assert list(Round.objects.visible_to(other)) == [found]


def test_a_chair_s_post_is_needed(cast: Cast, chair: Any, as_user: Session) -> None:
    found = opened(cast.wenshui)
    Post.objects.filter(user=chair).update(ends_on=today() - datetime.timedelta(days=1))
    assert as_user(chair).get(reverse("rounds:village", args=[found.pk])).status_code == 403
