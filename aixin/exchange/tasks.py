from celery import shared_task

from aixin.access.scope import EVERYTHING, opened
from aixin.exchange import background, filling, retention


@shared_task
def expire_exports() -> None:
    """Run by beat every night; a missed night is caught up by the next run."""
    with opened(EVERYTHING):
        filling.expire_exports()


@shared_task
def fill_export(export_id: int) -> None:
    """Make the file of a long export. Delivered twice, it does its work once."""
    filling.work_on(export_id)


@shared_task
def tend_exports() -> None:
    """Run by beat every minute: exports whose worker was killed, or whose message was lost, are sent again."""
    filling.tend()


@shared_task
def work_on_import(job_id: int) -> None:
    """Check, import or undo a long roster, as its job says. Delivered twice, it does its work once."""
    background.work_on(job_id)


@shared_task
def tend_imports() -> None:
    """Run by beat every minute: jobs whose worker was killed, or whose message was lost, are sent again."""
    background.tend()


@shared_task
def erase_imports() -> None:
    """Run by beat every night; a missed night is caught up by the next run."""
    with opened(EVERYTHING):
        retention.erase_imports()
