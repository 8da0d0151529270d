"""纸质记录补录: good rows are stored once, wrong ones stay with a sentence, empty ones say nothing."""

import re
from typing import Any

from django.urls import reverse

from pairing.models import Pairing
from tests.cast import Cast
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory
from visits.models import Visit

ADDRESS = reverse("visits:paper")


def row(client: Any, child: Any, **typed: Any) -> dict[str, Any]:
    """Return what the page holds for a child, with what was typed."""
    page = client.get(ADDRESS).content.decode()
    found = re.search(rf'name="child-{child.pk}-client_uuid"\s+value="([^"]+)"', page)
    assert found is not None
    values = {
        "client_uuid": found[1],
        "way": "HOME",
        "date": "",
        "seen": "",
        "done": "",
        "minutes": "",
        **typed,
    }
    return {f"child-{child.pk}-{name}": value for name, value in values.items()}


def test_good_rows_are_stored_and_the_wrong_one_stays(cast: Cast, as_user: Session) -> None:
    other = ChildFactory(region_id=cast.child.region_id)
    PairingFactory(child=other, volunteer=cast.volunteer, is_main=True)
    client = as_user(cast.wenshui)
    body = {
        **row(
            client,
            cast.child,
            date="2026-01-05",
            seen="一切都好",
            minutes="90",
            volunteers=[cast.volunteer.pk],
        ),
        **row(client, other, date="2099-01-05", seen="写错年份"),
    }
    page = client.post(ADDRESS, body).content.decode()
    stored = Visit.objects.get(seen="一切都好")
    assert (stored.is_backfill, stored.minutes, stored.recorded_by) == (True, 90, cast.wenshui)
    assert list(stored.volunteers.all()) == [cast.volunteer]
    assert "日期不能晚于今天" in page
    assert "写错年份" in page
    assert "一切都好" not in page


def test_the_same_rows_sent_twice_are_stored_once(cast: Cast, as_user: Session) -> None:
    client = as_user(cast.wenshui)
    body = row(client, cast.child, date="2026-01-05", seen="一次")
    for _ in range(2):
        assert client.post(ADDRESS, body).status_code == 302
    assert Visit.objects.filter(seen="一次").count() == 1


def test_rows_without_words_say_nothing(cast: Cast, as_user: Session) -> None:
    client = as_user(cast.wenshui)
    before = Visit.objects.count()
    client.post(ADDRESS, row(client, cast.child))
    assert Visit.objects.count() == before


def test_only_children_of_one_s_own_place_and_their_own_volunteers(cast: Cast, as_user: Session) -> None:
    client = as_user(cast.wenshui)
    page = client.get(ADDRESS + "?place=141123").content.decode()
    assert cast.far.name not in page
    stranger = Pairing.objects.exclude(child=cast.child).first()
    assert stranger is not None
    body = row(client, cast.child, date="2026-01-05", seen="别人", volunteers=[cast.far_volunteer.pk])
    answer = client.post(ADDRESS, body)
    assert answer.status_code == 200
    assert not Visit.objects.filter(seen="别人").exists()
