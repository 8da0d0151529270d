"""The Celery app. DJANGO_SETTINGS_MODULE must be set: `make run` and a deployment's unit set it."""

from celery import Celery

app = Celery("aixin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
