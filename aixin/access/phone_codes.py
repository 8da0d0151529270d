"""Log-in of volunteers by phone and SMS code: allauth keeps the code, the bounds stand here (等保 level 3)."""

from typing import Any

from allauth.account.forms import BaseConfirmCodeForm
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.generic import FormView

from aixin.access.models import User
from aixin.access.permissions import PUBLIC
from aixin.access.trusted_phones import phone_of

MOBILE = r"^1[3-9]\d{9}$"
TOO_OFTEN = "验证码要得太多或输错太多，请30分钟后再试。"
# Wrong codes count for the number, whoever types them and however often a new code is sent.
WRONG_CODES = "login_code_failed"


def codes_are_offered() -> bool:
    """Return whether this deployment can send a code."""
    return bool(settings.SMS_GATEWAY_URL or settings.LOCAL_OUTBOX)


class RequestCodeForm(forms.Form):
    phone = forms.RegexField(
        MOBILE,
        label="手机号",
        error_messages={"invalid": "请填11位手机号。", "required": "请填11位手机号。"},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "maxlength": 11}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self._user: User | None = None

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        allowed = not is_locked(self.request, phone)
        if not allowed or not ratelimit.consume(self.request, action="request_login_code", key=phone):
            raise forms.ValidationError(TOO_OFTEN)
        found = User.objects.by_phone(phone)
        self._user = found if found is not None and found.logs_in_by_phone else None
        return phone


class ConfirmCodeForm(BaseConfirmCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = "短信验证码"
        field.error_messages["required"] = "请填短信里的6位数字。"
        field.widget.attrs.update(placeholder="", inputmode="numeric", maxlength=8)


def is_locked(request: HttpRequest, phone: str) -> bool:
    """Return whether five wrong codes have locked the number for thirty minutes."""
    return not ratelimit.consume(request, action=WRONG_CODES, key=phone, dry_run=True)


class RequestCode(RequestLoginCodeView):
    """Ask for a code. The answer is the same for a number that nobody has."""

    allowed_roles = PUBLIC
    form_class = RequestCodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not codes_are_offered():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}


class ConfirmCode(ConfirmLoginCodeView):
    """Type the code; then the phone may be trusted."""

    allowed_roles = PUBLIC
    form_class = ConfirmCodeForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.POST.get("action") == "cancel":
            return self._start_again()
        if is_locked(request, self._process.state["phone"]):
            return self._start_again(TOO_OFTEN)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        ratelimit.consume(self.request, action=WRONG_CODES, key=self._process.state["phone"])
        if self._process.record_invalid_attempt():
            return FormView.form_invalid(self, form)
        return self._start_again(TOO_OFTEN)

    def _verify_form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super()._verify_form_valid(form)
        user = self.request.user
        if user.is_authenticated and phone_of(self.request) is None:
            return HttpResponseRedirect(self.passthrough_next_url(reverse("trust_phone")))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        outbox = reverse("local_outbox") if settings.LOCAL_OUTBOX else ""
        return {**super().get_context_data(**kwargs), "outbox_url": outbox}

    def _start_again(self, why: str = "") -> HttpResponse:
        self._process.abort()
        if why:
            messages.error(self.request, why)
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_request_login_code")))
