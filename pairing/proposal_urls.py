from django.urls import path

from pairing import amending_views, policy_views, proposal_views

app_name = "proposals"
urlpatterns = [
    path("", proposal_views.proposals, name="list"),
    path("run/", proposal_views.run, name="run"),
    path("confirm/", proposal_views.confirm, name="confirm"),
    path("comparison/", proposal_views.comparison, name="comparison"),
    path("policy/", policy_views.policy, name="policy"),
    path("neighbours/", policy_views.neighbours, name="neighbours"),
    path("<int:pk>/lock/", amending_views.lock, name="lock"),
    path("<int:pk>/reject/", amending_views.reject_page, name="reject"),
    path("<int:pk>/choose/", amending_views.choose, name="choose"),
    path("child/<int:pk>/choose/", amending_views.choose_for_child, name="choose_for"),
    path("rejected/<int:pk>/forget/", amending_views.forget, name="forget"),
]
