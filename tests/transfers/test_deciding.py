"""A transfer is decided by the county that holds the child or is offered it; everything travels, nobody drops out."""

import datetime
import threading
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Post, Region, User
from aixin.access.scope import EVERYTHING, acting, opened
from aixin.audit.models import Entry
from aixin.notify.models import Notice
from aixin.rights.choices import Basis
from aixin.rights.models import RightsRequest
from aixin.rights.services import erase
from children.choices import LeavingReason, NeedSource
from children.models import Child, Guardian, Need
from children.services import leave_roster
from duplicates.merging import Choice, merge
from duplicates.models import Duplicate
from pairing.choices import EndReason
from pairing.choices import State as PairingState
from pairing.models import Pairing
from reports.coverage import counted
from tests.cast import CITY, KAISHAN_VILLAGE, WENSHUI, XINGXIAN, XINGXIAN_VILLAGE, Cast, make_cast
from tests.conftest import Session
from tests.contract.world import doubtful
from tests.factories import PairingFactory
from tests.transfers.conftest import asked
from transfers.choices import Kind, State
from transfers.erasing import tidy
from transfers.models import Holding, Transfer
from transfers.moving import Acceptance, accept
from transfers.services import TransferError, offer, refuse, withdraw
from visits.models import CallBack, Visit


def today() -> datetime.date:
    return timezone.localdate()


def decide(who: User, transfer: Transfer, step: str = "accept", **data: Any) -> Any:
    body = {"day": today().isoformat(), **data}
    return Session(who).post(reverse(f"transfers:{step}", args=[transfer.pk]), body)


def offered(cast: Cast, **data: Any) -> Transfer:
    body = {"county": XINGXIAN, "remark": "全家迁到兴县", **data}
    Session(cast.wenshui).post(reverse("transfers:offer", args=[cast.child.pk]), body)
    found: Transfer = Transfer.objects.get(kind=Kind.OFFER)
    return found


def seen_by(user: User, model: Any, **only: Any) -> int:
    with acting(user):
        return int(model.objects.filter(**only).count())


def test_an_accepted_request_brings_child_record_and_history(cast: Cast, request_of: Transfer) -> None:
    child = cast.child
    Need.objects.create(child=child, region_id=child.region_id, topic="STUDY", source=NeedSource.STAFF)
    rights = RightsRequest.objects.create(
        label="children.child", object_pk=child.pk, public_no=child.no, region_id=child.region_id, kind="ACCESS",
        way="PHONE", due_on=today(), recorded_by=cast.fengcheng,
    )  # fmt: skip
    assert decide(cast.wenshui, request_of, answer="已与家长核实").status_code == 302
    child.refresh_from_db()
    assert (child.region_id, child.is_on_roster) == (XINGXIAN_VILLAGE, True)
    for model in (Guardian, Need, Pairing):
        assert (seen_by(cast.xingxian, model, child=child), seen_by(cast.wenshui, model, child=child)) == (
            1,
            0,
        )
    assert seen_by(cast.xingxian, RightsRequest, pk=rights.pk) == 1
    with acting(cast.xingxian):
        assert child.events.count() == 2
        assert Visit.objects.visible_to(cast.xingxian).filter(visited__child=child).count() == 1
    page = (
        Session(cast.xingxian)
        .get(reverse("children:detail", args=[child.pk]) + "?tab=visits")
        .content.decode()
    )
    assert "孩子情绪不错" in page
    former = Session(cast.wenshui)
    assert former.get(reverse("children:detail", args=[child.pk])).status_code == 404
    # The visit counts where it was made and names nobody there any more.
    for address in (reverse("visits:list"), reverse("visits:detail", args=[cast.visit.pk])):
        found = former.get(address)
        assert found.status_code == 200
        assert child.name not in found.content.decode()


