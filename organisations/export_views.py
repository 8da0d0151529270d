"""Export pages of the two lists."""

from django.http import HttpRequest, HttpResponse

from aixin.access.permissions import STAFF, allow
from aixin.exchange.export_views import export_page


@allow(STAFF)
def teams(request: HttpRequest) -> HttpResponse:
    """Ask what the list of teams is exported for, then make it."""
    return export_page(request, "teams")


@allow(STAFF)
def organisations(request: HttpRequest) -> HttpResponse:
    """The same for organisations."""
    return export_page(request, "organisations")
