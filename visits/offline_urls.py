"""At the root, because a service worker rules over the addresses below its own."""

from django.urls import path

from visits import offline

urlpatterns = [
    path("sw.js", offline.service_worker, name="service_worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("offline/", offline.no_network, name="no_network"),
    path("offline/session/", offline.session, name="offline_session"),
]
