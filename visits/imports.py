"""Import page of past visits."""

from django.http import HttpRequest, HttpResponse

from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import editors_only
from aixin.exchange.views import upload_page


@allow(STAFF)
@editors_only
def start(request: HttpRequest) -> HttpResponse:
    """Upload a roster."""
    return upload_page(request, "visits")
