from django.urls import path

from aixin.access import entrance, sessions, views
from aixin.access.phone_codes import ConfirmCode, RequestCode
from aixin.access.reveal import conceal, reveal

urlpatterns = [
    path("accounts/login/", entrance.Entrance.as_view(), name="account_login"),
    path("accounts/code/", RequestCode.as_view(), name="account_request_login_code"),
    path("accounts/code/confirm/", ConfirmCode.as_view(), name="account_confirm_login_code"),
    path("accounts/pin/", entrance.enter_pin, name="enter_pin"),
    path("account/", views.account, name="account"),
    path("account/post/", views.switch_post, name="switch_post"),
    path("account/phone/", entrance.trust_phone, name="trust_phone"),
    path("account/stay/", entrance.stay, name="stay"),
    path("account/sessions/", sessions.sessions, name="sessions"),
    path("account/sessions/<int:pk>/end/", sessions.end_session, name="end_session"),
    path("account/sessions/phones/<int:pk>/forget/", sessions.forget_phone, name="forget_phone"),
    path("account/sessions/end/", sessions.log_out_everywhere, name="log_out_everywhere"),
    path("reveal/<str:label>/<int:pk>/<str:field>/", reveal, name="reveal"),
    path("reveal/<str:label>/<int:pk>/<str:field>/conceal/", conceal, name="conceal"),
    path("healthz/", views.health, name="health"),
]
