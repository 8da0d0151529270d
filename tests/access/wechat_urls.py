"""The addresses of a deployment that has WeChat's keys."""

from django.urls import include, path

from aixin.access.wechat_urls import PATTERNS
from aixin.urls import urlpatterns as without

urlpatterns = [path("accounts/wechat/", include(PATTERNS)), *without]
