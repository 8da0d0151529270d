"""What a merge has changed, row by row, so that it can be taken back: kept encrypted with the pair for thirty days."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Model, Q

from aixin.exchange.images import (
    Image,
    Shot,
    TableImage,
    difference,
    names,
    pointing_at,
    relation_name,
    relations_to,
    shot,
    table_of,
)
from aixin.exchange.undo import subject_of
from aixin.notify.models import Notice
from aixin.rights.models import RightsRequest
from duplicates.kinds import Kind
from pairing.models import RejectedPair

Shots = dict[type[Model], Shot]


@dataclass
class Journal:
    """The rows that a merge changed and those it removed, who pointed at the two then, and former words of notices."""

    image: Image
    removed: dict[str, list[str]] = field(default_factory=dict)
    # Link and addressee, by the notice's key.
    notices: dict[str, tuple[str, str]] = field(default_factory=dict)

    def packed(self) -> str:
        """Return the journal as text."""
        return json.dumps([self.image.packed(), self.removed, self.notices])

    @classmethod
    def unpacked(cls, text: str) -> "Journal":
        """Return the journal that `packed` made a text of."""
        image, removed, notices = json.loads(text)
        return cls(Image.unpacked(image), removed, notices)

    def newer(self, kind: Kind, pks: list[int]) -> Iterable[tuple[type[Model], int]]:
        """Yield what points at either of the two and did not then: of a link the visit that it belongs to."""
        for relation in relations_to(kind.model):
            known = self.image.pointing.get(relation_name(relation), set())
            fresh = [pk for pk, _ in pointing_at(relation, pks) if pk not in known]
            model, keys = subject_of(relation, fresh)
            for pk in fresh:
                yield model, keys[pk]

    def put_back(self, kind: Kind) -> None:
        """Insert the rows that the merge removed."""
        tables = {table_of(r.related_model): r.related_model for r in relations_to(kind.model)}
        with connection.cursor() as cursor:
            for name, rows in self.removed.items():
                columns = names(str(f.column) for f in tables[name]._meta.local_concrete_fields)
                cursor.execute(
                    f"INSERT INTO {name} ({columns}) SELECT {columns}"  # noqa: S608 - names of our models
                    f" FROM json_populate_recordset(NULL::{name}, %s::json)",
                    [f"[{','.join(rows)}]"],
                )

    def readdress(self) -> None:
        """Give notices their former links and addressees."""
        for pk, (link, addressee) in self.notices.items():
            Notice.objects.filter(pk=int(pk)).update(link=link, addressee=addressee)


class Recorder:
    """Looks at all rows of two records before a merge and after it."""

    def __init__(self, kind: Kind, kept: Any, gone: Any) -> None:
        self.kind, self.pks = kind, [kept.pk, gone.pk]
        self.before = self._look()
        about = Q(pk__in=[])
        for ending in kind.mentions(gone.pk):
            about |= Q(link__endswith=ending)
        if kind.addressee(gone):
            about |= Q(addressee=kind.addressee(gone))
        found = Notice.objects.filter(about).values_list("pk", "link", "addressee")
        self.notices = {str(pk): (link, addressee) for pk, link, addressee in found}

    def _look(self) -> Shots:
        found: Shots = {self.kind.model: shot(self.kind.model, "id", self.pks)}
        for relation in relations_to(self.kind.model):
            rows = shot(relation.related_model, relation.field.attname, self.pks)
            found.setdefault(relation.related_model, {}).update(rows)
        for model, column, keys in self.kind.further_shots(self.pks):
            found.setdefault(model, {}).update(shot(model, column, keys))
        found[RightsRequest] = shot(RightsRequest, "object_pk", self.pks)
        found[RejectedPair] = shot(RejectedPair, f"{self.kind.owner}_id", self.pks)
        return found

    def journal(self) -> Journal:
        """Return what has changed since; to be called when the merge is complete."""
        tables: list[TableImage] = []
        removed: dict[str, list[str]] = {}
        for model, before in self.before.items():
            after = shot(model, "id", list(before))
            tables.append(difference(model, before, after))
            gone = [before[pk][3] for pk in before if pk not in after]
            if gone:
                removed[table_of(model)] = gone
        pointing = {
            relation_name(relation): {pk for pk, _ in pointing_at(relation, self.pks)}
            for relation in relations_to(self.kind.model)
        }
        return Journal(Image(tables, pointing=pointing), removed, self.notices)
