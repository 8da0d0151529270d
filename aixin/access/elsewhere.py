"""Whether an ID stands on a roster outside one's own region: yes or no, never where or whose (DESIGN section 3.2)."""

from collections.abc import Iterable

from django.db import connection

FUNCTIONS = {"child": "aixin_child_ids_elsewhere", "volunteer": "aixin_volunteer_ids_elsewhere"}


def ids_elsewhere(roster: str, indexes: Iterable[str | None]) -> set[str]:
    """Return those blind indexes that a roster outside the transaction's scope holds."""
    wanted = [index for index in indexes if index]
    if not wanted:
        return set()
    with connection.cursor() as cursor:
        cursor.callproc(FUNCTIONS[roster], [wanted])
        return {index for (index,) in cursor.fetchall()}
