from django.urls import path, re_path

from children import consent, imports, need_list, views

app_name = "children"
urlpatterns = [
    path("", views.ChildList.as_view(), name="list"),
    path("new/", views.ChildCreate.as_view(), name="create"),
    path("import/", imports.start, name="import"),
    path("export/", imports.export, name="export"),
    path("<int:pk>/", views.ChildDetail.as_view(), name="detail"),
    path("<int:pk>/edit/", views.ChildUpdate.as_view(), name="edit"),
    path("<int:pk>/leave/", views.leave, name="leave"),
    path("<int:pk>/return/", views.come_back, name="return"),
    path("<int:pk>/hold/", views.hold_record, name="hold"),
    re_path(r"^(?P<pk>\d+)/consent/(?P<answer>agreed|refused|withdrawn)/$", consent.consent, name="consent"),
    path("<int:pk>/consent/paper/", consent.paper, name="consent_paper"),
    path("consent/scans/<int:pk>/", consent.scan, name="consent_scan"),
    path("consent/texts/", consent.texts, name="texts"),
    path("consent/texts/new/", consent.publish, name="publish_text"),
    path("<int:pk>/needs/", views.add_need, name="add_need"),
    path("needs/", need_list.NeedList.as_view(), name="needs"),
    path("needs/export/", imports.export_needs, name="needs_export"),
    path("needs/<int:pk>/met/", views.close_need, name="meet_need"),
]
