"""Hostile text in every place that people's words come to: stored rows, imported cells, headings and file names."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import models

from aixin.exchange.columns import Column
from aixin.exchange.roster import roster_kinds, roster_of

OURS = (
    "children",
    "volunteers",
    "recruitment",
    "pairing",
    "organisations",
    "visits",
    "rounds",
    "concerns",
    "reports",
    "care",
    "access",
    "exchange",
    "notify",
    "reports",
)
# Written by the program alone, and read back by it: codes, keys, places of our own.
_PROGRAM = {
    "initials", "pinyin", "code", "password", "username", "session_key", "link", "subject", "addressee", "kind", "key",
    "object_type", "role", "region_code", "model_label", "token_hash", "pin_hash", "temporary_no", "no", "label",
    "short_name", "purpose", "state", "fields", "digest",
    "occasion",
    "period", "row", "cell", "sheet",
}  # fmt: skip


def free_text_fields(model: type[models.Model]) -> list[Any]:
    """Return the fields of a model that hold what people typed, in the clear."""
    return [
        known
        for known in model._meta.concrete_fields
        if type(known) in {models.CharField, models.TextField}
        and not known.choices
        and not known.unique
        and known.name not in _PROGRAM
        and not known.name.endswith(("_index", "_id", "_hash", "_key"))
    ]


def models_with_text() -> Iterator[type[models.Model]]:
    """Yield every model of ours, and every history, that people's words are stored in."""
    for model in apps.get_models():
        # Places come from the published division, not from users; a consent's text never changes once it is used.
        fixed = model.__name__ in {"Region", "ConsentText", "Tally", "Outdated"}
        if model._meta.app_label in OURS and not fixed and free_text_fields(model):
            yield model


def plant(payloads: Sequence[str], *, joined: bool = False) -> int:
    """Put a payload into every free-text field of every stored row, by turns; return how many fields there were.

    With `joined` each field holds as many of them as it takes, the first first.
    """
    turn = 0
    for model in models_with_text():
        if model.__name__.endswith("Event"):
            continue
        fields = free_text_fields(model)
        for row in model._default_manager.order_by("pk"):
            values = {}
            for known in fields:
                fit = together if joined else fitting
                values[known.name] = fit(payloads, known.max_length, turn)
                turn += 1
            model._default_manager.filter(pk=row.pk).update(**values)
    return turn


def fitting(payloads: Sequence[str], limit: int | None, turn: int) -> str:
    """Return the payload whose turn it is among those that fit uncut, or the shortest, cut."""
    short = [text for text in payloads if limit is None or len(text) <= limit]
    return short[turn % len(short)] if short else min(payloads, key=len)[:limit]


def together(payloads: Sequence[str], limit: int | None, turn: int) -> str:
    """Return as many payloads as a field takes."""
    text = ""
    for payload in payloads:
        if limit is None or len(text) + len(payload) <= limit:
            text += payload
    return text


def columns_of(kind: str) -> list[Column]:
    return roster_of(kind).columns()


def kinds() -> list[str]:
    return sorted(roster_kinds())


def import_page(kind: str) -> str:
    """Return where a roster is uploaded."""
    return roster_of(kind).address("import")


def hostile_rows(kind: str, payloads: Sequence[str], good: dict[str, str]) -> Iterator[list[str]]:
    """Yield rows in which every column sees every payload: `good` holds what a row needs to be taken, by key."""
    columns = columns_of(kind)
    for turn in range(len(payloads)):
        yield [
            good.get(column.key, payloads[(turn + place) % len(payloads)])
            for place, column in enumerate(columns)
        ]
