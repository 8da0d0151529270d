"""Taking an import back: the rosters exactly as they were, or a list of what stands in the way."""

import base64
import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pghistory
import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from aixin.access.models import Role
from aixin.access.scope import acting
from aixin.audit.models import Action, Entry
from aixin.exchange.choices import ImportState
from aixin.exchange.models import ImportImage, ImportJob
from aixin.exchange.undo import UndoError, outlook, undo_job
from aixin.privacy.keys import forget_keys
from children.choices import LeavingReason
from children.models import Child, Guardian, Need
from children.services import leave_roster
from pairing.models import Pairing
from tests.cast import FENGCHENG, WENSHUI, XIJIE, Cast, make_user
from tests.conftest import Session
from tests.exchange.rosters import HEAD, child_row, confirmed, roster_rows, uploaded
from tests.factories import ChildFactory, GuardianFactory, PairingFactory, VisitFactory
from tests.pages import text_of
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db


def take_back(user: Any, job: ImportJob) -> Any:
    answer = Session(user).post(f"/imports/{job.pk}/undo/", follow=True)
    job.refresh_from_db()
    return text_of(answer.content.decode())


def undo_page(user: Any, job: ImportJob) -> str:
    return text_of(Session(user).get(f"/imports/{job.pk}/undo/").content.decode())


def changing_rows(cast: Cast) -> list[list[str]]:
    """Rows that change everything an import can change of a known child, and some new children."""
    known = child_row(
        0, 姓名="张小明", 身份证号=cast.child.idno, 乡镇="开栅镇", 村="开栅村", 类别="困境儿童", 监护人姓名="新奶奶",
        监护人电话="13912341234 13912341235", 学校="第二小学", 备注="新的一句",
    )  # fmt: skip
    return [known, child_row(1), child_row(2), child_row(3, 身份证号="", 出生日期="2015-03-04")]


def test_undoing_restores_every_roster_row_ciphertext_verbatim(cast: Cast) -> None:
    before = roster_rows()
    job = confirmed(cast.wenshui, changing_rows(cast))
    assert job.counts == {"created": 3, "updated": 1, "unchanged": 0, "rejected": 0}
    after = roster_rows()
    assert {name for name in after if after[name] != before[name]} == {
        "children_child", "children_guardian", "children_need", "pairing_pairing",
    }  # fmt: skip

    assert "已撤销" in take_back(cast.wenshui, job)
    assert roster_rows() == before
    assert job.state == ImportState.UNDONE
    assert job.undone_by == cast.wenshui
    assert not ImportImage.objects.exists()


def test_a_volunteers_and_a_pairings_import_are_taken_back_too(cast: Cast) -> None:
    before = roster_rows()
    head = ["姓名", "联系电话", "乡镇", "工作单位"]
    rows = [["王爱心", cast.volunteer.phone, "凤城镇", "新单位"], ["新妈妈", "13977770001", "凤城镇", "小学"]]
    volunteers = confirmed(cast.wenshui, rows, head, "volunteers")
    assert (volunteers.counts["created"], volunteers.counts["updated"]) == (1, 1)
    between = roster_rows()
    head = ["爱心妈妈姓名", "爱心妈妈电话", "儿童姓名", "儿童身份证号", "结对时间", "村妇联主席电话"]
    rows = [
        ["新妈妈", "13977770001", "孙待结", cast.unpaired.idno, "2026-01-02", "13811110000"],
        ["王爱心", cast.volunteer.phone, "张小明", cast.child.idno, "2026-02-03", "13811110001"],
    ]
    pairings = confirmed(cast.wenshui, rows, head, "pairings")
    assert (pairings.counts["created"], pairings.counts["updated"]) == (1, 1)

    assert "新的结对" in undo_page(cast.wenshui, volunteers)
    take_back(cast.wenshui, pairings)
    assert roster_rows() == between
    take_back(cast.wenshui, volunteers)
    assert roster_rows() == before


