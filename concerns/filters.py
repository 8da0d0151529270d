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
        """What is open about children on the roster, unless a state was chosen; all that a report's number counts."""
        rows, figure = super().qs, self.data.get("figure") or ""
        if self.extensions.counting(figure):
            return rows
        on_roster = rows.unlocked()
        return on_roster if figure or self.data.get("state") else on_roster.open()
