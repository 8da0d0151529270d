"""What a region decides about deadlines and about who is told when they are over."""

from typing import Any

from django import forms

from aixin.access.regions import Level, level_of
from concerns.models import ConcernPolicy
from concerns.policy import Rules

DEADLINES = ("urgent_hours", "soon_days", "usual_days")
COUNTY_DELAYS = ("township_days", "county_days", "head_days")
CITY_DELAY = "city_days"
NEVER = "不告诉"


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A region's own decisions; what is left empty holds as the region above says. A county does not decide for the city."""

    class Meta:
        model = ConcernPolicy
        fields = (*DEADLINES, *COUNTY_DELAYS, CITY_DELAY)
        help_texts = {CITY_DELAY: "填 0 就不告诉。"}

    def __init__(self, *args: Any, above: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if level_of(self.instance.region_id) > Level.CITY:
            del self.fields[CITY_DELAY]
        for name, field in self.fields.items():
            field.widget.attrs["placeholder"] = f"同上级（{getattr(above, name) or NEVER}）"

    @property
    def deadline_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in DEADLINES]

    @property
    def telling_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in DEADLINES]

    def draft(self) -> ConcernPolicy:
        """Return the region's decisions as the form states them, not stored."""
        own: ConcernPolicy = self.save(commit=False)
        return own
