"""What holds for every request and answer, whoever asks (issue: web hardening)."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

GetResponse = Callable[[HttpRequest], HttpResponse]
METHODS = ("GET", "HEAD", "POST", "OPTIONS")


class PlainRequestMiddleware:
    """Refuses what no page of ours sends: other methods, and NUL, which the database takes in no text."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if "\x00" in request.path or any("\x00" in text for text in _query_of(request)):
            raise BadRequest("NUL in the address")
        return self.get_response(request)


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
