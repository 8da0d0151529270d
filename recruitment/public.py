"""/join/: the public pages on which volunteers sign up and follow what becomes of it."""

from itertools import groupby
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from aixin.access.models import Region
from aixin.access.permissions import PUBLIC, allow
from aixin.accounts.limits import is_blocked, note_wrong_link
from recruitment import applying
from recruitment.choices import OPEN_STATES, Stage, State, Step
from recruitment.forms import AmendForm, CodeForm, SignUpForm
from recruitment.models import Application, JoinPage
from recruitment.querysets import CLOSED_DAYS, recruiting_counties

TOO_OFTEN = "报名太频繁，请过一会儿再试，或者直接联系县妇联。"
CODES_TOO_OFTEN = "验证码要得太多或输错太多，请30分钟后再试。"


@allow(PUBLIC)
def counties(request: HttpRequest) -> HttpResponse:
    """The counties that recruit, by city."""
    found = list(
        recruiting_counties().exclude(code__in=JoinPage.objects.closed().values("region_id")).order_by("code")
    )
    names = dict(Region.objects.filter(code__in={one.code[:4] for one in found}).values_list("code", "name"))
    cities = [
        (names.get(code, ""), list(members)) for code, members in groupby(found, lambda one: one.code[:4])
    ]
    return render(request, "recruitment/counties.html", {"cities": cities})


@allow(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def page(request: HttpRequest, county: str) -> HttpResponse:
    """What a county asks of its volunteers, and the form by which one signs up."""
    place = get_object_or_404(recruiting_counties(), code=county)
    words = JoinPage.objects.filter(region=place).first() or JoinPage(region=place)
    # An organisation sends its people here with its name, which they may change like the rest.
    unit = request.GET.get("organisation", "").replace("\x00", "")[:60]
    form = SignUpForm(
        request.POST if request.method == "POST" else None, county=county, initial={"unit": unit}
    )
    if request.method == "POST" and words.is_open:
        answered = _signed_up(request, form)
        if answered is not None:
            return answered
    context = {
        "place": place,
        "words": words,
        "form": form,
        "key": applying.new_key(),
        "office": settings.PRIVACY_CONTACT_OFFICE,
        "privacy_phone": settings.PRIVACY_CONTACT_PHONE,
        "kept_days": CLOSED_DAYS,
        "years": settings.RETENTION_YEARS_AFTER_LEAVING,
    }
    return render(request, "recruitment/page.html", context)


def _signed_up(request: HttpRequest, form: SignUpForm) -> HttpResponse | None:
    """Store what was sent and lead to its own page; None when something is to be put right."""
    token = applying.token_of(request.POST.get("key", ""))
    if token is None:
        form.add_error(None, "这一页打开得太久了，请再点一次“提交报名”。")
        return None
    if applying.is_filed(token):
        return redirect("apply:status", token)
    if not form.is_valid():
        return None
    if not ratelimit.consume(request, action="sign_up", key=form.cleaned_data["phone"]):
        form.add_error(None, TOO_OFTEN)
        return None
    applying.file_application(form.save(commit=False), token, _link(request, token))
    return redirect("apply:status", token)


def _link(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("apply:status", args=[token]))


@allow(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Where a sign-up stands, for whoever holds its link. An unknown link is answered 404."""
    if is_blocked(request):
        return render(request, "429.html", status=429)
    try:
        with applying.opened_by(token) as application:
            return _answer(request, application, token)
    except applying.ApplicationVoid:
        note_wrong_link(request)
        raise Http404 from None


def _answer(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    forms = {"code": CodeForm(), "amend": _amending(application, None)}
    if request.method == "POST":
        done = ACTS.get(request.POST.get("act", ""), _nothing)(request, application, token, forms)
        if done:
            return redirect("apply:status", token)
    last = application.steps.filter(step__in=(Step.RETURNED, Step.REFUSED)).last()
    context = {
        "application": application,
        "county": Region.objects.get(code=application.region_id[:6]),
        "words": JoinPage.objects.filter(region=application.region_id[:6]).first(),
        "stage": applying.stage_of(application),
        "Stage": Stage,
        "withdrawable": application.state in OPEN_STATES,
        "reason": last.reason if last and application.state in {State.RETURNED, State.REFUSED} else "",
        "link": _link(request, token),
        "outbox_url": reverse("local_outbox") if settings.LOCAL_OUTBOX else "",
        **{f"{name}_form": form for name, form in forms.items()},
    }
    return render(request, "recruitment/status.html", context)


Forms = dict[str, Any]


def _amending(application: Application, data: Any) -> AmendForm | None:
    if application.state != State.RETURNED:
        return None
    return AmendForm(data, instance=application, county=application.region_id[:6])


def _nothing(request: HttpRequest, application: Application, token: str, forms: Forms) -> bool:
    return False


def _confirm(request: HttpRequest, application: Application, token: str, forms: Forms) -> bool:
    """Check the code; wrong ones count for the number, however many codes are sent."""
    if application.state != State.UNCONFIRMED:
        return True
    form = forms["code"] = CodeForm(request.POST)
    limit = {"action": "sign_up_code_failed", "key": application.phone}
    if not ratelimit.consume(request, dry_run=True, **limit):
        form.add_error("code", CODES_TOO_OFTEN)
    elif form.is_valid():
        if applying.confirm(application, form.cleaned_data["code"], _link(request, token)):
            return True
        ratelimit.consume(request, **limit)
        form.add_error("code", "验证码不对或已过期，请看清最新一条短信里的6位数字。")
    return False


def _resend(request: HttpRequest, application: Application, token: str, forms: Forms) -> bool:
    if application.state != State.UNCONFIRMED:
        return True
    if ratelimit.consume(request, action="sign_up_code", key=application.phone):
        applying.issue_code(application)
        return True
    forms["code"] = CodeForm({})
    forms["code"].is_valid()
    forms["code"].errors.clear()
    forms["code"].add_error("code", CODES_TOO_OFTEN)
    return False


def _amend(request: HttpRequest, application: Application, token: str, forms: Forms) -> bool:
    form = forms["amend"] = _amending(application, request.POST)
    if form is None:
        return True
    if form.is_valid():
        applying.submit_again(form.save(commit=False))
        return True
    return False


def _withdraw(request: HttpRequest, application: Application, token: str, forms: Forms) -> bool:
    applying.withdraw(application)
    return True


ACTS = {"code": _confirm, "resend": _resend, "amend": _amend, "withdraw": _withdraw}
