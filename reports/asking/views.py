"""查询: the page where staff ask, and what they do with an answer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from aixin.access.lists import PAGE_SIZE, LazyPages
from aixin.access.models import User
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.export_views import export_page
from aixin.exchange.exporting import mark_of, name_of_area
from aixin.exchange.writing import workbook_response
from reports.asking.chips import chips_of, column_options, grouping_options, opened_chips, to_add
from reports.asking.counting import MOST_USED, Counts
from reports.asking.exports import counts_xlsx
from reports.asking.forms import KeepForm, KeptForm, question_of
from reports.asking.listing import Listing
from reports.asking.question import Question, words_of
from reports.asking.ready import ready_questions
from reports.asking.saving import NameTakenError, change, forget, keep
from reports.asking.subjects import subjects
from reports.models import SavedQuestion

TAKEN = "您已经有一个叫这个名称的查询，请换一个名称。"


def _asked(request: HttpRequest) -> Question | None:
    return question_of(request.GET.urlencode(), acting_user(request))


@allow(STAFF)
def home(request: HttpRequest) -> HttpResponse:
    """The answer to the question in the address; without one, questions to begin with."""
    user, question = acting_user(request), _asked(request)
    if question is None:
        context = {"unknown": bool(request.GET.get("subject")), "ready": ready_questions(user), **_kept(user)}
        return render(request, "asking/start.html", {"subjects": subjects(), **context})
    context = _controls(request, question) | (
        _counted(request, question) if question.groupings else _listed(request, question)
    )
    return render(request, "asking/answer.html", context)


def _kept(user: User) -> dict[str, Any]:
    visible: Any = SavedQuestion.objects.visible_to(user)
    mine = set(SavedQuestion.objects.kept_by(user).values_list("pk", flat=True))
    rows = [(row, row.pk in mine) for row in visible.select_related("owner", "region")]
    return {"kept": rows, "office": user.acting_post.region_id if user.acting_post else ""}


def _controls(request: HttpRequest, question: Question) -> dict[str, Any]:
    user = acting_user(request)
    return {
        "question": question,
        "subjects": subjects(),
        "chips": chips_of(question, user, request.GET.get("add", "")),
        "opened": opened_chips(question, user),
        "to_add": to_add(question),
        "columns": column_options(question, user),
        "first_groups": grouping_options(question, user, 0),
        "second_groups": grouping_options(question, user, 1),
        "keep_form": KeepForm(user=user, initial={"query": question.query}),
        "export_url": f"{reverse('asking:export')}?{question.query}",
        "counts_url": f"{reverse('asking:counts')}?{question.query}",
    }


def _listed(request: HttpRequest, question: Question) -> dict[str, Any]:
    listing = Listing(question, acting_user(request))
    page = LazyPages(listing.rows, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = listing.lines(list(page.object_list))
    return {"page": page, "total": page.paginator.count, "headings": listing.headings(), "lines": lines}


def _counted(request: HttpRequest, question: Question) -> dict[str, Any]:
    counts = Counts(question, acting_user(request))
    page = LazyPages(counts.lines, PAGE_SIZE).get_page(request.GET.get("page"))
    order = "" if question.order == MOST_USED else MOST_USED
    by_number = question.ordered_by(order).query
    return {"page": page, "total": counts.total, "counts": counts, "by_number": by_number}


@allow(STAFF)
def export(request: HttpRequest) -> HttpResponse:
    """Ask what the rows are exported for, then make the ledger."""
    question = _asked(request)
    if question is None or question.complaints:
        return _back(request, question)
    subject = question.subject
    return export_page(request, subject.listed.kind, chosen=question.columns or subject.usual)


def _back(request: HttpRequest, question: Question | None) -> HttpResponse:
    messages.error(request, "这个查询里有看不懂的条件，请改好再导出。")
    return redirect(f"{reverse('asking:home')}?{question.query if question else ''}")


@allow(STAFF)
def counts(request: HttpRequest) -> HttpResponse:
    """The counts as a workbook, noted in the trail: figures only, nobody's row."""
    user, question = acting_user(request), _asked(request)
    if question is None or question.complaints or not question.groupings:
        return _back(request, question)
    counted = Counts(question, user)
    record(user, Action.EXPORT, what="counts", subject=question.subject.key, rows=len(counted.lines))
    post, today = user.acting_post, timezone.localdate()
    title = f"{name_of_area(post.region_id if post and post.region_id else '')}{question.subject.title}统计"
    note = "，".join(f"{label}：{words}" for label, words in words_of(question, user))
    content = counts_xlsx(title, counted, f"单位：{question.subject.unit}　{note}", mark_of(user))
    return workbook_response(f"{title}_{today:%Y%m%d}.xlsx", content)


@allow(STAFF)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep a question."""
    user = acting_user(request)
    form = KeepForm(request.POST, user=user)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(_answer_of(request.POST.get("query", ""), user))
    question = form.cleaned_data["query"]
    try:
        keep(user, question, **form.stated)
    except NameTakenError:
        messages.error(request, TAKEN)
    else:
        messages.success(request, "已保存，下次从“查询”里打开。")
    return redirect(_answer_of(question.query, user))


def _answer_of(query: str, user: User) -> str:
    question = question_of(query, user)
    return f"{reverse('asking:home')}?{question.query}" if question else reverse("asking:home")


def _of_hers(request: HttpRequest, pk: int) -> SavedQuestion:
    """Return a question that the user may change; one that she only sees is 403."""
    user = acting_user(request)
    row: SavedQuestion = get_object_or_404(SavedQuestion.objects.visible_to(user), pk=pk)
    if not SavedQuestion.objects.kept_by(user).filter(pk=pk).exists():
        raise PermissionDenied
    return row


@allow(STAFF)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a question, share it or take it back."""
    row, user = _of_hers(request, pk), acting_user(request)
    form = KeptForm(request.POST) if request.method == "POST" else KeptForm.of(row)
    if request.method == "POST" and form.is_valid():
        try:
            change(user, row, **form.stated)
        except NameTakenError:
            form.add_error("name", TAKEN)
        else:
            messages.success(request, "已改好。")
            return redirect("asking:home")
    return render(request, "asking/edit.html", {"form": form, "row": row})


@allow(STAFF)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a question."""
    forget(acting_user(request), _of_hers(request, pk))
    messages.success(request, "已删除。")
    return redirect("asking:home")
