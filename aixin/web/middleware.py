"""What holds for every request and answer, whoever asks (issue: web hardening)."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string

GetResponse = Callable[[HttpRequest], HttpResponse]
METHODS = ("GET", "HEAD", "POST")


class PlainRequestMiddleware:
    """Refuses what no page of ours sends: other methods, and NUL, which the database takes in no text.

    A body over the limit is refused unread: the upload handler would drop the file, and the form then ask for one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if _length_of(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return HttpResponse(render_to_string("413.html"), status=413)
        if "\x00" in request.path or any("\x00" in text for text in _query_of(request)):
            raise BadRequest("NUL in the address")
        return _in_words(self.get_response(request))


def _in_words(response: HttpResponse) -> HttpResponse:
    """Give a page that is there by POST only, opened as an address, words instead of the browser's own page."""
    if isinstance(response, HttpResponseNotAllowed) and not response.content:
        response.content = render_to_string("405.html")
    return response


def _length_of(request: HttpRequest) -> int:
    stated = str(request.META.get("CONTENT_LENGTH") or "")
    return int(stated) if stated.isascii() and stated.isdigit() else 0


def _query_of(request: HttpRequest) -> list[str]:
    return [text for name, values in request.GET.lists() for text in (name, *values)]


class NotStoredMiddleware:
    """Lets no browser or proxy keep a page: almost every one shows people, and office PCs are shared.

    Static files are answered before. Drafts that outlive a dead network are kept by script, not by this cache.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
