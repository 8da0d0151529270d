from celery import shared_task

from reports.counting import fold_all


@shared_task
def fold_figures() -> None:
    """Run by beat twice a minute; what it has not come to yet is counted at reading, so that a late run is only slower."""
    fold_all()
