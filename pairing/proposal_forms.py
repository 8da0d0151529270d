"""Forms of 结对建议: why a proposal is rejected, and what a region decides about pairing."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from django import forms

from aixin.vocabulary import Reach
from pairing.matching.problem import Classification, Policy, Trait, Weights
from pairing.matching.rules import OPTIONAL_RULES
from pairing.matching.vocabulary import RULES, TRAITS
from pairing.models import MatchingPolicy
from pairing.models.policies import MOST_POINTS, MOST_WANTED
from pairing.policy import RegionPolicy
from volunteers.choices import VolunteerKind

WEIGHT_LABELS = {
    "same_village": "同村",
    "same_township": "同乡镇",
    "neighbouring_township": "相邻乡镇",
    "same_county": "同县",
    "need": "特长对上一项需求",
    "most_needs": "最多计几项需求",
    "wished_age": "合她愿意的年龄",
    "wished_sex": "合她愿意的性别",
    "wished_category": "合她愿意的类别",
    "profession": "对口单位",
    "sibling": "已结对孩子的兄弟姐妹",
    "load": "每已有一名孩子减",
    "chair": "本村妇联主席减（宜留作联络人）",
}


class RejectForm(forms.Form):
    """Why two are not to be proposed to each other."""

    reason = forms.CharField(
        label="否决原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="以后不再建议这一对；可以在“已否决”里取消。",
    )


class PolicyForm(forms.Form):
    """A region's own decisions; what is left empty holds as the region above says."""

    wanted = forms.IntegerField(
        label="每名儿童的爱心妈妈人数", min_value=1, max_value=MOST_WANTED, required=False
    )
    reach = forms.ChoiceField(label="最远结对范围", required=False)
    rules_own = forms.BooleanField(
        label="下面勾选的规则以本级为准",
        required=False,
        help_text="不勾这一格，下面的勾选不起作用，按上级的办。要自己定，先勾这一格，再勾下面的规则。",
    )
    rules_on = forms.MultipleChoiceField(
        label="启用的规则", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, own: MatchingPolicy, holds: RegionPolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = _initial(own, holds.engine)
        self.own, self.holds = own, holds
        above = f"同上级（{_reach_words(holds.engine)}）" if not own.reach else "同上级"
        self._choices("reach", [("", above), *Reach.choices])
        self._choices("rules_on", [(code, RULES[code]) for code in sorted(OPTIONAL_RULES)])
        self.fields["wanted"].widget.attrs["placeholder"] = f"同上级（{holds.wanted}）"
        for name, label in WEIGHT_LABELS.items():
            self.fields[f"weight_{name}"] = forms.IntegerField(
                label=label, min_value=0, max_value=MOST_POINTS, required=False
            )
            self.fields[f"weight_{name}"].widget.attrs["placeholder"] = str(
                getattr(holds.engine.weights, name)
            )
        for trait in Trait:
            for part, made in _classification_fields(trait).items():
                self.fields[f"{part}_{trait}"] = made

    def _choices(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        return [self[f"weight_{name}"] for name in WEIGHT_LABELS]

    @property
    def classification_rows(self) -> list["ClassificationRow"]:
        """For each kind of child: the professions, the words of the unit, and whether nobody else may."""
        return [
            ClassificationRow(
                TRAITS[trait], self[f"kinds_{trait}"], self[f"unit_{trait}"], self[f"strict_{trait}"]
            )
            for trait in Trait
        ]

    def draft(self) -> MatchingPolicy:
        """Return the region's decisions as the form states them, not stored."""
        cleaned = self.cleaned_data
        own = self.own
        own.wanted, own.reach = cleaned["wanted"], cleaned["reach"]
        own.weights = {
            name: cleaned[f"weight_{name}"] for name in WEIGHT_LABELS if cleaned[f"weight_{name}"] is not None
        }
        own.rules_off = sorted(OPTIONAL_RULES - set(cleaned["rules_on"])) if cleaned["rules_own"] else None
        own.classifications = self._classifications() or None
        return own

    def _classifications(self) -> list[dict[str, Any]]:
        before = {rule.trait: rule for rule in self.own.rules}
        return [row for trait in Trait if (row := self._classification(trait, before.get(trait)))]

    def _classification(self, trait: Trait, before: Classification | None) -> dict[str, Any] | None:
        """Return the rule of one kind of child; its name stays unless the clerk changes whom it names."""
        kinds, unit = sorted(self.cleaned_data[f"kinds_{trait}"]), self.cleaned_data[f"unit_{trait}"]
        if not kinds and not unit:
            return None
        words = tuple(unit.replace("、", " ").split())
        same = before is not None and (sorted(before.kinds), before.unit_words) == (kinds, words)
        return {
            "trait": str(trait),
            "name": before.name if before and same else unit or _kind_names(kinds),
            "kinds": kinds,
            "unit_words": list(words),
            "strict": self.cleaned_data[f"strict_{trait}"],
        }


@dataclass(frozen=True)
class ClassificationRow:
    """The fields about one kind of child."""

    about: str
    kinds: forms.BoundField
    unit: forms.BoundField
    strict: forms.BoundField

    @property
    def chosen(self) -> str:
        """The professions that are ticked, in words."""
        return _kind_names(self.kinds.value() or [])


def _kind_names(kinds: Iterable[str]) -> str:
    return "、".join(str(label) for value, label in VolunteerKind.choices if value in set(kinds))


def _classification_fields(trait: Trait) -> dict[str, forms.Field]:
    about = TRAITS[trait]
    return {
        "kinds": forms.MultipleChoiceField(
            label=f"{about}：爱心妈妈类别（可勾几类）",
            choices=VolunteerKind.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
        "unit": forms.CharField(label=f"{about}：单位名称里的字", max_length=40, required=False),
        "strict": forms.BooleanField(label=f"{about}：只由对口单位结对", required=False),
    }


def _initial(own: MatchingPolicy, engine: Policy) -> dict[str, Any]:
    found: dict[str, Any] = {
        "wanted": own.wanted,
        "reach": own.reach,
        "rules_own": own.rules_off is not None,
        "rules_on": sorted(OPTIONAL_RULES - engine.rules_off),
    }
    known = {one.name for one in fields(Weights)}
    found |= {f"weight_{name}": points for name, points in own.weights.items() if name in known}
    for rule in own.rules:
        found[f"kinds_{rule.trait}"] = sorted(rule.kinds)
        found[f"unit_{rule.trait}"] = "、".join(rule.unit_words)
        found[f"strict_{rule.trait}"] = rule.strict
    return found


def _reach_words(engine: Policy) -> str:
    return str(Reach[engine.reach.name].label)
