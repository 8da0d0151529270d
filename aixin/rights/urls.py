from django.urls import path

from aixin.rights import views

app_name = "rights"
urlpatterns = [
    path("", views.RequestList.as_view(), name="list"),
    path("new/<str:label>/<int:pk>/", views.new, name="new"),
    path("<int:pk>/", views.RequestDetail.as_view(), name="detail"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/erase/", views.erase_person, name="erase"),
    path("erasures/<int:pk>/", views.Certificate.as_view(), name="certificate"),
]
