"""Pages of a person's rights: requests and their clock, the erasure and its certificate, the public notice."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from aixin.access.lists import RosterList
from aixin.access.permissions import PUBLIC, STAFF, allow
from aixin.access.scoped import RecordedViewMixin, editors_only
from aixin.access.signals import ending_planned
from aixin.rights.choices import State
from aixin.rights.filters import RequestFilter
from aixin.rights.forms import AnswerForm, EraseForm, RequestForm
from aixin.rights.models import Erasure, RightsRequest
from aixin.rights.services import answer, erase, file_request, may_erase
from aixin.rights.subjects import roster_of
from aixin.rights.tables import RequestTable


class RequestList(RosterList):
    allowed_roles = STAFF
    model = RightsRequest
    table_class = RequestTable
    filterset_class = RequestFilter
    template_name = "rights/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visible = RightsRequest.objects.visible_to(self.request.user)
        counts = {"open": visible.open().count(), "overdue": visible.overdue().count()}
        return {**super().get_context_data(**kwargs), **counts, "any": visible.exists()}


class RequestDetail(RecordedViewMixin, DetailView):  # type: ignore[type-arg]
    allowed_roles = STAFF
    model = RightsRequest
    template_name = "rights/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = cast("RightsRequest", self.object)
        return {
            **super().get_context_data(**kwargs),
            **_person(self.request, found),
            "form": AnswerForm(is_erasure=found.is_erasure),
            "may_erase": may_erase(self.request.user),
            "erasure": Erasure.objects.visible_to(self.request.user).filter(request=found).first(),
        }


def _person(request: HttpRequest, found: RightsRequest) -> dict[str, Any]:
    """Return what a page says of the person: nothing but the number for who may not open her page."""
    roster = roster_of(found.label)
    name = roster.names(request.user, {found.object_pk}).get(found.object_pk, "")
    return {"roster": roster, "person_name": name, "person_url": roster.url(found.object_pk) if name else ""}


def _request(request: HttpRequest, pk: int) -> RightsRequest:
    found: RightsRequest = get_object_or_404(RightsRequest.objects.visible_to(request.user), pk=pk)
    return found


@allow(STAFF)
@editors_only
def new(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    """Take a request about a person of one's own region; its clock starts on the day it came in."""
    roster = roster_of(label)
    person = get_object_or_404(roster.visible_to(request.user).select_related("region"), pk=pk)
    if person.is_erased:
        raise PermissionDenied
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        stored = file_request(request.user, roster, person, form.save(commit=False))
        messages.success(request, f"已登记，{stored.due_on:%Y-%m-%d} 前办结。")
        return redirect("rights:detail", stored.pk)
    context = {"form": form, "person": person, "roster": roster, "days": settings.RIGHTS_DUE_DAYS}
    return render(request, "rights/form.html", {**context, "person_url": roster.url(pk)})


@allow(STAFF)
@editors_only
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how a request ended."""
    found = _request(request, pk)
    form = AnswerForm(request.POST, is_erasure=found.is_erasure)
    if not form.is_valid():
        context = {
            "object": found,
            "rightsrequest": found,
            "form": form,
            "may_erase": may_erase(request.user),
        }
        return render(request, "rights/detail.html", {**context, **_person(request, found)})
    answer(request.user, found, State(form.cleaned_data["state"]), form.cleaned_data["remark"])
    messages.success(request, "已办结。")
    return redirect("rights:detail", pk)


@allow(STAFF)
@editors_only
def erase_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the person's data for good, after the number was typed; for the county's head."""
    found = _request(request, pk)
    if not may_erase(request.user):
        raise PermissionDenied
    if not (found.is_open and found.is_erasure):
        messages.info(request, "这项请求已经办结。")
        return redirect("rights:detail", pk)
    form = EraseForm(request.POST or None, wanted=found.public_no)
    if request.method == "POST" and form.is_valid():
        erasure = erase(request.user, found.label, found.object_pk, request=found)
        messages.success(request, "资料已删除，请打印凭证交给请求人。")
        return redirect("rights:certificate", erasure.pk)
    planned = ending_planned.send(RightsRequest, label=found.label, pk=found.object_pk)
    endings = [text for _, text in planned if text]
    context = {"rightsrequest": found, "form": form, "endings": endings, **_person(request, found)}
    return render(request, "rights/erase.html", context)


class Certificate(RecordedViewMixin, DetailView):  # type: ignore[type-arg]
    """The certificate for whoever asked, to be printed."""

    allowed_roles = STAFF
    model = Erasure
    template_name = "rights/certificate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        erasure = cast("Erasure", self.object)
        roster = roster_of(erasure.label)
        return {
            **super().get_context_data(**kwargs),
            "roster": roster,
            "person_url": roster.url(erasure.object_pk),
        }


@allow(PUBLIC)
def notice(request: HttpRequest) -> HttpResponse:
    """个人信息保护告知: what is kept, why, for how long, who sees it, and how to say no. For everybody."""
    context = {
        "office": settings.PRIVACY_CONTACT_OFFICE,
        "phone": settings.PRIVACY_CONTACT_PHONE,
        "address": settings.PRIVACY_CONTACT_ADDRESS,
        "years": settings.RETENTION_YEARS_AFTER_LEAVING,
        "days": settings.RIGHTS_DUE_DAYS,
    }
    return render(request, "rights/privacy.html", context)
