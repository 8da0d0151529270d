from celery import shared_task

from aixin.access.scope import EVERYTHING, opened
from recruitment.erasing import forget_outdated


@shared_task
def forget_applications() -> None:
    """Run by beat every night; a missed night is caught up by the next run."""
    with opened(EVERYTHING):
        forget_outdated()
