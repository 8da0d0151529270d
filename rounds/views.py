"""摸排: the rounds of a place, one of them with its progress, and the village's page, child by child."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from aixin.access.lists import LONGEST_PAGE, PAGE_SIZE, LazyPages
from aixin.access.people import name_for
from aixin.access.permissions import STAFF, allow
from aixin.access.querysets import within
from aixin.access.scoped import acting_user, editors_only, note_look
from children.models import Child
from rounds.choices import Outcome
from rounds.forms import AnswerForm, RoundForm
from rounds.models import Round, RoundAnswer
from rounds.progress import progress_of, total_of
from rounds.querysets import asked_about, newcomers, unanswered
from rounds.rights import answers_in, keeps, opens_rounds
from rounds.services import RoundError, answer, close_round, open_round, remind_villages


@allow(STAFF)
@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds that concern the user's place, those in progress first."""
    user = acting_user(request)
    found: Any = Round.objects.visible_to(user).for_list()
    page = LazyPages(found, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [(row, answers_in(user, row) and row.is_open) for row in page.object_list]
    return render(
        request, "rounds/list.html", {"page_obj": page, "lines": lines, "opens": opens_rounds(user)}
    )


@allow(STAFF)
def create(request: HttpRequest) -> HttpResponse:
    """Begin a round at the user's office."""
    user = acting_user(request)
    if not opens_rounds(user):
        raise PermissionDenied
    form = RoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = form.save(commit=False)
        new.region = user.acting_post.region  # type: ignore[union-attr]
        try:
            opened = open_round(user, new)
        except RoundError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "摸排已开始，已通知各村。")
            return redirect("rounds:detail", opened.pk)
    return render(request, "rounds/form.html", {"form": form})


@allow(STAFF)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a round has come, and what was said that somebody has to look at."""
    user, found = acting_user(request), _round(request, pk)
    assert user.acting_post is not None
    code = max(user.acting_post.region_id or "", found.region_id, key=len)
    places = progress_of(user, found, code)
    said = RoundAnswer.objects.visible_to(user).filter(round=found).noteworthy().for_list()
    page = LazyPages(said, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "round": found,
        "places": places,
        "total": total_of(places),
        "page_obj": page,
        "said": [_line(user, row) for row in page.object_list],
        "keeps": keeps(user, found) and found.is_open,
        "answers": answers_in(user, found) and found.is_open,
    }
    return render(request, "rounds/detail.html", context)


def _round(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(Round.objects.visible_to(request.user).for_list(), pk=pk)


def _line(user: Any, said: RoundAnswer) -> dict[str, Any]:
    return {"answer": said, "name": name_for(user, said.child.name), "words": said.words}


@allow(STAFF)
@editors_only
@require_safe
def village(request: HttpRequest, pk: int) -> HttpResponse:
    """逐个核实: the children still to be confirmed first, then those who are, each with a way to say it otherwise."""
    user, found = acting_user(request), _answering(request, pk)
    children = Child.objects.visible_to(user).select_related("region")
    waiting = unanswered(children, found).order_by("region_id", "initials", "pk")
    page = LazyPages(waiting, LONGEST_PAGE).get_page(request.GET.get("page"))
    said = RoundAnswer.objects.visible_to(user).filter(round=found).for_list()[:LONGEST_PAGE]
    context = {
        "round": found,
        "page_obj": page,
        "children": page.object_list,
        "waiting": waiting.count(),
        "said": said,
        "new": newcomers(children, found)[:LONGEST_PAGE],
    }
    return render(request, "rounds/village.html", context)


def _answering(request: HttpRequest, pk: int) -> Any:
    """Return a round in which the user answers; 403 for who only reads."""
    found = _round(request, pk)
    if not answers_in(acting_user(request), found):
        raise PermissionDenied
    return found


@allow(STAFF)
@editors_only
def answer_child(request: HttpRequest, pk: int, child_pk: int) -> HttpResponse:
    """Say what has become of a child: by one button, or on a page of its own where words are needed."""
    found = _answering(request, pk)
    visible = Child.objects.visible_to(request.user).filter(within(found.region_id))
    child: Child = get_object_or_404(visible, pk=child_pk)
    if not asked_about(visible, found).filter(pk=child.pk).exists():
        raise Http404
    said = RoundAnswer.objects.filter(round=found, child=child).first()
    first = {"outcome": request.GET.get("outcome") or getattr(said, "outcome", "")}
    form = AnswerForm(request.POST or None, initial={**first, "words": said.words if said else ""})
    if request.method == "POST" and form.is_valid():
        return _store(request, found, child, form)
    note_look(request, child)
    context = {"round": found, "child": child, "form": form}
    status = 422 if request.method == "POST" and not form.is_valid() else 200
    return render(request, "rounds/answer.html", context, status=status)


def _store(request: HttpRequest, found: Round, child: Child, form: AnswerForm) -> HttpResponse:
    outcome = Outcome(form.cleaned_data["outcome"])
    try:
        answer(request.user, found, child, outcome, form.cleaned_data["words"])
        messages.success(request, f"已记下：{child.name} {outcome.label}。")
    except RoundError as error:
        messages.error(request, str(error))
    return redirect(reverse("rounds:village", args=[found.pk]))


@allow(STAFF)
@editors_only
@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind the villages that have not answered for every child."""
    found = _kept(request, pk)
    number = remind_villages(request.user, found)
    if number:
        messages.success(request, f"已提醒 {number} 人；同一天不重复提醒。")
    else:
        messages.info(request, "没有要提醒的人：都报完了，或没报的村还没有账号。")
    return redirect("rounds:detail", pk)


@allow(STAFF)
@editors_only
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End a round; what was said stays."""
    if close_round(request.user, _kept(request, pk)):
        messages.success(request, "摸排已结束，结果保留。")
    else:
        messages.info(request, "这一轮已经结束了。")
    return redirect("rounds:detail", pk)


def _kept(request: HttpRequest, pk: int) -> Any:
    found = _round(request, pk)
    if not keeps(acting_user(request), found):
        raise PermissionDenied
    return found
