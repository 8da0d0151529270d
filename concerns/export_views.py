"""Export page of what was raised."""

from django.http import HttpRequest, HttpResponse

from aixin.access.permissions import STAFF, allow
from aixin.exchange.export_views import export_page


@allow(STAFF)
def export(request: HttpRequest) -> HttpResponse:
    """Ask what the list is exported for, then make it."""
    return export_page(request, "concerns")
