"""What the tests of exports share: asking as a clerk does, and reading what came back."""

import io
import zipfile
from typing import Any
from uuid import uuid4

import docx
from django.urls import reverse
from python_calamine import CalamineWorkbook

from aixin.exchange.models import Export
from tests.conftest import Session

TERMS = {"contents": "masked", "purpose": "SUPERIOR", "recipient": "吕梁市妇联"}


def ask(user: Any, kind: str = "children", query: str = "", **changes: Any) -> Export:
    """Send the form of a list's export and return what came of it."""
    data = {**TERMS, "form_key": str(uuid4()), **changes}
    answer = Session(user).post(f"/{kind}/export/{query}", data)
    assert answer.status_code == 302, answer.context["form"].errors
    return Export.objects.latest("id")


def ask_full(user: Any, kind: str = "children", **changes: Any) -> Export:
    return ask(user, kind, contents="full", **changes)


def decide(user: Any, export: Export, decision: str = "approve", **changes: Any) -> Any:
    return Session(user).post(
        reverse("exports:decision", args=[export.pk]), {"decision": decision, **changes}
    )


def download(user: Any, export: Export) -> Any:
    return Session(user).post(reverse("exports:download", args=[export.pk]))


def cells(content: bytes) -> list[list[str]]:
    """Return every line of a workbook's first sheet."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return [[str(cell) for cell in row] for row in rows]


def text_of(content: bytes) -> str:
    return "\n".join(cell for row in cells(content) for cell in row)


def member(content: bytes, name: str) -> str:
    """Return a part of an Office file as its XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(name).decode()


def document_text(content: bytes) -> str:
    """Return the words of a Word file: paragraphs, tables and footer."""
    found = docx.Document(io.BytesIO(content))
    said = [paragraph.text for paragraph in found.paragraphs]
    said += [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*said, *(paragraph.text for paragraph in found.sections[0].footer.paragraphs)])