def test_the_page_says_first_what_it_would_do_and_a_look_does_nothing(cast: Cast) -> None:
    job = confirmed(cast.wenshui, changing_rows(cast))
    before = roster_rows()
    said = undo_page(cast.wenshui, job)
    assert "删除新增 3 条" in said
    assert "恢复更新 1 条" in said
    assert roster_rows() == before


def test_undoing_twice_undoes_once(cast: Cast) -> None:
    job = confirmed(cast.wenshui, changing_rows(cast))
    take_back(cast.wenshui, job)
    restored = roster_rows()
    assert "现在不能撤销" in take_back(cast.wenshui, job)
    with acting(cast.wenshui):
        assert undo_job(cast.wenshui, job).state == ImportState.UNDONE
    assert roster_rows() == restored
    entries = Entry.objects.filter(action=Action.WITHDRAW, object_id=job.pk)
    assert [entry.detail for entry in entries] == [{"kind": "children", "created": 3, "restored": 1}]


def test_what_is_undone_can_be_imported_again(cast: Cast) -> None:
    job = confirmed(cast.wenshui, changing_rows(cast))
    take_back(cast.wenshui, job)
    again = confirmed(cast.wenshui, changing_rows(cast))
    assert again.counts == job.counts


def test_history_tells_of_the_undoing(cast: Cast) -> None:
    job = confirmed(cast.wenshui, changing_rows(cast))
    take_back(cast.wenshui, job)
    last = Child.events.rel.related_model.objects.filter(pgh_obj_id=cast.child.pk).latest("pgh_id")  # type: ignore[attr-defined]
    assert last.name == "张小明"
    assert last.school == ""
    assert last.pgh_context.metadata["user"] == cast.wenshui.pk


# What stands in the way


def edit_child(cast: Cast, job: ImportJob) -> None:
    Child.objects.filter(name="童一").update(school="第九小学")


def edit_known(cast: Cast, job: ImportJob) -> None:
    Child.objects.filter(pk=cast.child.pk).update(school="第九小学")


def edit_secret_without_index(cast: Cast, job: ImportJob) -> None:
    guardian = Guardian.objects.get(child__name="童一")
    guardian.other_phones = "13900009999"
    guardian.save()


def add_guardian(cast: Cast, job: ImportJob) -> None:
    GuardianFactory(child=Child.objects.get(name="童一"), region_id=XIJIE)


def meet_need(cast: Cast, job: ImportJob) -> None:
    Need.objects.filter(child__name="童一").update(state="MET", met_on=timezone.localdate())


def pair(cast: Cast, job: ImportJob) -> None:
    PairingFactory(child=Child.objects.get(name="童一"), volunteer=cast.volunteer)


def visit(cast: Cast, job: ImportJob) -> None:
    VisitFactory(
        region_id=XIJIE, recorded_by=cast.mama, children=[Child.objects.get(name="童一")], volunteers=[]
    )


def import_again(cast: Cast, job: ImportJob) -> None:
    confirmed(cast.wenshui, [child_row(1, 学校="第九小学")])


# Each change in a transaction of its own, later than the import's, as the history's times are those of transactions.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("act", "name", "what", "who"),
    [
        (edit_child, "童一", "本人资料改动过", True),
        (edit_known, "张小明", "本人资料改动过", True),
        (edit_secret_without_index, "童一", "监护人改动过", False),
        (add_guardian, "童一", "有新的监护人", True),
        (meet_need, "童一", "需求改动过", True),
        (pair, "童一", "有新的结对", True),
        (visit, "童一", "有新的走访", True),
        (import_again, "童一", "本人资料改动过", True),
    ],
)
def test_a_newer_change_stands_in_the_way_and_is_named(
    cast: Cast, act: Any, name: str, what: str, who: bool
) -> None:
    job = confirmed(cast.wenshui, changing_rows(cast))
    with pghistory.context(user=cast.wenshui.pk):
        act(cast, job)
    before = roster_rows()
    with acting(cast.wenshui):
        found = outlook(cast.wenshui, job).obstacles
    child = Child.objects.get(name=name)
    assert [(one.no, one.name, one.what, one.url) for one in found] == [
        (child.no, name, what, f"/children/{child.pk}/")
    ]
    assert (found[0].who, found[0].at is not None) == (("wenshui姓名", True) if who else ("", False))
    page = undo_page(cast.wenshui, job)
    for shown in ("不能撤销", name, what, child.no):
        assert shown in page
    take_back(cast.wenshui, job)
    assert job.state == ImportState.DONE
    assert roster_rows() == before


