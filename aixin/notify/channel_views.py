"""消息通道: what a county lets out of the platform and what became of it; and what one person wants to get."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from aixin.access.models import Post
from aixin.access.permissions import CARERS, STAFF, allow
from aixin.access.regions import Level
from aixin.access.scoped import acting_user
from aixin.notify.channel_report import (
    budget_left,
    counties_below,
    failed_last,
    failures,
    month_lines,
)
from aixin.notify.channel_services import retry, save_choice, save_settings
from aixin.notify.choices import DeliveryState
from aixin.notify.forms import ChannelSettingsForm, MyChannelsForm
from aixin.notify.group_text import group_text
from aixin.notify.models import ChannelChoice, ChannelSettings, Delivery
from aixin.notify.persons import phones_of


def _post_of(request: HttpRequest) -> Post:
    """Return the post of a county or above; raise PermissionDenied for one below."""
    post = acting_user(request).acting_post
    if post is None or post.level is None or post.level > Level.COUNTY:
        raise PermissionDenied
    return post


def _county_post(request: HttpRequest) -> Post:
    post = _post_of(request)
    if post.level != Level.COUNTY:
        raise PermissionDenied
    return post


def _sent(request: HttpRequest) -> QueryDict | None:
    # An empty body is a form without an answer, not a page that is opened.
    return request.POST if request.method == "POST" else None


@allow(STAFF)
def home(request: HttpRequest) -> HttpResponse:
    """The county's channels; city and province read how their counties fare."""
    post = _post_of(request)
    if post.level != Level.COUNTY:
        return _above(request, post)
    code = str(post.region_id)
    own = ChannelSettings.objects.filter(region=code).first() or ChannelSettings(region_id=code)
    form = ChannelSettingsForm(_sent(request), instance=own)
    if request.method == "POST" and form.is_valid():
        save_settings(request.user, form.draft())
        messages.success(request, "已保存。")
        return redirect("channels:home")
    return render(request, "notify/channels.html", _county_context(request, post, form))


def _county_context(request: HttpRequest, post: Post, form: ChannelSettingsForm) -> dict[str, Any]:
    code = str(post.region_id)
    stored = ChannelSettings.objects.filter(region=code).first()
    lines = month_lines(request.user, code)
    return {
        "form": form,
        "region": post.region,
        "stored": stored,
        "lines": lines,
        "over_budget": sum(line.over_budget for line in lines),
        "budget_left": budget_left(stored) if stored else 0,
        "failures": failures(request.user),
        "group_text": group_text(request.user),
    }


def _above(request: HttpRequest, post: Post) -> HttpResponse:
    if request.method == "POST":
        raise PermissionDenied
    context = {
        "region": post.region,
        "lines": month_lines(request.user, str(post.region_id)),
        "counties": counties_below(request.user, str(post.region_id)),
    }
    return render(request, "notify/channels_above.html", context)


@allow(STAFF)
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Send once more: one message, everything that failed, or everything that the budget kept back today."""
    _county_post(request)
    number = retry(request.user, _chosen(request))
    if number:
        messages.success(request, f"已安排重发 {number} 条，一分钟内发出；不发的时段里等到可以发的时候。")
    else:
        messages.info(request, "没有要重发的。")
    return redirect("channels:home")


def _chosen(request: HttpRequest) -> Any:
    what = request.POST.get("what", "")
    if what == "failed":
        latest = failed_last(request.user).values("pk")
        return Delivery.objects.filter(pk__in=list(latest.values_list("pk", flat=True)))
    if what == "over_budget":
        return Delivery.objects.filter(state=DeliveryState.OVER_BUDGET)
    try:
        return Delivery.objects.filter(pk=UUID(what))
    except ValueError:
        return Delivery.objects.none()


@allow(CARERS)
def mine(request: HttpRequest) -> HttpResponse:
    """接收方式: by which ways one is told that something waits. The inbox is always open."""
    user = acting_user(request)
    choice = ChannelChoice.objects.filter(user=user).first()
    form = MyChannelsForm(_sent(request), choice=choice)
    if request.method == "POST" and form.is_valid():
        save_choice(user, form.muted, form.cleaned_data["email"])
        messages.success(request, "已保存。")
        return redirect("account")
    return render(
        request, "notify/my_channels.html", {"form": form, "phone": phones_of([user.pk]).get(user.pk, "")}
    )
