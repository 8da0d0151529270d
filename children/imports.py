"""Import and export pages of this roster."""

from django.http import HttpRequest, HttpResponse

from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import editors_only
from aixin.exchange.exporting import export_list
from aixin.exchange.views import upload_page
from children.views import ChildList


@allow(STAFF)
@editors_only
def start(request: HttpRequest) -> HttpResponse:
    """Upload a roster."""
    return upload_page(request, "children")


@allow(STAFF)
def export(request: HttpRequest) -> HttpResponse:
    """The list as a workbook, masked as on the page."""
    return export_list(request, ChildList, "儿童信息台账")
