"""包联督导 of the demo's city: two leaders with their counties; a finding closed, one answered, one open, one late."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from aixin.access.models import Region, User
from aixin.access.scope import acting
from demo.figures import CITY
from reports.models import Finding, FindingStep, Leader
from reports.supervision.choices import Act
from reports.supervision.services import close, raise_finding, reply, save_leader

OFFICE, OFFICIAL = "lvliang", "lvliang-official"
WENSHUI, JIAOCHENG, XINGXIAN = "141121", "141122", "141123"
SINCE = datetime.timedelta(days=150)


@dataclass(frozen=True)
class Found:
    """A finding: where and what, how many days ago, in how many days due, and what became of it how many days ago."""

    county: str
    place: str
    text: str
    metric: str
    ago: int
    due: int
    reply: str = ""
    replied: int = 0
    closed: int | None = None


OF_OFFICIAL = (
    Found(
        WENSHUI, "凤城镇", "看了 20 份档案，有 6 份安全责任书没有监护人签字。", "agreements", 40, -20,
        "6 份已全部补签，原件留镇妇联；以后结对时当面签。", 26, 24,
    ),
    Found(
        WENSHUI, "刘胡兰镇", "两个村的爱心妈妈一个多月没有联系孩子，问起来说不知道要记录。", "overdue", 12, 6,
        "已到两个村培训，爱心妈妈都补了走访；镇里每周一看一次超期名单。", 2,
    ),
)  # fmt: skip
OF_OFFICE = (
    Found(XINGXIAN, "蔚汾镇", "新来的孩子登记以后两个月没有安排爱心妈妈走访。", "never_visited", 5, 9),
    Found(JIAOCHENG, "天宁镇", "准入查询记录不全，抽查的 10 位里有 3 位没有查询日期。", "clearances", 25, -4),
)


def make_supervision(today: datetime.date) -> None:
    """Assign the leaders, and let findings be raised, answered and closed in their order."""
    office, official = (User.objects.get(username=name) for name in (OFFICE, OFFICIAL))
    mayor = _leader(office, "霍明川", "副市长", "吕梁市人民政府", [WENSHUI], today, official)
    deputy = _leader(office, "任秋禾", "市妇联副主席", "吕梁市妇联", [JIAOCHENG, XINGXIAN], today)
    for found in OF_OFFICIAL:
        _run(office, official, mayor, found, today)
    for found in OF_OFFICE:
        _run(office, office, deputy, found, today)


def _leader(
    office: User,
    name: str,
    title: str,
    unit: str,
    counties: list[str],
    today: datetime.date,
    user: User | None = None,
) -> Leader:
    row = Leader(region_id=CITY, name=name, title=title, unit=unit, user=user)
    return save_leader(office, row, list(Region.objects.filter(code__in=counties)), today - SINCE, None)


def _run(office: User, writer: User, leader: Leader, said: Found, today: datetime.date) -> None:
    day = today - datetime.timedelta(days=said.ago)
    finding = Finding(
        region_id=said.county, leader=leader, found_on=day, place=said.place, text=said.text, metric=said.metric,
        due_on=today + datetime.timedelta(days=said.due),
    )  # fmt: skip
    with acting(writer):
        raise_finding(writer, finding)
    stored: Finding = Finding.objects.get(client_uuid=finding.client_uuid)
    steps = {Act.RAISED: day}
    days: dict[str, datetime.date] = {"raised_on": day}
    if said.reply:
        clerk = User.objects.get(username=f"clerk-{said.county}")
        with acting(clerk):
            reply(clerk, stored, said.reply)
        steps[Act.REPLIED] = days["replied_on"] = today - datetime.timedelta(days=said.replied)
    if said.closed is not None:
        with acting(office):
            close(office, stored, "已核实。")
        steps[Act.CLOSED] = days["closed_on"] = today - datetime.timedelta(days=said.closed)
    _set_back(stored, days, steps)


def _set_back(finding: Finding, days: dict[str, Any], steps: dict[Act, datetime.date]) -> None:
    """Let it have happened on its days: the services know today alone."""
    Finding.objects.filter(pk=finding.pk).update(**days)
    for step in FindingStep.objects.filter(finding=finding):
        later = timezone.localdate(step.at) - steps[Act(step.act)]
        FindingStep.objects.filter(pk=step.pk).update(at=step.at - later)
