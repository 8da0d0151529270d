"""Acts on a pairing between proposing and ending: the county's answer, the beginning, pausing and going on."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, editors_only
from pairing.forms import HandOverForm, PauseForm, RefusalForm, RuleForm, heir_in
from pairing.lifecycle import activate, approve, pause, refuse, resume
from pairing.models import Pairing, PairingRule
from pairing.rules import approval_at, decides_pairings, may_set_rule, set_rule
from pairing.services import PairingError, add_word


def pairing_at(request: HttpRequest, pk: int) -> Pairing:
    """Return a pairing within the user's scope; raise Http404."""
    found: Pairing = get_object_or_404(Pairing.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def _do(request: HttpRequest, pk: int, act: Callable[[Any, Pairing], Any], said: str) -> HttpResponse:
    """Do something to a pairing, say how it went, and go back to its page."""
    pairing = pairing_at(request, pk)
    try:
        act(request.user, pairing)
        messages.success(request, said)
    except PairingError as error:
        messages.error(request, str(error))
    return redirect("pairings:detail", pk)


@allow(STAFF)
@editors_only
def stop_for_now(request: HttpRequest, pk: int) -> HttpResponse:
    """暂停: asks why and, of a main one, who steps in."""
    pairing = pairing_at(request, pk)
    form = PauseForm(request.POST or None, pairing=pairing)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            pause(request.user, pairing, cleaned["reason"], cleaned["handover"], heir_in(form))
        except PairingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已暂停。")
            return redirect("pairings:detail", pk)
    return render(request, "pairings/pause.html", {"form": form, "pairing": pairing})


@allow(STAFF)
@editors_only
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """补写交接说明: what was not said when the pairing ended, or can be said before it does."""
    pairing = pairing_at(request, pk)
    form = HandOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_word(request.user, pairing, form.cleaned_data["handover"])
        messages.success(request, "已保存，接手的爱心妈妈看得到。")
        return redirect("pairings:detail", pk)
    return render(request, "pairings/handover.html", {"form": form, "pairing": pairing})


@allow(STAFF)
@editors_only
@require_POST
def go_on_again(request: HttpRequest, pk: int) -> HttpResponse:
    """恢复 a paused pairing."""
    return _do(request, pk, resume, "已恢复结对。")


@allow(STAFF)
@editors_only
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a pairing whose guardian has agreed meanwhile."""
    return _do(request, pk, activate, "结对已开始。")


@allow(STAFF)
@editors_only
@require_POST
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    """The county's answer to what a township proposed: `answer` yes, or no with a reason."""
    pairing = pairing_at(request, pk)
    if not decides_pairings(request.user):
        raise PermissionDenied
    if request.POST.get("answer") == "yes":
        return _do(request, pk, approve, "已同意。")
    form = RefusalForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        return _do(request, pk, lambda actor, one: refuse(actor, one, reason), "已退回，并告诉了提出的人。")
    messages.error(request, "不同意的，请写明原因（100 字以内）。")
    return redirect("pairings:detail", pairing.pk)


@allow(STAFF)
def rule(request: HttpRequest) -> HttpResponse:
    """审批设置 of one's own region; its head decides, the others read."""
    post = acting_user(request).acting_post
    assert post is not None
    assert post.region is not None
    own = PairingRule.objects.filter(region=post.region).first()
    initial = {"needed": "" if own is None else str(int(own.needs_approval))}
    form = RuleForm(request.POST or None, initial=initial)
    if request.method == "POST":
        if not may_set_rule(request.user):
            raise PermissionDenied
        if form.is_valid():
            set_rule(request.user, post.region, needed=form.decided())
            messages.success(request, "已保存。")
            return redirect("pairings:rule")
    context = {"form": form, "approval": approval_at(post.region.code), "may_set": may_set_rule(request.user)}
    return render(request, "pairings/rule.html", context)
