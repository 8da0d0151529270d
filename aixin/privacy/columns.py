"""Where ciphertext stands in the database: encrypted fields of every model, history included, and what is registered."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.apps import apps
from django.db import connection, models

from aixin.privacy.cipher import decrypt, encrypt, is_newest
from aixin.privacy.fields import BlindIndexField, EncryptedField
from aixin.privacy.keys import newest_key


class Column(Protocol):
    """A column that holds ciphertext."""

    @property
    def name(self) -> str: ...

    @property
    def db_type(self) -> str: ...

    def stale(self) -> tuple[str, list[str]]:
        """Return the SQL condition, with its parameters, on rows that are not under the newest key here."""
        ...

    def plaintexts(self, stored: Any) -> list[str]:
        """Return what stands in a stored value; raise DecryptionError."""
        ...

    def renewed(self, stored: Any) -> Any:
        """Return a stored value under the newest key; raise DecryptionError."""
        ...


@dataclass(frozen=True)
class TextColumn:
    """The whole value is ciphertext."""

    name: str
    context: str
    db_type: str = "text"

    def stale(self) -> tuple[str, list[str]]:
        # `left` reads the first bytes of a large value, LIKE all of it.
        tag, column = f"{newest_key().tag}:", quoted(self.name)
        return f"({column} <> '' AND left({column}, {len(tag)}) <> %s)", [tag]

    def plaintexts(self, stored: Any) -> list[str]:
        return [decrypt(stored, self.context)] if stored else []

    def renewed(self, stored: Any) -> Any:
        if not stored or is_newest(stored):
            return stored
        return encrypt(decrypt(stored, self.context), self.context)


@dataclass(frozen=True)
class JsonColumn:
    """A JSON object with ciphertext, or a list of it, under some of its keys."""

    name: str
    context: str
    keys: tuple[str, ...]
    db_type: str = "jsonb"

    def stale(self) -> tuple[str, list[str]]:
        paths = [f'$.{json.dumps(key)}[*] ? (!(@ starts with "{newest_key().tag}:"))' for key in self.keys]
        condition = " OR ".join(f"jsonb_path_exists({quoted(self.name)}, %s::jsonpath)" for _ in paths)
        return f"({condition})", paths

    def plaintexts(self, stored: Any) -> list[str]:
        found = json.loads(stored) if stored else {}
        return [
            text
            for key in self.keys
            for part in _listed(found.get(key))
            for text in self._part.plaintexts(part)
        ]

    def renewed(self, stored: Any) -> Any:
        found = json.loads(stored)
        return json.dumps({**found, **{key: self._renewed(found[key]) for key in self.keys if key in found}})

    def _renewed(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._part.renewed(part) for part in value]
        return self._part.renewed(value)

    @property
    def _part(self) -> TextColumn:
        return TextColumn(self.name, self.context)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Index:
    """A column with the blind index of another."""

    name: str
    source: TextColumn


@dataclass(frozen=True)
class Table:
    """A table with ciphertext in it."""

    name: str
    pk: str
    pk_type: str
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...]


@dataclass(frozen=True)
class _Registered:
    model: str
    field: str
    context: str
    keys: tuple[str, ...]


_registered: list[_Registered] = []


def register_ciphertext(model: str, field: str, context: str, *, keys: tuple[str, ...] = ()) -> None:
    """Name a column that holds ciphertext without being an EncryptedField: all of it, or under keys of a JSON object.

    `model` is its label (`mfa.Authenticator`), `context` what its values are bound to. Without this, `rotate_keys`
    leaves them under a key that is about to be removed.
    """
    entry = _Registered(model, field, context, keys)
    if entry not in _registered:
        _registered.append(entry)


def sealed_tables() -> Iterator[Table]:
    """Yield every table that holds ciphertext, history tables too."""
    for model in apps.get_models(include_auto_created=True):
        columns: tuple[Column, ...] = (*_encrypted(model), *_registered_of(model))
        if columns and not model._meta.proxy:
            yield _table(model, columns)


def _table(model: type[models.Model], columns: tuple[Column, ...]) -> Table:
    pk = model._meta.pk
    pk_type = pk.rel_db_type(connection)
    assert pk_type is not None
    return Table(model._meta.db_table, str(pk.column), pk_type, columns, tuple(_indexes(model)))


def _encrypted(model: type[models.Model]) -> Iterator[TextColumn]:
    for field in model._meta.local_concrete_fields:
        if isinstance(field, EncryptedField):
            yield TextColumn(str(field.column), field.context)


def _registered_of(model: type[models.Model]) -> Iterator[Column]:
    for entry in _registered:
        if model._meta.label == entry.model:
            yield _column_of(entry, model._meta.get_field(entry.field))


def _column_of(entry: _Registered, field: Any) -> Column:
    if entry.keys:
        return JsonColumn(field.column, entry.context, entry.keys)
    return TextColumn(field.column, entry.context)


def _indexes(model: type[models.Model]) -> Iterator[Index]:
    for field in model._meta.local_concrete_fields:
        if isinstance(field, BlindIndexField):
            source = model._meta.get_field(field.source)
            assert isinstance(source, EncryptedField)
            yield Index(str(field.column), TextColumn(str(source.column), source.context))


def quoted(name: str) -> str:
    """Return a name of the database as SQL."""
    return connection.ops.quote_name(name)
