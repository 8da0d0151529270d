"""Word documents about one person: in full, logged, never stored; templates that an office may replace."""

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from django.conf import settings
from django.urls import reverse

from aixin.audit.models import Action, Entry
from children.choices import NeedSource, ParentKind, ParentStatus
from children.models import Child, Guardian, Need, Parent
from pairing.models import Pairing
from scripts import document_templates
from tests.cast import XIJIE, Cast
from tests.conftest import Session
from tests.exchange.exports import document_text, member
from tests.factories import make_idno
from tests.pages import text_of
from visits.models import Visit
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
DOCUMENTS = {"child-file": "child", "pairing-card": "pairing", "agreement": "pairing"}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def url(cast: Cast, key: str) -> str:
    return reverse("document", args=[key, getattr(cast, DOCUMENTS[key]).pk])


def printed(cast: Cast, key: str, who: str = "wenshui") -> str:
    answer = Session(cast.users[who]).get(url(cast, key))
    assert answer.status_code == 200
    return document_text(answer.content)


def fill(cast: Cast) -> Parent:
    """Give the child, the pairing and the visit everything that a document prints."""
    child = cast.child
    Pairing.objects.filter(pk=cast.pairing.pk).update(liaison="段主席", liaison_phone="19940000001")
    Child.objects.filter(pk=child.pk).update(
        school="城关小学", grade="三年级", aid=["MEDICAL"], notes="喜欢画画"
    )
    Need.objects.create(child=child, region_id=XIJIE, topic="STUDY", detail="数学", source=NeedSource.STAFF)
    return Parent.objects.create(
        child=child,
        region_id=XIJIE,
        kind=ParentKind.FATHER,
        name="张父亲",
        status=ParentStatus.AWAY,
        phone="19940000003",
        idno=make_idno(77, child.birth.replace(year=1985), sex="M"),
    )


def test_the_child_s_file_prints_everything_in_full(cast: Cast) -> None:
    parent = fill(cast)
    said = printed(cast, "child-file")
    wanted = [
        "张小明", cast.child.no, cast.child.idno, "文水县 凤城镇 西街社区居民委员会", "城关小学 三年级", "医疗",
        "喜欢画画", "高奶奶", cast.child.main_guardian.phone, "张父亲", parent.idno, "19940000003", "数学", "王爱心",
        cast.volunteer.phone, "主责", "孩子情绪不错。", "wenshui姓名",
    ]  # fmt: skip
    assert [words for words in wanted if words not in said] == []
    assert "{" not in said
    assert "%" not in said


@pytest.mark.parametrize("key", ["pairing-card", "agreement"])
def test_the_papers_of_a_pairing_print_both_sides(cast: Cast, key: str) -> None:
    fill(cast)
    said = printed(cast, key)
    wanted = ["张小明", "王爱心", cast.volunteer.phone, "高奶奶（祖母）", cast.child.main_guardian.phone]
    wanted += {"pairing-card": ["段主席 19940000001", "学业辅导"], "agreement": [cast.volunteer.idno]}[key]
    assert [words for words in wanted if words not in said] == []
    assert "{" not in said


@pytest.mark.parametrize("key", DOCUMENTS)
def test_a_document_is_logged_and_not_stored(cast: Cast, key: str) -> None:
    answer = Session(cast.fengcheng).get(url(cast, key))
    assert answer.headers["Content-Type"] == WORD
    assert answer.headers["Cache-Control"] == "no-store"
    entry = Entry.objects.filter(action=Action.EXPORT).get()
    row = getattr(cast, DOCUMENTS[key])
    assert (entry.user, entry.object_type, entry.object_id) == (
        cast.fengcheng, row._meta.label_lower, str(row.pk),
    )  # fmt: skip
    assert entry.detail == {"what": "document", "document": key, "rows": 1}
    assert "张小明" not in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("who", "status"), [("city", 403), ("mama", 403), ("official", 403), ("xingxian", 404)]
)
@pytest.mark.parametrize("key", DOCUMENTS)
def test_nobody_else_prints_it(cast: Cast, key: str, who: str, status: int) -> None:
    assert Session(cast.users[who]).get(url(cast, key)).status_code == status
    assert not Entry.objects.filter(action=Action.EXPORT).exists()


