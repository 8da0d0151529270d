"""疑似重复: the list of doubtful pairs, and two records side by side."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from aixin.access.lists import PAGE_SIZE, LazyPages
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, editors_only, note_look
from children.models import Child
from duplicates.comparing import FIRST, SECOND, Row, better_side, compare, counts
from duplicates.forms import MergeForm
from duplicates.merging import merge
from duplicates.models import Duplicate
from duplicates.services import DuplicateError, doubt_again, tell_apart
from duplicates.undoing import is_undoable, obstacles, take_back


@allow(STAFF)
@editors_only
@require_safe
def pairs(request: HttpRequest) -> HttpResponse:
    """Show the pairs that wait for a decision, with `?state=` those told apart or merged."""
    visible = Duplicate.objects.visible_to(request.user).for_list()
    stacks = [
        ("", "待判断", visible.open()),
        ("not_same", "不是同一人", visible.not_same()),
        ("merged", "30天内合并的", visible.merged()),
    ]
    wanted = request.GET.get("state", "")
    state, _, shown = next((stack for stack in stacks if stack[0] == wanted), stacks[0])
    pages: Paginator[Any] = LazyPages(shown, PAGE_SIZE)
    context = {
        "page_obj": pages.get_page(request.GET.get("page")),
        "tabs": [(key, label, rows.count(), key == state) for key, label, rows in stacks],
        "state": state,
    }
    return render(request, "duplicates/list.html", context)


@allow(STAFF)
@editors_only
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Show two records side by side (GET), merge them as chosen (POST)."""
    found = _pair(request, pk)
    if found.is_merged and request.method != "POST":
        return _merged(request, found)
    first, second = _records(found)
    user = acting_user(request)
    rows = compare(user, first, second)
    form = MergeForm(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid():
        try:
            kept = merge(user, found, form.choice)
        except DuplicateError as error:
            messages.error(request, str(error))
            return redirect("duplicates:list")
        messages.success(
            request, f"已合并。两个编号都会找到这份档案（编号 {kept.no}），30天内可在“疑似重复”里撤销。"
        )
        return redirect("children:detail", kept.pk)
    for child in (first, second):
        note_look(request, child)
    return render(
        request, "duplicates/pair.html", _context(found, first, second, rows, form), status=_status(form)
    )


def _merged(request: HttpRequest, found: Duplicate) -> HttpResponse:
    note_look(request, found.kept)
    undoable = is_undoable(found)
    context = {"pair": found, "undoable": undoable, "obstacles": obstacles(found) if undoable else []}
    return render(request, "duplicates/merged.html", context)


def _status(form: MergeForm) -> int:
    return 422 if form.errors else 200


def _pair(request: HttpRequest, pk: int) -> Duplicate:
    found: Duplicate = get_object_or_404(Duplicate.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def _records(found: Duplicate) -> tuple[Child, Child]:
    rows = Child.objects.select_related("region").prefetch_related("guardians", "parents")
    children = rows.in_bulk([found.first_id, found.second_id])
    return children[found.first_id], children[found.second_id]


def _context(
    found: Duplicate, first: Child, second: Child, rows: list[Row], form: MergeForm
) -> dict[str, Any]:
    better = better_side(first, second)
    return {
        "pair": found,
        "sides": [(FIRST, "甲", first, better == FIRST), (SECOND, "乙", second, better == SECOND)],
        "rows": rows,
        "counts": counts(first, second),
        "form": form,
        "may_merge": found.is_open and first.is_on_roster and second.is_on_roster,
    }


@allow(STAFF)
@editors_only
@require_POST
def not_same(request: HttpRequest, pk: int) -> HttpResponse:
    """Remember that the two are not the same child."""
    try:
        tell_apart(acting_user(request), _pair(request, pk))
        messages.success(request, "已记下：不是同一人，以后不再提醒。")
    except DuplicateError as error:
        messages.error(request, str(error))
    return redirect("duplicates:list")


@allow(STAFF)
@editors_only
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a merge back."""
    try:
        take_back(acting_user(request), _pair(request, pk))
        messages.success(request, "已撤销合并，两份档案都恢复了。")
    except DuplicateError as error:
        messages.error(request, str(error))
    return redirect("duplicates:pair", pk)


@allow(STAFF)
@editors_only
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take 'not the same' back."""
    found = _pair(request, pk)
    try:
        doubt_again(acting_user(request), found)
        messages.success(request, "已放回待判断。")
    except DuplicateError as error:
        messages.error(request, str(error))
    return redirect("duplicates:pair", pk)
