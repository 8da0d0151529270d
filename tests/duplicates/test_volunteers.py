"""Two records of one volunteer: found, merged with pairings, visits and account, and taken apart again."""

import datetime
import threading
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from aixin.access.models import Post, Role, User
from aixin.access.scope import acting
from aixin.audit.models import Entry
from aixin.exchange.jobs import import_file
from aixin.notify.models import Notice
from aixin.rights.choices import Basis
from aixin.rights.services import erase
from duplicates.choices import Reason, State
from duplicates.comparing import better_side, compare
from duplicates.merging import merge
from duplicates.models import VolunteerDuplicate
from duplicates.nearness import Facts, near_volunteers
from duplicates.of_volunteers import VOLUNTEERS
from duplicates.services import DuplicateError, look_at, look_at_everyone, tell_apart
from duplicates.sides import FIRST, SECOND, Choice
from duplicates.undoing import finish_old, obstacles, take_back
from pairing.models import Pairing
from pairing.querysets import candidates_for
from pairing.services import PairingError, Terms, confirm
from tests.cast import FENGCHENG, KAISHAN, WENSHUI, XIJIE, Cast, make_user
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory, make_idno
from volunteers.choices import Clearance
from volunteers.choices import State as Standing
from volunteers.models import Volunteer

BORN = datetime.date(1985, 3, 9)
PHONE = "19920001111"
TABLES = (
    "volunteers_volunteer", "pairing_pairing", "visits_visit", "visits_visit_volunteers", "access_user", "access_post",
)  # fmt: skip


def facts(name: str = "王爱心", **other: Any) -> Facts:
    blank = {"pinyin": "wangaixin", "birth": None, "region": FENGCHENG, "idno": "", "phone": PHONE}
    return Facts(**{"name": name, **blank, **other})


ONE, OTHER = "991121198503090028", "991121199112120041"


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (facts(), facts(region=KAISHAN), Reason.SAME_PHONE),
        (facts(idno=ONE), facts(idno=OTHER), Reason.SAME_PHONE),
        (facts(), facts("赵大哥", pinyin="zhaodage"), Reason.SHARED_PHONE),
        (facts(idno=ONE), facts("赵大哥", pinyin="zhaodage", idno=OTHER), None),
        (facts(phone="0358123456"), facts("赵大哥", pinyin="zhaodage", phone="0358123456"), None),
        (facts(phone=""), facts("赵大哥", pinyin="zhaodage", phone=""), None),
        (facts(), facts(phone="19920002222"), Reason.NAMESAKE),
        (facts(), facts(phone="19920002222", region=KAISHAN), None),
        (facts(birth=BORN), facts(phone="", birth=BORN, region=KAISHAN), Reason.SAME_NAME),
        (facts(birth=BORN), facts("汪艾欣", phone="", birth=BORN), Reason.SAME_SOUND),
        (facts(birth=BORN), facts(phone="", birth=datetime.date(1990, 1, 1)), None),
    ],
)  # fmt: skip
def test_what_is_near(one: Facts, other: Facts, reason: Reason | None) -> None:
    assert near_volunteers(one, other) == reason
    assert near_volunteers(other, one) == reason


@pytest.fixture
def pair(cast: Cast) -> VolunteerDuplicate:
    """A record with an ID number, and a poorer one of another township with the same phone; each has an account."""
    first = VolunteerFactory(
        name="王小爱", birth=BORN, idno=make_idno(31, BORN), phone=PHONE, region_id=FENGCHENG, unit="镇政府",
        user=make_user("old", Role.VOLUNTEER, FENGCHENG),
    )  # fmt: skip
    VolunteerFactory(
        name="王小爱", birth=None, idno="", phone=PHONE, other_phones="03581234567", region_id=KAISHAN, capacity=5,
        cleared_on=datetime.date(2026, 11, 1), user=make_user("new", Role.VOLUNTEER, KAISHAN),
    )  # fmt: skip
    look_at(VOLUNTEERS, [first.pk])
    return VolunteerDuplicate.objects.get()


