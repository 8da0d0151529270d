from django.urls import path

from organisations import claim_views, export_views, group_views

app_name = "organisations"
urlpatterns = [
    path("", group_views.OrganisationList.as_view(), name="list"),
    path("new/", group_views.OrganisationCreate.as_view(), name="create"),
    path("export/", export_views.organisations, name="export"),
    path("claims/", claim_views.claims, name="claims"),
    path("claims/choose/", claim_views.choose, name="choose"),
    path("claims/<int:pk>/", claim_views.detail, name="claim"),
    path("claims/<int:pk>/confirm/", claim_views.confirm, name="confirm"),
    path("claims/<int:pk>/refuse/", claim_views.refuse, name="refuse"),
    path("offerings/<int:pk>/close/", claim_views.take_offering_back, name="take_back"),
    path("<int:pk>/", group_views.OrganisationDetail.as_view(), name="detail"),
    path("<int:pk>/edit/", group_views.OrganisationUpdate.as_view(), name="edit"),
    path("<int:pk>/close/", group_views.OrganisationClose.as_view(), name="close"),
    path("<int:pk>/add/", group_views.OrganisationAdd.as_view(), name="add"),
    path("<int:pk>/members/<int:member>/remove/", group_views.OrganisationRemove.as_view(), name="remove"),
    path("<int:pk>/link/", claim_views.link, name="link"),
]
