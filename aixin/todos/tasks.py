from celery import shared_task
from django.utils import timezone

from aixin.todos import finding


@shared_task
def find_todos() -> None:
    """Run by beat every morning; missed days are caught up by the next run."""
    finding.find_all(timezone.localdate())


@shared_task
def look_again(*kinds: str) -> None:
    """Search for some kinds at once, because something has happened."""
    finding.find_kinds(kinds, timezone.localdate())
