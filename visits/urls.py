from django.urls import path

from visits import callbacks, exports, imports, paper, phone, service, situation_views, uploads, views

app_name = "visits"
urlpatterns = [
    path("", views.visit_list, name="list"),
    path("new/", views.create, name="new"),
    path("import/", imports.start, name="import"),
    path("export/", exports.export, name="export"),
    path("children/", phone.my_children, name="my_children"),
    path("children/<int:pk>/unreached/", phone.unreached, name="unreached"),
    path("unsent/", phone.unsent, name="unsent"),
    path("uploads/<uuid:key>/", uploads.upload, name="upload"),
    path("photos/<uuid:key>/", uploads.photo, name="photo"),
    path("photos/<uuid:key>/drop/", uploads.drop, name="drop_photo"),
    path("call/<int:pk>/", phone.call_guardian, name="call"),
    path("service/", service.my_service, name="service"),
    path("callbacks/", callbacks.callbacks, name="callbacks"),
    path("callbacks/draw/", callbacks.draw_visits, name="draw"),
    path("paper/", paper.paper, name="paper"),
    path("callbacks/new/<int:pk>/", callbacks.arrange, name="arrange_callback"),
    path("callbacks/<int:pk>/call/", callbacks.call, name="callback_call"),
    path("callbacks/<int:pk>/answer/", callbacks.answer, name="callback_answer"),
    path("situations/<int:pk>/<str:part>/", situation_views.state_part, name="situation"),
    path("<int:pk>/", views.VisitDetail.as_view(), name="detail"),
    path("<int:pk>/correct/", views.correct, name="correct"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
