from django.urls import path

from reports.returns import collection_views, file_views, form_views, views, workbook_views

PLACE = "<int:pk>/<str:period>/<str:code>/"

urlpatterns = [
    path("", views.home, name="returns"),
    path("forms/new/", form_views.create, name="form_new"),
    path("forms/<int:pk>/", form_views.detail, name="form"),
    path("forms/<int:pk>/edit/", form_views.edit, name="form_edit"),
    path("forms/<int:pk>/use/", form_views.use, name="form_use"),
    path("workbooks/new/", workbook_views.upload, name="workbook_new"),
    path("workbooks/<int:pk>/", workbook_views.mapping, name="workbook"),
    path("workbooks/<int:pk>/remove/", workbook_views.remove, name="workbook_remove"),
    path("workbooks/<int:pk>/<str:period>/", workbook_views.fill, name="workbook_fill"),
    path("workbooks/<int:pk>/<str:period>/file.xlsx", workbook_views.filled, name="workbook_file"),
    path(PLACE, views.sheet, name="return"),
    path(f"{PLACE}values/", views.type_values, name="return_values"),
    path(f"{PLACE}submit/", views.hand_in, name="return_submit"),
    path(f"{PLACE}decision/", views.judge, name="return_decide"),
    path(f"{PLACE}file.xlsx", file_views.file, name="return_file"),
    path(f"{PLACE}below/", collection_views.collection, name="collection"),
    path(f"{PLACE}remind/", collection_views.remind_places, name="collection_remind"),
]
