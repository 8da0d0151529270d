"""A child on the roster: leaving and returning, needs, being found, and the list."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from aixin.audit.models import Action, Entry
from children.choices import LeavingReason, NeedSource, NeedState, Status
from children.models import Child, Need
from children.services import NotOnRosterError, leave_roster
from pairing.choices import EndReason, State
from tests.cast import XIJIE, Cast
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VolunteerFactory
from tests.pages import rows_on, text_of
from visits.models import Visit

pytestmark = pytest.mark.django_db


def leave(cast: Cast, child: Child, reason: str = "OVER_AGE", day: Any = None, who: str = "wenshui") -> Any:
    form = {"reason": reason, "day": day or timezone.localdate().isoformat()}
    return Session(cast.users[who]).post(f"/children/{child.pk}/leave/", form)


class TestLeaving:
    def test_it_takes_the_child_off_the_roster_with_reason_and_date(self, cast: Cast) -> None:
        assert leave(cast, cast.child, "PARENT_BACK", "2026-11-01").status_code == 302
        cast.child.refresh_from_db()
        assert cast.child.status == Status.LEFT
        assert cast.child.left_reason == LeavingReason.PARENT_BACK
        assert cast.child.left_on == datetime.date(2026, 11, 1)

    def test_it_ends_every_pairing_of_the_child(self, cast: Cast) -> None:
        other = PairingFactory(child=cast.child, volunteer=VolunteerFactory(), is_main=False)
        paused = PairingFactory(
            child=cast.child, volunteer=VolunteerFactory(), is_main=False, state=State.PAUSED
        )
        leave(cast, cast.child)
        for pairing in (cast.pairing, other, paused):
            pairing.refresh_from_db()
            assert (pairing.state, pairing.end_reason) == (State.ENDED, EndReason.CHILD_LEFT)
            assert pairing.ended_on == timezone.localdate()
            assert not pairing.is_main
        cast.second_pairing.refresh_from_db()
        assert cast.second_pairing.state == State.ACTIVE

    def test_visits_stay(self, cast: Cast) -> None:
        leave(cast, cast.child)
        assert Visit.objects.standing().filter(visited__child=cast.child).count() == 1

    def test_the_volunteer_no_longer_sees_the_child(self, cast: Cast) -> None:
        leave(cast, cast.child)
        assert Session(cast.mama).get(f"/children/{cast.child.pk}/").status_code == 404

    def test_a_second_leaving_changes_nothing(self, cast: Cast) -> None:
        leave(cast, cast.child, "OVER_AGE", "2026-11-01")
        answer = leave(cast, cast.child, "ADOPTED", "2026-11-02")
        assert answer.status_code == 302
        cast.child.refresh_from_db()
        assert cast.child.left_reason == LeavingReason.OVER_AGE
        with pytest.raises(NotOnRosterError):
            leave_roster(cast.wenshui, cast.child, LeavingReason.ADOPTED, timezone.localdate())

    @pytest.mark.parametrize(
        ("field", "form"),
        [
            ("day", {"reason": "OVER_AGE", "day": "2999-01-01"}),
            ("day", {"reason": "OVER_AGE", "day": ""}),
            ("reason", {"reason": "BECAUSE", "day": "2026-11-01"}),
            ("reason", {"reason": "", "day": "2026-11-01"}),
        ],
    )
    def test_it_asks_for_a_reason_and_a_day_not_to_come(
        self, cast: Cast, field: str, form: dict[str, str]
    ) -> None:
        answer = Session(cast.wenshui).post(f"/children/{cast.child.pk}/leave/", form)
        assert field in answer.context["form"].errors
        cast.child.refresh_from_db()
        assert cast.child.is_on_roster

    @pytest.mark.parametrize(
        ("who", "status"), [("city", 403), ("mama", 403), ("xingxian", 404), ("outsider", 404)]
    )
    @pytest.mark.parametrize("act", ["leave", "return"])
    def test_others_may_not(self, cast: Cast, who: str, status: int, act: str) -> None:
        answer = Session(cast.users[who]).post(f"/children/{cast.child.pk}/{act}/", {})
        assert answer.status_code == status

    def test_it_is_in_the_trail(self, cast: Cast) -> None:
        leave(cast, cast.child)
        entry = Entry.objects.get(action=Action.UPDATE, object_id=cast.child.pk)
        assert (entry.user, entry.reason) == (cast.wenshui, "超龄")

    def test_the_child_is_found_among_those_who_left_and_not_on_the_roster(self, cast: Cast) -> None:
        leave(cast, cast.child)
        session = Session(cast.wenshui)
        assert "张小明" not in session.get("/children/").content.decode()
        assert "张小明" in session.get("/children/?figure=left").content.decode()


class TestReturning:
    def test_it_undoes_the_leaving_and_pairings_stay_ended(self, cast: Cast) -> None:
        leave(cast, cast.child)
        Session(cast.wenshui).post(f"/children/{cast.child.pk}/return/")
        cast.child.refresh_from_db()
        assert (cast.child.status, cast.child.left_on, cast.child.left_reason) == (Status.ON_ROSTER, None, "")
        cast.pairing.refresh_from_db()
        assert cast.pairing.state == State.ENDED
        assert "张小明" in Session(cast.wenshui).get("/children/?figure=unpaired").content.decode()

    def test_leaving_and_returning_are_in_the_history(self, cast: Cast) -> None:
        leave(cast, cast.child)
        session = Session(cast.wenshui)
        session.post(f"/children/{cast.child.pk}/return/")
        shown = text_of(session.get(f"/children/{cast.child.pk}/?tab=history").content.decode())
        assert "已出列" in shown
        assert "超龄" in shown


class TestNeeds:
    def raise_one(self, cast: Cast, **form: str) -> Any:
        return Session(cast.wenshui).post(
            f"/children/{cast.child.pk}/needs/", {"topic": "STUDY", "detail": "数学"} | form, follow=True
        )

    def test_a_need_has_source_date_and_state(self, cast: Cast) -> None:
        self.raise_one(cast)
        need = cast.child.needs.get()
        assert (need.topic, need.detail, need.source) == ("STUDY", "数学", NeedSource.STAFF)
        assert (need.state, need.raised_on) == (NeedState.OPEN, timezone.localdate())
        assert need.region_id == cast.child.region_id

    def test_the_same_need_twice_is_one(self, cast: Cast) -> None:
        self.raise_one(cast)
        self.raise_one(cast)
        assert cast.child.needs.count() == 1

    def test_a_met_need_says_when_and_by_whom_and_may_be_raised_anew(self, cast: Cast) -> None:
        self.raise_one(cast)
        need = cast.child.needs.get()
        Session(cast.wenshui).post(f"/children/needs/{need.pk}/met/", {"met_by": "县图书馆"})
        need.refresh_from_db()
        assert (need.state, need.met_on, need.met_by) == (NeedState.MET, timezone.localdate(), "县图书馆")
        self.raise_one(cast)
        assert cast.child.needs.count() == 2

    def test_an_unknown_topic_is_refused(self, cast: Cast) -> None:
        assert "请选择需求" in self.raise_one(cast, topic="MONEY").content.decode()
        assert not Need.objects.exists()

    def test_another_county_cannot_touch_it(self, cast: Cast) -> None:
        self.raise_one(cast)
        need = cast.child.needs.get()
        stranger = Session(cast.xingxian)
        assert stranger.post(f"/children/needs/{need.pk}/met/").status_code == 404
        assert stranger.post(f"/children/{cast.child.pk}/needs/", {"topic": "STUDY"}).status_code == 404
        need.refresh_from_db()
        assert need.state == NeedState.OPEN

    def test_the_list_finds_children_by_open_need(self, cast: Cast) -> None:
        self.raise_one(cast)
        session = Session(cast.wenshui)
        assert rows_on(session.get("/children/?need=STUDY")) == 1
        assert rows_on(session.get("/children/?need=LEGAL")) == 0


def find(cast: Cast, text: str, who: str = "wenshui") -> Any:
    return Session(cast.users[who]).post("/search/", {"q": text})


class TestSearch:
    @pytest.mark.parametrize("text", ["张小明", "小明", "zxm", "ZXM", " zxm ", "zhangxiaoming", "zhangx"])
    def test_by_name_and_pinyin(self, cast: Cast, text: str) -> None:
        assert find(cast, text).url == f"/children/{cast.child.pk}/"

    def test_by_exact_id_in_either_case(self, cast: Cast) -> None:
        assert find(cast, cast.child.idno).url == f"/children/{cast.child.pk}/"
        assert find(cast, cast.child.idno.lower()).url == f"/children/{cast.child.pk}/"

    def test_by_exact_phone_of_the_guardian(self, cast: Cast) -> None:
        phone = cast.child.guardians.get().phone
        assert find(cast, phone).url == f"/children/{cast.child.pk}/"

    def test_by_public_number(self, cast: Cast) -> None:
        assert find(cast, cast.child.no).url == f"/children/{cast.child.pk}/"

    def test_a_part_of_id_or_phone_finds_nobody(self, cast: Cast) -> None:
        phone = cast.child.guardians.get().phone
        for part in (cast.child.idno[:10], phone[:8], cast.child.idno[-4:]):
            answer = find(cast, part)
            assert answer.status_code == 200
            assert answer.context["total"] == 0

    def test_several_are_listed(self, cast: Cast) -> None:
        ChildFactory(name="张雪梅", region_id=XIJIE)
        answer = find(cast, "zxm")
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "张小明" in page
        assert "张雪梅" in page

    @pytest.mark.parametrize("who", ["xingxian", "outsider"])
    def test_nobody_outside_the_scope_is_found(self, cast: Cast, who: str) -> None:
        for text in ("张小明", "zxm", cast.child.idno, cast.child.no, cast.child.guardians.get().phone):
            assert find(cast, text, who).context["total"] == 0

    def test_the_city_finds_masked_names(self, cast: Cast) -> None:
        ChildFactory(name="张雪梅", region_id=XIJIE)
        page = find(cast, "zxm", "city").content.decode()
        assert "张**" in page
        assert "张小明" not in page

    def test_an_id_never_stands_in_an_address(self, cast: Cast) -> None:
        answer = Session(cast.wenshui).get("/search/", {"q": cast.child.idno})
        assert answer.status_code == 200
        assert "张小明" not in answer.content.decode()

    @pytest.mark.parametrize("who", ["mama", "official", "sysadmin", "auditor"])
    def test_other_roles_do_not_search(self, cast: Cast, who: str) -> None:
        assert find(cast, "zxm", who).status_code == 403

    @pytest.mark.parametrize("text", ["", "   ", "'; DROP TABLE children_child; --", "%", "_", "\x00"])
    def test_odd_words_find_nobody_and_break_nothing(self, cast: Cast, text: str) -> None:
        answer = find(cast, text)
        assert answer.status_code == 200
        assert answer.context["total"] == 0


class TestList:
    def test_pages_list_every_child_exactly_once_and_in_order(self, cast: Cast) -> None:
        for _ in range(45):
            ChildFactory(name="同名", region_id=XIJIE)
        session = Session(cast.wenshui)
        first = session.get("/children/")
        assert rows_on(first) == 48
        shown = []
        for number in (1, 2, 3):
            table = session.get(f"/children/?page={number}").context["table"]
            shown += [row.record.pk for row in table.paginated_rows]
        expected = Child.objects.filter(pk__in=shown).order_by("region_id", "initials", "id")
        assert shown == list(expected.values_list("pk", flat=True))
        assert len(set(shown)) == 48

    def test_the_list_is_ordered_so_that_pages_cannot_repeat_a_row(self, cast: Cast) -> None:
        for address in ("/children/", "/volunteers/", "/pairings/", "/visits/"):
            table = Session(cast.wenshui).get(address).context["table"]
            assert table.data.data.ordered, address

    def test_filters_narrow(self, cast: Cast) -> None:
        session = Session(cast.wenshui)
        assert rows_on(session.get("/children/")) == 3
        assert rows_on(session.get("/children/?region=141121101")) == 1
        assert rows_on(session.get("/children/?figure=unpaired")) == 1
        assert rows_on(session.get("/children/?category=ORPHAN_SCATTERED")) == 0
        assert rows_on(session.get("/children/?region=140105")) == 0

    @pytest.mark.parametrize(
        "query",
        ["figure=nonsense", "region=x", "page=999", "page=x", "category=1", "sort=nonsense", "age=9-"],
    )
    def test_a_nonsense_query_breaks_nothing(self, cast: Cast, query: str) -> None:
        assert Session(cast.wenshui).get(f"/children/?{query}").status_code in {200, 404}

    def test_the_city_sees_masked_names_only(self, cast: Cast) -> None:
        page = Session(cast.city).get("/children/").content.decode()
        assert "张**" in page
        for name in ("张小明", "孙待结", "李小红", "王爱心"):
            assert name not in page
