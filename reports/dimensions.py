"""By what figures are split: the codes under which the database counts, and how pages name them."""

from dataclasses import dataclass

from aixin.vocabulary import Sex
from care.choices import DutyKind
from children.choices import Category, LeavingReason, Risk, Schooling
from concerns.choices import Kind as ConcernKind
from pairing.choices import EndReason
from visits.choices import Way
from volunteers.choices import SET_BY_ACT, State, VolunteerKind

UNKNOWN = ("", "未登记")


@dataclass(frozen=True)
class Dimension:
    """One way of splitting a figure; its values add up to the figure."""

    key: str
    label: str
    values: tuple[tuple[str, str], ...]

    def name_of(self, value: str) -> str:
        """Return how pages name a value; its code where it is not known any more."""
        return dict(self.values).get(value, value)


def _dimension(key: str, label: str, choices: object, *more: tuple[str, str]) -> Dimension:
    named = [(str(code), str(name)) for code, name in choices]  # type: ignore[attr-defined]
    return Dimension(key, label, (*named, *more))


AGE_BANDS = (("0-5", "0–5岁"), ("6-13", "6–13岁"), ("14-17", "14–17岁"), ("18", "18岁及以上"))
AGEING = (("1-7", "逾期1–7天"), ("8-30", "逾期8–30天"), ("31-90", "逾期31–90天"), ("91", "逾期90天以上"))

DIMENSIONS = {
    dimension.key: dimension
    for dimension in (
        _dimension("category", "类别", Category.choices),
        _dimension("sex", "性别", Sex.choices, UNKNOWN),
        _dimension("age", "年龄", AGE_BANDS, UNKNOWN),
        _dimension("stage", "就学状况", Schooling.choices, UNKNOWN),
        _dimension("risk", "风险等级", Risk.choices, UNKNOWN),
        _dimension("way", "方式", Way.choices),
        _dimension("kind", "爱心妈妈类别", VolunteerKind.choices),
        _dimension("state", "状态", [choice for choice in State.choices if choice[0] not in SET_BY_ACT]),
        _dimension("reason", "出列原因", LeavingReason.choices),
        _dimension("end", "解除原因", EndReason.choices, UNKNOWN),
        _dimension("duty", "安排种类", DutyKind.choices),
        _dimension("concern", "哪方面", ConcernKind.choices),
        _dimension("ageing", "超期时间", AGEING),
    )
}
