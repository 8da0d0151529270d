from celery import shared_task
from django.utils import timezone

from children import retention


@shared_task
def apply_retention() -> None:
    """Run by beat every night; a missed night is caught up by the next run."""
    retention.apply(timezone.localdate())
