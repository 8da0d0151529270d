from django.urls import path

from aixin.accounts import acts, pending, views

app_name = "accounts"
urlpatterns = [
    path("", views.AccountList.as_view(), name="list"),
    path("new/", views.create, name="create"),
    path("invitations/", pending.invitations, name="invitations"),
    path("invitations/sheet/", pending.sheet, name="sheet"),
    path("invitations/<int:pk>/revoke/", pending.take_back, name="revoke"),
    path("chairs/import/", pending.import_chairs, name="import_chairs"),
    path("<int:pk>/", views.AccountDetail.as_view(), name="detail"),
    path("<int:pk>/invite/", acts.send_invitation, name="invite"),
    path("<int:pk>/close/", acts.close, name="close"),
    path("<int:pk>/open/", acts.reopen, name="open"),
    path("<int:pk>/second-factor/", acts.second_factor, name="second_factor"),
    path("<int:pk>/posts/new/", views.new_post, name="new_post"),
    path("posts/<int:pk>/end/", acts.end_post, name="end_post"),
    path("posts/<int:pk>/head/", acts.head, name="head"),
    path("posts/<int:pk>/succession/", acts.succession, name="succession"),
]
