"""爱心结对: the project package. Importing it makes the Celery app known to `shared_task`."""

from aixin.celery import app as celery_app

__all__ = ["celery_app"]
