from celery import shared_task
from django.utils import timezone

from aixin.access.scope import EVERYTHING, opened
from visits.photos import tidy


@shared_task
def tidy_visits() -> None:
    """Run by beat every night: photos and failed calls past their time are removed."""
    with opened(EVERYTHING):
        tidy(timezone.localdate())
