"""Named reads of children."""

from typing import Any, Self

from django.db.models import CharField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast
from django.utils import timezone

from aixin.access.models import Role
from aixin.access.people import PersonQuerySet
from aixin.access.querysets import ScopedQuerySet
from aixin.access.regions import Level
from children.choices import Category, Consent, ConsentAnswer, Status


def opens_locked(user: Any) -> bool:
    """Return whether the user may open a child that has left the roster: staff of a county and above."""
    post = getattr(user, "acting_post", None)
    return post is not None and post.role == Role.STAFF and post.level <= Level.COUNTY


class ChildQuerySet(PersonQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Children of the user's scope; those off the roster are locked to townships, villages and volunteers."""
        rows = super().visible_to(user)
        return rows if opens_locked(user) else rows.registered()

    def unlocked(self) -> Self:
        """Children whose record may be changed and revealed."""
        return self.registered()

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

    def unrecorded(self) -> Self:
        """在册, said to be agreed, without a yes to the text in force: none recorded, or to an older version."""
        texts = self.model.consents.rel.related_model.text.field.related_model.objects
        records = self.model.consents.rel.related_model.objects.filter(
            child=OuterRef("pk"), answer=ConsentAnswer.AGREED
        )
        newest = texts.in_force_at(OuterRef("region_id")).values("pk")[:1]
        said_yes = self.registered().filter(consent=Consent.GIVEN).annotate(newest_text=Subquery(newest))
        return said_yes.exclude(Exists(records.filter(text=OuterRef("newest_text"))))

    def _phone_condition(self, index: str | None) -> Q:
        guardians = self.model.guardians.rel.related_model.objects
        return Exists(guardians.filter(child=OuterRef("pk"), phone_index=index, phone_index__isnull=False))  # type: ignore[return-value]

    def for_list(self) -> Self:
        """Everything a list row shows, in a fixed number of queries; erased and merged children stand on no list."""
        guardians = Prefetch("guardians", to_attr="listed_guardians")
        return self._listed().select_related("region").prefetch_related(guardians)

    def for_ledger(self) -> Self:
        """The rows of a list for a ledger, which loads their records by itself; one object for each place."""
        return self._listed().prefetch_related("region")

    def _listed(self) -> Self:
        return self.exclude(status__in=(Status.ERASED, Status.MERGED))


class ChildRecordQuerySet(ScopedQuerySet):
    """Rows that belong to a child and are seen with it."""

    def visible_to(self, user: Any) -> Self:
        """Rows of the children whom the user may open."""
        rows = super().visible_to(user)
        return rows if opens_locked(user) else rows.unlocked()

    def unlocked(self) -> Self:
        """Rows of children on the roster."""
        return self.filter(child__status=Status.ON_ROSTER)

    def open_needs(self) -> Any:
        return self.filter(state="OPEN")

    def for_list(self) -> Self:
        """Everything a row of the needs shows, by place and child; needs of children off the roster stand on no list."""
        return self.unlocked().select_related("child", "region").order_by("region_id", "child_id", "id")


class ConsentTextQuerySet(QuerySet[Any]):
    def reaching(self, place: Any) -> Self:
        """Texts published for a place (a code or an expression) or for a region around it, the newest first."""
        code = place if hasattr(place, "resolve_expression") else Value(place)
        around = Q(region__isnull=True) | Q(place__startswith=F("region_id"))
        return self.annotate(place=Cast(code, CharField())).filter(around).order_by("-valid_from", "-pk")

    def in_force_at(self, place: Any) -> Self:
        """Texts that hold at a place today, the one to be used first."""
        return self.reaching(place).filter(valid_from__lte=timezone.localdate())
