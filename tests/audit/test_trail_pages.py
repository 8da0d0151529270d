"""The auditor's pages: filters, one person's trail, one account's, the export, and what they never say."""

import datetime
import io
from typing import Any

import pytest
import python_calamine
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aixin.access.auditing import paging
from aixin.access.models import Post, Role, User
from aixin.audit.models import Action, Entry, Verification
from aixin.audit.trail import record
from aixin.exchange import audit_export
from tests.cast import CITY, WENSHUI, XINGXIAN, Cast, make_user
from tests.conftest import Session
from tests.exchange.exports import ask, download
from tests.pages import text_of

TRAIL, EXPORT = reverse("audit:person"), reverse("imports:audit")


@pytest.fixture
def looks(cast: Cast) -> Cast:
    """Four looks at the child by three offices and her volunteer, an export by the city, a stranger's refusal."""
    for who in ("wenshui", "wenshui", "fengcheng", "mama"):
        Session(cast.users[who]).get(f"/children/{cast.child.pk}/", REMOTE_ADDR="10.1.2.3")
    download(cast.city, ask(cast.city))
    Session(cast.xingxian).get(f"/children/{cast.child.pk}/")
    return cast


def page(cast: Cast, path: str = "/", by: str = "auditor", **query: str) -> Any:
    return Session(cast.users[by]).get(path, query)


def shown(response: Any) -> list[tuple[str, str]]:
    """Return who did what, line by line, of a page of the trail."""
    return [(line.who, line.action) for line in response.context["lines"]]


def regional(name: str, code: str) -> User:
    return make_user(name, Role.AUDITOR, code)


def test_the_trail_says_who_did_what_in_words(looks: Cast) -> None:
    response = page(looks)
    text = text_of(response.content.decode())
    assert shown(response)[:2] == [("auditor姓名（auditor）", "登录"), ("xingxian姓名（xingxian）", "被拒绝")]
    for words in (
        "文水县妇联",
        "儿童 序号",
        looks.child.no,
        "原因：不在本人范围内",
        "内容：儿童信息台账",
        "10.1.2.3",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"action": "VIEW"}, 4),
        ({"action": "VIEW", "who": "wenshui"}, 2),
        ({"action": "VIEW", "who": "fengcheng姓名"}, 1),
        ({"action": "VIEW", "who": "nobody"}, 0),
        ({"action": "VIEW", "role": "VOLUNTEER"}, 1),
        ({"action": "VIEW", "region": WENSHUI}, 4),
        ({"action": "VIEW", "region": XINGXIAN}, 0),
        ({"kind": "children.child"}, 4),
        ({"kind": "children.child", "object_id": "{pk}"}, 4),
        ({"kind": "children.child", "object_id": "0"}, 0),
        ({"subject": "{no}"}, 5),
        ({"subject": "{unpaired}"}, 1),
        ({"address": "10.1.2.3", "action": "VIEW"}, 4),
        ({"address": "10.9.9.9"}, 0),
        ({"since": "2020-01-01", "until": "2020-02-01"}, 0),
        ({"since": "{today}", "action": "VIEW"}, 4),
    ],
)
def test_filters_narrow_the_trail(looks: Cast, query: dict[str, str], expected: int) -> None:
    words = {
        "pk": str(looks.child.pk),
        "no": looks.child.no,
        "unpaired": looks.unpaired.no,
        "today": timezone.localdate().isoformat(),
    }
    response = page(looks, **{key: value.format(**words) for key, value in query.items()})
    assert response.context["page"].paginator.count == expected


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"subject": "1000011"}, "最后一位校验码不符"),
        ({"address": "hier"}, "地址写法不对"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "结束日期早于开始日期"),
    ],
)
def test_a_wrong_filter_is_explained_and_shows_nothing(looks: Cast, query: dict[str, str], said: str) -> None:
    response = page(looks, **query)
    assert said in response.content.decode()
    assert shown(response) == []
    assert "筛选条件有误" in response.content.decode()


def test_the_last_thirty_days_are_shown_until_more_is_asked(looks: Cast) -> None:
    with time_machine.travel(timezone.now() - datetime.timedelta(days=40)):
        record(looks.wenshui, Action.REVEAL, looks.child)
    assert ("wenshui姓名（wenshui）", "查看完整信息") not in shown(page(looks))
    assert shown(page(looks, since="", action="REVEAL")) == [("wenshui姓名（wenshui）", "查看完整信息")]