def test_both_sides_keep_a_line_and_the_trail_names_the_child(cast: Cast, request_of: Transfer) -> None:
    decide(cast.wenshui, request_of, answer="已核实")
    address = reverse("transfers:detail", args=[request_of.pk])
    mine, theirs = (Session(user).get(address).content.decode() for user in (cast.wenshui, cast.xingxian))
    link = reverse("children:detail", args=[cast.child.pk])
    assert "档案已转走" in mine
    assert link not in mine
    assert link in theirs
    assert "已核实" in theirs
    for user in (cast.wenshui, cast.xingxian):
        done = Session(user).get(reverse("transfers:list") + "?box=done").content.decode()
        assert f"编号 {cast.child.no}" in done
    entry = Entry.objects.get(object_type="transfers.transfer", reason="转接")
    assert (entry.region_code, entry.object_region, entry.subjects) == (
        WENSHUI,
        XINGXIAN_VILLAGE,
        [cast.child.no],
    )
    asked_for, decided = Notice.objects.filter(kind="transfer").order_by("pk")
    assert asked_for.resolved_at is not None
    assert (decided.addressee, decided.title) == (f"user:{cast.xingxian.pk}", "申请转入的儿童已转来")


def test_pairings_end_unless_the_holder_lets_them_go_on(cast: Cast, request_of: Transfer) -> None:
    second = PairingFactory(child=cast.child, volunteer=cast.second_volunteer, is_main=False)
    decide(cast.wenshui, request_of, going_on=[second.pk])
    cast.pairing.refresh_from_db()
    second.refresh_from_db()
    assert (cast.pairing.state, cast.pairing.end_reason) == (PairingState.ENDED, EndReason.ADJUSTED)
    assert cast.pairing.ended_on == today()
    assert (second.state, second.is_main, second.region_id) == (PairingState.ACTIVE, True, XINGXIAN_VILLAGE)
    with acting(cast.mama):
        assert not Child.objects.filter(pk=cast.child.pk).exists()
    with acting(cast.mama2):
        assert Child.objects.filter(pk=cast.child.pk).exists()
    assert (
        "赵有爱"
        in Session(cast.xingxian)
        .get(reverse("children:detail", args=[cast.child.pk]) + "?tab=pairings")
        .content.decode()
    )


def test_the_figures_are_right_at_once(cast: Cast, request_of: Transfer) -> None:
    def registered(user: User, code: str) -> int:
        with acting(user):
            return sum(number for metric, _, _, number in counted(code) if metric == "registered")

    before = registered(cast.wenshui, WENSHUI), registered(cast.xingxian, XINGXIAN)
    whole = registered(cast.city, CITY)
    decide(cast.wenshui, request_of)
    assert (registered(cast.wenshui, WENSHUI), registered(cast.xingxian, XINGXIAN)) == (
        before[0] - 1,
        before[1] + 1,
    )
    assert registered(cast.city, CITY) == whole


def test_a_refusal_needs_a_reason_which_the_asker_reads(cast: Cast, request_of: Transfer) -> None:
    assert decide(cast.wenshui, request_of, "refuse").status_code == 422
    assert decide(cast.wenshui, request_of, "refuse", answer="孩子仍在本县上学。").status_code == 302
    page = Session(cast.xingxian).get(reverse("transfers:detail", args=[request_of.pk])).content.decode()
    assert "孩子仍在本县上学。" in page
    assert cast.child.no not in page
    cast.child.refresh_from_db()
    assert cast.child.region_id.startswith(WENSHUI)
    assert asked(cast.xingxian, cast.child).pk != request_of.pk


def test_the_day_is_no_day_to_come_and_none_before_the_pairing(cast: Cast, request_of: Transfer) -> None:
    tomorrow = today() + datetime.timedelta(days=1)
    assert decide(cast.wenshui, request_of, day=tomorrow.isoformat()).status_code == 422
    early = today() - datetime.timedelta(days=60)
    answer = Session(cast.wenshui).post(
        reverse("transfers:accept", args=[request_of.pk]), {"day": early.isoformat()}, follow=True
    )
    assert "解除日期不能早于结对日期" in answer.content.decode()
    request_of.refresh_from_db()
    assert request_of.is_open


