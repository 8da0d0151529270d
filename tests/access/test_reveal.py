"""`reveal`: one field, with a reason, for a minute, so many an hour; the level above hears of more (DESIGN 3.4)."""

from typing import Any

import pytest
from django.urls import reverse

from aixin.access.models import Role
from aixin.access.reveal import _revealables
from aixin.audit.models import Action, Entry
from aixin.notify.models import Notice
from children.models import Guardian
from tests.cast import CITY, Cast, make_user
from tests.conftest import Session

pytestmark = pytest.mark.django_db


def url_of(guardian: Guardian, name: str = "reveal") -> str:
    return reverse(name, args=["children.guardian", guardian.pk, "phone"])


def opened(session: Session, guardian: Guardian, **data: str) -> Any:
    return session.post(url_of(guardian), data or {"reason": "contact"})


def test_a_reason_opens_the_field_and_stands_in_the_trail(cast: Cast) -> None:
    guardian = cast.child.main_guardian
    answer = opened(Session(cast.wenshui), guardian)
    assert guardian.phone in answer.content.decode()
    entry = Entry.objects.get(action=Action.REVEAL)
    assert (entry.reason, entry.object_id, entry.detail) == (
        "联系本人或监护人",
        str(guardian.pk),
        {"field": "phone"},
    )


def test_the_page_hides_it_again_after_a_minute(cast: Cast) -> None:
    guardian, session = cast.child.main_guardian, Session(cast.wenshui)
    page = opened(session, guardian).content.decode()
    assert f'hx-get="{url_of(guardian, "conceal")}"' in page
    assert "delay:60s" in page
    again = session.get(url_of(guardian, "conceal")).content.decode()
    assert guardian.masked_phone in again
    assert guardian.phone not in again


@pytest.mark.parametrize(("data", "opens"), [({"reason": "other"}, False), ({"reason": "other", "note": "送米面"}, True),
                                              ({"reason": "mine"}, False), ({}, False)])  # fmt: skip
def test_a_reason_of_ones_own_is_written_out(cast: Cast, data: dict[str, str], *, opens: bool) -> None:
    guardian = cast.child.main_guardian
    answer = Session(cast.wenshui).post(url_of(guardian), data)
    assert (guardian.phone in answer.content.decode()) is opens
    reasons = list(Entry.objects.filter(action=Action.REVEAL).values_list("reason", flat=True))
    assert reasons == (["送米面"] if opens else [])


def test_whatever_can_be_revealed_can_be_hidden_again() -> None:
    missing = [
        f"{label}.{field}"
        for label, offered in _revealables.items()
        for field in offered.fields
        if not hasattr(offered.model, f"masked_{field}")
    ]
    assert missing == []


class TestLimit:
    @pytest.fixture(autouse=True)
    def few(self, settings: Any) -> None:
        settings.REVEALS_PER_HOUR = 2

    def test_beyond_the_limit_nothing_opens_and_the_level_above_hears_once(self, cast: Cast) -> None:
        head = make_user("cityhead", Role.STAFF, CITY, is_head=True)
        guardian, session = cast.child.main_guardian, Session(cast.wenshui)
        answers = [opened(session, guardian) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
        assert guardian.phone not in answers[2].content.decode()
        assert "一小时后再试" in answers[2].content.decode()
        notices = Notice.objects.visible_to(head)
        assert [notice.kind for notice in notices] == ["alarm"]
        assert Entry.objects.filter(action=Action.ALARM).count() == 1
        assert Session(head).get("/inbox/").content.decode().count("达到上限") == 1

    def test_a_county_hears_of_its_township(self, cast: Cast) -> None:
        guardian, session = cast.child.main_guardian, Session(cast.fengcheng)
        for _ in range(3):
            opened(session, guardian)
        assert Notice.objects.visible_to(cast.wenshui).filter(kind="alarm").exists()

    def test_asking_for_the_form_and_calls_do_not_count(self, cast: Cast) -> None:
        guardian, session = cast.child.main_guardian, Session(cast.wenshui)
        for _ in range(5):
            session.get(url_of(guardian))
        assert opened(session, guardian).status_code == 200

    def test_each_has_a_limit_of_her_own(self, cast: Cast) -> None:
        guardian = cast.child.main_guardian
        for _ in range(3):
            opened(Session(cast.wenshui), guardian)
        assert opened(Session(cast.fengcheng), guardian).status_code == 200
