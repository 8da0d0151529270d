"""A child that left the roster is locked at once: no edit, no visit, no number, and only the county opens it."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from aixin.audit.models import Action, Entry
from aixin.exchange.jobs import import_file
from children.choices import Status
from children.models import Child, Guardian, Need
from tests.cast import XIJIE, Cast
from tests.conftest import Session
from tests.contract.world import workbook
from tests.factories import ChildFactory
from tests.pages import error_beside

pytestmark = pytest.mark.django_db
HEADINGS = ("姓名", "身份证号", "出生日期", "类别", "乡镇", "监护人姓名")


@pytest.fixture
def left(cast: Cast) -> Child:
    child = ChildFactory(
        name="郝离册",
        region_id=XIJIE,
        status=Status.LEFT,
        left_reason="OVER_AGE",
        left_on=timezone.localdate() - datetime.timedelta(days=3),
    )
    Need.objects.create(child=child, region_id=XIJIE, topic="STUDY", source="STAFF")
    return child


def test_the_county_opens_it_and_reads_when_it_goes(cast: Cast, left: Child) -> None:
    page = Session(cast.wenshui).get(f"/children/{left.pk}/").content.decode()
    assert "资料已锁定" in page
    assert f"保存至 {left.left_on.year + 3}-" in page
    assert 'class="reveal"' not in page
    for act in ("/edit/", "/leave/", "/consent/agreed/"):
        assert f'href="/children/{left.pk}{act}"' not in page


@pytest.mark.parametrize("path", ["", "?tab=history", "edit/", "leave/", "hold/", "consent/agreed/"])
def test_the_township_finds_it_no_more(cast: Cast, left: Child, path: str) -> None:
    assert Session(cast.fengcheng).get(f"/children/{left.pk}/{path}").status_code == 404


def test_nor_on_its_lists_and_in_its_search(cast: Cast, left: Child) -> None:
    session = Session(cast.fengcheng)
    assert "郝离册" not in session.get("/children/?figure=left").content.decode()
    assert "郝离册" not in session.post("/search/", {"q": left.no}, follow=True).content.decode()
    assert "郝离册" in Session(cast.wenshui).get("/children/?figure=left").content.decode()


@pytest.mark.parametrize(("who", "status"), [("wenshui", 403), ("fengcheng", 404)])
def test_no_number_is_revealed(cast: Cast, left: Child, who: str, status: int) -> None:
    guardian = Guardian.objects.get(child=left)
    session = Session(cast.users[who])
    for url in (f"/reveal/children.child/{left.pk}/idno/", f"/reveal/children.guardian/{guardian.pk}/phone/"):
        assert session.get(url).status_code == status
        assert session.post(url, {"reason": "contact"}).status_code == status
    assert not Entry.objects.filter(action=Action.REVEAL).exists()


def test_nothing_in_it_is_changed(cast: Cast, left: Child) -> None:
    session = Session(cast.wenshui)
    assert session.get(f"/children/{left.pk}/edit/").status_code == 403
    assert session.post(f"/children/{left.pk}/edit/", {"name": "改名"}).status_code == 403
    assert session.post(f"/children/{left.pk}/needs/", {"topic": "SAFETY"}).status_code == 403
    assert session.post(f"/children/needs/{left.needs.get().pk}/met/").status_code == 403
    assert session.post(f"/children/{left.pk}/consent/refused/", {}).status_code == 403
    assert session.get(f"/visits/new/?child={left.pk}").status_code == 404


def test_the_township_that_takes_it_off_lands_on_its_list(cast: Cast) -> None:
    form = {"reason": "OVER_AGE", "day": timezone.localdate().isoformat()}
    answer = Session(cast.fengcheng).post(f"/children/{cast.child.pk}/leave/", form, follow=True)
    assert answer.redirect_chain[-1][0] == "/children/"
    assert "张小明已出列" in answer.content.decode()


class TestAnImport:
    def reasons(self, user: Any, child: Child) -> list[str]:
        row = (child.name, child.idno, child.birth.isoformat(), "留守儿童", "凤城镇", "高奶奶")
        _, outcome = import_file(user, "children", workbook(HEADINGS, [row]), "名册.xlsx", commit=True)
        return outcome.drafts[0].reasons

    def test_of_a_township_does_not_bring_it_back(self, cast: Cast, left: Child) -> None:
        assert self.reasons(cast.fengcheng, left) == ["left_roster"]
        left.refresh_from_db()
        assert left.status == Status.LEFT

    def test_of_the_county_does(self, cast: Cast, left: Child) -> None:
        assert self.reasons(cast.wenshui, left) == []
        left.refresh_from_db()
        assert left.status == Status.ON_ROSTER


def test_its_id_typed_again_by_the_township_is_refused_in_words(cast: Cast, left: Child) -> None:
    form = {
        "name": "郝离册", "idno": left.idno, "region": XIJIE, "category": "LEFT_BEHIND", "guardian_name": "高奶奶",
    }  # fmt: skip
    answer = Session(cast.fengcheng).post("/children/new/", form)
    assert "已出列" in error_beside(answer, "idno")
