"""Every figure once: name, unit, what it counts, and the very rows (DESIGN sections 3.8 and 5)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from children.models import Child
from pairing.models import Pairing
from pairing.querysets import paired, unpaired
from visits.models import Visit, VisitedChild
from visits.querysets import never_visited, overdue
from volunteers.models import Volunteer

Rows = Callable[[], QuerySet[Any]]


@dataclass(frozen=True)
class Metric:
    """A figure: its unit, its definition in words, its rows, and the list that shows exactly them."""

    key: str
    name: str
    unit: str
    meaning: str
    rows: Rows
    list_url: str
    figure: str

    def url(self, region: str, **more: str) -> str:
        """Return the address of the list with as many rows as the figure says."""
        query = {"figure": self.figure, "region": region, **more}
        return reverse(self.list_url) + "?" + "&".join(f"{key}={value}" for key, value in query.items())


METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric(
            "registered", "在册儿童", "人", "名册上的儿童，不含已出列的。",
            Child.objects.registered, "children:list", "registered",
        ),
        Metric(
            "eligible", "应结对儿童", "人", "在册儿童减去监护人不同意的和在机构集中养育的。",
            Child.objects.eligible, "children:list", "eligible",
        ),
        Metric(
            "refused", "监护人不同意", "人", "在册儿童中监护人不同意结对的。",
            Child.objects.refused, "children:list", "refused",
        ),
        Metric(
            "institution", "机构集中养育", "人", "在册儿童中在机构集中养育的孤儿。",
            Child.objects.in_institution, "children:list", "institution",
        ),
        Metric(
            "paired", "已结对儿童", "人", "应结对儿童中至少有一对已结对的；暂停和待同意的不算。",
            lambda: paired(Child.objects.all(), Pairing.objects.all()), "children:list", "paired",
        ),
        Metric(
            "unpaired", "应结未结", "人", "应结对儿童中没有一对已结对的。",
            lambda: unpaired(Child.objects.all(), Pairing.objects.all()), "children:list", "unpaired",
        ),
        Metric(
            "volunteers", "爱心妈妈", "人", "审核合格且没有退出或暂停的，按所在地统计。",
            Volunteer.objects.qualified, "volunteers:list", "qualified",
        ),
        Metric(
            "pairings", "结对数", "对", "现为已结对的，按儿童现居地统计；一名儿童可有多位爱心妈妈。",
            Pairing.objects.active, "pairings:list", "active",
        ),
        Metric(
            "visits_total", "累计走访", "次", "全部走访记录，不含已撤回的；一次走访可看望同户几名儿童。",
            Visit.objects.standing, "visits:list", "standing",
        ),
        Metric(
            "visits_30d", "近30天走访", "次", "今天和之前29天内的走访记录，不含已撤回的。",
            Visit.objects.last_30_days, "visits:list", "last_30_days",
        ),
        Metric(
            "never_visited", "从未走访", "人", "有已结对的在册儿童中，自结对之日起还没有走访记录的。",
            lambda: never_visited(Child.objects.registered(), Pairing.objects.all(), VisitedChild.objects.all()),
            "children:list", "never_visited",
        ),
        Metric(
            "overdue", "超期未联系", "对", "已结对的，自结对或上次联系起超过31天没有联系的。",
            lambda: overdue(Pairing.objects.all(), VisitedChild.objects.all()), "pairings:list", "overdue",
        ),
    )
}  # fmt: skip

# What the contract of `coverage.json` names (DESIGN section 5).
COVERAGE_KEYS = (
    "registered", "eligible", "paired", "unpaired", "volunteers", "pairings", "visits_total", "visits_30d",
    "never_visited", "overdue",
)  # fmt: skip


def rate(part: int, whole: int) -> float | None:
    """Return a percentage to one decimal, None where there is nothing to divide by; 100 only when all are in."""
    if not whole:
        return None
    return round(100 * part / whole, 1) if part == whole else min(round(100 * part / whole, 1), 99.9)
