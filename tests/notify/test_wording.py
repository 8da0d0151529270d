"""Nothing that leaves the platform can hold a fact about a child: a count goes in, and the platform's address."""

import string
from typing import Any

import pytest

from aixin.notify.choices import Audience
from aixin.notify.wording import TEMPLATES, Template

ONE_SMS = 70


def test_there_is_one_for_everybody() -> None:
    assert set(TEMPLATES) == set(Audience)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda known: known.code)
def test_a_template_takes_a_count_and_nothing_else(template: Template, settings: Any) -> None:
    settings.SITE_URL = "https://aixin.example"
    for words in (template.title, template.text):
        assert {name for _, name, _, _ in string.Formatter().parse(words) if name is not None} <= {"count"}
        assert not any(
            word in words for word in ("留守", "困境", "孤儿", "儿童", "孩子", "姓名", "学校", "村", "镇")
        )
    for write in (template.heading, template.words, template.words_with_address):
        with pytest.raises(ValueError, match="invalid literal"):
            write("张小明")  # type: ignore[arg-type]
    assert template.words_with_address(2) == f"{template.words(2)}\nhttps://aixin.example"


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda known: known.code)
def test_a_text_is_one_sms(template: Template) -> None:
    """The budget counts messages, and a longer one is charged as two."""
    assert len(f"【爱心结对】{template.words(9999)}") <= ONE_SMS
