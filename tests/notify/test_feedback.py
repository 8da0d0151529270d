"""意见反馈 reaches the staff of the writer's region, and nobody else."""

import pytest
from django.urls import reverse

from aixin.notify.models import Feedback
from tests.cast import FENGCHENG, Cast
from tests.conftest import Session

URL = "/inbox/feedback/"


@pytest.mark.parametrize("who", ["mama", "fengcheng", "wenshui", "city", "official"])
def test_everyone_who_works_with_it_can_write(cast: Cast, who: str) -> None:
    answer = Session(cast.users[who]).post(URL, {"text": "孩子想要一本字典，希望能有人帮助。"})
    assert answer.status_code == 302
    row = Feedback.objects.get()
    assert (row.author, row.region_id) == (cast.users[who], cast.users[who].acting_post.region_id)


@pytest.mark.parametrize("who", ["sysadmin", "auditor", "postless"])
def test_system_roles_do_not(cast: Cast, who: str) -> None:
    assert Session(cast.users[who]).post(URL, {"text": "你好"}).status_code == 403
    assert not Feedback.objects.exists()


def test_it_reaches_the_county_and_no_other(cast: Cast) -> None:
    Session(cast.mama).post(URL, {"text": "字太小了"})
    assert Feedback.objects.get().region_id == FENGCHENG
    seen = {
        who: "字太小了" in Session(cast.users[who]).get(URL).content.decode()
        for who in ("wenshui", "fengcheng", "xingxian", "mama2")
    }
    assert seen == {"wenshui": True, "fengcheng": True, "xingxian": False, "mama2": False}


def test_an_empty_message_gets_a_sentence(cast: Cast) -> None:
    assert "请写一句想说的话。" in Session(cast.mama).post(URL, {"text": " "}).content.decode()


def test_staff_mark_it_as_handled_once(cast: Cast) -> None:
    Session(cast.mama).post(URL, {"text": "字太小了"})
    row = Feedback.objects.get()
    url = reverse("notify:handled", args=[row.pk])
    assert Session(cast.xingxian).post(url).status_code == 404
    assert Session(cast.wenshui).post(url).status_code == 302
    first = Feedback.objects.get().handled_at
    assert first is not None
    Session(cast.wenshui).post(url)
    assert Feedback.objects.get().handled_at == first


def test_every_page_leads_to_it(cast: Cast) -> None:
    assert URL in Session(cast.wenshui).get("/").content.decode()
    assert URL in Session(cast.mama).get("/account/").content.decode()
