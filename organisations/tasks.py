from celery import shared_task
from django.utils import timezone

from aixin.access.scope import EVERYTHING, opened
from organisations.claiming import tidy


@shared_task
def tidy_claims() -> None:
    """Run by beat every night; a missed night is caught up by the next run."""
    with opened(EVERYTHING):
        tidy(timezone.now())
