"""部门比对: another department's list against the roster, on three tabs."""

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from aixin.access.lists import PAGE_SIZE, RosterList
from aixin.access.models import Region
from aixin.access.people import name_for
from aixin.access.permissions import STAFF, allow
from aixin.access.regions import Level
from aixin.access.scoped import EditorMixin, acting_user, editors_only, is_id
from aixin.exchange.comparing import Comparison, Department, close, opened
from aixin.exchange.export_views import export_page
from aixin.exchange.jobs import WorkbookError
from aixin.exchange.views import UploadForm
from children.choices import Category
from children.filters import ChildFilter
from children.matching import TakeError, compare, standing_jobs, take
from children.models import Child
from children.tables import ChildTable

THEIRS, DIFFERING = "theirs", "differing"


class MatchForm(UploadForm):
    """The list, whose it is, and what holds for rows that lack category or township."""

    department = forms.ChoiceField(
        label="哪个部门的名单",
        choices=[("", "请选择"), *Department.choices],
        error_messages={"required": "请选择是哪个部门的名单。"},
    )
    category = forms.ChoiceField(
        label="名单里没写类别的，录入时按",
        choices=[("", "不录入，先核实"), *Category.choices],
        required=False,
    )
    township = forms.ChoiceField(label="名单里没写乡镇的，录入到", required=False)

    def __init__(self, *args: Any, scope: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = "部门名单"
        townships = Region.objects.below(scope).filter(level=Level.TOWNSHIP, retired=False)
        offered = [(name, name) for name in townships.values_list("name", flat=True)]
        self.fields["township"].choices = [("", "不录入，先核实"), *offered]  # type: ignore[attr-defined]

    def defaults(self) -> dict[str, str]:
        """Return the cells of rows that lack them."""
        category = self.cleaned_data["category"]
        stated = {
            "category": str(Category(category).label) if category else "",
            "township": self.cleaned_data["township"],
        }
        return {key: text for key, text in stated.items() if text}


@allow(STAFF)
@editors_only
def match(request: HttpRequest) -> HttpResponse:
    """Take a list and compare it (POST); show the comparison that is open, else ask for a list (GET)."""
    user = acting_user(request)
    comparison = opened(user)
    if request.method == "POST":
        return _start(request)
    if comparison is None:
        return _ask(request, _form(request))
    tab = DIFFERING if request.GET.get("tab") == DIFFERING else THEIRS
    rows = comparison.differing if tab == DIFFERING else comparison.theirs
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    _complete(request, comparison, list(page))
    return render(request, f"children/match_{tab}.html", {**_frame(request, comparison, tab), "page": page})


def _form(request: HttpRequest) -> MatchForm:
    post = acting_user(request).acting_post
    scope = (post.region_id or "") if post else ""
    typed = (request.POST, request.FILES) if request.method == "POST" else ()
    return MatchForm(*typed, scope=scope)


def _ask(request: HttpRequest, form: MatchForm) -> HttpResponse:
    return render(request, "children/match_start.html", {"form": form})


def _start(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    if form.is_valid():
        file, department = form.cleaned_data["file"], form.cleaned_data["department"]
        try:
            compare(acting_user(request), file.read(), file.name, department, form.defaults())
        except WorkbookError as error:
            form.add_error("file", str(error))
        else:
            return redirect("matching:home")
    return _ask(request, form)


def _complete(request: HttpRequest, comparison: Comparison, rows: list[dict[str, Any]]) -> None:
    """Add to the rows of a page what became of them, and to differing ones the child as it is now."""
    user, jobs = acting_user(request), standing_jobs(comparison)
    visible = Child.objects.visible_to(user).registered().select_related("region")
    children = visible.in_bulk([row["pk"] for row in rows if "pk" in row])
    for row in rows:
        row["job"] = jobs.get(row["row"])
        child = children.get(row.get("pk", 0))
        row["child"] = child
        row["child_name"] = name_for(user, child.name) if child else ""


def _frame(request: HttpRequest, comparison: Comparison, active: str) -> dict[str, Any]:
    address = reverse("matching:home")
    ours = _ours(request, comparison).count()
    return {
        "comparison": comparison,
        "ends_at": timezone.localtime(comparison.ends_at),
        "tabs": [
            ("对方有我方无", address, len(comparison.theirs), active == THEIRS),
            ("我方有对方无", reverse("matching:ours"), ours, active == "ours"),
            ("信息不一致", f"{address}?tab={DIFFERING}", len(comparison.differing), active == DIFFERING),
        ],
    }


def _ours(request: HttpRequest, comparison: Comparison) -> Any:
    return Child.objects.visible_to(request.user).registered().exclude(pk__in=comparison.matched)


class OursOnly(EditorMixin, RosterList):
    """Who is on our roster and not on the list: to be looked into one by one; nobody leaves the roster by it."""

    allowed_roles = STAFF
    model = Child
    table_class = ChildTable
    filterset_class = ChildFilter
    template_name = "children/match_ours.html"

    @cached_property
    def comparison(self) -> Comparison | None:
        return opened(acting_user(self.request))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.comparison is None:
            return redirect("matching:home")
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def get_queryset(self) -> Any:
        """Return the rows; of an export that was approved after the comparison had ended, its ids alone say which."""
        rows = super().get_queryset()
        return rows.exclude(pk__in=self.comparison.matched) if self.comparison else rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert self.comparison is not None
        return {**super().get_context_data(**kwargs), **_frame(self.request, self.comparison, "ours")}


@allow(STAFF)
@editors_only
def export(request: HttpRequest) -> HttpResponse:
    """Ask what the ledger of who is not on the list is exported for, then make it: of our own roster's rows alone."""
    if opened(acting_user(request)) is None:
        return redirect("matching:home")
    return export_page(request, "unmatched")


@allow(STAFF)
@editors_only
@require_POST
def take_row(request: HttpRequest) -> HttpResponse:
    """Take one row over; for a differing one the ticked parts."""
    number = request.POST.get("row", "")
    keys = set(request.POST.getlist("parts"))
    try:
        job = take(acting_user(request), int(number) if is_id(number) else 0, keys)
    except TakeError as error:
        messages.error(request, str(error))
    else:
        done = "已录入名册" if job.counts.get("created") else "已采用对方的信息"
        messages.success(request, f"{done}。录错了可以在这一行点“查看”后撤销。")
    tab = f"?tab={DIFFERING}" if request.POST.get("tab") == DIFFERING else "?"
    page = request.POST.get("page", "")
    return redirect(f"{reverse('matching:home')}{tab}{f'&page={page}' if is_id(page) else ''}")


@allow(STAFF)
@editors_only
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Forget the comparison at once."""
    close(acting_user(request))
    messages.success(request, "比对已结束，对方的名单已删除。")
    return redirect("matching:home")
