"""A county's own Word templates: what is refused, whose is used, and back to the standard one."""

import io
import zipfile
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from aixin.access.scope import acting
from aixin.audit.models import Entry
from aixin.exchange.documents import Words, document_of, documents, sample_words, standard_path
from aixin.exchange.models import WordTemplate
from aixin.exchange.word_templates import (
    ACTIVE,
    EMPTY,
    LARGEST,
    NO_WORD,
    OUTSIDE,
    TOO_LARGE,
    UNREADABLE,
    TemplateRefusedError,
    check,
)
from children.models import Child
from tests.cast import Cast
from tests.conftest import Session
from tests.exchange.exports import document_text
from tests.pages import text_of

KEYS = ["child-file", "pairing-card", "agreement"]
RELATIONS = "word/_rels/document.xml.rels"
CONTENT = "[Content_Types].xml"


def word(*paragraphs: str) -> bytes:
    """Return a Word file with some paragraphs."""
    found, buffer = docx.Document(), io.BytesIO()
    for text in paragraphs:
        found.add_paragraph(text)
    found.save(buffer)
    return buffer.getvalue()


def changed(content: bytes, part: str, old: str, new: str) -> bytes:
    """Return a Word file with a text in one of its parts replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            after.writestr(name, data.replace(old.encode(), new.encode()) if name == part else data)
    return buffer.getvalue()


def with_part(content: bytes, name: str) -> bytes:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, b"x")
    return buffer.getvalue()


def refusal(content: bytes, key: str = "pairing-card") -> str:
    with pytest.raises(TemplateRefusedError) as caught:
        check(document_of(key), content)
    return str(caught.value)


def send(user: Any, content: bytes, key: str = "pairing-card", act: str = "use") -> Any:
    file = SimpleUploadedFile("模板.docx", content)
    return Session(user).post(reverse("templates:edit", args=[key]), {"file": file, "act": act})


def printed(user: Any, cast: Cast) -> str:
    answer = Session(user).get(reverse("document", args=["pairing-card", cast.pairing.pk]))
    assert answer.status_code == 200
    return document_text(answer.content)


def shape(words: Any) -> Any:
    """Return the names in words, without what they say."""
    if isinstance(words, dict):
        return {name: shape(said) for name, said in words.items()}
    return [shape(words[0])] if isinstance(words, list) and words else None


@pytest.mark.django_db
def test_the_samples_name_all_words_and_no_others(cast: Cast) -> None:
    Child.objects.filter(pk=cast.child.pk).update(school="学校")
    child, user = Child.objects.get(pk=cast.child.pk), cast.wenshui
    child.needs.create(region_id=child.region_id, topic="STUDY", source="STAFF")
    child.parents.create(region_id=child.region_id, kind="FATHER", name="张父亲")
    with acting(user):
        real: dict[str, Words] = {
            "child-file": document_of("child-file").words(child, user),
            "pairing-card": document_of("pairing-card").words(cast.pairing, user),
        }
    for key, words in real.items():
        assert shape(words) == shape(document_of(key).sample)


@pytest.mark.parametrize("key", KEYS)
def test_the_standard_templates_pass_the_check(key: str) -> None:
    check(document_of(key), standard_path(document_of(key).template).read_bytes())


def test_words_rows_and_conditions_may_stand_in_a_template() -> None:
    check(
        document_of("child-file"),
        word("{{ name }}{% if school %}在校{% endif %}", "{% for row in visits %}{{ row.date }}{% endfor %}"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ child.salary }}", "“salary”不是可以填的内容"),
        ("{{ nothing }}", "“nothing”不是可以填的内容"),
        ("{{ child.name", UNREADABLE),
        ("{% for %}", UNREADABLE),
        ("{{ ''.__class__ }}", UNREADABLE),
        ("{{ child.__init__ }}", UNREADABLE),
        ("{{ range(9) }}", UNREADABLE),
        ("{{ 'a' * 999999999 }}", UNREADABLE),
        ("{{ no|center(99999999) }}", UNREADABLE),
        ("{% set x = 1 %}", UNREADABLE),
        ("{% include 'x' %}", UNREADABLE),
        ("{% for a in no %}{% for b in no %}{% for c in no %}{% endfor %}{% endfor %}{% endfor %}", UNREADABLE),
        ("{% if no == 'x' %}{{ 9 ** 9 }}{% endif %}", UNREADABLE),
    ],
)  # fmt: skip
def test_what_is_no_known_word_is_refused_in_words(text: str, said: str) -> None:
    assert said in refusal(word(text))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no zip", NO_WORD),
        (b"", NO_WORD),
        (word("x")[:500], NO_WORD),
        (b"P" * (LARGEST + 1), TOO_LARGE),
        (changed(word("x"), CONTENT, "wordprocessingml.document.main", "spreadsheetml.sheet.main"), NO_WORD),
        (with_part(word("x"), "word/vbaProject.bin"), ACTIVE),
        (with_part(word("x"), "word/activeX/activeX1.bin"), ACTIVE),
        (with_part(word("x"), "word/embeddings/oleObject1.bin"), ACTIVE),
        (word("hello"), EMPTY),
        (word("{{ office }} {{ printed_at }}"), EMPTY),
        (
            changed(
                word("x"), RELATIONS, "</Relationships>",
                '<Relationship Id="r9" Type="x" Target="http://evil.example/" TargetMode="External"/></Relationships>',
            ),
            OUTSIDE,
        ),
        (changed(word("标记"), "word/document.xml", "<w:t>标记", '<w:instrText>DDEAUTO c:\\x</w:instrText><w:t>'), OUTSIDE),
        (
            changed(
                word("标记"), "word/document.xml", "<w:t>标记",
                "<w:instrText>DDE</w:instrText><w:instrText>AUTO c:\\x</w:instrText><w:t>",
            ),
            OUTSIDE,
        ),
        (
            changed(word("标记"), "word/document.xml", "<w:t>标记", "<w:fldSimple w:instr='I&#78;CLUDETEXT x'/><w:t>"),
            OUTSIDE,
        ),
        (changed(word("x"), "word/document.xml", "<w:document", "<!DOCTYPE x []><w:document"), NO_WORD),
    ],
)  # fmt: skip
def test_a_file_with_anything_but_words_is_refused_in_words(content: bytes, said: str) -> None:
    assert refusal(content) == said


@pytest.mark.django_db
def test_a_county_s_template_is_used_by_it_and_its_townships_alone(cast: Cast) -> None:
    standard = printed(cast.wenshui, cast)
    assert send(cast.wenshui, word("本县结对卡 {{ child.name }}")).status_code == 302
    for user in (cast.wenshui, cast.fengcheng):
        assert printed(user, cast) == "本县结对卡 张小明\n"
    for key in ("agreement", "child-file"):
        assert not WordTemplate.objects.filter(document=key).exists()
    listed = text_of(Session(cast.xingxian).get(reverse("templates:list")).content.decode())
    assert "本县模板" not in listed
    assert Entry.objects.get(object_type="exchange.wordtemplate").user == cast.wenshui
    send(cast.wenshui, word("第二版 {{ child.name }}"))
    assert printed(cast.wenshui, cast) == "第二版 张小明\n"
    assert WordTemplate.objects.count() == 1
    session = Session(cast.wenshui)
    for _ in range(2):
        assert session.post(reverse("templates:reset", args=["pairing-card"])).status_code == 302
    assert printed(cast.wenshui, cast).split() == standard.split()
    actions = Entry.objects.filter(object_type="exchange.wordtemplate").order_by("id")
    assert [entry.action for entry in actions] == ["CREATE", "UPDATE", "UPDATE"]


@pytest.mark.django_db
def test_a_wrong_template_changes_nothing_and_says_why(cast: Cast) -> None:
    answer = send(cast.wenshui, word("{{ child.salary }}"))
    assert "不是可以填的内容" in text_of(answer.content.decode())
    assert not WordTemplate.objects.exists()


@pytest.mark.django_db
def test_a_template_is_tried_with_samples_before_it_is_in_use(cast: Cast) -> None:
    answer = send(cast.wenshui, word("本县 {{ child.name }}"), act="try")
    assert document_text(answer.content) == f"本县 {document_of('pairing-card').sample['child']['name']}\n"
    assert not WordTemplate.objects.exists()
    refused = send(cast.wenshui, word("hello"), act="try")
    assert EMPTY in text_of(refused.content.decode())
    assert "请选择先试填还是启用" in text_of(send(cast.wenshui, word("x"), act="").content.decode())
    assert not WordTemplate.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["fengcheng", "city", "mama"])
def test_nobody_but_the_county_changes_it(cast: Cast, who: str) -> None:
    assert send(cast.users[who], word("x")).status_code == 403
    assert not WordTemplate.objects.exists()


@pytest.mark.django_db
def test_the_page_lists_what_may_be_filled_in_and_gives_the_template(cast: Cast) -> None:
    session = Session(cast.wenshui)
    assert reverse("templates:list") in session.get("/imports/").content.decode()
    for document in documents():
        page = text_of(session.get(reverse("templates:edit", args=[document.key])).content.decode())
        for name, said in sample_words(document).items():
            if isinstance(said, str):
                assert said in page
                assert f"{{{{ {name} }}}}" in page
        given = session.get(reverse("templates:file", args=[document.key])).content
        assert given == standard_path(document.template).read_bytes()
