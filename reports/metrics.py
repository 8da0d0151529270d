"""Every figure once: name, unit, what it counts, and how it is made of what the database counts (DESIGN section 3.8).

The counting itself is in migration 0001, measure by measure; here stands what it means in words.
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class Kind(StrEnum):
    """When a figure is true: on the last day, within the period, in the 30 days up to the last one, or as a share."""

    STOCK = "stock"
    FLOW = "flow"
    WINDOW = "window"
    RATE = "rate"


WINDOW_DAYS = 30
CHILDREN, VOLUNTEERS, PAIRINGS, VISITS = "children:list", "volunteers:list", "pairings:list", "visits:list"
DUTIES, CONCERNS, FINDINGS = "care:duties", "concerns:list", "reports:supervision"


@dataclass(frozen=True)
class Metric:
    """A figure: its unit, its definition in words, and by what it can be split.

    `measure` names what the database counts, `less` what is taken off it. A rate has its two `parts` instead. `rows` is
    the list whose rows it counts, empty where it counts something else than rows; `figure` is that list's own name for
    the rows that count today.
    """

    key: str
    name: str
    unit: str
    meaning: str
    kind: Kind
    rows: str = ""
    figure: str = ""
    dimensions: tuple[str, ...] = ()
    measure: str = ""
    less: str = ""
    parts: tuple[str, str] | None = None
    # Where not the rows are counted but what each of them says.
    adds_up: bool = False
    # Of figures that an office wants small.
    is_bad: bool = field(default=False)

    @property
    def counted(self) -> str:
        """The measure's name in the database."""
        return self.measure or self.key

    @property
    def is_about_children(self) -> bool:
        """Whether a small number of it could point to a child."""
        return self.rows == CHILDREN

    @property
    def digits(self) -> int:
        return 1 if self.kind == Kind.RATE else 0


OF_CHILDREN = ("category", "sex", "age", "stage", "risk")
S, F = Kind.STOCK, Kind.FLOW
_AS_NOW = "过去的日子按孩子现在的所在地和类别统计。"

