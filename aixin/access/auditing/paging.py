"""Pages of a table with millions of rows: counting stops where nobody turns pages any more."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

CAP = 10_000


class CappedPages(Paginator):  # type: ignore[type-arg]
    """Counts 10,000 rows at most and says when there are more."""

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[: CAP + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self._counted, CAP)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than the pages reach."""
        return self._counted > CAP
