from django.urls import path

from visits import callbacks, exports, imports, phone, situation_views, views

app_name = "visits"
urlpatterns = [
    path("", views.visit_list, name="list"),
    path("new/", views.create, name="new"),
    path("import/", imports.start, name="import"),
    path("export/", exports.export, name="export"),
    path("children/", phone.my_children, name="my_children"),
    path("call/<int:pk>/", phone.call_guardian, name="call"),
    path("callbacks/", callbacks.callbacks, name="callbacks"),
    path("callbacks/new/<int:pk>/", callbacks.arrange, name="arrange_callback"),
    path("callbacks/<int:pk>/call/", callbacks.call, name="callback_call"),
    path("callbacks/<int:pk>/answer/", callbacks.answer, name="callback_answer"),
    path("situations/<int:pk>/<str:part>/", situation_views.state_part, name="situation"),
    path("<int:pk>/", views.VisitDetail.as_view(), name="detail"),
    path("<int:pk>/correct/", views.correct, name="correct"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
