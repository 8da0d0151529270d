"""Two records become one: nothing is lost, nothing counted twice, the other number still leads there."""

import datetime
import threading
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from aixin.access.scope import acting
from aixin.audit.models import Entry
from aixin.exchange.jobs import import_file
from aixin.notify.models import Notice
from aixin.rights.choices import Basis
from aixin.rights.models import RightsRequest
from aixin.rights.services import erase
from children.choices import (
    Consent,
    ConsentAnswer,
    ConsentWay,
    LeavingReason,
    NeedSource,
    NoIdReason,
    Status,
)
from children.consenting import Answer, record_consent
from children.models import Child, Guardian, Need
from children.services import NotOnRosterError, leave_roster, raise_need, return_to_roster
from duplicates.choices import State
from duplicates.comparing import better_side, compare
from duplicates.forms import MergeForm
from duplicates.merging import merge
from duplicates.models import Duplicate
from duplicates.of_children import CHILDREN
from duplicates.services import DuplicateError, look_at
from duplicates.sides import FIRST, SECOND, Choice
from pairing.models import Pairing, RejectedPair
from rounds.models import Round, RoundAnswer
from tests.cast import KAISHAN_VILLAGE, XIJIE, Cast
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory, make_idno
from visits.models import CallBack, VisitedChild

BORN = datetime.date(2014, 5, 6)
IDNO = make_idno(31, BORN)


@pytest.fixture
def pair(cast: Cast) -> Duplicate:
    """Of one child: a poor record with an ID number, a fuller one without."""
    first = ChildFactory(name="童小雨", birth=BORN, idno=IDNO, region_id=XIJIE)
    ChildFactory(
        name="童小雨",
        birth=BORN,
        idno="",
        idno_reason=NoIdReason.NOT_PROVIDED,
        region_id=KAISHAN_VILLAGE,
        school="开栅小学",
        notes="爱画画",
        registered_on=datetime.date(2025, 9, 1),
    )
    look_at(CHILDREN, [first.pk])
    return Duplicate.objects.get()


def defaults(cast: Cast, pair: Duplicate, **chosen: str) -> Choice:
    """What the page proposes, but for some matters."""
    rows = compare(CHILDREN, cast.wenshui, pair.first, pair.second)
    values = {row.name: row.default for row in rows if row.is_chosen}
    keep = chosen.pop("keep", better_side(CHILDREN, pair.first, pair.second))
    return Choice(keep, values | chosen)


def merged(cast: Cast, pair: Duplicate, **chosen: str) -> tuple[Child, Child]:
    choice = defaults(cast, pair, **chosen)
    with acting(cast.wenshui):
        kept = merge(cast.wenshui, pair, choice)
    gone = Child.objects.get(pk=({pair.first_id, pair.second_id} - {kept.pk}).pop())
    return Child.objects.get(pk=kept.pk), gone


def test_the_fuller_values_are_proposed_and_the_number_of_the_one_with_an_id(
    cast: Cast, pair: Duplicate
) -> None:
    kept, gone = merged(cast, pair)
    assert kept.pk == pair.first_id
    assert (kept.idno, kept.school, kept.notes) == (IDNO, "开栅小学", "爱画画")
    assert kept.registered_on == datetime.date(2025, 9, 1)
    assert (gone.status, gone.merged_into_id, gone.idno_index) == (Status.MERGED, kept.pk, None)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == (State.MERGED, cast.wenshui)


def test_the_id_number_goes_over_when_the_other_number_stays(cast: Cast, pair: Duplicate) -> None:
    kept, gone = merged(cast, pair, keep=SECOND)
    assert (kept.pk, kept.idno, kept.temporary_no) == (pair.second_id, IDNO, "")
    assert gone.idno == ""


def test_the_place_chosen_is_the_place_of_everything(cast: Cast, pair: Duplicate) -> None:
    PairingFactory(child=pair.second)
    kept, _ = merged(cast, pair, region=SECOND)
    assert kept.region_id == KAISHAN_VILLAGE
    assert {row.region_id for row in (*kept.guardians.all(), *kept.pairings.all())} == {KAISHAN_VILLAGE}


