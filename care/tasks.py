from celery import shared_task
from django.utils import timezone

from care.making import make_all
from care.reminders import remind


@shared_task
def make_duties() -> None:
    """Run by beat every night; a missed night is caught up by the next run, or by the reminders themselves."""
    make_all(timezone.localdate())


@shared_task
def make_duties_in(code: str) -> None:
    """Bring the counties of a region up to date, after its policy changed."""
    make_all(timezone.localdate(), code)


@shared_task
def send_reminders() -> None:
    """Run by beat every morning; a missed day is caught up by the next run."""
    remind(timezone.localdate())
