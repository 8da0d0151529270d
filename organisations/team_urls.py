from django.urls import path

from organisations import export_views, group_views, mine

app_name = "teams"
urlpatterns = [
    path("", group_views.TeamList.as_view(), name="list"),
    path("new/", group_views.TeamCreate.as_view(), name="create"),
    path("export/", export_views.teams, name="export"),
    path("mine/", mine.my_teams, name="mine"),
    path("<int:pk>/", group_views.TeamDetail.as_view(), name="detail"),
    path("<int:pk>/edit/", group_views.TeamUpdate.as_view(), name="edit"),
    path("<int:pk>/close/", group_views.TeamClose.as_view(), name="close"),
    path("<int:pk>/add/", group_views.TeamAdd.as_view(), name="add"),
    path("<int:pk>/members/<int:member>/remove/", group_views.TeamRemove.as_view(), name="remove"),
]
