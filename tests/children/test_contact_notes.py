"""A cell in which nobody can tell who is who is kept as it was typed: encrypted, revealed one by one, never a note."""

import pytest
from django.db import connection
from django.urls import reverse

from aixin.access.scope import acting
from aixin.exchange.jobs import import_file
from aixin.rights.choices import Basis
from aixin.rights.services import erase
from children.ledger import CHILD_COLUMNS
from children.models import Child
from tests.cast import Cast
from tests.conftest import Session

pytestmark = pytest.mark.django_db
CELL = "张大山 13900001111 或李小河 13900002222"
ROW = f"姓名,出生日期,乡镇,类别,监护人,父母情况\n童有联,2014-05-06,凤城镇,留守儿童,高奶奶,{CELL}\n"


@pytest.fixture
def child(cast: Cast) -> Child:
    with acting(cast.wenshui):
        import_file(cast.wenshui, "children", ROW.encode(), "册.csv", commit=True)
    return Child.objects.get(name="童有联")


def test_it_is_encrypted_and_stands_in_no_note(child: Child) -> None:
    assert CELL in child.contact_notes
    assert child.notes == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(t)::text FROM children_child t WHERE id = %s", [child.pk])
        assert "13900001111" not in cursor.fetchone()[0]


def test_the_page_shows_it_for_a_reason_only(child: Child, cast: Cast) -> None:
    session = Session(cast.wenshui)
    page = session.get(reverse("children:detail", args=[child.pk])).content.decode()
    assert "联系方式原文" in page
    assert "张大山" not in page
    revealed = session.post(
        reverse("reveal", args=["children.child", child.pk, "contact_notes"]), {"reason": "contact"}
    )
    assert "13900001111" in revealed.content.decode()


def test_it_leaves_with_full_numbers_only() -> None:
    (column,) = (column for column in CHILD_COLUMNS if column.key == "contact_notes")
    assert column.full_only


def test_the_same_file_again_changes_nothing(child: Child, cast: Cast) -> None:
    with acting(cast.wenshui):
        _, outcome = import_file(cast.wenshui, "children", ROW.encode(), "册.csv", commit=False)
    assert outcome.counts["unchanged"] == 1


def test_it_is_erased_with_the_child(child: Child, cast: Cast) -> None:
    with acting(cast.wenshui):
        erase(cast.wenshui, "children.child", child.pk, Basis.REQUEST)
    child.refresh_from_db()
    assert child.contact_notes == ""