def test_pages_reach_so_far_and_say_so(looks: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "CAP", 3)
    text = text_of(page(looks).content.decode())
    assert "共 3 条以上" in text
    assert "共 3 条以上" not in text_of(page(looks, action="EXPORT").content.decode())


def test_an_empty_trail_says_what_to_do(cast: Cast) -> None:
    assert "可以放宽时间范围" in page(cast, object_id="0").content.decode()


# One entry


def test_one_entry_shows_everyone_it_is_about(looks: Cast) -> None:
    entry = Entry.objects.get(action=Action.EXPORT)
    text = text_of(page(looks, reverse("audit:entry", args=[entry.pk])).content.decode())
    assert "等待封存" in text
    for person in (looks.child, looks.unpaired, looks.neighbour, looks.far):
        assert person.no in text
    assert looks.outsider_child.no not in text


# Who looked at this child


def test_the_auditor_sees_who_looked_at_a_child(looks: Cast) -> None:
    response = page(looks, TRAIL, no=looks.child.no)
    found = {(visitor.who, visitor.office, tuple(visitor.acts)) for visitor in response.context["visitors"]}
    assert found == {
        ("wenshui姓名（wenshui）", "文水县妇联", (("查看", 2),)),
        ("fengcheng姓名（fengcheng）", "凤城镇妇联", (("查看", 1),)),
        (f"爱心妈妈账号{looks.mama.pk}", "凤城镇 爱心妈妈", (("查看", 1),)),
        ("city姓名（city）", "吕梁市妇联", (("导出", 1),)),
    }
    assert len(shown(response)) == 5
    assert looks.child.name not in response.content.decode()
    assert looks.unpaired.no not in response.content.decode(), "others of the same export are not named"


def test_asking_is_noted_itself(looks: Cast) -> None:
    page(looks, TRAIL, no=looks.child.no)
    entry = Entry.objects.get(action=Action.AUDIT)
    assert (entry.user, entry.subjects) == (looks.auditor, [looks.child.no])
    assert ("auditor姓名（auditor）", "查阅审计记录") in shown(page(looks, TRAIL, no=looks.child.no))


def test_a_mistyped_number_is_told_and_not_noted(looks: Cast) -> None:
    wrong = looks.child.no[:-1] + str((int(looks.child.no[-1]) + 1) % 10)
    assert "最后一位校验码不符" in page(looks, TRAIL, no=wrong).content.decode()
    assert not Entry.objects.filter(action=Action.AUDIT).exists()


def test_nobody_looked_yet(cast: Cast) -> None:
    text = page(cast, TRAIL, no=cast.far.no).content.decode()
    assert "还没有人看过" in text
    assert "没有关于这个编号的记录" in text


@pytest.mark.parametrize(("code", "lines"), [(WENSHUI, 5), (CITY, 5), (XINGXIAN, 0), ("140105", 0)])
def test_a_regions_auditor_reads_about_persons_of_the_region(looks: Cast, code: str, lines: int) -> None:
    """Everything about them, the city's export too; nothing about anybody else's."""
    response = Session(regional("local", code)).get(TRAIL, {"no": looks.child.no})
    assert len(shown(response)) == lines


def test_a_regions_auditor_reads_acts_from_and_on_the_region(looks: Cast) -> None:
    local = Session(regional("local", XINGXIAN))
    assert {who for who, _ in shown(local.get("/"))} == {"local姓名（local）", "xingxian姓名（xingxian）"}
    record(looks.city, Action.VIEW, looks.far)
    assert "city姓名（city）" in {who for who, _ in shown(local.get("/"))}
    other = Entry.objects.filter(user=looks.wenshui).first()
    assert other is not None
    assert local.get(reverse("audit:entry", args=[other.pk])).status_code == 404
    assert local.get(reverse("audit:account", args=[looks.wenshui.pk])).status_code == 404
    assert local.get(reverse("audit:account", args=[looks.xingxian.pk])).status_code == 200


# The head of a county


