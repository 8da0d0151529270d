from celery import shared_task
from django.utils import timezone

from aixin.access.scope import EVERYTHING, opened
from reports.counting import fold_all
from reports.returns.workbooks import drop_unused
from reports.supervision.escalating import escalate


@shared_task
def fold_figures() -> None:
    """Run by beat twice a minute; what it has not come to yet is counted at reading, so that a late run is only slower."""
    fold_all()


@shared_task
def escalate_findings() -> None:
    """Run by beat every morning; a missed day is caught up by the next run."""
    with opened(EVERYTHING):
        escalate(timezone.localdate())


@shared_task
def drop_unused_workbooks() -> None:
    """Run by beat each night: blank workbooks that nobody has used for a good year go, with what was typed for them."""
    with opened(EVERYTHING):
        drop_unused(timezone.localdate())
