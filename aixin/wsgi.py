"""The WSGI application. Without DJANGO_SETTINGS_MODULE it is a deployment, never a demo."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aixin.settings.production")
application = get_wsgi_application()
