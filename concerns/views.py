"""问题上报: raised on a child's page, dealt with by the county, its result shown to whoever raised it."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from aixin.access.history import timeline
from aixin.access.lists import RosterList
from aixin.access.models import Role, User, acting_role
from aixin.access.people import name_for, recorder_for
from aixin.access.permissions import CARERS, STAFF, allow, may_edit
from aixin.access.regions import Level
from aixin.access.scoped import RecordedViewMixin, acting_user, editors_only, typed_text
from aixin.web.drafts import draft_key, mark_draft_saved
from children.models import Child
from concerns.filters import ConcernFilter
from concerns.forms import ConcernForm, HandOverForm, ResultForm
from concerns.models import Concern
from concerns.services import ConcernError, accept, close, hand_over, raise_concern
from concerns.tables import ConcernTable

SHOWN = 100


def is_county(user: User) -> bool:
    """Return whether the user acts for a county, which deals with what is raised; others below see their own."""
    post = user.acting_post
    return may_edit(user) and post is not None and post.level == Level.COUNTY


def child_of(request: HttpRequest, pk: int) -> Child:
    """Return a child on the roster that the user writes about: her own, or of her office; raise 404 or 403."""
    user = acting_user(request)
    if acting_role(user) == Role.STAFF and not may_edit(user):
        raise PermissionDenied
    found: Child = get_object_or_404(Child.objects.visible_to(user).registered(), pk=pk)
    return found


class ConcernList(RosterList):
    allowed_roles = STAFF
    model = Concern
    table_class = ConcernTable
    filterset_class = ConcernFilter
    template_name = "concerns/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = Concern.objects.visible_to(self.request.user).unlocked()
        counts = {"waiting": mine.open().count(), "overdue": mine.overdue().count()}
        return {**super().get_context_data(**kwargs), **counts}


class ConcernDetail(RecordedViewMixin, DetailView):  # type: ignore[type-arg]
    """For the offices; a volunteer reads what became of hers on 我上报的, and a stranger's is not there at all."""

    allowed_roles = CARERS
    model = Concern
    template_name = "concerns/detail.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("child__region", "raised_by", "visit")

    def get_object(self, queryset: Any = None) -> Any:
        """Return the concern; raise 404 outside the user's scope, 403 for a volunteer within hers."""
        if acting_role(acting_user(self.request)) == Role.STAFF:
            return super().get_object(queryset)
        get_object_or_404(Concern.objects.visible_to(self.request.user), pk=self.kwargs["pk"])
        raise PermissionDenied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, concern = acting_user(self.request), cast("Concern", self.object)
        return {
            **super().get_context_data(**kwargs),
            "child_name": name_for(user, concern.child.name),
            "raiser": recorder_for(user, concern.raised_by),
            "steps": timeline(concern, user),
            "may_act": is_county(user) and concern.is_open,
            "hand_over_form": HandOverForm(),
            "result_form": ResultForm(),
        }


@allow(CARERS)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """上报问题: a volunteer about her child, staff of a county and below about one of theirs."""
    child = child_of(request, pk)
    form = ConcernForm(request.POST or None)
    key = draft_key(request, f"concern-{pk}")
    if request.method == "POST" and form.is_valid():
        added = raise_concern(acting_user(request), child, form.built())
        messages.success(request, "已上报，县妇联会处理。" if added else "这件问题已经上报过，没有重复。")
        mark_draft_saved(request, key)
        return redirect("concerns:mine")
    context = {"form": form, "child": child, "form_draft_key": key}
    return render(request, "concerns/new.html", context, status=422 if form.errors else 200)


@allow(CARERS)
def mine(request: HttpRequest) -> HttpResponse:
    """我反映的: what the user raised herself, and what came of it."""
    user = acting_user(request)
    rows = Concern.objects.visible_to(user).raised_by_user(user)[:SHOWN]
    return render(request, "concerns/mine.html", {"concerns": rows})


@allow(STAFF)
@editors_only
@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """The county accepts a matter, hands it over or closes it."""
    user = acting_user(request)
    concern = get_object_or_404(Concern.objects.visible_to(user), pk=pk)
    if not is_county(user):
        raise PermissionDenied
    take = STEPS.get(typed_text(request, "act"))
    if take is None:
        raise Http404
    try:
        take(request, concern)
    except ConcernError as error:
        messages.info(request, str(error))
    return redirect("concerns:detail", pk)


def _accept(request: HttpRequest, concern: Concern) -> None:
    accept(request.user, concern)
    messages.success(request, "已受理。")


def _hand_over(request: HttpRequest, concern: Concern) -> None:
    form = HandOverForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return
    hand_over(request.user, concern, form.cleaned_data["office"], form.cleaned_data["handed_to"])
    messages.success(request, "已记下移交。")


def _close(request: HttpRequest, concern: Concern) -> None:
    form = ResultForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return
    close(request.user, concern, form.cleaned_data["result"])
    messages.success(request, "已办结，结果已告诉上报的人。")


STEPS = {"accept": _accept, "hand_over": _hand_over, "close": _close}


def first_error(form: Any) -> str:
    """Return the first sentence of what is wrong with a form."""
    return str(next(error for errors in form.errors.values() for error in errors))
