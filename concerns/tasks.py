from celery import shared_task
from django.utils import timezone

from concerns.escalating import escalate


@shared_task
def escalate_concerns() -> None:
    """Run by beat every morning; a missed day is caught up by the next run."""
    escalate(timezone.localdate())
