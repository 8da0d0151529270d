from typing import Any

import django_filters

from aixin.access.lists import RosterFilter
from aixin.rights.choices import Kind
from aixin.rights.models import RightsRequest


class RequestFilter(RosterFilter):
    kind = django_filters.ChoiceFilter(label="请求", choices=Kind)

    class Meta:
        model = RightsRequest
        fields = ("figure", "region", "kind")

    @property
    def qs(self) -> Any:
        """Open requests, unless another state was chosen."""
        rows = super().qs
        return rows if self.data.get("figure") else rows.open()
