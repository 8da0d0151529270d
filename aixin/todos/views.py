"""待办: the list of what an office is to decide, and the page or the click by which it is decided."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from django_filters.views import FilterView

from aixin.access.lists import PAGE_SIZE, LazyPages
from aixin.access.permissions import STAFF, allow, may_edit
from aixin.access.scoped import acting_user, note_look, typed_ids
from aixin.todos.filters import TodoFilter
from aixin.todos.forms import DecisionForm
from aixin.todos.kinds import Decision, DecisionError, decision_of
from aixin.todos.models import Todo
from aixin.todos.services import ClosedError, decide, decide_many, is_offered, may_decide
from aixin.todos.showing import Line, lines_for, page_of

BULK_LIMIT = 100


class TodoList(FilterView):
    """What the office is to decide, the longest overdue first; `?box=` shows what is below it and what is done."""

    allowed_roles = STAFF
    model = Todo
    filterset_class = TodoFilter
    template_name = "todos/list.html"
    paginate_by = PAGE_SIZE
    paginator_class = LazyPages

    def get_queryset(self) -> Any:
        return Todo.objects.visible_to(self.request.user).for_list()

    def get_strict(self) -> bool:
        return False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = acting_user(self.request)
        mine = Todo.objects.for_office(user)
        lines = lines_for(user, context["page_obj"].object_list)
        return {
            **context,
            "lines": lines,
            "waiting": mine.count(),
            "overdue": mine.overdue().count(),
            **_bulk(lines),
        }


def _bulk(lines: list[Line]) -> dict[str, Any]:
    """Return kind and decision that may be taken about ticked rows at once, where all rows shown are of one kind."""
    shown = {line.todo.kind for line in lines}
    ticked = [button.decision for line in lines for button in line.buttons if button.decision.bulk]
    return {"kind": shown.pop(), "bulk": ticked[0]} if len(shown) == 1 and ticked else {}


@allow(STAFF)
def decide_one(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Decide a to-do; asked once on a page of its own where the click alone is not enough."""
    user = acting_user(request)
    todo: Todo = get_object_or_404(Todo.objects.visible_to(user).for_list(), pk=pk)
    decision = decision_of(todo.kind, key)
    if decision is None or decision.url is not None:
        raise Http404
    if not may_decide(user, todo):
        raise PermissionDenied
    form = DecisionForm(request.POST if request.method == "POST" else None, decision=decision)
    if request.method == "POST" and form.is_valid():
        return _decided(request, todo, decision, form.cleaned_data["reason"])
    if todo.is_open and not is_offered(user, todo, decision):
        raise PermissionDenied
    note_look(request, todo)
    (line,) = lines_for(user, [todo])
    context = {"line": line, "decision": decision, "form": form}
    return render(request, "todos/decide.html", context, status=422 if form.errors else 200)


def _decided(request: HttpRequest, todo: Todo, decision: Decision, reason: str) -> HttpResponse:
    try:
        decide(request.user, todo, decision, reason)
        messages.success(request, f"已办：{decision.label}。")
    except ClosedError as closed:
        messages.info(request, str(closed))
    except DecisionError as error:
        messages.error(request, str(error))
    # Who came from the page of a child, a volunteer or a pairing goes back to it, where she may still open it.
    back = page_of(acting_user(request), todo) if request.GET.get("from") == "row" else ""
    return redirect(back or "todos:list")


@allow(STAFF)
@require_POST
def decide_ticked(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Take one harmless decision about the ticked to-dos of a kind."""
    user, decision = acting_user(request), decision_of(kind, key)
    if decision is None or not decision.bulk:
        raise Http404
    ids = typed_ids(request.POST.getlist("ids")[:BULK_LIMIT])
    ticked = Todo.objects.visible_to(user).open().filter(kind=kind, pk__in=ids)
    chosen = [todo for todo in ticked if may_decide(user, todo)]
    if not chosen and not may_edit(user):
        raise PermissionDenied
    done = decide_many(user, chosen, decision)
    if done:
        messages.success(request, f"已办 {done} 件：{decision.label}。")
    else:
        messages.info(request, "没有可办的待办：可能还没有勾选，或别人已经办过。")
    return redirect("todos:list")