def test_needs_pairings_visits_calls_and_requests_follow(cast: Cast, pair: Duplicate) -> None:
    theirs = pair.second
    raise_need(cast.wenshui, theirs, "STUDY", "", NeedSource.STAFF)
    raise_need(cast.wenshui, pair.first, "STUDY", "", NeedSource.STAFF)
    raise_need(cast.wenshui, theirs, "SAFETY", "", NeedSource.STAFF)
    pairing = PairingFactory(child=theirs)
    VisitFactory(recorded_by=cast.wenshui, children=[theirs])
    CallBack.objects.create(
        child=theirs, assigned_to=cast.wenshui, assigned_by=cast.wenshui, due_on=datetime.date(2099, 1, 1)
    )
    request = RightsRequest.objects.create(
        kind="ACCESS", label="children.child", object_pk=theirs.pk, public_no=theirs.no, way="PHONE",
        due_on=datetime.date(2099, 1, 1), recorded_by=cast.wenshui, region_id=theirs.region_id,
    )  # fmt: skip
    notice = Notice.objects.create(
        addressee="user:1",
        region_id=theirs.region_id,
        kind="x",
        key="k",
        title="t",
        link=f"/visits/new/?child={theirs.pk}",
    )
    kept, _ = merged(cast, pair)
    assert sorted(kept.needs.values_list("topic", flat=True)) == ["SAFETY", "STUDY"]
    assert list(Pairing.objects.filter(child=kept)) == [pairing]
    assert VisitedChild.objects.filter(child=kept).count() == 1
    assert CallBack.objects.filter(child=kept).count() == 1
    request.refresh_from_db()
    notice.refresh_from_db()
    assert (request.object_pk, request.public_no) == (kept.pk, kept.no)
    assert notice.link.endswith(f"child={kept.pk}")


def test_what_a_round_said_of_both_is_kept_once(cast: Cast, pair: Duplicate) -> None:
    asked = {"title": "摸排", "due_on": datetime.date(2099, 1, 1), "opened_by": cast.wenshui}
    first, second = (
        Round.objects.create(region_id="141121", closed_at=closed, **asked)
        for closed in (timezone.now(), None)
    )
    for found, child in ((first, pair.first), (first, pair.second), (second, pair.second)):
        RoundAnswer.objects.create(round=found, child=child, outcome="STILL", answered_by=cast.wenshui)
    kept, _ = merged(cast, pair)
    answers = RoundAnswer.objects.filter(child=kept)
    assert sorted(answers.values_list("round", flat=True)) == sorted([first.pk, second.pk])
    assert RoundAnswer.objects.count() == 2


def test_whom_either_was_not_to_have_is_remembered(cast: Cast, pair: Duplicate) -> None:
    both, other = VolunteerFactory(), VolunteerFactory()
    for child, mother in ((pair.first, both), (pair.second, both), (pair.second, other)):
        RejectedPair.objects.create(
            child=child,
            volunteer=mother,
            region_id=child.region_id,
            reason="不合适",
            rejected_by=cast.wenshui,
        )
    kept, _ = merged(cast, pair, keep=FIRST)
    found = RejectedPair.objects.filter(child=kept)
    assert set(found.values_list("volunteer", "region_id")) == {
        (both.pk, kept.region_id),
        (other.pk, kept.region_id),
    }


def test_of_two_pairings_with_one_volunteer_one_stays(cast: Cast, pair: Duplicate) -> None:
    volunteer, early = VolunteerFactory(), datetime.date(2025, 10, 1)
    mine = PairingFactory(child=pair.first, volunteer=volunteer)
    PairingFactory(child=pair.second, volunteer=volunteer, started_on=early)
    other = PairingFactory(child=pair.second, is_main=False)
    kept, _ = merged(cast, pair)
    active = Pairing.objects.active().filter(child=kept)
    assert set(active) == {mine, other}
    assert active.get(is_main=True) == mine
    assert active.get(pk=mine.pk).started_on == early


def test_two_mains_become_one(cast: Cast, pair: Duplicate) -> None:
    PairingFactory(child=pair.first)
    PairingFactory(child=pair.second)
    kept, _ = merged(cast, pair)
    assert Pairing.objects.active().filter(child=kept).count() == 2
    assert Pairing.objects.active().filter(child=kept, is_main=True).count() == 1


def test_a_visit_that_reached_both_reached_one(cast: Cast, pair: Duplicate) -> None:
    visit = VisitFactory(recorded_by=cast.wenshui, children=[pair.first, pair.second], households=2)
    merged(cast, pair)
    visit.refresh_from_db()
    assert (visit.visited.count(), visit.households) == (1, 1)


def test_both_guardians_stay_the_chosen_one_first(cast: Cast, pair: Duplicate) -> None:
    Guardian.objects.filter(child=pair.second).update(name="郭爷爷", relation="祖父")
    kept, _ = merged(cast, pair, guardian=SECOND)
    assert [guardian.name for guardian in kept.guardians.all()] == ["郭爷爷", "高奶奶"]


