from django.urls import path, register_converter

from duplicates import views


class KindConverter:
    """A roster whose records are compared, by its key."""

    regex = "children|volunteers"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KindConverter, "kind")

app_name = "duplicates"
urlpatterns = [
    path("", views.pairs, name="list"),
    path("<kind:kind>/<int:pk>/", views.pair, name="pair"),
    path("<kind:kind>/<int:pk>/not-same/", views.not_same, name="not_same"),
    path("<kind:kind>/<int:pk>/undo/", views.undo, name="undo"),
    path("<kind:kind>/<int:pk>/reopen/", views.reopen, name="reopen"),
]
