"""提问: volunteers ask, specialists and the county answer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from aixin.access.models import Role, User, acting_role
from aixin.access.permissions import CARERS, STAFF, allow
from aixin.access.scoped import acting_user, editors_only, note_look
from children.models import Child
from concerns import asking
from concerns.forms import AnswerForm, QuestionForm, SpecialistForm
from concerns.models import Question, Specialist
from concerns.services import ConcernError
from concerns.views import is_county

SHOWN = 100


def may_answer(user: User, question: Question) -> bool:
    """Return whether a user who sees the question is one to answer it: the county, or a specialist who did not ask it."""
    if acting_role(user) == Role.STAFF:
        return is_county(user)
    return question.asker_id != user.pk


@allow(CARERS)
def questions(request: HttpRequest) -> HttpResponse:
    """提问: a volunteer's own and those she may answer; the county's."""
    user = acting_user(request)
    rows = Question.objects.visible_to(user)
    if acting_role(user) == Role.STAFF:
        context = {"questions": rows.select_related("asker")[:SHOWN], "may_name": is_county(user)}
        return render(request, "questions/list.html", context)
    return _hers(request, user, rows)


def _hers(request: HttpRequest, user: User, rows: Any) -> HttpResponse:
    form = QuestionForm(request.POST or None, children=Child.objects.visible_to(user))
    if request.method == "POST" and form.is_valid():
        added = asking.ask(user, form.built())
        messages.success(request, "已发出，有解答会通知您。" if added else "这个问题已经问过，没有重复。")
        return redirect("questions:list")
    context = {
        "form": form,
        "asked": rows.asked_by(user)[:SHOWN],
        "to_answer": rows.open().exclude(asker=user)[:SHOWN],
    }
    return render(request, "questions/mine.html", context, status=422 if form.errors else 200)


@allow(CARERS)
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """One question with its answer, or the form to answer it."""
    user = acting_user(request)
    found = get_object_or_404(Question.objects.visible_to(user).select_related("asker", "answered_by"), pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        if not may_answer(user, found):
            raise PermissionDenied
        if form.is_valid():
            return _answered(request, found, form.cleaned_data["answer"])
    note_look(request, found)
    context = {
        "question": found,
        "form": form,
        "may_answer": found.answered_at is None and may_answer(user, found),
        "shows_asker": acting_role(user) == Role.STAFF,
    }
    return render(request, "questions/detail.html", context, status=422 if form.errors else 200)


def _answered(request: HttpRequest, found: Question, text: str) -> HttpResponse:
    try:
        asking.answer(acting_user(request), found, text)
        messages.success(request, "已解答，会通知提问的人。")
    except ConcernError as error:
        messages.info(request, str(error))
    return redirect("questions:detail", found.pk)


def _county_only(request: HttpRequest) -> User:
    user = acting_user(request)
    if not is_county(user):
        raise PermissionDenied
    return user


@allow(STAFF)
@editors_only
def specialists(request: HttpRequest) -> HttpResponse:
    """解答专家: whom the county has asked to answer, and the form to name one."""
    user = _county_only(request)
    form = SpecialistForm(request.POST or None, offered=asking.candidates(user))
    if request.method == "POST" and form.is_valid():
        added = asking.name_specialist(user, form.save(commit=False))
        messages.success(request, "已指定。" if added else "她已经在解答这方面的问题。")
        return redirect("questions:specialists")
    serving = Specialist.objects.visible_to(user).serving().select_related("volunteer")
    context = {"form": form, "specialists": serving}
    return render(request, "questions/specialists.html", context, status=422 if form.errors else 200)


@allow(STAFF)
@editors_only
@require_POST
def end_specialist(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a specialist answer no more."""
    user = _county_only(request)
    asking.end_specialist(user, get_object_or_404(Specialist.objects.visible_to(user), pk=pk))
    messages.success(request, "已结束，她不再收到提问。")
    return redirect("questions:specialists")