def test_a_refusal_on_either_record_holds_and_ends_the_pairings(cast: Cast, pair: Duplicate) -> None:
    PairingFactory(child=pair.first)
    said = Answer(ConsentAnswer.REFUSED, "郭爷爷", "祖父", ConsentWay.PHONE, datetime.date(2026, 6, 1))
    record_consent(cast.wenshui, pair.second, said, shown=0)
    kept, _ = merged(cast, pair)
    assert kept.consent == Consent.REFUSED
    assert not Pairing.objects.open().filter(child=kept).exists()


def test_one_child_is_counted(cast: Cast, pair: Duplicate) -> None:
    before = Child.objects.registered().count()
    merged(cast, pair)
    assert Child.objects.registered().count() == before - 1


def test_the_trail_names_both(cast: Cast, pair: Duplicate) -> None:
    kept, gone = merged(cast, pair)
    assert Entry.objects.filter(reason="合并重复档案", subjects__contains=[kept.no, gone.no]).count() == 1


def test_a_second_click_changes_nothing(cast: Cast, pair: Duplicate) -> None:
    choice = defaults(cast, pair)
    with acting(cast.wenshui):
        kept = merge(cast.wenshui, pair, choice)
        entries = Entry.objects.count()
        assert merge(cast.wenshui, pair, choice).pk == kept.pk
        assert Entry.objects.count() == entries
        with pytest.raises(DuplicateError):
            merge(cast.wenshui, pair, Choice(SECOND, choice.values))


def test_one_that_left_the_roster_is_not_merged(cast: Cast, pair: Duplicate) -> None:
    leave_roster(cast.wenshui, pair.second, LeavingReason.MISTAKE, datetime.date(2026, 6, 1))
    with pytest.raises(DuplicateError):
        merge(cast.wenshui, pair, Choice(FIRST, {}))


def test_the_old_number_leads_to_the_record_that_stays(cast: Cast, pair: Duplicate, as_user: Any) -> None:
    kept, gone = merged(cast, pair)
    session = as_user(cast.wenshui)
    found = session.post(reverse("search"), {"q": gone.no})
    assert found.url == reverse("children:detail", args=[kept.pk])
    assert session.get(reverse("children:detail", args=[gone.pk])).url == found.url
    assert "童小雨" in session.get(found.url).content.decode()
    with pytest.raises(NotOnRosterError):
        return_to_roster(cast.wenshui, gone)


def test_an_import_by_the_old_number_updates_the_record_that_stays(cast: Cast, pair: Duplicate) -> None:
    kept, gone = merged(cast, pair)
    rows = f"编号,姓名,性别,出生日期,乡镇,类别,监护人,学校\n{gone.no},童小雨,女,2014-05-06,凤城镇,留守儿童,高奶奶,新学校\n"
    with acting(cast.wenshui):
        _, outcome = import_file(cast.wenshui, "children", rows.encode(), "册.csv", commit=True)
    assert outcome.counts["updated"] == 1
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.school, gone.status) == ("新学校", Status.MERGED)


def test_an_erasure_empties_the_double_too(cast: Cast, pair: Duplicate) -> None:
    kept, gone = merged(cast, pair)
    with acting(cast.wenshui):
        erase(cast.wenshui, "children.child", kept.pk, Basis.REQUEST)
    gone.refresh_from_db()
    assert (gone.name, gone.school, gone.status) == ("已删除", "", Status.MERGED)
    assert not Guardian.objects.filter(child=gone).exists()
    assert not Child.events.rel.related_model.objects.filter(pgh_obj_id=gone.pk).exists()  # type: ignore[attr-defined]


def test_the_page_compares_proposes_and_merges(cast: Cast, pair: Duplicate, as_user: Any) -> None:
    session, address = as_user(cast.wenshui), reverse("duplicates:pair", args=["children", pair.pk])
    page = session.get(address).content.decode()
    assert "开栅小学" in page
    assert IDNO not in page
    rows = compare(CHILDREN, cast.wenshui, pair.first, pair.second)
    form = MergeForm(rows=rows)
    incomplete = session.post(address, {"keep": FIRST})
    assert incomplete.status_code == 422
    data = dict.fromkeys(form.fields, FIRST) | {"school": SECOND}
    answer = session.post(address, data)
    assert answer.url == reverse("children:detail", args=[pair.first_id])
    kept = Child.objects.get(pk=pair.first_id)
    assert (kept.school, kept.notes) == ("开栅小学", "")


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_make_one_merge(cast: Cast, pair: Duplicate) -> None:
    choice = defaults(cast, pair)
    outcomes: list[str] = []

    def work() -> None:
        try:
            with acting(cast.wenshui):
                outcomes.append(merge(cast.wenshui, pair, choice).no)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(outcomes)) == 1
    assert len(outcomes) == 2
    assert Entry.objects.filter(reason="合并重复档案").count() == 1
    assert not Need.objects.filter(child=pair.second_id).exists()
