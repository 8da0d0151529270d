from django.urls import path

from pairing import board_views, imports, lifecycle_views, paper_views, report_views, views

app_name = "pairings"
urlpatterns = [
    path("", views.PairingList.as_view(), name="list"),
    path("new/<int:child>/", views.candidates, name="candidates"),
    path("new/<int:child>/<int:volunteer>/", views.create, name="create"),
    path("board/", board_views.board, name="board"),
    path("map/", board_views.county_map, name="map"),
    path("import/", imports.start, name="import"),
    path("export/", imports.export, name="export"),
    path("<int:pk>/", views.PairingDetail.as_view(), name="detail"),
    path("<int:pk>/edit/", views.PairingUpdate.as_view(), name="edit"),
    path("<int:pk>/end/", views.finish, name="end"),
    path("<int:pk>/main/", views.set_main, name="main"),
    path("<int:pk>/pause/", lifecycle_views.stop_for_now, name="pause"),
    path("<int:pk>/handover/", lifecycle_views.hand_over, name="handover"),
    path("<int:pk>/resume/", lifecycle_views.go_on_again, name="resume"),
    path("<int:pk>/begin/", lifecycle_views.begin, name="begin"),
    path("<int:pk>/approval/", lifecycle_views.approval, name="approval"),
    path("rule/", lifecycle_views.rule, name="rule"),
    path("<int:pk>/agreement/", paper_views.agreement, name="agreement"),
    path("<int:pk>/agreement/scan/", paper_views.agreement_scan, name="agreement_scan"),
    path("<int:pk>/card/", paper_views.card, name="card"),
    path("<int:pk>/card/void/", paper_views.void, name="void_cards"),
    path("portrait/", paper_views.my_portrait, name="my_portrait"),
    path("portrait/<int:pk>/", paper_views.portrait, name="portrait"),
    path("portrait/<int:pk>/picture/", paper_views.portrait_picture, name="portrait_picture"),
    path("reports/", report_views.reports, name="reports"),
    path("reports/<int:pk>/", report_views.answer, name="report"),
]