@pytest.mark.parametrize(
    ("who", "status"), [("xingxian", 403), ("fengcheng", 403), ("outsider", 404), ("city", 403)]
)
def test_nobody_else_decides(cast: Cast, request_of: Transfer, who: str, status: int) -> None:
    for step in ("accept", "refuse"):
        assert decide(cast.users[who], request_of, step, answer="好的").status_code == status
    request_of.refresh_from_db()
    assert request_of.is_open


def test_a_second_click_and_a_second_clerk_change_nothing(cast: Cast, request_of: Transfer) -> None:
    decide(cast.wenshui, request_of)
    entries = Entry.objects.filter(object_type="transfers.transfer", reason="转接").count()
    assert decide(cast.wenshui, request_of).status_code == 302
    decide(cast.wenshui, request_of, "refuse", answer="不行")
    with acting(cast.wenshui), pytest.raises(TransferError):
        refuse(cast.wenshui, request_of, "不行")
    with acting(cast.wenshui):
        assert accept(cast.wenshui, request_of, Acceptance(today())).is_accepted
    with acting(cast.xingxian), pytest.raises(TransferError):
        withdraw(cast.xingxian, request_of)
    request_of.refresh_from_db()
    assert request_of.state == State.ACCEPTED
    assert Entry.objects.filter(object_type="transfers.transfer", reason="转接").count() == entries


def test_an_offer_tells_what_the_receiver_needs_and_no_more(cast: Cast) -> None:
    page = Session(cast.wenshui).get(reverse("children:detail", args=[cast.child.pk])).content.decode()
    assert reverse("transfers:offer", args=[cast.child.pk]) in page
    transfer = offered(cast)
    told = Notice.objects.get(kind="transfer")
    assert (told.addressee, told.title) == (f"user:{cast.xingxian.pk}", "文水县妇联要转来一名儿童")
    shown = Session(cast.xingxian).get(told.link).content.decode()
    for word in ("张小明", "女", "留守儿童", "全家迁到兴县", "文水县妇联"):
        assert word in shown
    for hidden in (cast.child.no, cast.child.masked_idno, cast.child.idno, "高奶奶", "王爱心"):
        assert hidden not in shown
    assert seen_by(cast.xingxian, Child, pk=cast.child.pk) == 0
    assert transfer.idno == ""


def test_an_accepted_offer_moves_to_the_place_that_the_receiver_names(cast: Cast) -> None:
    transfer = offered(cast, going_on=[cast.pairing.pk])
    assert transfer.going_on == [cast.pairing.pk]
    assert decide(cast.wenshui, transfer, place=XINGXIAN_VILLAGE).status_code == 403
    assert decide(cast.xingxian, transfer, place="141121100018").status_code == 422
    assert decide(cast.xingxian, transfer, place=XINGXIAN_VILLAGE, keep="on").status_code == 302
    cast.child.refresh_from_db()
    cast.pairing.refresh_from_db()
    assert cast.child.region_id == XINGXIAN_VILLAGE
    assert (cast.pairing.state, cast.pairing.region_id) == (PairingState.ACTIVE, XINGXIAN_VILLAGE)
    assert Notice.objects.get(addressee=f"user:{cast.wenshui.pk}").title == "转出的儿童已被接收"


def test_a_pairing_goes_on_only_if_both_counties_want_it(cast: Cast) -> None:
    decide(cast.xingxian, offered(cast, going_on=[cast.pairing.pk]), place=XINGXIAN_VILLAGE)
    cast.pairing.refresh_from_db()
    assert (cast.pairing.state, cast.pairing.end_reason) == (PairingState.ENDED, EndReason.ADJUSTED)


