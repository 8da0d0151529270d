from celery import shared_task

from aixin.audit.sealing import seal, verify


@shared_task
def seal_audit() -> None:
    """Run by beat every minute."""
    seal()


@shared_task
def verify_audit() -> None:
    """Run by beat each night; the report and the auditor's home tell what came of it."""
    verify()
