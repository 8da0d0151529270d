from celery import shared_task

from aixin.audit.sealing import seal


@shared_task
def seal_audit() -> None:
    """Run by beat every minute."""
    seal()
