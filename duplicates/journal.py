"""What a merge has changed, row by row, so that it can be taken back: kept encrypted with the pair for thirty days."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Model

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
from children.models import Child
from visits.models import Visit, VisitedChild

Shots = dict[type[Model], Shot]


@dataclass
class Journal:
    """The rows that a merge changed and those it removed, who pointed at the two then, and former links of notices."""

    image: Image
    removed: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def packed(self) -> str:
        """Return the journal as text."""
        return json.dumps([self.image.packed(), self.removed, self.links])

    @classmethod
    def unpacked(cls, text: str) -> "Journal":
        """Return the journal that `packed` made a text of."""
        image, removed, links = json.loads(text)
        return cls(Image.unpacked(image), removed, links)

    def newer(self, pks: list[int]) -> Iterable[tuple[type[Model], int]]:
        """Yield what points at either of the two and did not then: of a link the visit that it belongs to."""
        for relation in relations_to(Child):
            known = self.image.pointing.get(relation_name(relation), set())
            fresh = [pk for pk, _ in pointing_at(relation, pks) if pk not in known]
            model, keys = subject_of(relation, fresh)
            for pk in fresh:
                yield model, keys[pk]

    def put_back(self) -> None:
        """Insert the rows that the merge removed."""
        tables = {table_of(r.related_model): r.related_model for r in relations_to(Child)}
        with connection.cursor() as cursor:
            for name, rows in self.removed.items():
                columns = names(str(f.column) for f in tables[name]._meta.local_concrete_fields)
                cursor.execute(
                    f"INSERT INTO {name} ({columns}) SELECT {columns}"  # noqa: S608 - names of our models
                    f" FROM json_populate_recordset(NULL::{name}, %s::json)",
                    [f"[{','.join(rows)}]"],
                )

    def relink(self) -> None:
        """Give notices their former links."""
        for pk, link in self.links.items():
            Notice.objects.filter(pk=int(pk)).update(link=link)


class Recorder:
    """Looks at all rows of two children before a merge and after it."""

    def __init__(self, kept: Child, gone: Child) -> None:
        self.pks = [kept.pk, gone.pk]
        self.before = self._look()
        endings = (f"/children/{gone.pk}/", f"child={gone.pk}")
        found = [Notice.objects.filter(link__endswith=ending).values_list("pk", "link") for ending in endings]
        self.links = {str(pk): link for rows in found for pk, link in rows}

    def _look(self) -> Shots:
        found: Shots = {Child: shot(Child, "id", self.pks)}
        for relation in relations_to(Child):
            rows = shot(relation.related_model, relation.field.attname, self.pks)
            found.setdefault(relation.related_model, {}).update(rows)
        links = VisitedChild.objects
        both = links.filter(child=self.pks[0], visit__in=links.filter(child=self.pks[1]).values("visit"))
        found[Visit] = shot(Visit, "id", list(both.values_list("visit", flat=True)))
        found[RightsRequest] = shot(RightsRequest, "object_pk", self.pks)
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
            for relation in relations_to(Child)
        }
        return Journal(Image(tables, pointing=pointing), removed, self.links)
