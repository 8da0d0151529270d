"""Log-in by WeChat, offered when its keys are set. It opens accounts that exist; nobody signs up by it."""

import logging
from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from aixin.access.scoped import acting_user
from aixin.audit.models import Action
from aixin.audit.trail import record

logger = logging.getLogger(__name__)


def wechat_is_offered() -> bool:
    """Return whether this deployment has WeChat's keys."""
    return bool(settings.WEIXIN_APP_ID)


class WechatAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """Leave the kind of failure in the log; the page says what to do."""
        logger.warning("wechat: %s", type(kwargs.get("exception")).__name__)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Keep nothing of WeChat's profile but the id; staff with a wider post never come in this way."""
        sociallogin.account.extra_data = {}
        if sociallogin.is_existing and not sociallogin.user.logs_in_by_phone:
            raise PermissionDenied("这个账号请用密码登录。")

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("sessions")


@require_POST
def unlink_wechat(request: HttpRequest) -> HttpResponse:
    """Take WeChat off one's own account; the phone number still opens it."""
    user = acting_user(request)
    SocialAccount.objects.filter(user=user).delete()
    record(user, Action.SECURITY, what="unlink_wechat")
    messages.success(request, "已解除微信绑定。")
    return redirect("sessions")
