"""回访: arranged for somebody of the office, to whom the guardian's number opens without a reason (DESIGN section 3.4)."""

import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from aixin.access.models import Post, Role, User
from aixin.access.permissions import STAFF, allow
from aixin.access.querysets import within
from aixin.access.regions import ancestor_codes
from aixin.access.scoped import acting_user, editors_only
from children.models import Child
from visits.drawing import Draw, draw, drawable
from visits.forms import AnswerForm, CallBackForm, DrawForm
from visits.holding import reasons_for
from visits.models import CallBack
from visits.numbers import Outcome, ask_for_number
from visits.services import VisitError, answer_callback, arrange_callback

WITHIN_DAYS = 7
DRAWN_DAYS = 30
SHOWN = 100
SAID_INSTEAD = {
    Outcome.PASSED_ON: "这一次由县妇联负责人亲自打，您不用打了。",
    Outcome.LET_OFF: "这一次免打，已按办结记下。",
}


def colleagues_at(user: User) -> Any:
    """Return the staff of the user's office and of those below it."""
    return _holders(_offices_below(user))


def colleagues_of(user: User, child: Child) -> Any:
    """Return the staff who see the child and whose office is the user's or below it."""
    return _holders(_offices_below(user).filter(region_id__in=ancestor_codes(child.region_id)))


def _offices_below(user: User) -> Any:
    post = user.acting_post
    assert post is not None
    return Post.objects.current().filter(within(post.region_id or ""), role=Role.STAFF)


def _holders(offices: Any) -> Any:
    """Return who holds one of these posts, with the posts."""
    posts = Prefetch("posts", offices.select_related("region"))
    found = User.objects.filter(is_active=True, pk__in=offices.values("user_id")).prefetch_related(posts)
    return found.order_by("display_name", "pk")


@allow(STAFF)
@editors_only
def callbacks(request: HttpRequest) -> HttpResponse:
    """回访: what is mine to call first, then the region's."""
    user = acting_user(request)
    rows = CallBack.objects.visible_to(user).for_list()
    mine = CallBack.objects.to_make(user).for_list().prefetch_related("child__guardians")[:SHOWN]
    reasons = reasons_for(user, (callback.child_id for callback in mine))
    context = {
        "mine": [(callback, reasons.get(callback.child_id)) for callback in mine],
        "others": rows.waiting().exclude(assigned_to=user)[:SHOWN],
        "answered": rows.exclude(answered_at=None)[:SHOWN],
        "form": AnswerForm(),
    }
    return render(request, "visits/callbacks.html", context)


@allow(STAFF)
@editors_only
def arrange(request: HttpRequest, pk: int) -> HttpResponse:
    """Arrange a call-back about a child."""
    user = acting_user(request)
    child = get_object_or_404(Child.objects.visible_to(user), pk=pk)
    due = timezone.localdate() + datetime.timedelta(days=WITHIN_DAYS)
    initial = {"assigned_to": user.pk, "due_on": due}
    form = CallBackForm(request.POST or None, initial=initial, colleagues=colleagues_of(user, child))
    if request.method == "POST" and form.is_valid():
        added = arrange_callback(user, child, form.save(commit=False))
        messages.success(
            request, "已安排回访。" if added else "这名儿童已经有一次由他办理的回访，没有重复安排。"
        )
        return redirect("visits:callbacks")
    context = {"form": form, "child": child, "reason": reasons_for(user, [pk]).get(pk)}
    return render(request, "visits/callback_form.html", context)


@allow(STAFF)
@editors_only
def draw_visits(request: HttpRequest) -> HttpResponse:
    """抽查: visits drawn at random, whose guardians are called back."""
    user, today = acting_user(request), timezone.localdate()
    since = today - datetime.timedelta(days=DRAWN_DAYS)
    first = {
        "since": since,
        "until": today,
        "number": 5,
        "caller": user.pk,
    }
    form = DrawForm(request.POST or None, initial=first, colleagues=colleagues_at(user))
    if request.method == "POST" and form.is_valid():
        drawn = draw(user, Draw(**form.cleaned_data))
        if drawn:
            messages.success(
                request, f"抽出 {drawn} 次走访，已交给{form.cleaned_data['caller'].get_full_name()}回访。"
            )
            return redirect("visits:callbacks")
        form.add_error(None, "这些天没有可以抽查的走访：都抽过了，或者没有登记监护人电话。")
    left = drawable(user, since, today).count()
    return render(request, "visits/draw.html", {"form": form, "left": left, "days": DRAWN_DAYS})


def _mine(request: HttpRequest, pk: int) -> CallBack:
    rows = CallBack.objects.to_make(acting_user(request)).select_related("child")
    found: CallBack = get_object_or_404(rows, pk=pk)
    return found


@allow(STAFF)
@editors_only
@require_POST
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the guardian's number to the one who is to call, while the call is open; logged, no reason asked.

    Some calls are passed on or let off instead; whoever knows why a guardian is not to be called is told so.
    """
    user, found = acting_user(request), _mine(request, pk)
    guardian = get_object_or_404(found.child.guardians.all()[:1])
    reason = reasons_for(user, [found.child_id]).get(found.child_id)
    if reason is not None:
        return _unkept(render(request, "visits/callback_call.html", {"reason": reason}))
    try:
        outcome = ask_for_number(user, found, guardian)
    except VisitError as error:
        messages.info(request, str(error))
        return _list_again(request)
    if outcome is Outcome.OPEN:
        return _unkept(render(request, "visits/callback_call.html", {"guardian": guardian}))
    messages.info(request, SAID_INSTEAD[outcome])
    return _list_again(request)


def _unkept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def _list_again(request: HttpRequest) -> HttpResponse:
    """Show the list as it is now, also where a button of it asked for its own place alone."""
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("visits:callbacks")


@allow(STAFF)
@editors_only
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what came of the call; the number closes again."""
    found, form = _mine(request, pk), AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("visits:callbacks")
    try:
        answer_callback(acting_user(request), found, form.cleaned_data["answer"], form.cleaned_data["remark"])
        messages.success(request, "已记下回访结果。")
    except VisitError as error:
        messages.info(request, str(error))
    return redirect("visits:callbacks")
