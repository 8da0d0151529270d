"""Import and export pages of this roster."""

from django.http import HttpRequest, HttpResponse

from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import editors_only
from aixin.exchange.exporting import export_list
from aixin.exchange.views import upload_page
from volunteers.views import VolunteerList


@allow(STAFF)
@editors_only
def start(request: HttpRequest) -> HttpResponse:
    """Upload a roster."""
    return upload_page(request, "volunteers")


@allow(STAFF)
def export(request: HttpRequest) -> HttpResponse:
    """The list as a workbook, masked as on the page."""
    return export_list(request, VolunteerList, "爱心妈妈花名册")