@pytest.mark.parametrize("key", ["unknown", "child-file.docx", "base"])
def test_an_unknown_document_is_not_there(cast: Cast, key: str) -> None:
    assert Session(cast.wenshui).get(f"/documents/{key}/{cast.child.pk}/").status_code == 404


def test_the_buttons_stand_where_the_row_is_edited(cast: Cast) -> None:
    child = reverse("children:detail", args=[cast.child.pk])
    pairing = reverse("pairings:detail", args=[cast.pairing.pk])
    editor, reader = Session(cast.wenshui), Session(cast.city)
    assert url(cast, "child-file") in editor.get(child).content.decode()
    for key in ("pairing-card", "agreement"):
        assert url(cast, key) in editor.get(pairing).content.decode()
    assert "/documents/" not in reader.get(child).content.decode() + reader.get(pairing).content.decode()


# What people type

HOSTILE = [
    "A&<b>粗</b>",
    "</w:t></w:r><w:p/>",
    "{{ 7*7 }}",
    "{% for x in y %}",
    "]]>&amp;",
    "第一行\n第二行",
    "\x01\x0b\x0c控制\x1f符",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("key", DOCUMENTS)
def test_what_is_typed_stays_text(cast: Cast, key: str, text: str) -> None:
    fill(cast)
    Child.objects.update(name=text[:40], notes=text, address=text, school=text)
    Guardian.objects.update(name=text[:40], relation=text[:20], address=text)
    Volunteer.objects.update(name=text[:40], unit=text)
    Pairing.objects.update(liaison=text[:40])
    Need.objects.update(detail=text)
    Visit.objects.update(seen=text)
    said = printed(cast, key)
    expected = (
        text.translate(dict.fromkeys(range(9))).replace("\x0b", "").replace("\x0c", "").replace("\x1f", "")
    )
    assert expected in said


# Templates


def own_template(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    found = docx.Document()
    found.add_paragraph(text)
    found.save(folder / "pairing-card.docx")


def test_the_office_s_own_template_goes_first(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    own_template(tmp_path / "templates", "本县结对卡 {{ child.name }}")
    assert "本县结对卡 张小明" in printed(cast, "pairing-card")
    assert "爱心妈妈结对关爱安全责任书" in printed(cast, "agreement")


@pytest.mark.parametrize(
    "text",
    [
        "{{ child.name",
        "{% for %}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ child.__init__.__globals__ }}",
    ],
)
def test_a_template_that_is_wrong_or_reaches_too_far_is_refused_with_a_sentence(
    cast: Cast, settings: Any, tmp_path: Path, text: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    own_template(tmp_path / "templates", text)
    answer = Session(cast.wenshui).get(url(cast, "pairing-card"), follow=True)
    assert "“结对卡”的模板有误" in text_of(answer.content.decode())
    assert not Entry.objects.filter(action=Action.EXPORT).exists()


def test_a_file_that_is_no_word_file_is_refused_with_a_sentence(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "pairing-card.docx").write_bytes(b"no zip")
    answer = Session(cast.wenshui).get(url(cast, "pairing-card"), follow=True)
    assert "“结对卡”的模板有误" in text_of(answer.content.decode())


@pytest.mark.parametrize("name", document_templates.TEMPLATES)
def test_the_templates_are_what_the_script_makes(name: str) -> None:
    made = io.BytesIO()
    document_templates.TEMPLATES[name]().save(made)
    stored = (Path(settings.BASE_DIR) / "templates" / "documents" / f"{name}.docx").read_bytes()
    assert parts(made.getvalue()) == parts(stored)


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = [name for name in package.namelist() if name.endswith(".xml")]
    return {name: member(content, name) for name in names}
