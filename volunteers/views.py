"""Pages of the volunteers' roster."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django.views.generic import UpdateView

from aixin.access.detail import PersonDetail
from aixin.access.lists import RosterList
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import (
    EditorMixin,
    RecordedViewMixin,
    UnlockedMixin,
    acting_user,
    editors_only,
    is_id,
    typed_ids,
)
from aixin.accounts.rights import may_invite_from_roster
from aixin.rights.subjects import erased_context
from volunteers.choices import Clearance
from volunteers.filters import VolunteerFilter
from volunteers.forms import ClearanceForm, VolunteerForm
from volunteers.models import Volunteer
from volunteers.services import record_clearances, save_volunteer
from volunteers.tables import VolunteerTable

BULK_LIMIT = 500


class VolunteerList(RosterList):
    allowed_roles = STAFF
    model = Volunteer
    table_class = VolunteerTable
    filterset_class = VolunteerFilter
    template_name = "volunteers/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        qualified = Volunteer.objects.visible_to(self.request.user).qualified().count()
        return {
            **super().get_context_data(**kwargs),
            "qualified": qualified,
            "notices": self._extensions.notices_for(self.request.user),
            "may_invite": may_invite_from_roster(self.request.user),
        }


class VolunteerDetail(PersonDetail):
    allowed_roles = STAFF
    model = Volunteer

    def get_template_names(self) -> list[str]:
        return [
            "rights/erased.html" if cast("Volunteer", self.object).is_erased else "volunteers/detail.html"
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **erased_context(self.request.user, self.object)}


class VolunteerUpdate(EditorMixin, UnlockedMixin, RecordedViewMixin, UpdateView):  # type: ignore[type-arg]
    allowed_roles = STAFF
    model = Volunteer
    form_class = VolunteerForm
    template_name = "volunteers/form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": acting_user(self.request)}

    def form_valid(self, form: Any) -> HttpResponse:
        volunteer = save_volunteer(self.request.user, form.save(commit=False))
        messages.success(self.request, f"已保存：{volunteer.name}（编号 {volunteer.no}）")
        return redirect("volunteers:detail", volunteer.pk)


class VolunteerCreate(VolunteerUpdate):
    """The same form for somebody new."""

    def get_object(self, queryset: Any = None) -> None:
        return None


@allow(STAFF)
@editors_only
@require_POST
def clearance(request: HttpRequest) -> HttpResponse:
    """Record the 准入查询 of the ticked volunteers: first asks for the result, then stores it."""
    ids = typed_ids(request.POST.getlist("ids")[:BULK_LIMIT])
    chosen = list(Volunteer.objects.visible_to(request.user).unlocked().filter(pk__in=ids))
    if not chosen:
        messages.error(request, "请先勾选爱心妈妈。")
        return redirect("volunteers:list")
    initial = {"day": timezone.localdate()}
    typed = request.POST if ClearanceForm.base_fields.keys() & request.POST.keys() else None
    form = ClearanceForm(typed, initial=initial, people=chosen)
    if form.is_valid():
        cleaned = form.cleaned_data
        record_clearances(
            request.user, chosen, Clearance(cleaned["result"]), cleaned["day"], cleaned["officer"]
        )
        messages.success(request, f"已登记 {len(chosen)} 位的准入查询结果。")
        return _after_clearance(request, chosen)
    return render(
        request,
        "volunteers/clearance.html",
        {"form": form, "chosen": chosen, "next": request.POST.get("next", "")},
    )


def _after_clearance(request: HttpRequest, chosen: list[Volunteer]) -> HttpResponse:
    """Go back to the child for whom a pairing was being made, or to whom was cleared."""
    child = request.POST.get("next", "")
    if is_id(child):
        return redirect("pairings:candidates", child=int(child))
    if len(chosen) == 1:
        return redirect("volunteers:detail", chosen[0].pk)
    return redirect("volunteers:list")
