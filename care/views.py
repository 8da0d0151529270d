"""Duties on staff pages: the list, one duty with what may be decided about it, a reported change."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from aixin.access.lists import RosterList
from aixin.access.people import name_for
from aixin.access.permissions import STAFF, allow, may_edit
from aixin.access.scoped import acting_user, editors_only, note_look, refuse_locked, typed_ids, typed_text
from care.choices import Source
from care.filters import DutyFilter
from care.forms import ExcuseForm, MoveForm, ReportForm
from care.models import Duty
from care.policy import rules_for
from care.programmes.forms import DoneForm
from care.programmes.services import is_ticked, mark_done
from care.services import DutyError, excuse, excuse_many, move, report_change
from care.tables import DutyTable, state_tag
from care.wording import name_of
from children.models import Child

BULK_LIMIT = 100


class DutyList(RosterList):
    allowed_roles = STAFF
    model = Duty
    table_class = DutyTable
    filterset_class = DutyFilter
    template_name = "care/duties.html"

    def get_table_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_table_kwargs()
        return kwargs if may_edit(self.request.user) else {**kwargs, "exclude": ("ids",)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = acting_user(self.request)
        mine = Duty.objects.visible_to(user)
        days = rules_for(user.acting_post.region_id or "").remind_days if user.acting_post else 0
        return {
            **super().get_context_data(**kwargs),
            "open": mine.open().count(),
            "overdue": mine.overdue().count(),
            "soon": mine.due_within(days).count(),
            "days": days,
            "may_edit": may_edit(self.request.user),
            "notices": self._extensions.notices_for(self.request.user),
        }


@allow(STAFF)
def duty(request: HttpRequest, pk: int) -> HttpResponse:
    """One duty (GET); moved to another day or excused (POST) by staff of a county and below."""
    user = acting_user(request)
    found: Duty = get_object_or_404(
        Duty.objects.visible_to(user).select_related(
            "child", "region", "volunteer", "visit", "decided_by", "item__programme"
        ),
        pk=pk,
    )
    note_look(request, found)
    if request.method == "POST":
        return _decide(request, found)
    return _page(request, found, MoveForm(), ExcuseForm())


@editors_only
def _decide(request: HttpRequest, found: Duty) -> HttpResponse:
    if typed_text(request, "act") == "done":
        return _done(request, found)
    moves = typed_text(request, "act") == "move"
    form: Any = (MoveForm if moves else ExcuseForm)(request.POST)
    if not form.is_valid():
        move_form, excuse_form = (form, ExcuseForm()) if moves else (MoveForm(), form)
        return _page(request, found, move_form, excuse_form, status=422)
    try:
        if moves:
            move(request.user, found, form.cleaned_data["day"], form.cleaned_data["reason"])
            messages.success(request, "已改期。")
        else:
            excuse(request.user, found, form.cleaned_data["reason"])
            messages.success(request, "这次不用办了，下一次照常安排。")
    except DutyError as error:
        messages.info(request, str(error))
    return redirect("care:duty", found.pk)


def _done(request: HttpRequest, found: Duty) -> HttpResponse:
    form = DoneForm(request.POST, duty=found)
    if not form.is_valid():
        return _page(request, found, MoveForm(), ExcuseForm(), form, status=422)
    marked = mark_done(request.user, found, form.cleaned_data["done_on"])
    messages.success(request, "已记下做了。" if marked else "没有改动：这件事已经办过，或要记走访才算。")
    return redirect("care:duty", found.pk)


def _page(
    request: HttpRequest,
    found: Duty,
    move_form: MoveForm,
    excuse_form: ExcuseForm,
    done_form: DoneForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "duty": found,
        "child_name": name_for(request.user, found.child.name),
        "what": name_of(found.kind, found.occasion, found.what),
        "state_tag": state_tag(found),
        "move_form": move_form,
        "excuse_form": excuse_form,
        "done_form": done_form or (DoneForm(duty=found) if is_ticked(found) else None),
        "may_decide": may_edit(request.user) and found.is_open,
    }
    return render(request, "care/duty.html", context, status=status)


@allow(STAFF)
@editors_only
@require_POST
def excuse_ticked(request: HttpRequest) -> HttpResponse:
    """Excuse the ticked duties: asked once for the reason, then done."""
    user = acting_user(request)
    ids = typed_ids(request.POST.getlist("ids")[:BULK_LIMIT])
    chosen = Duty.objects.visible_to(user).open().filter(pk__in=ids).for_list()
    if not chosen:
        messages.info(request, "没有可以免办的：可能还没有勾选，或已经办过。")
        return redirect("care:duties")
    asked = "confirmed" in request.POST
    form = ExcuseForm(request.POST if asked else None)
    if asked and form.is_valid():
        done = excuse_many(user, list(chosen), form.cleaned_data["reason"])
        messages.success(request, f"{done} 件这次不用办了，下一次照常安排。")
        return redirect("care:duties")
    rows = [
        (one.pk, name_for(user, one.child.name), name_of(one.kind, one.occasion, one.what), one.due_on)
        for one in chosen
    ]
    context = {"form": form, "rows": rows}
    return render(request, "care/excuse.html", context, status=422 if form.errors else 200)


@allow(STAFF)
@editors_only
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a change or hardship of a child: a visit becomes due within the policy's hours."""
    user = acting_user(request)
    child = get_object_or_404(Child.objects.visible_to(user), pk=pk)
    refuse_locked(child)
    note_look(request, child)
    form = ReportForm(request.POST or None, initial={"day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        made = report_change(
            child, form.cleaned_data["day"], Source.STAFF, actor=user, note=form.cleaned_data["note"]
        )
        if made is None:
            messages.info(request, "本县没有安排变故困难必访，没有登记。")
            return redirect("children:detail", child.pk)
        messages.success(request, f"已登记，{made.due_on.month}月{made.due_on.day}日前要有人上门。")
        return redirect("care:duty", made.pk)
    context = {"form": form, "child": child, "hours": rules_for(child.region_id).change_hours}
    return render(request, "care/report.html", context, status=422 if form.errors else 200)
