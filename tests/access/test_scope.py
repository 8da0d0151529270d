"""Who sees which rows: scope by region for staff, by pairing for volunteers, nothing for the rest."""

import pytest

from children.models import Child, Guardian
from pairing.models import Pairing
from tests.cast import Cast
from visits.models import Visit
from volunteers.models import Volunteer


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("city", {"张小明", "孙待结", "李小红", "周远方"}),
        ("wenshui", {"张小明", "孙待结", "李小红"}),
        ("xingxian", {"周远方"}),
        ("fengcheng", {"张小明", "孙待结"}),
        ("outsider", {"钱外地"}),
        ("mama", {"张小明"}),
        ("mama2", {"李小红"}),
        ("official", set()),
        ("sysadmin", set()),
        ("auditor", set()),
        ("postless", set()),
    ],
)
def test_children_are_seen_within_scope_only(cast: Cast, who: str, names: set[str]) -> None:
    assert {child.name for child in Child.objects.visible_to(cast.users[who])} == names


@pytest.mark.parametrize("model", [Guardian, Pairing, Visit, Volunteer])
@pytest.mark.parametrize("who", ["official", "sysadmin", "auditor", "postless"])
def test_roles_without_rows_see_no_person(cast: Cast, who: str, model: type) -> None:
    assert not model.objects.visible_to(cast.users[who]).exists()


def test_a_volunteer_sees_her_own_visits_only(cast: Cast) -> None:
    assert list(Visit.objects.visible_to(cast.mama)) == [cast.visit]
    assert not Visit.objects.visible_to(cast.mama2).exists()


def test_an_ended_pairing_closes_the_child_to_the_volunteer(cast: Cast) -> None:
    Pairing.objects.filter(pk=cast.pairing.pk).update(
        state="ENDED", ended_on=cast.pairing.started_on, end_reason="ADJUSTED", is_main=False
    )
    assert not Child.objects.visible_to(cast.mama).exists()


def test_a_post_that_has_ended_gives_nothing(cast: Cast) -> None:
    cast.wenshui.posts.update(ends_on="2026-01-02")
    fresh = type(cast.wenshui).objects.get(pk=cast.wenshui.pk)
    assert fresh.acting_post is None
    assert not Child.objects.visible_to(fresh).exists()
