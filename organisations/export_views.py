"""Export pages of the two lists."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from aixin.access.permissions import STAFF, allow
from aixin.exchange.export_views import export_page
from organisations.rights import sees_organisations


def _of_an_office(request: HttpRequest) -> None:
    if not sees_organisations(request.user):
        raise PermissionDenied


@allow(STAFF)
def teams(request: HttpRequest) -> HttpResponse:
    """Ask what the list of teams is exported for, then make it. Townships keep none and get 403."""
    _of_an_office(request)
    return export_page(request, "teams")


@allow(STAFF)
def organisations(request: HttpRequest) -> HttpResponse:
    """The same for organisations."""
    _of_an_office(request)
    return export_page(request, "organisations")
