"""The results of 准入查询 come back as a file: result, day and officer are kept, and nothing else of it."""

import csv
import datetime
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from aixin.access.models import User
from aixin.exchange.models import ImportJob
from aixin.exchange.reasons import REASONS
from tests.cast import Cast
from tests.conftest import Session
from tests.factories import VolunteerFactory
from tests.pages import rows_on
from volunteers.choices import Clearance
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
HEAD = ["姓名", "身份证号", "查询结果", "查询日期", "经办人", "备注"]
DAY = (timezone.localdate() - datetime.timedelta(days=3)).isoformat()


def unchecked(**fields: Any) -> Volunteer:
    return VolunteerFactory(clearance=Clearance.IN_PROGRESS, cleared_on=None, **fields)


def upload(who: User, *rows: list[str]) -> ImportJob:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEAD, *rows])
    file = SimpleUploadedFile("查询结果.csv", text.getvalue().encode())
    answer = Session(who).post("/volunteers/clearance/import/", {"file": file})
    assert answer.status_code == 302, answer.context["form"].errors
    return ImportJob.objects.latest("id")


def confirm(who: User, job: ImportJob) -> None:
    assert Session(who).post(f"/imports/{job.pk}/confirm/").status_code == 302


def row(volunteer: Volunteer, result: str = "通过", day: str = DAY, **changes: str) -> list[str]:
    stated = {
        "name": volunteer.name,
        "idno": volunteer.idno,
        "result": result,
        "day": day,
        "officer": "李民警",
    }
    return [*(stated | changes).values(), "某某派出所出具，案由不详"]


def test_results_are_kept_and_nothing_else(cast: Cast) -> None:
    passed, failed, named = unchecked(), unchecked(), unchecked(name="独名女")
    job = upload(cast.wenshui, row(passed), row(failed, "有记录"), row(named, "未发现违法犯罪记录", idno=""))
    assert job.counts["updated"] == 3, job.rows()
    confirm(cast.wenshui, job)
    for one, result in ((passed, "PASSED"), (failed, "FAILED"), (named, "PASSED")):
        one.refresh_from_db()
        assert (one.clearance, one.cleared_on.isoformat(), one.cleared_by) == (result, DAY, "李民警")
        assert "案由" not in one.notes
    assert passed.is_cleared


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("不通过", "FAILED"), ("不合格", "FAILED"), ("有违法犯罪记录", "FAILED"), ("发现违法犯罪记录", "FAILED"),
        ("合格", "PASSED"), ("无违法犯罪记录", "PASSED"), ("未发现违法犯罪记录", "PASSED"), ("无", "PASSED"),
    ],
)  # fmt: skip
def test_a_result_is_never_taken_for_its_opposite(cast: Cast, said: str, result: str) -> None:
    volunteer = unchecked()
    confirm(cast.wenshui, upload(cast.wenshui, row(volunteer, said)))
    volunteer.refresh_from_db()
    assert volunteer.clearance == result


@pytest.mark.parametrize("said", ["未通过审查", "无法查询", "查无此人", "通过/不通过", "存在问题"])
def test_an_unclear_result_lets_nobody_pass(cast: Cast, said: str) -> None:
    volunteer = unchecked()
    confirm(cast.wenshui, upload(cast.wenshui, row(volunteer, said)))
    volunteer.refresh_from_db()
    assert not volunteer.is_cleared


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"result": "另行通知"}, "clearance_unknown"),
        ({"day": "2999-01-01"}, "clearance_date_invalid"),
        ({"day": "昨天"}, "clearance_date_invalid"),
        ({"name": "别的人"}, "clearance_of_another"),
        ({"name": "查无人", "idno": ""}, "volunteer_not_found"),
    ],
)
def test_a_doubtful_row_comes_back(cast: Cast, changes: dict[str, str], reason: str) -> None:
    volunteer = unchecked()
    job = upload(cast.wenshui, row(volunteer, **changes))
    assert REASONS[reason] in job.rows()[0]["reasons"]
    confirm(cast.wenshui, job)
    volunteer.refresh_from_db()
    assert volunteer.clearance == Clearance.IN_PROGRESS


def test_another_countys_volunteer_is_not_found(cast: Cast) -> None:
    job = upload(cast.wenshui, row(cast.far_volunteer, "不通过"))
    assert REASONS["volunteer_not_found"] in job.rows()[0]["reasons"]
    confirm(cast.wenshui, job)
    cast.far_volunteer.refresh_from_db()
    assert cast.far_volunteer.clearance == Clearance.PASSED


def test_two_of_one_name_need_a_number(cast: Cast) -> None:
    first = unchecked(name="王同名")
    unchecked(name="王同名")
    job = upload(cast.wenshui, row(first, idno=""))
    assert REASONS["ambiguous"] in job.rows()[0]["reasons"]


def test_the_lists_of_whom_to_check_and_of_what_runs_out(cast: Cast) -> None:
    today = timezone.localdate()
    for left in (10, 60, 200):
        VolunteerFactory(cleared_on=today - datetime.timedelta(days=365 - left))
    unchecked(state="APPLIED")
    VolunteerFactory(cleared_on=today - datetime.timedelta(days=400))
    VolunteerFactory(clearance=Clearance.FAILED)
    session = Session(cast.wenshui)
    found = [
        rows_on(session.get(f"/volunteers/?figure={key}"))
        for key in ("to_check", "runs_out_30", "runs_out_90")
    ]
    assert found == [2, 1, 2]


def test_script_in_a_file_stays_text(cast: Cast) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    volunteer = unchecked()
    job = upload(cast.wenshui, row(volunteer, officer=hostile), row(cast.volunteer, hostile, name=hostile))
    session = Session(cast.wenshui)
    preview = session.get(f"/imports/{job.pk}/").content.decode()
    confirm(cast.wenshui, job)
    volunteer.refresh_from_db()
    assert volunteer.cleared_by == hostile
    detail = session.get(f"/volunteers/{volunteer.pk}/").content.decode()
    assert hostile not in preview + detail
    assert "&lt;img src=x" in detail
