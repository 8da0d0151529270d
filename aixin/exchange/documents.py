"""Word documents about one person or one pairing, filled in from templates that an office may replace."""

import io
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from aixin.access.extension import Act, extensions_of
from aixin.access.models import Region, User
from aixin.access.permissions import may_edit
from aixin.access.regions import Level, ancestor_codes, county_of
from aixin.exchange.models import WordTemplate
from aixin.exchange.word_filling import FAULTS, Picture, filled

# Words only, never rows: a template that an office wrote can reach nothing else.
Words = dict[str, Any]
Part = Callable[[Any, User], Words]

# XML cannot hold these; a form feed would start a page.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


class DocumentError(Exception):
    """The document cannot be made; the message is for the user."""


@dataclass(frozen=True)
class Document:
    """A document: the model it is about, its template's file name, the words, and the row's own page.

    `sample` has the shape of the words, and says in Chinese what each of them is: the list that an office with a
    template of its own is shown, and what its template is tried with.
    """

    key: str
    title: str
    model: type[models.Model]
    template: str
    words: Part
    page: str
    sample: Words
    # Whether it is offered for a row now.
    offered: Callable[[Any], bool] = lambda _: True
    # Why it cannot be made for a row yet; said in the place of its button.
    why_not: Callable[[Any], str] = lambda _: ""
    # One that is not about a row is made by a page of its own; a city replaces its template as well as a county.
    by_row: bool = True

    def url(self, row: Any) -> str:
        return reverse("document", args=[self.key, row.pk])


_documents: dict[str, Document] = {}
_parts: dict[str, list[Part]] = defaultdict(list)
_samples: dict[str, Words] = defaultdict(dict)
STAMP = {"printed_by": "打印人", "office": "打印单位", "printed_at": "打印时间"}


def register_document(document: Document) -> None:
    """Offer a document, also as a button on its row's page."""
    _documents[document.key] = document
    extensions_of(document.model._meta.label_lower).add_act(
        Act(
            document.title,
            "download",
            document.url,
            lambda user, row: may_edit(user) and document.offered(row),
            why_not=document.why_not,
        )
    )


def register_report(document: Document) -> None:
    """Let offices replace the template of a document that a page of its own fills in."""
    _documents[document.key] = document


def register_part(key: str, part: Part, sample: Words) -> None:
    """Let a higher app add its words to a document, before or after that is registered, with a sample of them."""
    _parts[key].append(part)
    _samples[key].update(sample)


def documents() -> list[Document]:
    """Return every document."""
    return list(_documents.values())


def sample_words(document: Document) -> Words:
    """Return all words that a document's template may name, each saying what it is."""
    return {**document.sample, **_samples[document.key], **STAMP}


def document_of(key: str) -> Document:
    """Return the document of a key; raise KeyError for an unknown one."""
    return _documents[key]


def standard_path(name: str) -> Path:
    """Return where a template lies: the house's own under the media folder, else the one that came along."""
    own = Path(settings.MEDIA_ROOT) / "templates" / name
    return own if own.is_file() else Path(settings.BASE_DIR) / "templates" / "documents" / name


def own_template(document: Document, user: User) -> WordTemplate | None:
    """Return the template that the user's county has of its own; a township uses its county's."""
    post = user.acting_post
    if post is None or post.region_id is None:
        return None
    return WordTemplate.objects.filter(region_id=county_of(post.region_id), document=document.key).first()


def template_bytes(document: Document, user: User) -> bytes:
    """Return the template in use for a user: her county's own, else the standard one."""
    own = own_template(document, user)
    return own.file_bytes() if own else standard_path(document.template).read_bytes()


def filled_in(document: Document, row: Any, user: User, more: Words | None = None) -> bytes:
    """Return a document as .docx; `more` are words of this one print, pictures too.

    Raises DocumentError when its template cannot be read or filled in.
    """
    words = {**_stamp(user), **document.words(row, user), **(more or {})}
    for part in _parts[document.key]:
        words.update(part(row, user))
    try:
        return filled(io.BytesIO(template_bytes(document, user)), _clean(words))
    except FAULTS as fault:
        raise DocumentError(f"“{document.title}”的模板有误，请联系系统管理员检查模板文件。") from fault


def _stamp(user: User) -> Words:
    post = user.acting_post
    name, office = user.get_full_name(), post.label if post else ""
    return {
        # An account that is the office's own has its name.
        "printed_by": "" if name == office.replace(" ", "") else name,
        "office": office,
        "printed_at": f"{timezone.localtime():%Y-%m-%d %H:%M}",
    }


def _clean(value: Any) -> Any:
    """Return words without what Word cannot hold; nothing said is an empty string."""
    if isinstance(value, dict):
        return {key: _clean(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_clean(part) for part in value]
    if isinstance(value, Picture):
        return value
    return "" if value is None else _CONTROL.sub("", str(value))


def day(value: Any) -> str:
    """Return a date as documents write it: 2026年3月1日."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def phones(person: Any) -> str:
    """Return all phones of a person, in full."""
    return "、".join(filter(None, [person.phone, person.other_phones]))


def whole_place(code: str) -> str:
    """Return a place with everything above it up to its county."""
    places = Region.objects.filter(code__in=ancestor_codes(code), level__gte=Level.COUNTY).order_by("code")
    return " ".join(places.values_list("name", flat=True))
