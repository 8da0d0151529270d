"""Word documents about one person or one pairing, filled in from templates that an office may replace."""

import io
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from aixin.access.extension import Act, extensions_of
from aixin.access.models import Region, User
from aixin.access.permissions import may_edit
from aixin.access.regions import Level, ancestor_codes

# Words only, never rows: a template that an office wrote can reach nothing else.
Words = dict[str, Any]
Part = Callable[[Any, User], Words]

# What a template that is no Word file, or not well written, raises; SyntaxError is the XML parser's.
_FAULTS = (TemplateError, PackageNotFoundError, BadZipFile, SyntaxError, ValueError, KeyError)
# XML cannot hold these; a form feed would start a page.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


class DocumentError(Exception):
    """The document cannot be made; the message is for the user."""


@dataclass(frozen=True)
class Document:
    """A document: the model it is about, its template's file name, the words, and the row's own page."""

    key: str
    title: str
    model: type[models.Model]
    template: str
    words: Part
    page: str

    def url(self, row: Any) -> str:
        return reverse("document", args=[self.key, row.pk])


_documents: dict[str, Document] = {}
_parts: dict[str, list[Part]] = defaultdict(list)


def register_document(document: Document) -> None:
    """Offer a document, also as a button on its row's page."""
    _documents[document.key] = document
    extensions_of(document.model._meta.label_lower).add_act(
        Act(document.title, "download", document.url, lambda user, _: may_edit(user))
    )


def register_part(key: str, part: Part) -> None:
    """Let a higher app add its words to a document, before or after that is registered."""
    _parts[key].append(part)


def document_of(key: str) -> Document:
    """Return the document of a key; raise KeyError for an unknown one."""
    return _documents[key]


def template_path(name: str) -> Path:
    """Return where a template lies: the office's own under the media folder, else the one that came along."""
    own = Path(settings.MEDIA_ROOT) / "templates" / name
    return own if own.is_file() else Path(settings.BASE_DIR) / "templates" / "documents" / name


def filled_in(document: Document, row: Any, user: User) -> bytes:
    """Return a document as .docx. Raises DocumentError when its template cannot be read or filled in."""
    words = {**_stamp(user), **document.words(row, user)}
    for part in _parts[document.key]:
        words.update(part(row, user))
    try:
        template = DocxTemplate(template_path(document.template))
        template.render(_clean(words), SandboxedEnvironment(autoescape=True), autoescape=True)
    except _FAULTS as fault:
        raise DocumentError(f"“{document.title}”的模板有误，请联系系统管理员检查模板文件。") from fault
    buffer = io.BytesIO()
    template.save(buffer)
    return buffer.getvalue()


def _stamp(user: User) -> Words:
    post = user.acting_post
    return {
        "printed_by": user.get_full_name(),
        "office": post.label if post else "",
        "printed_at": f"{timezone.localtime():%Y-%m-%d %H:%M}",
    }


def _clean(value: Any) -> Any:
    """Return words without what Word cannot hold; nothing said is an empty string."""
    if isinstance(value, dict):
        return {key: _clean(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_clean(part) for part in value]
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
