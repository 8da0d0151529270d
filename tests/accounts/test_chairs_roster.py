"""A roster of village women's chairs: good rows become accounts with invitations, bad ones come back with reasons."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from aixin.access.models import Post, Role, User
from aixin.accounts.models import Invitation
from aixin.exchange.models import ImportJob
from tests.accounts.steps import come_in, created, links_on
from tests.cast import KAISHAN_VILLAGE, XIJIE, Cast
from tests.conftest import Session

pytestmark = pytest.mark.django_db
HEAD = ["乡镇", "村", "村妇联主席", "手机号"]
FENG = ["凤城镇", "西街社区", "冯主席", "13900001111"]
QIAO = ["开栅镇", "开栅村", "乔主席", "13900002222"]


def upload(who: User, *rows: list[str], head: list[str] = HEAD) -> ImportJob:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([head, *rows])
    file = SimpleUploadedFile("村主席.csv", text.getvalue().encode())
    answer = Session(who).post("/users/chairs/import/", {"file": file})
    assert answer.status_code == 302, answer.context["form"].errors
    return ImportJob.objects.latest("id")


def confirm(who: User, job: ImportJob) -> Any:
    return Session(who).post(f"/imports/{job.pk}/confirm/", follow=True)


def reasons(job: ImportJob) -> list[str]:
    return [row["reasons"] for row in job.rows()]


def test_the_preview_makes_no_account(cast: Cast) -> None:
    before = User.objects.count()
    job = upload(cast.wenshui, FENG, QIAO)
    assert job.counts == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0}
    assert (User.objects.count(), Invitation.objects.count()) == (before, 0)


def test_good_rows_become_accounts_and_their_invitations_can_be_printed(cast: Cast) -> None:
    job = upload(cast.wenshui, FENG, QIAO)
    page = confirm(cast.wenshui, job).content.decode()
    assert 'href="/users/invitations/"' in page
    assert "打印邀请单" in page
    posts = Post.objects.filter(user__display_name__in=["冯主席", "乔主席"])
    assert {(post.role, post.region_id) for post in posts} == {
        (Role.STAFF, XIJIE),
        (Role.STAFF, KAISHAN_VILLAGE),
    }
    ids = list(Invitation.objects.open().values_list("pk", flat=True))
    links = links_on(Session(cast.wenshui).post("/users/invitations/sheet/", {"ids": ids}))
    assert len(links) == 2
    assert come_in(links[0]).status_code == 302
    # A second confirmation and a second upload change nothing.
    confirm(cast.wenshui, job)
    assert upload(cast.wenshui, FENG, QIAO).counts["unchanged"] == 2
    assert User.objects.filter(display_name="冯主席").count() == 1


@pytest.mark.parametrize(
    "head",
    [
        ["乡镇", "村", "姓名", "手机号"],
        ["所在乡镇", "所在村", "主席姓名", "联系电话"],
        ["乡镇（街道）", "村（社区）", "村妇联主席姓名", "主席电话"],
    ],
)
def test_headings_as_offices_write_them(cast: Cast, head: list[str]) -> None:
    assert upload(cast.wenshui, FENG, head=head).counts["created"] == 1


@pytest.mark.parametrize(
    ("who", "row", "reason"),
    [
        ("wenshui", ["蔚汾镇", "城关村", "冯主席", "13900001111"], "不在您的管辖范围"),
        ("wenshui", ["凤城镇", "没有的村", "冯主席", "13900001111"], "找不到这个村"),
        ("wenshui", ["凤城镇", "", "冯主席", "13900001111"], "没有写村"),
        ("wenshui", ["凤城镇", "西街社区", "", "13900001111"], "没有姓名"),
        ("wenshui", ["凤城镇", "西街社区", "冯<b>", "13900001111"], "姓名里有"),
        ("wenshui", ["凤城镇", "西街社区", "冯主席", "1390000"], "手机号无法识别"),
        ("wenshui", ["凤城镇", "西街社区", "冯主席", "0358-3021234"], "手机号无法识别"),
        ("wenshui", ["凤城镇", "西街社区", "冯主席", "13900007777"], "另一个账号"),
        ("fengcheng", ["开栅镇", "开栅村", "乔主席", "13900002222"], "不在您的管辖范围"),
    ],
)
def test_a_bad_row_comes_back_with_its_reason(cast: Cast, who: str, row: list[str], reason: str) -> None:
    cast.outsider.phone = "13900007777"
    cast.outsider.save()
    before = User.objects.count()
    job = upload(cast.users[who], row)
    assert job.counts["rejected"] == 1
    assert reason in reasons(job)[0]
    confirm(cast.users[who], job)
    assert User.objects.count() == before


def test_one_bad_row_keeps_no_good_one_out(cast: Cast) -> None:
    job = upload(cast.wenshui, ["凤城镇", "没有的村", "甲主席", ""], QIAO)
    confirm(cast.wenshui, job)
    assert User.objects.filter(display_name="乔主席").exists()
    assert not User.objects.filter(display_name="甲主席").exists()


def test_a_village_with_a_chair_needs_a_succession(cast: Cast) -> None:
    created(cast.wenshui, name="段主席", phone="13900003333")
    job = upload(cast.wenshui, FENG)
    assert "换届" in reasons(job)[0]


def test_the_same_village_or_phone_twice_in_a_file(cast: Cast) -> None:
    job = upload(cast.wenshui, FENG, ["凤城镇", "西街社区", "甲主席", ""], [*QIAO[:3], FENG[3]])
    assert job.counts == {"created": 1, "updated": 0, "unchanged": 0, "rejected": 2}
    assert all("前面的行" in reason for reason in reasons(job)[1:])


def test_without_a_phone_the_name_tells_whether_she_is_there(cast: Cast) -> None:
    row = [*FENG[:3], ""]
    confirm(cast.wenshui, upload(cast.wenshui, row))
    assert upload(cast.wenshui, row).counts["unchanged"] == 1


def test_a_right_lost_between_preview_and_confirmation_counts(cast: Cast) -> None:
    job = upload(cast.wenshui, FENG)
    cast.wenshui.posts.update(region_id="141121101")
    ImportJob.objects.filter(pk=job.pk).update(region_id="141121101")
    confirm(cast.wenshui, job)
    assert not User.objects.filter(display_name="冯主席").exists()


@pytest.mark.parametrize("who", ["city", "sysadmin", "mama", "official"])
def test_others_do_not_import_chairs(cast: Cast, who: str) -> None:
    assert Session(cast.users[who]).get("/users/chairs/import/").status_code == 403


def test_the_page_of_imports_offers_it_to_who_may(cast: Cast) -> None:
    chair, link = created(cast.wenshui)
    come_in(link)
    assert "村妇联主席名册" in Session(cast.fengcheng).get("/imports/").content.decode()
    chair.refresh_from_db()
    page = Session(chair).get("/imports/")
    assert page.status_code == 200
    assert "村妇联主席名册" not in page.content.decode()