def test_changes_of_other_rows_and_visits_of_known_children_do_not_stand_in_the_way(cast: Cast) -> None:
    job = confirmed(cast.wenshui, changing_rows(cast))
    Child.objects.filter(pk=cast.unpaired.pk).update(school="第九小学")
    VisitFactory(region_id=XIJIE, recorded_by=cast.mama, children=[cast.child], volunteers=[cast.volunteer])
    assert "已撤销" in take_back(cast.wenshui, job)
    assert Child.objects.get(pk=cast.unpaired.pk).school == "第九小学"


def test_a_save_that_changes_nothing_does_not_stand_in_the_way(cast: Cast) -> None:
    """It writes ciphertext anew and a new time, no more."""
    before = roster_rows()
    job = confirmed(cast.wenshui, changing_rows(cast))
    imported = roster_rows()
    for row in [*Child.objects.filter(name__startswith="童"), *Guardian.objects.filter(name="高奶奶")]:
        row.save()
    assert roster_rows() != imported
    assert "已撤销" in take_back(cast.wenshui, job)
    assert roster_rows()["children_child"] == before["children_child"]


@pytest.mark.parametrize("act", ["created", "changed"])
def test_after_a_change_of_keys_it_is_too_late(cast: Cast, settings: Any, act: str) -> None:
    """The former key may be gone by now, and what it sealed must not come back."""
    rows = changing_rows(cast)
    job = confirmed(cast.wenshui, rows[:1] if act == "changed" else rows[1:])
    settings.AIXIN_FIELD_KEYS = f"{settings.AIXIN_FIELD_KEYS},9:{base64.b64encode(bytes(32)).decode()}"
    forget_keys()
    try:
        if act == "created":
            for child in Child.objects.filter(name="童一"):
                child.save()
        before = roster_rows()
        said = take_back(cast.wenshui, job)
        assert "更换过密钥" in said if act == "changed" else "不能撤销" in said
        assert roster_rows() == before
    finally:
        forget_keys()


def test_a_child_brought_back_onto_the_roster_and_paired_since_is_not_sent_off_again(cast: Cast) -> None:
    gone = cast.unpaired
    with acting(cast.wenshui):
        leave_roster(cast.wenshui, gone, LeavingReason.MISTAKE, timezone.localdate())
    row = child_row(0, 姓名="孙待结", 身份证号=gone.idno, 村="", 监护人姓名="", 监护人电话="", 需求="")
    job = confirmed(cast.wenshui, [row])
    assert Child.objects.get(pk=gone.pk).is_on_roster
    PairingFactory(child=Child.objects.get(pk=gone.pk), volunteer=cast.volunteer)
    assert "有新的结对" in undo_page(cast.wenshui, job)
    Pairing.objects.filter(child=gone).delete()
    assert "已撤销" in take_back(cast.wenshui, job)
    assert not Child.objects.get(pk=gone.pk).is_on_roster


def test_a_row_that_left_the_county_stands_in_the_way_unnamed(cast: Cast) -> None:
    job = confirmed(cast.wenshui, changing_rows(cast))
    Child.objects.filter(name="童一").update(region_id="141123100200")
    page = undo_page(cast.wenshui, job)
    assert "已不在名册里" in page
    assert "童一" not in page