def merged(cast: Cast, pair: VolunteerDuplicate, **chosen: str) -> tuple[Volunteer, Volunteer]:
    """Merge as the page proposes, but for some matters."""
    rows = compare(VOLUNTEERS, cast.wenshui, pair.first, pair.second)
    keep = chosen.pop("keep", better_side(VOLUNTEERS, pair.first, pair.second))
    choice = Choice(keep, {row.name: row.default for row in rows if row.is_chosen} | chosen)
    with acting(cast.wenshui):
        kept = merge(cast.wenshui, pair, choice)
    pair.refresh_from_db()
    gone = Volunteer.objects.get(merged_into=kept)
    return Volunteer.objects.get(pk=kept.pk), gone


def state_of_rows() -> dict[str, str]:
    """Every row of the tables that a merge writes, ciphertext verbatim."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"SELECT string_agg((to_jsonb(t) - 'updated_at')::text, '|' ORDER BY id) FROM {table} t"
            )
            found[table] = cursor.fetchone()[0]
    return found


def test_a_phone_of_an_office_raises_no_doubt_but_two_of_one_name_do(cast: Cast) -> None:
    many = [VolunteerFactory(name=f"秦{n}", birth=None, idno="", phone=PHONE) for n in "一二三四五"]
    assert look_at(VOLUNTEERS, [one.pk for one in many]) == 0
    VolunteerFactory(name="秦一", birth=None, idno="", phone=PHONE, region_id=KAISHAN)
    assert look_at(VOLUNTEERS, [many[0].pk]) == 1


def test_a_township_that_types_one_is_compared_with_the_county(cast: Cast, as_user: Any) -> None:
    VolunteerFactory(name="秦小爱", birth=None, idno="", phone=PHONE, region_id=KAISHAN)
    data = {
        "name": "秦小爱", "phone": PHONE, "region": FENGCHENG, "kind": "OTHER", "capacity": 3, "state": "QUALIFIED",
    }  # fmt: skip
    assert as_user(cast.fengcheng).post(reverse("volunteers:create"), data).status_code == 302
    assert VolunteerDuplicate.objects.get().region_id == WENSHUI
    assert "疑似重复" not in as_user(cast.fengcheng).get(reverse("volunteers:list")).content.decode()
    assert "疑似重复 1" in as_user(cast.wenshui).get(reverse("volunteers:list")).content.decode()


def test_an_import_and_the_night_compare_volunteers(cast: Cast) -> None:
    VolunteerFactory(name="秦小爱", birth=None, idno="", phone="19920009999")
    rows = "爱心妈妈姓名,联系电话,乡镇\n秦小爱,19920008888,凤城镇\n"
    with acting(cast.fengcheng):
        import_file(cast.fengcheng, "volunteers", rows.encode(), "册.csv", commit=True)
    assert VolunteerDuplicate.objects.get().reason == Reason.NAMESAKE
    VolunteerDuplicate.objects.all().delete()
    assert look_at_everyone() == 1


def test_told_apart_stays_so_until_the_phone_changes(cast: Cast, pair: VolunteerDuplicate) -> None:
    tell_apart(cast.wenshui, pair)
    assert look_at(VOLUNTEERS, [pair.first_id]) == 0
    pair.refresh_from_db()
    assert pair.state == State.NOT_SAME
    pair.second.phone = "19920003333"
    pair.second.save()
    look_at(VOLUNTEERS, [pair.second_id])
    pair.refresh_from_db()
    assert pair.state == State.NOT_SAME
    pair.second.phone, pair.second.birth = PHONE, BORN
    pair.second.save()
    look_at(VOLUNTEERS, [pair.second_id])
    pair.refresh_from_db()
    assert pair.state == State.OPEN


def test_what_is_proposed(cast: Cast, pair: VolunteerDuplicate) -> None:
    kept, gone = merged(cast, pair)
    assert (kept.pk, kept.idno, kept.phone, kept.unit) == (pair.first_id, pair.first.idno, PHONE, "镇政府")
    assert (kept.other_phones, kept.cleared_on) == ("03581234567", datetime.date(2026, 11, 1))
    assert (gone.state, gone.idno_index, gone.user_id) == (Standing.MERGED, None, None)


def test_the_id_goes_over_and_the_other_phone_is_not_lost(cast: Cast, pair: VolunteerDuplicate) -> None:
    pair.second.phone = "19920007777"
    pair.second.save()
    idno = pair.first.idno
    kept, gone = merged(cast, pair, keep=SECOND, idno=FIRST, phone=FIRST)
    assert (kept.pk, kept.idno, kept.phone) == (pair.second_id, idno, PHONE)
    assert kept.other_phones == "19920007777、03581234567"
    assert gone.idno == ""


def test_a_later_bad_clearance_counts(cast: Cast, pair: VolunteerDuplicate) -> None:
    Volunteer.objects.filter(pk=pair.second_id).update(clearance=Clearance.FAILED)
    pair.refresh_from_db()
    kept, _ = merged(cast, pair)
    assert (kept.clearance, kept.cleared_on) == (Clearance.FAILED, datetime.date(2026, 11, 1))


def test_of_two_pairings_with_one_child_one_stays_with_the_visits_of_both(
    cast: Cast, pair: VolunteerDuplicate
) -> None:
    child, early = ChildFactory(), datetime.date(2025, 10, 1)
    third = PairingFactory(child=child, is_main=False, started_on=datetime.date(2024, 1, 1))
    mine = PairingFactory(child=child, volunteer=pair.first, is_main=False)
    PairingFactory(child=child, volunteer=pair.second, started_on=early, agreement_signed=True)
    other = PairingFactory(volunteer=pair.second)
    far = PairingFactory(child=cast.far, volunteer=pair.second)
    shared = VisitFactory(recorded_by=cast.wenshui, children=[child], volunteers=[pair.first, pair.second])
    hers = VisitFactory(recorded_by=cast.wenshui, children=[child], volunteers=[pair.second])
    kept, gone = merged(cast, pair)
    assert set(Pairing.objects.active().filter(volunteer=kept)) == {mine, other, far}
    active = Pairing.objects.active().filter(child=child)
    assert set(active) == {third, mine}
    assert active.get(is_main=True) == mine
    mine.refresh_from_db()
    assert (mine.started_on, mine.agreement_signed) == (early, True)
    assert set(kept.visits.all()) == {shared, hers}
    assert not gone.visits.exists()


def test_of_an_active_pairing_and_a_waiting_one_the_active_stays(
    cast: Cast, pair: VolunteerDuplicate
) -> None:
    child = ChildFactory()
    PairingFactory(child=child, volunteer=pair.first, state="CONSENT", is_main=False, started_on=None)
    active = PairingFactory(child=child, volunteer=pair.second)
    kept, _ = merged(cast, pair)
    assert list(Pairing.objects.open().filter(child=child, volunteer=kept)) == [active]


def test_the_account_chosen_stays_and_the_other_no_longer_opens(cast: Cast, pair: VolunteerDuplicate) -> None:
    old, new = pair.first.user, pair.second.user
    visit = VisitFactory(recorded_by=old, children=[ChildFactory()], volunteers=[pair.first])
    notice = Notice.objects.create(
        addressee=pair.second.addressee, region_id=FENGCHENG, kind="x", key="k", title="t",
        link=f"/volunteers/{pair.second_id}/",
    )  # fmt: skip
    kept, _ = merged(cast, pair, account=SECOND)
    assert kept.user == new
    old = User.objects.get(pk=old.pk)
    assert (old.is_active, old.current_posts) == (False, [])
    assert User.objects.get(pk=new.pk).is_active
    visit.refresh_from_db()
    notice.refresh_from_db()
    assert visit.recorded_by == new
    assert (notice.addressee, notice.link) == (kept.addressee, f"/volunteers/{kept.pk}/")


def test_the_only_account_goes_to_the_record_that_stays(cast: Cast, pair: VolunteerDuplicate) -> None:
    new = pair.second.user
    Volunteer.objects.filter(pk=pair.first_id).update(user=None)
    pair.refresh_from_db()
    kept, _ = merged(cast, pair, keep=FIRST)
    assert kept.user == new
    assert User.objects.get(pk=new.pk).is_active


def test_the_stub_stands_on_no_list_and_leads_to_the_record(
    cast: Cast, pair: VolunteerDuplicate, as_user: Any
) -> None:
    kept, gone = merged(cast, pair)
    session = as_user(cast.wenshui)
    assert session.post(reverse("search"), {"q": gone.no}).url == reverse("volunteers:detail", args=[kept.pk])
    assert session.get(reverse("volunteers:detail", args=[gone.pk])).url.endswith(f"/{kept.pk}/")
    assert session.get(reverse("volunteers:list"), {"text": "王小爱"}).content.decode().count("王小爱") == 1
    assert gone not in candidates_for(ChildFactory(), Volunteer.objects.all())
    assert Volunteer.objects.qualified().filter(name="王小爱").count() == 1
    with acting(cast.wenshui), pytest.raises(PairingError):
        confirm(cast.wenshui, cast.unpaired, gone, Terms(datetime.date(2026, 11, 1)))


@pytest.mark.parametrize("by", ["number", "phone"])
def test_a_row_that_means_the_stub_updates_the_record(cast: Cast, pair: VolunteerDuplicate, by: str) -> None:
    Volunteer.objects.filter(pk=pair.second_id).update(name="王小艾")
    pair.second.refresh_from_db()
    kept, gone = merged(cast, pair, name=FIRST)
    head, cell = ("爱心妈妈编号", gone.no) if by == "number" else ("爱心妈妈姓名", "王小艾")
    rows = f"{head},联系电话,乡镇,工作单位\n{cell},{PHONE},,新单位\n"
    with acting(cast.wenshui):
        _, outcome = import_file(cast.wenshui, "volunteers", rows.encode(), "册.csv", commit=True)
    assert outcome.counts["updated"] == 1
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.unit, gone.state) == ("新单位", Standing.MERGED)


def test_pairings_and_visits_of_a_file_that_name_the_stub_are_the_record_s(
    cast: Cast, pair: VolunteerDuplicate
) -> None:
    kept, gone = merged(cast, pair)
    pairings = f"儿童编号,儿童姓名,爱心妈妈编号,结对日期\n{cast.unpaired.no},孙待结,{gone.no},2026-01-02\n"
    visits = f"走访日期,走访方式,儿童姓名,爱心妈妈编号\n2026-02-03,电话,孙待结,{gone.no}\n"
    with acting(cast.wenshui):
        import_file(cast.wenshui, "pairings", pairings.encode(), "对.csv", commit=True)
        import_file(cast.wenshui, "visits", visits.encode(), "访.csv", commit=True)
    assert [pairing.child for pairing in kept.pairings.all()] == [cast.unpaired]
    assert kept.visits.count() == 1
    assert not gone.pairings.exists()


def test_a_chair_whose_volunteer_record_goes_keeps_her_account(cast: Cast, pair: VolunteerDuplicate) -> None:
    chair = pair.first.user
    Post.objects.create(user=chair, role=Role.STAFF, region_id=XIJIE)
    merged(cast, pair, account=SECOND)
    chair = User.objects.get(pk=chair.pk)
    assert chair.is_active
    assert [post.role for post in chair.current_posts] == [Role.STAFF]


def full_of_rows(cast: Cast, pair: VolunteerDuplicate) -> None:
    child = ChildFactory()
    PairingFactory(child=child, volunteer=pair.first, is_main=False)
    PairingFactory(child=child, volunteer=pair.second)
    PairingFactory(child=cast.far, volunteer=pair.second)
    VisitFactory(recorded_by=pair.first.user, children=[child], volunteers=[pair.first, pair.second])
    VisitFactory(recorded_by=pair.second.user, children=[child], volunteers=[pair.second])


@pytest.mark.parametrize(("keep", "account"), [(FIRST, FIRST), (FIRST, SECOND), (SECOND, FIRST)])
def test_taken_back_every_row_is_as_it_was(
    cast: Cast, pair: VolunteerDuplicate, keep: str, account: str
) -> None:
    full_of_rows(cast, pair)
    before = state_of_rows()
    merged(cast, pair, keep=keep, account=account)
    assert state_of_rows() != before
    with acting(cast.wenshui):
        assert take_back(cast.wenshui, pair).state == State.OPEN
        assert take_back(cast.wenshui, pair).state == State.OPEN
    after = state_of_rows()
    assert [table for table in TABLES if after[table] != before[table]] == []


def test_a_newer_visit_stands_in_the_way(cast: Cast, pair: VolunteerDuplicate) -> None:
    kept, _ = merged(cast, pair)
    VisitFactory(recorded_by=cast.wenshui, children=[ChildFactory()], volunteers=[kept])
    assert [obstacle.what for obstacle in obstacles(pair)] == ["有新的走访"]
    with acting(cast.wenshui), pytest.raises(DuplicateError):
        take_back(cast.wenshui, pair)


def test_after_thirty_days_the_stub_is_empty(cast: Cast, pair: VolunteerDuplicate) -> None:
    _, gone = merged(cast, pair)
    VolunteerDuplicate.objects.update(decided_at="2026-01-01T00:00:00Z")
    assert finish_old() == 1
    gone.refresh_from_db()
    assert (gone.name, gone.phone, gone.state) == ("已删除", "", Standing.MERGED)


def test_an_erasure_empties_the_stub_too(cast: Cast, pair: VolunteerDuplicate) -> None:
    kept, gone = merged(cast, pair)
    with acting(cast.wenshui):
        erase(cast.wenshui, "volunteers.volunteer", kept.pk, Basis.REQUEST)
    gone.refresh_from_db()
    assert (gone.name, gone.phone, gone.state) == ("已删除", "", Standing.MERGED)
    assert not VolunteerDuplicate.objects.exists()


def test_one_who_left_is_not_merged(cast: Cast, pair: VolunteerDuplicate) -> None:
    Volunteer.objects.filter(pk=pair.second_id).update(state=Standing.LEFT)
    with acting(cast.wenshui), pytest.raises(DuplicateError):
        merge(cast.wenshui, pair, Choice(FIRST, {}))


def test_the_clerk_compares_merges_and_takes_back_on_the_page(
    cast: Cast, pair: VolunteerDuplicate, as_user: Any
) -> None:
    session, address = as_user(cast.wenshui), reverse("duplicates:pair", args=["volunteers", pair.pk])
    assert address in session.get(reverse("duplicates:list") + "?kind=volunteers").content.decode()
    page = session.get(address).content.decode()
    assert "镇政府" in page
    assert PHONE not in page
    rows = compare(VOLUNTEERS, cast.wenshui, pair.first, pair.second)
    data = {"keep": FIRST} | {row.name: FIRST for row in rows if row.is_chosen}
    assert session.post(address, {"keep": FIRST}).status_code == 422
    assert session.post(address, data).url == reverse("volunteers:detail", args=[pair.first_id])
    session.post(reverse("duplicates:undo", args=["volunteers", pair.pk]))
    assert Volunteer.objects.qualified().filter(name="王小爱").count() == 2
    assert as_user(cast.xingxian).get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_make_one_merge(cast: Cast, pair: VolunteerDuplicate) -> None:
    outcomes: list[str] = []

    def work() -> None:
        try:
            with acting(cast.wenshui):
                outcomes.append(merge(cast.wenshui, pair, Choice(FIRST, {})).no)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [pair.first.no] * 2
    assert Entry.objects.filter(reason="合并重复档案").count() == 1
