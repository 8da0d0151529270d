"""Addresses whose views forgot to say who may use them; the frames' links beside them."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views import View

from aixin.urls import urlpatterns as real


def function_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open to all")


class ClassView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("open to all")


urlpatterns = [
    path("forgotten/", function_view, name="forgotten"),
    path("forgotten-class/", ClassView.as_view(), name="forgotten_class"),
    *real,
]
