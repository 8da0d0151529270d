"""Named reads of children."""

from typing import Any, Self

from django.db.models import Exists, OuterRef, Q

from aixin.access.people import PersonQuerySet
from aixin.access.querysets import ScopedQuerySet
from children.choices import Category, Consent, Status


class ChildQuerySet(PersonQuerySet):
    def registered(self) -> Self:
        """在册: on the roster."""
        return self.filter(status=Status.ON_ROSTER)

    def refused(self) -> Self:
        """在册 whose guardian said no."""
        return self.registered().filter(consent=Consent.REFUSED)

    def in_institution(self) -> Self:
        """在册 and raised in an institution."""
        return self.registered().filter(category=Category.ORPHAN_INSTITUTION)

    def eligible(self) -> Self:
        """应结: registered less refused and in institutions (DESIGN section 5)."""
        return (
            self.registered().exclude(consent=Consent.REFUSED).exclude(category=Category.ORPHAN_INSTITUTION)
        )

    def _phone_condition(self, index: str | None) -> Q:
        guardians = self.model.guardians.rel.related_model.objects
        return Exists(guardians.filter(child=OuterRef("pk"), phone_index=index, phone_index__isnull=False))  # type: ignore[return-value]

    def for_list(self) -> Self:
        """Everything a list row shows, in a fixed number of queries."""
        return self.select_related("region").prefetch_related("guardians")


class ChildRecordQuerySet(ScopedQuerySet):
    """Rows that belong to a child and are seen with it."""

    def open_needs(self) -> Any:
        return self.filter(state="OPEN")
