"""Import and export pages of this roster."""

from django.http import HttpRequest, HttpResponse

from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import editors_only
from aixin.exchange.export_views import export_page
from aixin.exchange.views import upload_page


@allow(STAFF)
@editors_only
def start(request: HttpRequest) -> HttpResponse:
    """Upload a roster."""
    return upload_page(request, "volunteers")


@allow(STAFF)
@editors_only
def clearances(request: HttpRequest) -> HttpResponse:
    """Upload the results of 准入查询."""
    return upload_page(request, "clearances")


@allow(STAFF)
def export(request: HttpRequest) -> HttpResponse:
    """Ask what the list is exported for, then make it."""
    return export_page(request, "volunteers")
