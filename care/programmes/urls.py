from django.urls import path

from care.programmes import child_views, choosing_views, progress_views, views

app_name = "programmes"
urlpatterns = [
    path("", views.programmes, name="list"),
    path("new/", views.create, name="create"),
    path("adopt/", views.adopt_example, name="adopt"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/run/", views.run, name="run"),
    path("<int:pk>/choose/", choosing_views.choose, name="choose"),
    path("<int:pk>/children/", progress_views.children, name="children"),
    path("<int:pk>/volunteers/", progress_views.volunteers, name="volunteers"),
    path("<int:pk>/children/<int:child>/", child_views.child, name="child"),
]
