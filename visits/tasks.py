from celery import shared_task
from django.utils import timezone

from aixin.access.scope import EVERYTHING, opened
from visits.photos import tidy
from visits.reminders import remind


@shared_task
def send_reminders() -> None:
    """Run by beat every morning; a missed day is caught up by the next run."""
    with opened(EVERYTHING):
        remind(timezone.localdate())


@shared_task
def tidy_visits() -> None:
    """Run by beat every night: photos and failed calls past their time are removed."""
    with opened(EVERYTHING):
        tidy(timezone.localdate())
