"""WeChat's addresses exist only where its keys are set."""

from allauth.socialaccount.providers.weixin.views import oauth2_callback, oauth2_login
from allauth.socialaccount.views import login_cancelled, login_error
from django.urls import URLPattern, path

from aixin.access.permissions import ANY_ROLE, PUBLIC, allow
from aixin.access.wechat import unlink_wechat, wechat_is_offered

PATTERNS: list[URLPattern] = [
    path("login/", allow(PUBLIC)(oauth2_login), name="weixin_login"),
    path("login/callback/", allow(PUBLIC)(oauth2_callback), name="weixin_callback"),
    path("cancelled/", allow(PUBLIC)(login_cancelled), name="socialaccount_login_cancelled"),
    path("error/", allow(PUBLIC)(login_error), name="socialaccount_login_error"),
    path("unlink/", allow(ANY_ROLE)(unlink_wechat), name="unlink_wechat"),
]
urlpatterns = PATTERNS if wechat_is_offered() else []
