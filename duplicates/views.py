"""疑似重复: the list of doubtful pairs, and two records side by side."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from aixin.access.lists import PAGE_SIZE, LazyPages
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, editors_only, note_look
from duplicates.comparing import better_side, compare
from duplicates.forms import MergeForm
from duplicates.kinds import Kind, kind_named, kind_of, kinds
from duplicates.merging import merge
from duplicates.models import Pair
from duplicates.services import DuplicateError, doubt_again, tell_apart
from duplicates.sides import FIRST, SECOND, Row
from duplicates.undoing import is_undoable, obstacles, take_back


@allow(STAFF)
@editors_only
@require_safe
def pairs(request: HttpRequest) -> HttpResponse:
    """Show the pairs of a roster (`?kind=`) that wait for a decision, with `?state=` those told apart or merged."""
    kind = kind_named(request.GET.get("kind", "")) or kinds()[0]
    visible = kind.pairs.objects.visible_to(request.user).for_list()
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
        "kind": kind,
        "kinds": [(one, _waiting(request, one)) for one in kinds()],
    }
    return render(request, "duplicates/list.html", context)


def _waiting(request: HttpRequest, kind: Kind) -> int:
    number: int = kind.pairs.objects.visible_to(request.user).open().count()
    return number


@allow(STAFF)
@editors_only
def pair(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Show two records side by side (GET), merge them as chosen (POST)."""
    found = _pair(request, kind, pk)
    if found.is_merged and request.method != "POST":
        return _merged(request, found)
    first, second = _records(found)
    user = acting_user(request)
    rows = compare(kind_of(found), user, first, second)
    form = MergeForm(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid():
        try:
            kept = merge(user, found, form.choice)
        except DuplicateError as error:
            messages.error(request, str(error))
            return _back(kind)
        messages.success(
            request, f"已合并。两个编号都会找到这份档案（编号 {kept.no}），30天内可在“疑似重复”里撤销。"
        )
        return redirect(kind_of(found).page, kept.pk)
    for row in (first, second):
        note_look(request, row)
    return render(
        request, "duplicates/pair.html", _context(found, first, second, rows, form), status=_status(form)
    )


def _back(kind: str) -> HttpResponse:
    return redirect(f"{reverse('duplicates:list')}?kind={kind}")


def _merged(request: HttpRequest, found: Pair) -> HttpResponse:
    note_look(request, found.kept)
    undoable = is_undoable(found)
    context = {
        "pair": found,
        "kind": kind_of(found),
        "undoable": undoable,
        "obstacles": obstacles(found) if undoable else [],
    }
    return render(request, "duplicates/merged.html", context)


def _status(form: MergeForm) -> int:
    return 422 if form.errors else 200


def _pair(request: HttpRequest, key: str, pk: int) -> Pair:
    kind = kind_named(key)
    if kind is None:
        raise Http404
    found: Pair = get_object_or_404(kind.pairs.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def _records(found: Pair) -> tuple[Any, Any]:
    kind = kind_of(found)
    rows = kind.model.objects.select_related("region").prefetch_related(*kind.records)
    records = rows.in_bulk([found.first_id, found.second_id])
    return records[found.first_id], records[found.second_id]


def _context(found: Pair, first: Any, second: Any, rows: list[Row], form: MergeForm) -> dict[str, Any]:
    kind = kind_of(found)
    better = better_side(kind, first, second)
    return {
        "pair": found,
        "kind": kind,
        "sides": [(FIRST, "甲", first, better == FIRST), (SECOND, "乙", second, better == SECOND)],
        "rows": rows,
        "counts": kind.counts(first, second),
        "form": form,
        "may_merge": found.is_open and kind.may_merge(first) and kind.may_merge(second),
    }


@allow(STAFF)
@editors_only
@require_POST
def not_same(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Remember that the two are not of one person."""
    try:
        tell_apart(acting_user(request), _pair(request, kind, pk))
        messages.success(request, "已记下：不是同一人，以后不再提醒。")
    except DuplicateError as error:
        messages.error(request, str(error))
    return _back(kind)


@allow(STAFF)
@editors_only
@require_POST
def undo(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take a merge back."""
    try:
        take_back(acting_user(request), _pair(request, kind, pk))
        messages.success(request, "已撤销合并，两份档案都恢复了。")
    except DuplicateError as error:
        messages.error(request, str(error))
    return redirect("duplicates:pair", kind, pk)


@allow(STAFF)
@editors_only
@require_POST
def reopen(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take 'not the same' back."""
    found = _pair(request, kind, pk)
    try:
        doubt_again(acting_user(request), found)
        messages.success(request, "已放回待判断。")
    except DuplicateError as error:
        messages.error(request, str(error))
    return redirect("duplicates:pair", kind, pk)