_ALL = (
    Metric(
        "registered", "在册儿童", "人", f"名册上的儿童，不含已出列的。{_AS_NOW}",
        S, CHILDREN, "registered", OF_CHILDREN,
    ),
    Metric(
        "eligible", "应结对儿童", "人", "在册儿童减去监护人不同意的和在机构集中养育的。",
        S, CHILDREN, "eligible", OF_CHILDREN,
    ),
    Metric("refused", "监护人不同意", "人", "在册儿童中监护人不同意结对的。", S, CHILDREN, "refused"),
    Metric("institution", "机构集中养育", "人", "在册儿童中在机构集中养育的孤儿。", S, CHILDREN, "institution"),
    Metric(
        "paired", "已结对儿童", "人", "应结对儿童中至少有一对已结对的；暂停和待同意的不算。",
        S, CHILDREN, "paired", OF_CHILDREN,
    ),
    Metric(
        "unpaired", "应结未结", "人", "应结对儿童中没有一对已结对的。",
        S, CHILDREN, "unpaired", OF_CHILDREN, measure="eligible", less="paired", is_bad=True,
    ),
    Metric(
        "never_visited", "从未走访", "人", "有已结对的在册儿童中，自结对之日起还没有走访记录的。",
        S, CHILDREN, "never_visited", is_bad=True,
    ),
    Metric(
        "clear", "三必清儿童", "人",
        "在册儿童中，家庭、学习、生活三项都在规定天数内了解过的（一般180天，各地可自定）。", S, CHILDREN,
    ),
    Metric("entered", "新增儿童", "人", "期内列入名册的儿童，不含误登和重复的。", F, CHILDREN),
    Metric(
        "left", "出列儿童", "人", "期内出列的儿童，不含误登和重复的。", F, CHILDREN, dimensions=("reason",),
    ),
    Metric("visited", "走访到的儿童", "人", "期内至少走访到一次的儿童，每人只计一次。", F, CHILDREN),
    Metric(
        "volunteers", "爱心妈妈", "人", "审核合格且没有退出或暂停的，按所在地统计。",
        S, VOLUNTEERS, "qualified", ("kind",),
    ),
    Metric(
        "volunteers_on_file", "爱心妈妈档案", "人", "名册上的全部爱心妈妈，按状态分，不含资料已删和已合并的。",
        S, VOLUNTEERS, dimensions=("state",),
    ),
    Metric("volunteers_paired", "在结爱心妈妈", "人", "爱心妈妈中至少有一对已结对的。", S, VOLUNTEERS),
    Metric("volunteers_teamed", "小分队队员", "人", "爱心妈妈中参加小分队的，一人参加几个只计一次。", S, VOLUNTEERS),
    Metric(
        "idle_capacity", "还可结对", "人", "爱心妈妈愿意结对的人数减去已结对的，合计；超出的按零计。",
        S, VOLUNTEERS, adds_up=True,
    ),
    Metric("clearances", "准入有效", "人", "爱心妈妈中准入查询通过且还在一年之内的。", S, VOLUNTEERS),
    Metric("volunteers_new", "新增爱心妈妈", "人次", "期内审核合格或恢复的，一人两次计两次。", F, VOLUNTEERS, adds_up=True),
    Metric(
        "volunteers_gone", "退出或暂停的爱心妈妈", "人次", "期内退出或暂停的，一人两次计两次。",
        F, VOLUNTEERS, adds_up=True,
    ),
    Metric(
        "pairings", "结对数", "对", "现为已结对的，按儿童现居地统计；一名儿童可有多位爱心妈妈。", S, PAIRINGS, "active",
    ),
    Metric("agreements", "已签责任书", "对", "已结对中双方签了安全责任书的。", S, PAIRINGS),
    Metric("paired_new", "新增结对", "对", "期内开始的结对。", F, PAIRINGS),
    Metric("pairings_ended", "解除结对", "对", "期内解除的结对。", F, PAIRINGS, dimensions=("end",)),
    Metric(
        "overdue", "超期未联系", "对",
        "已结对的，自结对或上次联系起超过规定天数没有联系的（一般31天，各地可自定）。",
        S, PAIRINGS, dimensions=("ageing",), is_bad=True,
    ),
    Metric(
        "visits_total", "累计走访", "次", "全部走访记录，不含已撤回的；一次走访可看望同户几名儿童。",
        S, VISITS, "standing", measure="visits",
    ),
    Metric(
        "visits_30d", "近30天走访", "次", "截止日和之前29天内的走访记录，不含已撤回的。",
        Kind.WINDOW, VISITS, "last_30_days", measure="visits",
    ),
    Metric("visits", "走访", "次", "期内的走访记录，不含已撤回的。", F, VISITS, dimensions=("way",)),
    Metric("contacts", "走访人次", "人次", "期内走访到的儿童，走访几次计几次。", F, VISITS, adds_up=True),
    Metric("households", "走访户次", "户次", "期内走访到的家庭，走访几次计几次。", F, VISITS, adds_up=True),
    Metric(
        "duties_due", "到期安排", "件", "期内到期的关爱安排，不含到期前免办的；到期以后才改期的，按原来的日期计。",
        F, DUTIES, dimensions=("duty",),
    ),
    Metric("duties_done", "按时完成", "件", "到期安排中，到期前办完的。", F, DUTIES, dimensions=("duty",)),
    Metric(
        "duties_overdue", "逾期安排", "件", "过了期限还没有办的关爱安排；免办、作废或改期的，从那天起不再算。",
        S, DUTIES, dimensions=("duty",), is_bad=True,
    ),
    Metric("concerns_raised", "上报问题", "件", "期内上报的问题，不含强制报告。", F, CONCERNS, dimensions=("concern",)),
    Metric("concerns_closed", "办结问题", "件", "期内办结的问题。", F, CONCERNS, dimensions=("concern",)),
    Metric("concerns_open", "在办问题", "件", "上报了还没有办结的问题。", S, CONCERNS, dimensions=("concern",)),
    Metric("findings_open", "在办督办", "件", "领导督导发现、还没有办结的问题。", S, FINDINGS),
    Metric("findings_overdue", "超期督办", "件", "在办督办中过了期限还没有回复的。", S, FINDINGS, is_bad=True),
    Metric("findings_closed", "办结督办", "件", "期内办结的督办。", F, FINDINGS),
    Metric("coverage", "结对率", "%", "已结对儿童 ÷ 应结对儿童。", Kind.RATE, parts=("paired", "eligible")),
    Metric(
        "agreement_rate", "责任书签订率", "%", "已签责任书的 ÷ 结对数。", Kind.RATE, parts=("agreements", "pairings")
    ),
    Metric(
        "clearance_rate", "准入有效率", "%", "准入有效的 ÷ 爱心妈妈。", Kind.RATE, parts=("clearances", "volunteers")
    ),
    Metric("clear_rate", "三必清率", "%", "三必清儿童 ÷ 在册儿童。", Kind.RATE, parts=("clear", "registered")),
    Metric("visited_rate", "走访到率", "%", "期内走访到的儿童 ÷ 在册儿童。", Kind.RATE, parts=("visited", "registered")),
    Metric("on_time_rate", "按时完成率", "%", "按时完成 ÷ 到期安排。", Kind.RATE, parts=("duties_done", "duties_due")),
)  # fmt: skip
METRICS: dict[str, Metric] = {metric.key: metric for metric in _ALL}

# What the contract of `coverage.json` names (DESIGN section 5).
COVERAGE_KEYS = (
    "registered", "eligible", "paired", "unpaired", "volunteers", "pairings", "visits_total", "visits_30d",
    "never_visited", "overdue",
)  # fmt: skip


def register_metric(metric: Metric) -> None:
    """Add a figure of a later app, whose measure its own migration brings."""
    METRICS[metric.key] = metric


def rate(part: float, whole: float) -> float | None:
    """Return a percentage to one decimal, None where there is nothing to divide by; 100 only when all are in.

    Half is rounded up, as offices and their spreadsheets do (四舍五入): 108 of 192 are 56.3.
    """
    if not whole:
        return None
    exact = 100 * Decimal(str(part)) / Decimal(str(whole))
    found = float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))
    return found if part >= whole else min(found, 99.9)
