"""关爱安排: what a region decides, with what follows from it; and the county's 开始提醒."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from aixin.access.extension import extensions_of
from aixin.access.inheriting import deciding_post, save_policy
from aixin.access.models import Post, Region
from aixin.access.permissions import STAFF, allow
from aixin.access.regions import Level
from aixin.access.scoped import acting_user
from care.choices import DutyKind
from care.forms import PolicyForm
from care.making import preview
from care.models import CarePolicy, GoLive
from care.policy import freshness_by_region, rules_for, rules_of
from care.services import DutyError, go_live, pause
from care.tasks import make_duties_in
from children.models import Child
from visits.situations import unclear


@allow(STAFF)
def policy(request: HttpRequest) -> HttpResponse:
    """The region's decisions (GET); what a change would do, or the change itself (POST)."""
    user = acting_user(request)
    post = deciding_post(user)
    region = post.region
    assert region is not None
    own = CarePolicy.objects.filter(region=region).first() or CarePolicy(region=region)
    form = PolicyForm(request.POST or None, instance=own, holds=rules_for(region.code))
    effect, unclear_then = None, (0, 0)
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            effect = _effect(region.code, form.draft())
            unclear_then = _unclear(user, form.draft())
        elif "save" in request.POST:
            save_policy(user, form.draft())
            transaction.on_commit(lambda: make_duties_in.delay(region.code), robust=True)
            messages.success(request, "已保存，还没办的按新的安排改。")
            return redirect("care:policy")
    context = {
        "form": form,
        "effect": effect,
        "unclear": unclear_then,
        "region": region,
        "acts": extensions_of("care.carepolicy").acts_for(user, own),
        **_going_live(post),
    }
    return render(request, "care/policy.html", context, status=422 if form.errors else 200)


def _counties(code: str) -> list[Region]:
    return list(Region.objects.below(code).filter(level=Level.COUNTY, retired=False).order_by("code"))


def _effect(code: str, draft: CarePolicy) -> list[tuple[str, tuple[int, int], tuple[int, int]]]:
    """Return what is overdue at once and due within thirty days, of kinds where it changes: now, and with the draft."""
    counties = [county.code for county in _counties(code)]
    before, after = rules_of(counties), rules_of(counties, draft)
    return [
        (str(kind.label), old, new)
        for kind, old, new in _compared(_sums(counties, before), _sums(counties, after))
        if old != new
    ]


def _unclear(user: Any, draft: CarePolicy) -> tuple[int, int]:
    """Return of how many children some part of 三必清 is unclear: now, and with the draft."""
    mine = Child.objects.visible_to(user)
    decided = {code: days for code, days in freshness_by_region().items() if code != draft.region_id}
    if draft.fresh_days is not None:
        decided[draft.region_id] = draft.fresh_days
    return unclear(mine).count(), unclear(mine, decided=decided).count()


def _compared(
    before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]
) -> list[tuple[DutyKind, tuple[int, int], tuple[int, int]]]:
    return [(kind, before.get(kind, (0, 0)), after.get(kind, (0, 0))) for kind in DutyKind]


def _sums(counties: list[str], rules: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Return by kind what rules make due in counties: since each began to remind, or from today."""
    today = timezone.localdate()
    since = dict(GoLive.objects.filter(region__in=counties).values_list("region_id", "started_on"))
    late: Counter[str] = Counter()
    soon: Counter[str] = Counter()
    for code in counties:
        for kind, (overdue, due) in preview(code, rules[code], today, since.get(code, today)).items():
            late[kind] += overdue
            soon[kind] += due
    return {kind: (late[kind], soon[kind]) for kind in {*late, *soon}}


def _going_live(post: Post) -> dict[str, Any]:
    """Return for a county whether it reminds and what would follow if it did; for others which counties do."""
    region = post.region
    assert region is not None
    if post.level != Level.COUNTY:
        live = {row.region_id: row for row in GoLive.objects.below(region.code)}
        return {"counties": [(county.name, live.get(county.code)) for county in _counties(region.code)]}
    row = GoLive.objects.filter(region=region).first()
    soon = {}
    if row is None:
        today = timezone.localdate()
        found = preview(region.code, rules_for(region.code), today, today)
        soon = {DutyKind(kind).label: due for kind, (_, due) in sorted(found.items()) if due}
    return {"live": row, "is_county": True, "soon": soon, "soon_total": sum(soon.values())}


def _county(request: HttpRequest) -> str:
    post = deciding_post(acting_user(request))
    if post.level != Level.COUNTY or post.region_id is None:
        raise PermissionDenied
    return post.region_id


@allow(STAFF)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """开始提醒: what is due counts from today for everyone who is paired already; pressed twice it is one start."""
    code = _county(request)
    if "start" in request.POST:
        live = go_live(request.user, code, timezone.localdate())
        messages.success(request, f"已开始提醒，从{live.started_on:%Y年%m月%d日}算起。")
    return redirect("care:policy")


@allow(STAFF)
@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Pause reminding, or let it go on."""
    code = _county(request)
    try:
        if "pause" in request.POST:
            pause(request.user, code, paused=True)
            messages.success(request, "已暂停，恢复前不再提醒。")
        elif "resume" in request.POST:
            pause(request.user, code, paused=False)
            messages.success(request, "已恢复提醒。")
    except DutyError as error:
        messages.info(request, str(error))
    return redirect("care:policy")
