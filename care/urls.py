from django.urls import path

from care import planning_views, policy_views, views

app_name = "care"
urlpatterns = [
    path("duties/", views.DutyList.as_view(), name="duties"),
    path("duties/excuse/", views.excuse_ticked, name="excuse_ticked"),
    path("duties/<int:pk>/", views.duty, name="duty"),
    path("report/<int:pk>/", views.report, name="report"),
    path("calendar/", planning_views.calendar, name="calendar"),
    path("workload/", planning_views.workload, name="workload"),
    path("policy/", policy_views.policy, name="policy"),
    path("start/", policy_views.start, name="start"),
    path("pause/", policy_views.hold, name="pause"),
]