def test_the_head_asks_from_the_childs_page(looks: Cast) -> None:
    address = f"{TRAIL}?no={looks.child.no}"
    assert address in page(looks, f"/children/{looks.child.pk}/", "wenshui").content.decode()
    response = Session(looks.wenshui).get(address)
    assert response.status_code == 200
    assert looks.child.name in response.content.decode()
    assert reverse("audit:account", args=[looks.fengcheng.pk]) not in response.content.decode()


def test_who_is_no_head_is_neither_offered_nor_shown_it(looks: Cast) -> None:
    assert TRAIL not in page(looks, f"/children/{looks.child.pk}/", "fengcheng").content.decode()
    for who in ("fengcheng", "city", "mama", "official", "sysadmin"):
        assert page(looks, TRAIL, who, no=looks.child.no).status_code == 403


def test_outside_the_heads_region_there_is_nobody(looks: Cast) -> None:
    for other in (looks.far, looks.outsider_child, looks.far_volunteer):
        assert page(looks, TRAIL, "wenshui", no=other.no).status_code == 404
    assert page(looks, TRAIL, "wenshui", no=looks.volunteer.no).status_code == 200


def test_the_head_of_a_city_reads_no_single_trail(looks: Cast) -> None:
    Post.objects.filter(user=looks.city).update(is_head=True)
    assert page(looks, TRAIL, "city", no=looks.child.no).status_code == 403


# One account


def test_an_accounts_deeds_are_counted(looks: Cast) -> None:
    response = page(looks, reverse("audit:account", args=[looks.wenshui.pk]))
    assert [(deed.action, deed.count) for deed in response.context["deeds"]] == [("查看", 2), ("登录", 2)]
    assert Entry.objects.get(action=Action.AUDIT).object_id == str(looks.wenshui.pk)


def test_a_volunteers_account_has_no_name(looks: Cast) -> None:
    text = page(looks, reverse("audit:account", args=[looks.mama.pk])).content.decode()
    assert "mama姓名" not in text
    assert f"爱心妈妈账号{looks.mama.pk}" in text


# The export


def sheet_of(response: Any) -> list[list[str]]:
    book = python_calamine.load_workbook(io.BytesIO(response.content))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]


def test_the_export_has_what_the_page_lists(looks: Cast) -> None:
    rows = sheet_of(page(looks, EXPORT, action="VIEW"))
    assert [row[2] for row in rows[3:]] == [
        f"爱心妈妈账号{looks.mama.pk}",
        "fengcheng姓名（fengcheng）",
        *["wenshui姓名（wenshui）"] * 2,
    ]
    assert {row[6] for row in rows[3:]} == {looks.child.no}
    entry = Entry.objects.filter(action=Action.EXPORT).first()
    assert entry is not None
    assert entry.detail == {"what": "trail", "rows": 4, "filters": {"动作": "查看"}}
    assert looks.child.name not in str(rows)


def test_the_export_is_literal_text(cast: Cast) -> None:
    record(cast.wenshui, Action.REVEAL, cast.child, reason="=1+1")
    assert sheet_of(page(cast, EXPORT, action="REVEAL"))[3][7] == "=1+1"


def test_too_much_is_refused_with_a_sentence(looks: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_export, "LIMIT", 3)
    response = page(looks, EXPORT, action="VIEW")
    assert response.headers["Location"] == "/?action=VIEW"
    assert "超过" in str(next(iter(get_messages(response.wsgi_request))))
    assert Entry.objects.filter(action=Action.EXPORT).count() == 1


def test_a_wrong_filter_exports_nothing(looks: Cast) -> None:
    assert page(looks, EXPORT, subject="12").headers["Location"] == "/?subject=12"


# The check of the chain


def test_a_found_fault_stands_at_the_top(cast: Cast) -> None:
    assert "还没有做过完整性核验" in page(cast).content.decode()
    Verification.objects.create(seals=2, entries=9, faults=0)
    assert "9 条记录全部相符" in page(cast).content.decode()
    Verification.objects.create(seals=2, entries=9, faults=1)
    assert "记录可能被人改动" in page(cast).content.decode()


def test_nobody_is_told_without_a_log_in(cast: Cast) -> None:
    for path in (TRAIL, EXPORT):
        assert Client().get(path).headers["Location"].startswith("/accounts/login/")
