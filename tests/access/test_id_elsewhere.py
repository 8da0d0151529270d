"""Whether another county holds an ID: answered yes or no, in the trail, and not without end (DESIGN 3.2)."""

from typing import Any

import pytest

from aixin.access.elsewhere import LookupLimitError, ids_elsewhere, looked_up_last_hour
from aixin.access.scope import acting
from aixin.audit.models import Action, Entry
from aixin.exchange.jobs import import_file
from aixin.exchange.reading.model import WorkbookError
from aixin.notify.models import Notice
from aixin.privacy.fields import index_of
from children.models import Child
from tests.cast import FENGCHENG, Cast
from tests.contract.world import workbook

pytestmark = pytest.mark.django_db
HEADINGS = ("姓名", "身份证号", "类别", "乡镇", "监护人")


def roster(*idnos: str) -> bytes:
    return workbook(HEADINGS, [("张某", idno, "留守儿童", "凤城镇", "李某") for idno in idnos])


def test_a_look_up_is_in_the_trail_without_the_id(cast: Cast) -> None:
    asked = [index_of(cast.far.idno), index_of(cast.child.idno), None]
    with acting(cast.wenshui):
        assert ids_elsewhere(cast.wenshui, "child", asked) == {index_of(cast.far.idno)}
    entry = Entry.objects.get(action=Action.LOOKUP)
    assert entry.detail == {"roster": "child", "asked": 2, "found": 1}


def test_an_import_and_its_preview_count(cast: Cast) -> None:
    with acting(cast.wenshui):
        _, outcome = import_file(cast.wenshui, "children", roster(cast.far.idno), "一.xlsx", commit=False)
    assert [draft.reasons for draft in outcome.drafts] == [["id_elsewhere"]]
    assert looked_up_last_hour(cast.wenshui) == (1, 1)


@pytest.mark.parametrize("limit", [{"ID_LOOKUPS_PER_HOUR": 1}, {"ID_FINDS_PER_HOUR": 0}])
def test_beyond_the_limit_nothing_is_answered_and_the_level_above_hears(
    cast: Cast, settings: Any, limit: dict[str, int]
) -> None:
    for name, value in limit.items():
        setattr(settings, name, value)
    before = Child.objects.count()
    with acting(cast.fengcheng):
        assert ids_elsewhere(cast.fengcheng, "child", [index_of(cast.far.idno)])
        with pytest.raises(LookupLimitError):
            ids_elsewhere(cast.fengcheng, "child", [index_of(cast.far.idno)])
        with pytest.raises(WorkbookError, match="一小时后再试"):
            import_file(cast.fengcheng, "children", roster(cast.far.idno), "一.xlsx", commit=True)
    assert Child.objects.count() == before
    alarm = Notice.objects.visible_to(cast.wenshui).get(kind="alarm")
    assert alarm.region_id == FENGCHENG


def test_a_form_says_so_too(cast: Cast, settings: Any, as_user: Any) -> None:
    settings.ID_FINDS_PER_HOUR = -1
    body = {
        "name": "张某",
        "idno": cast.far.idno,
        "region": FENGCHENG,
        "category": "LEFT_BEHIND",
        "guardian_name": "李某",
    }
    page = as_user(cast.fengcheng).post("/children/new/", body).content.decode()
    assert "一小时后再试" in page
    assert Notice.objects.visible_to(cast.wenshui).filter(kind="alarm").exists()
