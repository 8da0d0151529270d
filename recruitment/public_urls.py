from django.urls import path, re_path

from recruitment import public

app_name = "apply"
urlpatterns = [
    path("", public.counties, name="counties"),
    # Six digits; a longer word is the link of an invitation.
    re_path(r"^(?P<county>\d{6})/$", public.page, name="page"),
    path("status/<str:token>/", public.status, name="status"),
]
