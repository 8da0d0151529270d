from celery import shared_task

from aixin.access.scope import EVERYTHING, opened
from aixin.exchange import services


@shared_task
def expire_exports() -> None:
    """Run by beat every night; a missed night is caught up by the next run."""
    with opened(EVERYTHING):
        services.expire_exports()
