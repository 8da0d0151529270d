"""Pages of the children's roster."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django.views.generic import UpdateView

from aixin.access.detail import PersonDetail
from aixin.access.extension import extensions_of
from aixin.access.lists import RosterList
from aixin.access.models import Role, acting_role
from aixin.access.permissions import CARERS, STAFF, allow, is_chair
from aixin.access.scoped import (
    EditorMixin,
    RecordedViewMixin,
    UnlockedMixin,
    acting_user,
    editors_only,
    refuse_locked,
    typed_text,
)
from aixin.rights.subjects import erased_context
from children.choices import LeavingReason
from children.consent_forms import HoldForm
from children.filters import ChildFilter
from children.forms import ChildForm, LeaveForm, NeedForm
from children.models import Child, Need
from children.retention import retained_until
from children.services import (
    NotOnRosterError,
    hold,
    leave_roster,
    meet_need,
    raise_need,
    return_to_roster,
    save_child,
)
from children.tables import ChildTable


class ChildList(RosterList):
    allowed_roles = STAFF
    model = Child
    table_class = ChildTable
    filterset_class = ChildFilter
    template_name = "children/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        registered = Child.objects.visible_to(self.request.user).registered().count()
        notices = self._extensions.notices_for(self.request.user)
        return {**super().get_context_data(**kwargs), "registered": registered, "notices": notices}


class ChildDetail(PersonDetail):
    allowed_roles = CARERS
    model = Child

    def get_template_names(self) -> list[str]:
        if cast("Child", self.object).is_erased:
            return ["rights/erased.html"]
        return ["children/detail_phone.html" if self._on_phone() else "children/detail.html"]

    def _on_phone(self) -> bool:
        """Whether the page for the phone is shown; a village's chair comes by its last line to the tabs of staff."""
        user = acting_user(self.request)
        return acting_role(user) == Role.VOLUNTEER or (is_chair(user) and "tab" not in self.request.GET)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        child, user = cast("Child", self.object), acting_user(self.request)
        return {
            **super().get_context_data(**kwargs),
            **(_on_phone(user, child) if self._on_phone() else {}),
            **erased_context(user, child),
            # The include of a masked number offers no eye then.
            "locked": not child.is_on_roster,
            "retained_until": retained_until(child),
            "holds": child.holds.all(),
            "guardians": child.guardians.all(),
            "open_needs": child.needs.open_needs(),
        }


def _on_phone(user: Any, child: Child) -> dict[str, Any]:
    """Return what the apps above show on a volunteer's page of her child."""
    extensions = extensions_of("children.child")
    visits = next(tab for tab in extensions.tabs if tab.key == "visits")
    found = {**visits.context(user, child), "cards": [card.template for card in extensions.phone_cards]}
    for card in extensions.phone_cards:
        found.update(card.context(user, child))
    return found


class ChildUpdate(EditorMixin, UnlockedMixin, RecordedViewMixin, UpdateView):  # type: ignore[type-arg]
    allowed_roles = STAFF
    model = Child
    form_class = ChildForm
    template_name = "children/form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": acting_user(self.request)}

    def form_valid(self, form: Any) -> HttpResponse:
        child = save_child(
            self.request.user, form.save(commit=False), form.built_guardian(), form.built_parents()
        )
        messages.success(self.request, f"已保存：{child.name}（编号 {child.no}）")
        return redirect("children:detail", child.pk)


class ChildCreate(ChildUpdate):
    """The same form for somebody new."""

    def get_object(self, queryset: Any = None) -> None:
        return None


@allow(STAFF)
@editors_only
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """出列: asks for reason and date, then takes the child off the roster."""
    child = get_object_or_404(Child.objects.visible_to(request.user), pk=pk)
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            leave_roster(
                request.user, child, LeavingReason(form.cleaned_data["reason"]), form.cleaned_data["day"]
            )
            messages.success(request, f"{child.name}已出列，结对同时解除。如有误，可在本页恢复在册。")
        except NotOnRosterError:
            messages.info(request, f"{child.name}此前已出列。")
        return _after_leaving(request, pk)
    return render(request, "children/leave.html", {"child": child, "form": form})


def _after_leaving(request: HttpRequest, pk: int) -> HttpResponse:
    """Go back to the child's page, or to the list for who may not open it any more."""
    if Child.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect("children:detail", pk)
    return redirect("children:list")


@allow(STAFF)
@editors_only
def hold_record(request: HttpRequest, pk: int) -> HttpResponse:
    """延期保存: keep the record of a child off the roster until a later day, with a reason."""
    child = get_object_or_404(Child.objects.visible_to(request.user), pk=pk)
    ends = retained_until(child)
    if child.is_erased or ends is None:
        raise PermissionDenied
    form = HoldForm(request.POST or None, ends=ends)
    if request.method == "POST" and form.is_valid():
        hold(request.user, child, form.cleaned_data["until"], form.cleaned_data["reason"])
        messages.success(request, f"已延期，保存至 {form.cleaned_data['until']:%Y-%m-%d}。")
        return redirect("children:detail", pk)
    return render(request, "children/hold.html", {"child": child, "form": form, "ends": ends})


@allow(STAFF)
@editors_only
@require_POST
def come_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a leaving."""
    child = get_object_or_404(Child.objects.visible_to(request.user), pk=pk)
    try:
        return_to_roster(request.user, child)
        messages.success(request, f"{child.name}已恢复在册，请重新安排结对。")
    except NotOnRosterError:
        messages.error(request, "资料已删除或已合并，不能恢复在册。")
    return redirect("children:detail", pk)


@allow(STAFF)
@editors_only
@require_POST
def add_need(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a need of a child."""
    child = get_object_or_404(Child.objects.visible_to(request.user), pk=pk)
    refuse_locked(child)
    form = NeedForm(request.POST)
    if form.is_valid():
        raise_need(request.user, child, form.cleaned_data["topic"], form.cleaned_data["detail"], form.source)
        messages.success(request, "需求已记下。")
    else:
        messages.error(request, "请选择需求。")
    return redirect(reverse("children:detail", args=[pk]) + "?tab=needs")


@allow(STAFF)
@editors_only
@require_POST
def close_need(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a need as met by whoever is named."""
    need = get_object_or_404(Need.objects.visible_to(request.user), pk=pk)
    refuse_locked(need)
    meet_need(request.user, need, typed_text(request, "met_by", 60))
    messages.success(request, "已标为落实。")
    return redirect(reverse("children:detail", args=[need.child_id]) + "?tab=needs")
