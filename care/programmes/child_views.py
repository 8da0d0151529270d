"""One child in a programme: what was asked of it, and whether it takes part."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from aixin.access.people import name_for
from aixin.access.permissions import STAFF, allow, may_edit
from aixin.access.scoped import acting_user, editors_only, note_look, refuse_locked, typed_text
from care.models import Duty
from care.programmes.choices import Reach, Standing
from care.programmes.forms import LeaveOutForm
from care.programmes.models import Enrolment, Programme
from care.programmes.services import enrol
from care.tables import state_tag
from children.models import Child


@allow(STAFF)
def child(request: HttpRequest, pk: int, child: int) -> HttpResponse:
    """What a programme asks for one child (GET); chosen, left out or as the rule says (POST), by county and below."""
    user = acting_user(request)
    programme = get_object_or_404(Programme.objects.visible_to(user).with_items(), pk=pk)
    found = get_object_or_404(Child.objects.visible_to(user).select_related("region"), pk=child)
    note_look(request, found)
    if request.method == "POST":
        return _decide(request, programme, found)
    return _page(request, programme, found, LeaveOutForm())


@editors_only
def _decide(request: HttpRequest, programme: Any, found: Child) -> HttpResponse:
    refuse_locked(found)
    act = typed_text(request, "act")
    if programme.is_over or act not in {"choose", "leave_out", "rule"}:
        messages.info(request, "没有改动。")
        return redirect("programmes:child", programme.pk, found.pk)
    form = LeaveOutForm(request.POST)
    if act == "leave_out":
        if not form.is_valid():
            return _page(request, programme, found, form)
        enrol(request.user, programme, found, Standing.OUT, form.cleaned_data["reason"])
        messages.success(request, "已记下不参加，没办的已收回。")
    else:
        enrol(request.user, programme, found, Standing.IN if act == "choose" else "")
        messages.success(request, "已改好。")
    return redirect("programmes:child", programme.pk, found.pk)


def _page(request: HttpRequest, programme: Any, found: Child, form: LeaveOutForm) -> HttpResponse:
    user = acting_user(request)
    duties = Duty.objects.visible_to(user).filter(child=found, item__programme=programme).for_list()
    own = Enrolment.objects.visible_to(user).filter(programme=programme, child=found).first()
    context = {
        "programme": programme,
        "child": found,
        "name": name_for(user, found.name),
        "duties": [(duty, state_tag(duty)) for duty in duties],
        "enrolment": own,
        "takes_part": _takes_part(programme, own),
        "by_choice": programme.reach == Reach.CHOSEN,
        "form": form,
        "may_decide": may_edit(user) and not programme.is_over and found.is_on_roster,
    }
    return render(request, "care/programmes/child.html", context, status=422 if form.errors else 200)


def _takes_part(programme: Programme, own: Enrolment | None) -> bool:
    """Return whether the child may take part: what was decided about it, else the programme's rule."""
    if own is not None:
        return own.standing == Standing.IN
    return programme.reach == Reach.ALL