def test_a_child_is_offered_once_and_only_on_the_roster(cast: Cast) -> None:
    transfer = offered(cast)
    again = Session(cast.wenshui).get(reverse("transfers:offer", args=[cast.child.pk]))
    assert again.headers["Location"] == reverse("transfers:detail", args=[transfer.pk])
    with acting(cast.wenshui), pytest.raises(TransferError, match="另一次转接"):
        offer(cast.wenshui, cast.child, Region.objects.get(code=XINGXIAN), "再来")
    with pytest.raises(TransferError, match="另一次转接"):
        asked(cast.outsider, cast.child, "140105001001")
    with acting(cast.wenshui):
        leave_roster(cast.wenshui, cast.child, LeavingReason.LOST, today())
    decide(cast.xingxian, transfer, place=XINGXIAN_VILLAGE)
    cast.child.refresh_from_db()
    assert cast.child.region_id.startswith(WENSHUI)
    assert Session(cast.wenshui).get(reverse("transfers:offer", args=[cast.unpaired.pk])).status_code == 200
    assert Session(cast.fengcheng).get(reverse("transfers:offer", args=[cast.unpaired.pk])).status_code == 403
    assert Session(cast.xingxian).get(reverse("transfers:offer", args=[cast.unpaired.pk])).status_code == 404


def test_what_only_the_former_county_may_do_ends(cast: Cast, request_of: Transfer) -> None:
    CallBack.objects.create(
        child=cast.child, assigned_to=cast.wenshui, assigned_by=cast.wenshui, due_on=today()
    )
    pair = doubtful(cast.child)
    Notice.objects.create(
        addressee=cast.second_volunteer.addressee, region_id=cast.child.region_id, kind="contact", key="k",
        subject=f"pairing:{cast.pairing.pk}", title="张小明：已40天没有联系",
    )  # fmt: skip
    decide(cast.wenshui, request_of, going_on=[cast.pairing.pk])
    assert not CallBack.objects.exists()
    assert not Duplicate.objects.filter(pk=pair.pk).exists()
    assert Notice.objects.get(key="k").region_id == XINGXIAN_VILLAGE


def test_two_records_that_are_both_offered_can_be_merged(cast: Cast) -> None:
    pair = doubtful(cast.child)
    place = Region.objects.get(code=XINGXIAN)
    with acting(cast.wenshui):
        kept, gone = (offer(cast.wenshui, child, place, "迁走") for child in (pair.first, pair.second))
        merge(cast.wenshui, pair, Choice("first", {}))
    assert decide(cast.xingxian, gone, place=XINGXIAN_VILLAGE).status_code == 302
    decide(cast.xingxian, kept, place=XINGXIAN_VILLAGE)
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.state, gone.state) == (State.ACCEPTED, State.OPEN)
    # The double's number leads to the child in its new county too.
    page = Session(cast.xingxian).get(reverse("children:detail", args=[pair.second_id]))
    assert page.headers["Location"] == reverse("children:detail", args=[pair.first_id])


def test_the_database_accepts_only_by_moving(cast: Cast, request_of: Transfer) -> None:
    for user in (cast.xingxian, cast.wenshui):
        with acting(user), pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            Transfer.objects.filter(pk=request_of.pk).update(state=State.ACCEPTED)
    request_of.refresh_from_db()
    assert request_of.is_open


@pytest.mark.parametrize("who", ["xingxian", "outsider", "mama", "fengcheng"])
def test_the_database_moves_no_child_for_another_side(cast: Cast, request_of: Transfer, who: str) -> None:
    place = XINGXIAN_VILLAGE if who != "fengcheng" else KAISHAN_VILLAGE
    assert _moved_by(cast.users[who], request_of, place) is None
    cast.child.refresh_from_db()
    assert cast.child.region_id.startswith(WENSHUI)


def _moved_by(user: User, transfer: Transfer, place: str) -> Any:
    with acting(user), connection.cursor() as cursor:
        cursor.callproc("aixin_move_transferred_child", [transfer.pk, place, today()])
        return cursor.fetchone()[0]


