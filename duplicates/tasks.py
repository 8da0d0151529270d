from celery import shared_task

from duplicates import services, undoing


@shared_task
def find_duplicates() -> None:
    """Run by beat every night: what came in by township is compared with the rest of the county."""
    services.look_at_everyone()


@shared_task
def finish_merges() -> None:
    """Run by beat every night; a missed night is caught up by the next run."""
    undoing.finish_old()
