"""A county's own Word templates: checked when they come in, used by the county and its townships from then on."""

import io
import re
import zipfile
from typing import Any

from django.db import transaction
from jinja2 import UndefinedError
from lxml import etree

from aixin.access.models import Role, User
from aixin.access.regions import Level
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.documents import STAMP, Document, documents, sample_words
from aixin.exchange.models import WordTemplate
from aixin.exchange.office_parts import declares_a_type, leads_outside, parse
from aixin.exchange.reading.model import Limits, WorkbookError
from aixin.exchange.reading.ooxml import open_zip, read_part
from aixin.exchange.word_filling import FAULTS, filled, named_in

LARGEST = 2 * 1024 * 1024
_UNPACKED = Limits(unpacked=40 * 1024 * 1024)
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_ACTIVE = re.compile(
    r"vbaProject|vbaData|activeX|embeddings/|oleObject|attachedToolbars|altChunk|afchunk", re.IGNORECASE
)
_FIELDS = re.compile(r"\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|RD|DATABASE)\b")
NO_WORD = "这不是 Word 文档（.docx）。请用 Word 或 WPS 另存为 .docx 再上传。"
TOO_LARGE = "文件太大，模板不能超过 2 MB。请把里面的图片缩小后再上传。"
ACTIVE = "文件里有宏或嵌入的对象，不能用。请删去后另存为 .docx 再上传。"
OUTSIDE = "文件里有指向外部的链接，不能用。请删去超链接和链接的图片后再上传。"
UNREADABLE = "模板里的花括号写得不对，请对照下面的写法检查，例如 {{ 和 }} 要成对，中间不能有计算。"

EMPTY = (
    "模板里一处要填的内容也没有，换上它，打出来的就只有模板上的字。请从下面的清单里挑要填的，照样写进模板。"
)


class TemplateRefusedError(Exception):
    """The file cannot be a template; the message is for the user."""


def may_replace(user: User, document: Document) -> bool:
    """Return whether the user may change her office's template: a county's office, of a report also a city's."""
    post = user.acting_post
    if post is None or post.role != Role.STAFF:
        return False
    return post.level == Level.COUNTY or (post.level == Level.CITY and not document.by_row)


def replaceable(user: User) -> list[Document]:
    """Return the documents whose template the user may change."""
    return [document for document in documents() if may_replace(user, document)]


@transaction.atomic
def replace(user: User, document: Document, data: bytes) -> WordTemplate:
    """Take a county's own template, in the place of one before. Raises TemplateRefusedError with a sentence."""
    check(document, data)
    post = user.acting_post
    assert post is not None
    assert post.region_id is not None
    template = WordTemplate(region_id=post.region_id, document=document.key, uploaded_by=user)
    template.keep_content(data)
    stored, created = WordTemplate.objects.update_or_create(
        region_id=post.region_id,
        document=document.key,
        defaults={"content": template.content, "uploaded_by": user},
    )
    record(user, Action.CREATE if created else Action.UPDATE, stored, document=document.key)
    return stored


@transaction.atomic
def back_to_standard(user: User, document: Document) -> None:
    """Drop a county's own template; a second time changes nothing."""
    post = user.acting_post
    assert post is not None
    own = WordTemplate.objects.select_for_update().filter(region_id=post.region_id, document=document.key)
    for template in own:
        record(user, Action.UPDATE, template, document=document.key, standard=True)
        template.delete()


def check(document: Document, data: bytes) -> None:
    """Raise TemplateRefusedError unless the file can be this document's template: see `tried`."""
    tried(document, data)


def tried(document: Document, data: bytes) -> bytes:
    """Return a template filled in with the samples, nobody's data in it.

    Raises TemplateRefusedError unless the file is a plain Word document that names words of the document, and no others.
    """
    if len(data) > LARGEST:
        raise TemplateRefusedError(TOO_LARGE)
    try:
        with open_zip(data, _UNPACKED) as archive:
            _check_parts(archive)
    except WorkbookError as fault:
        raise TemplateRefusedError(TOO_LARGE if fault.code == "too_large" else NO_WORD) from fault
    try:
        shown = filled(io.BytesIO(data), sample_words(document), strict=True)
    except UndefinedError as fault:
        raise TemplateRefusedError(_unknown(fault)) from fault
    except FAULTS as fault:
        raise TemplateRefusedError(UNREADABLE) from fault
    if not named_in(io.BytesIO(data)) & (sample_words(document).keys() - STAMP.keys()):
        raise TemplateRefusedError(EMPTY)
    return shown


def _check_parts(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if "word/document.xml" not in names or _MAIN not in read_part(
        archive, "[Content_Types].xml", missing=b""
    ):
        raise TemplateRefusedError(ACTIVE if any(map(_ACTIVE.search, names)) else NO_WORD)
    if any(map(_ACTIVE.search, names)):
        raise TemplateRefusedError(ACTIVE)
    for name in names:
        if name.lower().endswith((".xml", ".rels")):
            _check_part(read_part(archive, name))


def _check_part(part: bytes) -> None:
    try:
        root = parse(part)
    except etree.XMLSyntaxError as fault:
        raise TemplateRefusedError(NO_WORD) from fault
    if declares_a_type(root):
        raise TemplateRefusedError(NO_WORD)
    if leads_outside(root) or _fetches(root):
        raise TemplateRefusedError(OUTSIDE)


def _fetches(root: Any) -> bool:
    """Return whether a field brings something in from outside; its name may be spread over several runs."""
    found = [one.text or "" for one in root.iter("{*}instrText")]
    found += root.xpath("//@*[local-name() = 'instr']")
    return any(_FIELDS.search(between.join(found)) for between in ("", " "))


def _unknown(fault: UndefinedError) -> str:
    named = re.findall(r"'([^']*)'", str(fault))
    word = named[-1][:40] if named else ""
    return f"模板里的“{word}”不是可以填的内容，请对照下面的清单改正。"
