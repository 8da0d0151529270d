"""Who decides on a request and who is told: never the requester herself, otherwise the level above."""

import datetime

import pytest
from django.utils import timezone

from aixin.access.authority import deciders_for, heads_above, heads_of
from aixin.access.models import Role
from aixin.access.signals import message_due
from aixin.notify.models import Notice
from tests.cast import CITY, FENGCHENG, WENSHUI, Cast, make_user

pytestmark = pytest.mark.django_db


def test_the_head_of_the_region_decides_for_her_staff(cast: Cast) -> None:
    clerk = make_user("clerk", Role.STAFF, WENSHUI)

    assert deciders_for(clerk) == [cast.wenshui]


def test_a_head_never_decides_for_herself_but_the_level_above(cast: Cast) -> None:
    mayor = make_user("cityhead", Role.STAFF, CITY, is_head=True)

    assert deciders_for(cast.wenshui) == [mayor]
    assert heads_above(cast.wenshui) == [mayor]


def test_a_township_without_a_head_turns_to_its_county(cast: Cast) -> None:
    assert deciders_for(cast.fengcheng) == [cast.wenshui]


def test_without_any_head_above_nobody_decides(cast: Cast) -> None:
    assert deciders_for(cast.wenshui) == []
    assert deciders_for(cast.postless) == []


def test_a_head_whose_post_ended_or_whose_account_is_closed_does_not_count(cast: Cast) -> None:
    post = cast.wenshui.posts.get()
    post.ends_on = timezone.localdate() - datetime.timedelta(days=1)
    post.save()
    closed = make_user("closed", Role.STAFF, FENGCHENG, is_head=True)
    closed.is_active = False
    closed.save()

    assert list(heads_of(WENSHUI)) == []
    assert list(heads_of(FENGCHENG)) == []


def test_a_message_of_the_lower_layers_reaches_the_inbox_once(cast: Cast) -> None:
    for _ in range(2):
        message_due.send(
            None, to=[cast.wenshui], code=WENSHUI, kind="alert", key="a", title="有人查看较多", link="/"
        )

    assert [notice.title for notice in Notice.objects.visible_to(cast.wenshui)] == ["有人查看较多"]
