"""Setting cells of a workbook and nothing else: the sheet's own XML inside the zip; every other part stays byte for byte.

No library of workbooks: whatever one does not know (themes, print settings, controls of WPS) it would drop.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from aixin.exchange.office_parts import parse

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)
LETTERS = 26


@dataclass(frozen=True)
class SheetPart:
    """A sheet: its name, and the member of the zip that holds it."""

    name: str
    path: str
    is_hidden: bool = False


def sheet_parts(archive: zipfile.ZipFile) -> list[SheetPart]:
    """Return the worksheets of a workbook in their order."""
    links = parse(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {
        link.get("Id"): _path(link.get("Target", ""))
        for link in links.iter(f"{{{PACKAGE}}}Relationship")
        if link.get("Type", "").endswith("/worksheet")
    }
    book = parse(archive.read("xl/workbook.xml"))
    found = []
    for sheet in book.iter(f"{{{MAIN}}}sheet"):
        path = targets.get(sheet.get(f"{{{RELATIONS}}}id"))
        if path and path in archive.namelist():
            found.append(SheetPart(sheet.get("name", ""), path, sheet.get("state", "visible") != "visible"))
    return found


def _path(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def position(reference: str) -> tuple[int, int]:
    """Return row and column of a cell, from 1; raise ValueError for what is no cell."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(reference)
    column = 0
    for letter in found[1]:
        column = column * LETTERS + ord(letter) - ord("A") + 1
    return int(found[2]), column


def reference(row: int, column: int) -> str:
    """Return how a cell is written: (5, 3) is C5."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, LETTERS)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def with_values(data: bytes, path: str, values: Mapping[str, int | float | str]) -> bytes:
    """Return the workbook with some cells of one sheet set: style, merges and every other part as they were.

    Formulas of the sheet lose their stored results, so that whoever opens it works them out anew.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as written:
            for entry in archive.infolist():
                content = archive.read(entry)
                if entry.filename == path:
                    content = _changed(content, values)
                written.writestr(_like(entry), content)
    return buffer.getvalue()


def _like(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(entry.filename, entry.date_time)
    made.compress_type, made.external_attr = entry.compress_type, entry.external_attr
    made.create_system = entry.create_system
    return made


def _changed(content: bytes, values: Mapping[str, int | float | str]) -> bytes:
    root = parse(content)
    rows = root.find(f"{{{MAIN}}}sheetData")
    for cell in rows.iter(f"{{{MAIN}}}c"):
        if cell.find(f"{{{MAIN}}}f") is not None:
            _drop(cell, "v")
    for name in sorted(values, key=position):
        _set(_cell(rows, name), values[name])
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _cell(rows: Any, name: str) -> Any:
    """Return a cell's element, made in its place where the sheet does not write it."""
    number, column = position(name)
    row = _placed(rows, "row", lambda known: int(known.get("r", "0")), number, str(number))
    return _placed(row, "c", lambda known: position(known.get("r", "A1"))[1], column, name)


def _placed(parent: Any, tag: str, order: Any, wanted: int, name: str) -> Any:
    at = next((place for place, known in enumerate(parent) if order(known) >= wanted), len(parent))
    if at < len(parent) and order(parent[at]) == wanted:
        return parent[at]
    made = etree.Element(f"{{{MAIN}}}{tag}", r=name)
    parent.insert(at, made)
    # Says between which columns the row's cells lie; a hint that may be left out, and must not be wrong.
    parent.attrib.pop("spans", None)
    return made


def _drop(cell: Any, *tags: str) -> None:
    for tag in tags:
        for child in cell.findall(f"{{{MAIN}}}{tag}"):
            cell.remove(child)


def _set(cell: Any, value: float | str) -> None:
    """Write a number as a number and a text in the cell itself: the shared texts stay as they are."""
    _drop(cell, "v", "is", "f")
    cell.attrib.pop("t", None)
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        text.text = value
    else:
        etree.SubElement(cell, f"{{{MAIN}}}v").text = repr(value)
