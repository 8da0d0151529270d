"""What an import's rows were before it and are after it: taken portion by portion, kept encrypted, told apart later.

Rows are remembered as the database holds them, ciphertext as it stands, so that taking an import back leaves no
trace in the roster's tables. Nothing here knows a child: a resource names the tables it writes.
"""

import base64
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import ManyToOneRel, Model

from aixin.exchange.models import ImportImage, ImportJob
from aixin.exchange.roster import UPDATED, Draft, RosterResource


@dataclass(frozen=True)
class Row:
    """A row that an import created or changed. `before` is its JSON, empty for a created one."""

    pk: int
    target: int
    digest: str
    before: str = ""

    @property
    def is_created(self) -> bool:
        return not self.before


@dataclass(frozen=True)
class TableImage:
    """The rows of one table. `columns` are those there were at the time."""

    label: str
    columns: list[str]
    rows: list[Row]

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)

    @property
    def created(self) -> set[int]:
        return {row.pk for row in self.rows if row.is_created}


@dataclass
class Image:
    """A portion of an import: its tables, and the rows that pointed at rows which others rely on.

    `relied_on` are targets whose former values new rows would contradict; `pointing` maps a referring column to
    the keys of the rows that referred to them then.
    """

    tables: list[TableImage]
    relied_on: set[int] = field(default_factory=set)
    pointing: dict[str, set[int]] = field(default_factory=dict)

    def packed(self) -> str:
        """Return the portion as text."""
        content = {
            "tables": [
                [table.label, table.columns, [[r.pk, r.target, r.digest, r.before] for r in table.rows]]
                for table in self.tables
            ],
            "relied_on": sorted(self.relied_on),
            "pointing": {name: sorted(pks) for name, pks in self.pointing.items()},
        }
        return base64.b64encode(zlib.compress(json.dumps(content, ensure_ascii=False).encode())).decode()

    @classmethod
    def unpacked(cls, text: str) -> "Image":
        """Return the portion that `packed` made a text of."""
        content = json.loads(zlib.decompress(base64.b64decode(text)))
        tables = [
            TableImage(label, columns, [Row(*row) for row in rows])
            for label, columns, rows in content["tables"]
        ]
        pointing = {name: set(pks) for name, pks in content["pointing"].items()}
        return cls(tables, set(content["relied_on"]), pointing)


class Camera:
    """Stores portions of an import in the resource's place, and keeps an image of each."""

    def __init__(self, job: ImportJob, resource: RosterResource) -> None:
        self.job, self.resource = job, resource

    def store(self, drafts: list[Draft]) -> None:
        """Write the drafts and remember what that did."""
        changed = [draft.target.pk for draft in drafts if draft.status == UPDATED]
        before = [_shot(model, owner, changed) for model, owner in self.resource.footprint]
        self.resource.store(drafts)
        targets = [draft.target.pk for draft in drafts]
        image = Image(
            [
                _difference(model, old, _shot(model, owner, targets))
                for (model, owner), old in zip(self.resource.footprint, before, strict=True)
            ]
        )
        self._note_reliance(image)
        ImportImage.objects.create(job=self.job, region_id=self.job.region_id, content=image.packed())

    def _note_reliance(self, image: Image) -> None:
        """Remember who points at targets that got other values in columns on which others rely."""
        own = image.tables[0]
        image.relied_on = _changed_in(own, self.resource.relied_on)
        if image.relied_on:
            for relation in relations_to(own.model):
                pointing = pointing_at(relation, image.relied_on)
                image.pointing[relation_name(relation)] = {pk for pk, _ in pointing}


def images_of(job: ImportJob) -> Iterator[Image]:
    """Yield the portions of an import, the latest first, one at a time in memory."""
    for pk in list(job.images.order_by("-id").values_list("pk", flat=True)):
        yield Image.unpacked(ImportImage.objects.get(pk=pk).content)


Shot = dict[int, tuple[int, str, str]]


def _shot(model: type[Model], owner: str, targets: list[int]) -> Shot:
    """Return target, digest and JSON of the rows that belong to some targets, by their keys."""
    if not targets:
        return {}
    columns = columns_of(model)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {owner}, md5(row_to_json(t)::text), row_to_json(t)::text"  # noqa: S608 - names of our models
            f" FROM (SELECT {names(columns)} FROM {table_of(model)} WHERE {owner} = ANY(%s)) t",
            [targets],
        )
        return {pk: (target, digest, row) for pk, target, digest, row in cursor.fetchall()}


def _difference(model: type[Model], before: Shot, after: Shot) -> TableImage:
    rows = []
    for pk, (target, digest, _) in after.items():
        old = before.get(pk)
        if old is None or old[1] != digest:
            rows.append(Row(pk, target, digest, old[2] if old else ""))
    return TableImage(model._meta.label, columns_of(model), rows)


def _changed_in(table: TableImage, columns: Iterable[str]) -> set[int]:
    """Return the changed rows of a table whose former value of a column is not the present one."""
    watched = list(columns)
    former = {row.pk: json.loads(row.before) for row in table.rows if not row.is_created}
    if not former or not watched:
        return set()
    present = table.model._default_manager.filter(pk__in=former).values("pk", *watched)
    return {row["pk"] for row in present if any(row[name] != former[row["pk"]][name] for name in watched)}


def columns_of(model: type[Model]) -> list[str]:
    """Return the table's columns in the order of the model."""
    return [str(field.column) for field in model._meta.local_concrete_fields]


def names(columns: Iterable[str]) -> str:
    """Return columns as SQL."""
    return ", ".join(map(connection.ops.quote_name, columns))


def table_of(model: type[Model]) -> str:
    """Return a model's table as SQL."""
    return connection.ops.quote_name(model._meta.db_table)


def relations_to(model: type[Model]) -> list[ManyToOneRel]:
    """Return the foreign keys of all apps that point at a model, those of many-to-many links too; history aside."""
    found = (r for r in model._meta.get_fields(include_hidden=True) if isinstance(r, ManyToOneRel))
    return [relation for relation in found if not hasattr(relation.related_model, "pgh_tracked_model")]


def relation_name(relation: ManyToOneRel) -> str:
    """Return a foreign key's name: visits.VisitedChild.child."""
    return f"{relation.related_model._meta.label}.{relation.field.name}"


def pointing_at(relation: ManyToOneRel, pks: Iterable[int]) -> list[tuple[int, int]]:
    """Return key and target of the rows that point at some rows through a foreign key."""
    column = relation.field.attname
    rows: Any = relation.related_model._default_manager
    return list(rows.filter(**{f"{column}__in": list(pks)}).values_list("pk", column))


def by_label(images: Iterable[Image]) -> dict[str, list[TableImage]]:
    """Return the tables of some portions, by model."""
    found: dict[str, list[TableImage]] = defaultdict(list)
    for image in images:
        for table in image.tables:
            found[table.label].append(table)
    return found
