from typing import Any

import django_filters
from django.db.models import QuerySet

from aixin.access.lists import RosterFilter
from aixin.access.scoped import acting_user
from aixin.todos.choices import Box, State
from aixin.todos.kinds import kinds
from aixin.todos.models import Todo


class TodoFilter(RosterFilter):
    box = django_filters.ChoiceFilter(label="范围", choices=Box, method="in_box")
    kind = django_filters.ChoiceFilter(
        label="种类", choices=lambda: [(kind.key, kind.label) for kind in kinds()]
    )

    class Meta:
        model = Todo
        fields = ("box", "kind", "figure", "region")

    def in_box(self, rows: QuerySet[Todo], name: str, value: str) -> QuerySet[Todo]:
        """All of them: `qs` keeps those of the box, also where none is chosen."""
        return rows

    @property
    def qs(self) -> Any:
        """Those that the office is to decide, unless another box was chosen."""
        rows, user = super().qs, acting_user(self.request)
        box = self.form.cleaned_data.get("box") if self.form.is_valid() else ""
        if box == Box.BELOW:
            return rows.below_office(user)
        if box in {Box.DECIDED, Box.LAPSED}:
            return rows.filter(state=State(str(box).upper())).order_by("-closed_at", "-id")
        return rows.for_office(user)
