"""The ways in: password, SMS code, a trusted phone's PIN; and staying in: trust, sessions, idling."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from allauth.account.views import LoginView
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from aixin.access.models import User
from aixin.access.permissions import ANY_ROLE, PUBLIC, allow
from aixin.access.phone_codes import codes_are_offered
from aixin.access.scoped import acting_user
from aixin.access.sessions import device_name
from aixin.access.trusted_phones import opens, phone_of, remember, trust
from aixin.access.wechat import wechat_is_offered
from aixin.privacy.masks import mask_name

SIMPLE_PINS = frozenset({"123456", "654321", "123123", "112233", "121212"})


class PinForm(forms.Form):
    pin = forms.RegexField(
        r"^\d{6}$",
        label="6位手机口令",
        error_messages={"invalid": "口令是6位数字。", "required": "请填6位手机口令。"},
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 6, "class": "pin-input"}
        ),
    )


class NewPinForm(PinForm):
    again = forms.CharField(
        label="再输一遍",
        error_messages={"required": "请再输一遍。"},
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 6, "class": "pin-input"}
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_pin(self) -> str:
        pin: str = self.cleaned_data["pin"]
        if pin in SIMPLE_PINS or len(set(pin)) == 1 or pin in self.user.phone:
            raise forms.ValidationError(
                "这个口令太好猜，请换一个：不要连号、不要全一样、不要手机号里的数字。"
            )
        return pin

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "pin" in data and data.get("again") and data["pin"] != data["again"]:
            self.add_error("again", "两次输的不一样。")
        return data


class Entrance(LoginView):
    """Log-in by password; a trusted phone is led to its PIN unless another way is asked for."""

    allowed_roles = PUBLIC

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "other" not in request.GET and phone_of(request) is not None:
            return redirect(self.passthrough_next_url(reverse("enter_pin")))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        code_url = self.passthrough_next_url(reverse("account_request_login_code"))
        offered = {"code_url": code_url if codes_are_offered() else "", "wechat": wechat_is_offered()}
        return {**context, **offered}


@allow(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def enter_pin(request: HttpRequest) -> HttpResponse:
    """Open a trusted phone by its PIN; after five wrong ones only the SMS code helps."""
    phone = phone_of(request)
    if request.user.is_authenticated or phone is None:
        return redirect(passthrough_next_redirect_url(request, reverse("account_login"), "next"))
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if opens(phone, form.cleaned_data["pin"]):
            return _enter(request, phone.user)
        if phone_of(request) is None:
            messages.error(request, "口令输错5次，请用短信验证码登录。")
            return redirect(passthrough_next_redirect_url(request, reverse("account_login"), "next"))
        form.add_error("pin", "口令不对。")
    return render(request, "account/pin.html", {"form": form, "who": mask_name(phone.user.get_full_name())})


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    record_authentication(request, user, method="trusted_phone")
    login = Login(user=user, redirect_url=get_next_redirect_url(request))
    response: HttpResponse = perform_login(request, login)
    return response


@allow(ANY_ROLE)
@require_http_methods(["GET", "POST"])
def trust_phone(request: HttpRequest) -> HttpResponse:
    """Choose a PIN for this phone; only for those who log in by phone."""
    user = acting_user(request)
    if not user.logs_in_by_phone or not user.phone:
        raise PermissionDenied("只有爱心妈妈和村级妇联主席可以用手机口令登录。")
    form = NewPinForm(request.POST or None, user=user)
    target = get_next_redirect_url(request) or reverse("home")
    if request.method == "POST" and form.is_valid():
        token = trust(user, form.cleaned_data["pin"], device_name(request.headers.get("User-Agent", "")))
        response = redirect(target)
        remember(response, token, secure=request.is_secure())
        messages.success(request, "这部手机30天内用口令就能打开。")
        return response
    return render(request, "account/trust_phone.html", {"form": form, "target": target})


@allow(ANY_ROLE)
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Keep the session of somebody who is at work on a page without a request; the session is renewed by any."""
    return HttpResponse(status=204)