def test_the_database_moves_an_offered_child_for_its_receiver_into_its_county_only(cast: Cast) -> None:
    transfer = offered(cast)
    assert _moved_by(cast.wenshui, transfer, XINGXIAN_VILLAGE) is None
    assert _moved_by(cast.xingxian, transfer, "140105001001") is None
    assert _moved_by(cast.xingxian, transfer, XINGXIAN) is None
    assert _moved_by(cast.xingxian, transfer, XINGXIAN_VILLAGE) == cast.child.pk


def test_each_side_sees_its_own_rows(cast: Cast, request_of: Transfer) -> None:
    for user, number in (
        (cast.xingxian, 1),
        (cast.wenshui, 1),
        (cast.fengcheng, 1),
        (cast.outsider, 0),
        (cast.mama, 0),
    ):
        assert seen_by(user, Transfer) == number
    for user, number in ((cast.xingxian, 0), (cast.wenshui, 1), (cast.outsider, 0)):
        assert seen_by(user, Holding) == number
    with (
        acting(cast.xingxian),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Holding.objects.create(
            transfer=asked(cast.outsider, cast.neighbour, "140105001001"),
            child=cast.neighbour,
            region_id=XINGXIAN_VILLAGE,
        )


def test_an_erased_child_leaves_no_transfer(cast: Cast, request_of: Transfer) -> None:
    with opened(EVERYTHING):
        done = erase(None, "children.child", cast.child.pk, Basis.RETENTION)
    assert done.removed["转接记录"] == 1
    assert not Transfer.objects.exists()


def test_what_is_long_finished_keeps_no_name(cast: Cast, request_of: Transfer) -> None:
    decide(cast.wenshui, request_of, answer="已核实")
    now = timezone.now()
    assert tidy(now + datetime.timedelta(days=729)) == 0
    assert tidy(now + datetime.timedelta(days=731)) == 1
    request_of.refresh_from_db()
    assert (request_of.name, request_of.idno, request_of.idno_index, request_of.remark, request_of.answer) == (
        "", "", None, "", "",
    )  # fmt: skip
    assert request_of.child_no == cast.child.no
    assert "已按期清除" in Session(cast.wenshui).get(reverse("transfers:list") + "?box=done").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_and_a_reader_who_always_finds_the_child() -> None:
    cast = make_cast()
    transfer = asked(cast.xingxian, cast.child)
    with opened(EVERYTHING):
        other = User.objects.create_user("second", password="Right-pass-123")
        Post.objects.create(user=other, role="STAFF", region_id=WENSHUI, starts_on="2026-01-01")
    other = User.objects.get(pk=other.pk)
    inside, go_on = threading.Event(), threading.Event()
    said: dict[str, Any] = {}

    def first() -> None:
        with acting(cast.wenshui):
            said["first"] = accept(cast.wenshui, transfer, Acceptance(today())).state
            inside.set()
            go_on.wait(10)
        connection.close()

    def second() -> None:
        with acting(other):
            try:
                said["second"] = refuse(other, transfer, "不行")
            except TransferError as error:
                said["second"] = str(error)
        connection.close()

    def found() -> int:
        with opened(EVERYTHING):
            return Child.objects.registered().filter(pk=cast.child.pk).count()

    clerks = [threading.Thread(target=first), threading.Thread(target=second)]
    clerks[0].start()
    assert inside.wait(10)
    # Moved, not committed: everyone else still finds the child where it was.
    assert found() == 1
    assert seen_by(cast.wenshui, Child, pk=cast.child.pk) == 1
    clerks[1].start()
    go_on.set()
    for clerk in clerks:
        clerk.join(10)
    assert said == {"first": State.ACCEPTED, "second": "这次转接已经办结，没有改动。"}
    assert found() == 1
    assert seen_by(cast.xingxian, Child, pk=cast.child.pk) == 1
