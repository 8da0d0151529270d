"""Named reads of doubtful pairs and merges."""

from typing import Any, Self

from django.db.models import Q

from aixin.access.querysets import ScopedQuerySet
from duplicates.choices import State


class DuplicateQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        """Pairs that wait for a decision."""
        return self.filter(state=State.OPEN)

    def not_same(self) -> Self:
        """Pairs that somebody has told apart."""
        return self.filter(state=State.NOT_SAME)

    def merged(self) -> Self:
        """Pairs that were merged and can be taken back."""
        return self.filter(state=State.MERGED, journal__isnull=False)

    def about(self, pks: Any) -> Self:
        """Pairs of which at least one is among some records."""
        return self.filter(Q(first__in=pks) | Q(second__in=pks))

    def for_list(self) -> Self:
        return self.select_related("first__region", "second__region", "decided_by").defer("journal")
