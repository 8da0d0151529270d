from celery import shared_task
from django.utils import timezone

from aixin.access.scope import EVERYTHING, opened
from visits.reminders import remind


@shared_task
def send_reminders() -> None:
    """Run by beat every morning; a missed day is caught up by the next run."""
    with opened(EVERYTHING):
        remind(timezone.localdate())
