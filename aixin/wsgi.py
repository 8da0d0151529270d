"""The WSGI application. Without DJANGO_SETTINGS_MODULE it is a deployment, never a demo."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aixin.settings.production")
application = get_wsgi_application()
# Python looks for circles of garbage after every 700 objects, and through all of Django each time it looks thoroughly; a
# page makes tens of thousands.
gc.freeze()
gc.set_threshold(50_000, 10, 10)
