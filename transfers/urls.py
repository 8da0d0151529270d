from django.urls import path

from transfers import views

app_name = "transfers"
urlpatterns = [
    path("", views.transfers, name="list"),
    path("new/", views.ask, name="request"),
    path("rows/<int:job>/<int:place>/", views.ask_for_row, name="request_row"),
    path("offers/<int:pk>/", views.offer_child, name="offer"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/accept/", views.accept_page, name="accept"),
    path("<int:pk>/refuse/", views.refuse_page, name="refuse"),
    path("<int:pk>/withdraw/", views.withdraw_page, name="withdraw"),
]
