"""The office's side: who has signed up, the review, and the county's own page."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from aixin.access.elsewhere import LookupLimitError, alarm_of_lookups, ids_elsewhere
from aixin.access.extension import extensions_of
from aixin.access.lists import RosterList
from aixin.access.models import Region
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import RecordedViewMixin, acting_user, editors_only
from aixin.accounts.rights import may_invite_from_roster
from recruitment.choices import Decision, Stage, State
from recruitment.filters import ApplicationFilter
from recruitment.forms import DecisionForm, JoinPageForm
from recruitment.models import Application, JoinPage
from recruitment.services import accept, give_back, may_review, refuse, save_page
from recruitment.tables import ApplicationTable
from volunteers.models import Volunteer

SHOWN_FIGURES = ("pending", "checking", "qualified", "unsuccessful")
SAID = {
    State.ACCEPTED: "已通过，她已在爱心妈妈名册上，等准入查询的结果。",
    State.RETURNED: "已退回，本人会收到短信提醒。",
    State.REFUSED: "已登记为不予通过，本人会收到短信提醒。",
}


class ApplicationList(RosterList):
    allowed_roles = STAFF
    model = Application
    table_class = ApplicationTable
    filterset_class = ApplicationFilter
    template_name = "recruitment/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visible = Application.objects.visible_to(self.request.user).received()
        figures = extensions_of("recruitment.application").figures
        counts = [(figures[key], figures[key].rows(visible).count()) for key in SHOWN_FIGURES]
        return {
            **super().get_context_data(**kwargs),
            "counts": counts,
            "may_review": may_review(self.request.user),
            "any": visible.exists(),
        }


class ApplicationDetail(RecordedViewMixin, DetailView):  # type: ignore[type-arg]
    """One sign-up: what she wrote, who stands on the roster already, what was done."""

    allowed_roles = STAFF
    model = Application
    template_name = "recruitment/detail.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().received().select_related("region", "volunteer")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **_context(self.request, self.object)}


def _context(
    request: HttpRequest, application: Application, form: DecisionForm | None = None
) -> dict[str, Any]:
    deciding = may_review(request.user) and application.state == State.PENDING
    return {
        "application": application,
        "stage": application.stage,
        "steps": application.steps.select_related("by"),
        "form": form or (_form(request, application) if deciding else None),
        "alike": _known(request, application),
        "others": _others(request, application),
        "may_invite": application.stage == Stage.QUALIFIED
        and application.volunteer is not None
        and application.volunteer.user_id is None
        and may_invite_from_roster(acting_user(request)),
    }


def _known(request: HttpRequest, application: Application) -> QuerySet[Volunteer]:
    """Return who on the roster has the phone or the ID number of a sign-up."""
    same = Q(pk__in=())
    if application.phone_index:
        same |= Q(phone_index=application.phone_index)
    if application.idno_index:
        same |= Q(idno_index=application.idno_index)
    found: Any = Volunteer.objects.visible_to(request.user)
    return found.standing().unlocked().filter(same)  # type: ignore[no-any-return]


def _others(request: HttpRequest, application: Application) -> QuerySet[Application]:
    """Return further open sign-ups with the same phone."""
    visible: Any = Application.objects.visible_to(request.user).received()
    same = visible.filter(phone_index=application.phone_index, phone_index__isnull=False)
    return same.exclude(pk=application.pk).select_related("volunteer")  # type: ignore[no-any-return]


def _form(request: HttpRequest, application: Application, *, taken: bool = False) -> DecisionForm:
    known = _known(request, application)
    return DecisionForm(request.POST or None, application=application, known=known, taken=taken)


@allow(STAFF)
@editors_only
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a sign-up, send it back or refuse it; one that was decided meanwhile stays as it is."""
    visible: Any = Application.objects.visible_to(request.user).received()
    application = get_object_or_404(visible.select_related("region", "volunteer"), pk=pk)
    if not may_review(request.user):
        raise PermissionDenied
    if application.state != State.PENDING:
        messages.info(request, "这份报名已经办过了。")
        return redirect("recruitment:detail", pk)
    form = _form(request, application, taken=_is_taken(request, application))
    if not form.is_valid():
        return render(request, "recruitment/detail.html", _context(request, application, form))
    decided = _done(request, application, form.cleaned_data)
    messages.success(request, SAID[State(decided.state)])
    return redirect("recruitment:detail", pk)


def _is_taken(request: HttpRequest, application: Application) -> bool:
    """Return whether the ID number stands on a roster already, here or elsewhere."""
    if application.idno_index is None:
        return False
    try:
        elsewhere = ids_elsewhere(acting_user(request), "volunteer", [application.idno_index])
    except LookupLimitError:
        alarm_of_lookups(acting_user(request))
        raise PermissionDenied from None
    here: Any = Volunteer.objects.visible_to(request.user)
    return bool(elsewhere) or here.filter(idno_index=application.idno_index).exists()


def _done(request: HttpRequest, application: Application, said: dict[str, Any]) -> Application:
    if said["decision"] == Decision.ACCEPT:
        return accept(request.user, application, said.get("known"), said["reason"])
    act = give_back if said["decision"] == Decision.RETURN else refuse
    return act(request.user, application, said["reason"])


def _county_of(request: HttpRequest) -> Region:
    """Return the county of the office at work; raise PermissionDenied above it."""
    post = acting_user(request).acting_post
    assert post is not None
    return Region.objects.get(code=str(post.region_id)[:6])


@allow(STAFF)
@editors_only
def edit_page(request: HttpRequest) -> HttpResponse:
    """What the county says on its public page; for the county's own office."""
    if not may_review(request.user):
        raise PermissionDenied
    county = _county_of(request)
    kept = JoinPage.objects.filter(region=county).first() or JoinPage(region=county)
    form = JoinPageForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        save_page(request.user, form.save(commit=False))
        messages.success(request, "招募页已更新。")
        return redirect("recruitment:list")
    return render(request, "recruitment/edit_page.html", {"form": form, "county": county})


@allow(STAFF)
@editors_only
def poster(request: HttpRequest) -> HttpResponse:
    """A sheet to print and hang up: heading, QR code and address of the county's page."""
    county = _county_of(request)
    words = JoinPage.objects.filter(region=county).first() or JoinPage(region=county)
    link = request.build_absolute_uri(reverse("apply:page", args=[county.code]))
    return render(request, "recruitment/poster.html", {"county": county, "words": words, "link": link})
