"""The eyes of the attacks: whatever a request writes is seen, and what is taken back is not."""

import pytest
from django.db import connection, transaction

from aixin.access.models import Region
from tests.attacks.snapshot import changed, contents, undone
from tests.cast import make_regions


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE access_region SET name = '改名' WHERE code = '14'",
        "DELETE FROM access_region WHERE code = '140105001001'",
        "INSERT INTO django_content_type (app_label, model) VALUES ('a', 'b')",
    ],
)
def test_a_row_made_changed_or_removed_is_seen(sql: str) -> None:
    make_regions()
    before = contents()
    assert changed(before) == []
    with undone():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
        assert changed(before) == [
            sql.replace("DELETE FROM", "UPDATE").replace("INSERT INTO", "UPDATE").split()[1]
        ]
        # A reading that builds on an earlier one sees the same as one from nothing.
        assert contents(before).digests == contents().digests
    assert changed(before) == []
    assert contents(before).digests == contents().digests


@pytest.mark.django_db
def test_what_was_written_before_a_second_reading_is_not_counted_again() -> None:
    make_regions()
    first = contents()
    Region.objects.filter(code="14").update(name="改名")
    second = contents(first)
    assert changed(first) == ["access_region"]
    assert changed(second) == []
    Region.objects.filter(code="14").update(name="山西省")
    assert changed(first) == []
    assert changed(second) == ["access_region"]
