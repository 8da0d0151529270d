from celery import shared_task

from duplicates import services


@shared_task
def find_duplicates() -> None:
    """Run by beat every night: what came in by township is compared with the rest of the county."""
    services.look_at_everyone()
