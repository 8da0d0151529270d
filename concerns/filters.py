import django_filters

from aixin.access.lists import RosterFilter
from concerns.choices import Kind, State, Urgency
from concerns.models import Concern


class ConcernFilter(RosterFilter):
    kind = django_filters.ChoiceFilter(label="哪方面", choices=Kind)
    urgency = django_filters.ChoiceFilter(label="急不急", choices=Urgency)
    state = django_filters.ChoiceFilter(label="进度", choices=State)

    class Meta:
        model = Concern
        fields = ("figure", "region", "kind", "urgency", "state")

    @property
    def qs(self) -> object:
        """What is open, unless another state was chosen."""
        rows = super().qs
        chosen = self.data.get("figure") or self.data.get("state")
        return rows if chosen else rows.open()
