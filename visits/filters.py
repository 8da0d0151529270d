import django_filters

from aixin.access.lists import RosterFilter
from visits.choices import Way
from visits.models import Visit


class VisitFilter(RosterFilter):
    way = django_filters.ChoiceFilter(label="方式", choices=Way)

    class Meta:
        model = Visit
        fields = ("figure", "region", "way")

    @property
    def qs(self) -> object:
        """Visits that count, unless another state was chosen."""
        rows = super().qs
        return rows if self.data.get("figure") else rows.standing()