def test_a_clash_that_nobody_saw_coming_changes_nothing(cast: Cast) -> None:
    head = [*HEAD, "儿童编号"]
    row = [*child_row(7, 姓名="张小明", 村="", 监护人姓名="", 监护人电话="", 需求=""), cast.child.no]
    former = cast.child.idno
    job = confirmed(cast.wenshui, [row], head)
    assert Child.objects.get(pk=cast.child.pk).idno != former
    ChildFactory(idno=former, birth=cast.child.birth)
    before = roster_rows()
    assert "冲突" in take_back(cast.wenshui, job)
    assert roster_rows() == before


def test_more_obstacles_than_a_page_holds_are_counted(cast: Cast) -> None:
    job = confirmed(cast.wenshui, [child_row(number) for number in range(1, 61)])
    Child.objects.filter(name__startswith="童").update(school="第九小学")
    page = undo_page(cast.wenshui, job)
    assert "有 60 处" in page
    assert "还有 10 处没有列出" in page


# Who may, and until when


def test_the_county_s_head_may_take_back_what_a_township_imported(cast: Cast) -> None:
    before = roster_rows()
    job = confirmed(cast.fengcheng, [child_row(1)])
    take_back(cast.wenshui, job)
    assert job.state == ImportState.UNDONE
    assert job.undone_by == cast.wenshui
    assert roster_rows() == before


@pytest.mark.parametrize(
    ("region", "is_head", "status"),
    [(WENSHUI, False, 403), (FENGCHENG, True, 404), ("141123", True, 404), ("1411", True, 403)],
)
def test_others_may_not(cast: Cast, region: str, is_head: bool, status: int) -> None:
    job = confirmed(cast.wenshui, [child_row(1)])
    other = Session(make_user("other", Role.STAFF, region, is_head=is_head))
    assert other.get(f"/imports/{job.pk}/undo/").status_code == status
    assert other.post(f"/imports/{job.pk}/undo/").status_code == status
    job.refresh_from_db()
    assert job.state == ImportState.DONE


def test_a_preview_cannot_be_undone(cast: Cast) -> None:
    job = uploaded(cast.wenshui, [child_row(1)])
    assert "现在不能撤销" in take_back(cast.wenshui, job)
    with acting(cast.wenshui), pytest.raises(UndoError):
        undo_job(cast.wenshui, job)


def test_after_thirty_days_it_is_too_late(cast: Cast) -> None:
    job = confirmed(cast.wenshui, [child_row(1)])
    before = roster_rows()
    with time_machine.travel(timezone.now() + datetime.timedelta(days=30, minutes=1)):
        assert "现在不能撤销" in take_back(cast.wenshui, job)
        assert "撤销导入" not in text_of(Session(cast.wenshui).get(f"/imports/{job.pk}/").content.decode())
    assert roster_rows() == before


def test_images_lie_encrypted_and_within_the_county(cast: Cast) -> None:
    confirmed(cast.wenshui, changing_rows(cast))
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM exchange_importimage")
        assert cursor.fetchone()[0].startswith("a")
    with acting(cast.xingxian):
        assert not ImportImage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_undo_once(cast: Cast) -> None:
    job = confirmed(cast.wenshui, changing_rows(cast))

    def click(_: int) -> int:
        try:
            return int(Session(cast.wenshui).post(f"/imports/{job.pk}/undo/").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(click, range(2))) == [302, 302]
    assert Entry.objects.filter(action=Action.WITHDRAW, object_id=job.pk).count() == 1
    assert not Child.objects.filter(name="童一").exists()


def test_the_number_of_queries_does_not_grow_with_the_rows(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    job = confirmed(cast.wenshui, [child_row(number) for number in range(1, 200)])
    with acting(cast.wenshui), django_assert_max_num_queries(60):
        undo_job(cast.wenshui, job)
    assert Volunteer.objects.exists()
