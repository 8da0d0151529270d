from celery import shared_task

from transfers.erasing import tidy_today


@shared_task
def tidy_transfers() -> None:
    """Run by beat every night; a missed night is caught up by the next run."""
    tidy_today()
