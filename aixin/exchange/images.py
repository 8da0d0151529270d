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

from aixin.exchange.drafts import UPDATED, Draft
from aixin.exchange.models import ImportImage, ImportJob
from aixin.exchange.roster import RosterResource
from aixin.privacy.cipher import DecryptionError, decrypt, is_newest
from aixin.privacy.fields import EncryptedField


@dataclass(frozen=True)
class Row:
    """A row that an import created or changed.

    `digest` and `sealed` tell later whether it is still as the import left it: of its plain columns, and its ciphertext
    as it stands. `before` is its former JSON, empty for a created row.
    """

    pk: int
    target: int
    digest: str
    sealed: list[str]
    before: str = ""

    @property
    def is_created(self) -> bool:
        return not self.before


@dataclass(frozen=True)
class TableImage:
    """The rows of one table. `columns` are those there were at the time, `sealed` those of them with ciphertext."""

    label: str
    columns: list[str]
    sealed: list[str]
    rows: list[Row]

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)

    @property
    def created(self) -> set[int]:
        return {row.pk for row in self.rows if row.is_created}

    def present(self, *, lock: bool) -> dict[int, tuple[str, list[str]]]:
        """Return digest and ciphertext of the rows as they are now; locked against anybody else's writes."""
        found = shot(self.model, "id", [row.pk for row in self.rows], columns=self.columns, lock=lock)
        return {pk: (digest, sealed) for pk, (_, digest, sealed, _) in found.items()}

    def is_same(self, row: Row, present: tuple[str, list[str]]) -> bool:
        """Return whether a row says what it said; ciphertext written anew under the same key says the same."""
        digest, sealed = present
        return digest == row.digest and all(
            old == new or self._says_the_same(column, old, new)
            for column, old, new in zip(self.sealed, row.sealed, sealed, strict=True)
        )

    def _says_the_same(self, column: str, old: str, new: str) -> bool:
        if old.partition(":")[0] != new.partition(":")[0]:
            return False
        context = f"{self.model._meta.db_table}.{column}"
        return decrypt(old, context) == decrypt(new, context)

    def former(self) -> list[str]:
        """Return the JSON of the rows as they were. Raises DecryptionError where a key is no longer the newest."""
        found = [row.before for row in self.rows if not row.is_created]
        for values in map(json.loads, found):
            if any(values[column] and not is_newest(values[column]) for column in self.sealed):
                raise DecryptionError(f"{self.label}: sealed under a former key")
        return found


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
                [
                    t.label,
                    t.columns,
                    t.sealed,
                    [[r.pk, r.target, r.digest, r.sealed, r.before] for r in t.rows],
                ]
                for t in self.tables
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
            TableImage(label, columns, sealed, [Row(*row) for row in rows])
            for label, columns, sealed, rows in content["tables"]
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
        before = [shot(model, owner, changed) for model, owner in self.resource.footprint]
        self.resource.store(drafts)
        targets = [draft.target.pk for draft in drafts]
        image = Image(
            [
                difference(model, old, shot(model, owner, targets))
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


# Target, digest, ciphertext and JSON of rows, by their keys.
Shot = dict[int, tuple[int, str, list[str], str]]


def shot(
    model: type[Model],
    owner: str,
    targets: list[int],
    *,
    columns: list[str] | None = None,
    lock: bool = False,
) -> Shot:
    """Return the rows whose column `owner` is among some targets, seen through some columns or all."""
    if not targets:
        return {}
    seen = columns or columns_of(model)
    sealed = sealed_of(model)
    plain = [column for column in seen if column not in {*sealed, *_stamps_of(model)}]
    kept = f"array[{names(sealed)}]::text[]" if sealed else "'{}'::text[]"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {owner}, md5(row({names(plain)})::text), {kept}, row_to_json(t)::text"  # noqa: S608 - names of our models
            f" FROM (SELECT {names(seen)} FROM {table_of(model)} WHERE {owner} = ANY(%s)"
            f" {'FOR UPDATE' if lock else ''}) t",
            [targets],
        )
        return {pk: tuple(rest) for pk, *rest in cursor.fetchall()}


def difference(model: type[Model], before: Shot, after: Shot) -> TableImage:
    rows = []
    for pk, (target, digest, sealed, json_now) in after.items():
        old = before.get(pk)
        if old is None or old[3] != json_now:
            rows.append(Row(pk, target, digest, sealed, old[3] if old else ""))
    return TableImage(model._meta.label, columns_of(model), sealed_of(model), rows)


def sealed_of(model: type[Model]) -> list[str]:
    """Return the columns with ciphertext."""
    return [str(f.column) for f in model._meta.local_concrete_fields if isinstance(f, EncryptedField)]


def _stamps_of(model: type[Model]) -> list[str]:
    """Return the columns that every save sets, also one that changes nothing."""
    return [str(f.column) for f in model._meta.local_concrete_fields if getattr(f, "auto_now", False)]


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
    """Return the foreign keys of all apps that point at a model, those of many-to-many links too.

    History is left out, and so are keys without a constraint of Django's: their rows follow from others, and the
    database removes them with those.
    """
    fields: Any = model._meta.get_fields(include_hidden=True)
    found = (r for r in fields if isinstance(r, ManyToOneRel))
    return [
        relation
        for relation in found
        if not hasattr(relation.related_model, "pgh_tracked_model")
        and getattr(relation.field, "db_constraint", True)
    ]


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
