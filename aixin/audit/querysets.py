"""Named reads of the trail."""

import datetime
from typing import Any, Self

from django.db import connection, models
from django.db.models import Case, F, Q, When

# ':' follows '9' in the C collation: the range holds the code and every place below it.
_AFTER_DIGITS = ":"

# One step of the index for each kind of object, however many entries there are.
_KINDS = """
WITH RECURSIVE kinds AS (
    SELECT min(object_type) AS kind FROM audit_entry
    UNION ALL
    SELECT (SELECT min(object_type) FROM audit_entry WHERE object_type > kinds.kind)
    FROM kinds WHERE kinds.kind IS NOT NULL
)
SELECT kind FROM kinds WHERE kind <> ''
"""


def _below(field: str, code: str) -> Q:
    return Q(**{f"{field}__gte": code, f"{field}__lt": code + _AFTER_DIGITS})


class EntryQuerySet(models.QuerySet[Any]):
    def by_region(self, code: str) -> Self:
        """Acts of the offices and volunteers of a region and below it; all for an empty code."""
        return self.filter(_below("region_code", code)) if code else self

    def of_region(self, code: str) -> Self:
        """What a region's auditor may read: acts from the region, and acts from elsewhere on its objects."""
        return self.filter(_below("region_code", code) | _below("object_region", code)) if code else self

    def with_area(self) -> Self:
        """Annotate `area`, where an act counts: the actor's region, or the tried account's where nobody was logged in."""
        nobody = When(region_code="", then=F("object_region"))
        return self.annotate(area=Case(nobody, default=F("region_code"), output_field=models.CharField()))

    def in_area(self, code: str) -> Self:
        """Acts that count for a region and below it; all for an empty code."""
        return (
            self.filter(_below("region_code", code) | Q(region_code="") & _below("object_region", code))
            if code
            else self
        )

    def belongs_to(self, code: str) -> bool:
        """Return whether an object of these entries stands in a region; the whole system holds everything."""
        return not code or self.filter(_below("object_region", code)).exists()

    def about(self, number: str) -> Self:
        """Entries about the person with a public number."""
        return self.filter(subjects__contains=[number])

    def between(self, first: datetime.datetime, end: datetime.datetime) -> Self:
        """Entries from `first` up to `end`, exclusive."""
        return self.filter(at__gte=first, at__lt=end)

    def newest_first(self, *, few: bool = False) -> Self:
        """The latest first. `few` sorts after finding: walking the trail backwards for one person's would take all of it."""
        return self.order_by((F("id") + 0).desc() if few else "-id")

    def for_lines(self) -> Self:
        """What a line shows; an export's thousands of numbers stay where they are but for the first."""
        return (
            self.select_related("user")
            .defer("subjects")
            .annotate(first_subjects=F("subjects__0_3"), subject_count=F("subjects__len"))
        )

    def object_types(self) -> list[str]:
        """Return every kind of object that entries are about; one query that grows with the kinds only."""
        with connection.cursor() as cursor:
            cursor.execute(_KINDS)
            return [kind for (kind,) in cursor.fetchall()]
