from celery import shared_task
from django.utils import timezone

from aixin.access.scope import EVERYTHING, opened
from reports.supervision.escalating import escalate


@shared_task
def escalate_findings() -> None:
    """Run by beat every morning; a missed day is caught up by the next run."""
    with opened(EVERYTHING):
        escalate(timezone.localdate())
