"""抽查: visits are drawn at random and once, a guardian's no is seen on the record, nobody is ranked."""

import datetime
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from aixin.access.scope import acting
from tests.cast import Cast
from tests.conftest import Session
from tests.factories import VisitFactory
from visits.drawing import Draw, draw, drawable
from visits.models import CallBack, Visit


def wanted(cast: Cast, number: int = 5) -> Draw:
    today = timezone.localdate()
    return Draw(today - datetime.timedelta(days=30), today, number, cast.wenshui)


@pytest.fixture
def visits(cast: Cast) -> list[Visit]:
    Visit.objects.all().delete()
    return [
        VisitFactory(
            recorded_by=cast.mama,
            region_id=cast.child.region_id,
            children=[child],
            volunteers=[cast.volunteer],
        )
        for child in (cast.child, cast.unpaired)
    ]


def test_each_visit_is_drawn_once(cast: Cast, visits: list[Visit]) -> None:
    with acting(cast.wenshui):
        assert draw(cast.wenshui, wanted(cast, 1)) == 1
        assert draw(cast.wenshui, wanted(cast)) == 1
        assert draw(cast.wenshui, wanted(cast)) == 0
    assert set(CallBack.objects.values_list("visit", flat=True)) == {visit.pk for visit in visits}


def test_what_is_withdrawn_or_nobody_s_is_not_drawn(cast: Cast, visits: list[Visit]) -> None:
    first, second = visits
    Visit.objects.filter(pk=first.pk).update(withdrawn_at=timezone.now())
    second.volunteers.clear()
    today = timezone.localdate()
    with acting(cast.wenshui):
        assert not drawable(cast.wenshui, today - datetime.timedelta(days=30), today).exists()


def test_a_child_held_back_is_drawn_like_any_other(cast: Cast, visits: list[Visit]) -> None:
    """Neither what is left to draw nor what is never drawn tells that a guardian is not to be called."""
    body = {"signs": ["VIOLENCE"], "text": "有伤", "client_uuid": uuid.uuid4()}
    Session(cast.mama).post(f"/concerns/alarm/{cast.child.pk}/", body)
    page = Session(cast.wenshui).get("/visits/callbacks/draw/")
    assert page.context["left"] == 2
    with acting(cast.wenshui):
        assert draw(cast.wenshui, wanted(cast)) == 2
    assert {callback.child for callback in CallBack.objects.all()} == {cast.child, cast.unpaired}


def test_another_county_s_visits_are_not_drawn(cast: Cast, visits: list[Visit]) -> None:
    with acting(cast.xingxian):
        assert draw(cast.xingxian, wanted(cast)) == 0


def test_a_guardian_who_denies_it_is_seen_on_the_record(
    cast: Cast, visits: list[Visit], as_user: Any
) -> None:
    client: Session = as_user(cast.wenshui)
    today = timezone.localdate()
    form = {
        "since": f"{today - datetime.timedelta(days=5)}",
        "until": f"{today}",
        "number": "1",
        "caller": cast.wenshui.pk,
    }
    assert client.post(reverse("visits:draw"), form).status_code == 302
    call = CallBack.objects.get()
    answer = reverse("visits:callback_answer", args=[call.pk])
    client.post(answer, {"answer": "DENIED"})
    assert CallBack.objects.open().exists()
    client.post(answer, {"answer": "DENIED", "remark": "奶奶说没来"})
    assert call.visit is not None
    page = client.get(reverse("visits:detail", args=[call.visit_id])).content.decode()
    assert "说没有这次走访" in page
    assert list(Visit.objects.denied()) == [call.visit]
    assert "没有可以抽查的走访" not in client.get(reverse("visits:draw")).content.decode()
