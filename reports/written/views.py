"""书面报告: what the figures of a region and period say, what offices add, and the Word file."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from aixin.access.models import Post, Region, Role
from aixin.access.permissions import STAFF, VIEWERS_OF_FIGURES, allow, may_edit
from aixin.access.regions import Level
from aixin.access.scoped import acting_user
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.documents import DocumentError, filled_in
from aixin.exchange.word_templates import may_replace
from aixin.exchange.writing import DOCX, file_response
from reports.models import Chapter, ChapterTitle
from reports.naming import warn_of_names
from reports.periods import Period
from reports.supervision.rights import keeps
from reports.views import begun, period_choices, region_asked
from reports.written.chapters import ChapterChangedError, save_titles, write_chapter
from reports.written.composing import report_of, with_pictures, words_of
from reports.written.document import REPORT
from reports.written.drawing import font_path
from reports.written.forms import ChapterForm, TitlesForm


def _post(request: HttpRequest) -> Post:
    """Return the post of who reads written reports: township and above, and officials; raise PermissionDenied."""
    post = acting_user(request).acting_post
    if post is None or post.region is None or post.level is None or post.level > Level.TOWNSHIP:
        raise PermissionDenied
    return post


def _asked_period(request: HttpRequest) -> Period:
    """Return the period asked for, or the month that is over."""
    key = request.GET.get("period")
    return begun(key) if key else Period.containing(timezone.localdate()).previous


def _regions(post: Post, region: Region) -> list[Region]:
    """Return the regions offered: the user's own, those below it, and what lies between it and the chosen one."""
    assert post.region is not None
    own = post.region
    between = [code for code in region.ancestor_codes if post.covers(code) and code != own.code]
    rows = [own, *Region.objects.filter(code__in=between), *Region.objects.children_of(own.code)]
    if region.code != own.code:
        rows += Region.objects.children_of(region.code)
    return sorted(
        {row.code: row for row in rows if row.level < Level.VILLAGE}.values(), key=lambda row: row.code
    )


@allow(VIEWERS_OF_FIGURES)
@require_safe
def written(request: HttpRequest) -> HttpResponse:
    """The report of a region and period as text, with what there is still to write."""
    user, post = acting_user(request), _post(request)
    region, period = region_asked(request), _asked_period(request)
    report = report_of(user, region, period)
    context = {
        "report": report,
        "region": region,
        "period": period,
        "regions": _regions(post, region),
        "periods": period_choices(period),
        "to_write": _to_write(post, user, period) if region.code == post.region_id else [],
        "is_own": post.role == Role.STAFF and region.code == post.region_id,
        "asks": keeps(user),
        "replaces": may_replace(user, REPORT),
        "has_font": font_path() is not None,
        "query": f"region={region.code}&period={period.key}",
    }
    return render(request, "reports/written/report.html", context)


def _to_write(post: Post, user: Any, period: Period) -> list[tuple[ChapterTitle, bool]]:
    """Return for a county each chapter that is asked of it, and whether it is written."""
    if post.level != Level.COUNTY or not may_edit(user):
        return []
    done = set(
        Chapter.objects.filter(region_id=post.region_id, period=period.key).values_list("title", flat=True)
    )
    return [(title, title.pk in done) for title in ChapterTitle.objects.asked_of(post.region_id or "")]


@allow(VIEWERS_OF_FIGURES)
@require_safe
def written_file(request: HttpRequest) -> HttpResponse:
    """The report as a Word file; sums only, so nobody is asked what for, and the trail has it all the same."""
    user, _ = acting_user(request), _post(request)
    region, period = region_asked(request), _asked_period(request)
    report = with_pictures(user, report_of(user, region, period))
    try:
        content = filled_in(REPORT, region, user, words_of(report))
    except DocumentError as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('reports:written')}?region={region.code}&period={period.key}")
    record(user, Action.EXPORT, region, what="written_report", period=period.key)
    return file_response(f"{report.title}.docx", content, DOCX)


@allow(STAFF)
def chapter(request: HttpRequest, period: str, pk: int) -> HttpResponse:
    """A county writes a chapter that its city asks for."""
    user, post = acting_user(request), _post(request)
    if post.level != Level.COUNTY or not may_edit(user):
        raise PermissionDenied
    asked: Any = ChapterTitle.objects.asked_of(post.region_id or "")
    return _write(request, begun(period), get_object_or_404(asked, pk=pk))


@allow(STAFF)
def next_steps(request: HttpRequest, period: str) -> HttpResponse:
    """An office writes what it does next, the end of its own report."""
    _post(request)
    return _write(request, begun(period), None)


def _write(request: HttpRequest, period: Period, title: ChapterTitle | None) -> HttpResponse:
    user, region = acting_user(request), _post(request).region
    assert region is not None
    kept, is_stale = Chapter.objects.filter(region=region, title=title, period=period.key), False
    stands = kept.first()
    shown = {"text": stands.text, "seen": stands.mark} if stands else {}
    form = ChapterForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            write_chapter(user, region, title, period, text, form.cleaned_data["seen"])
        except ChapterChangedError:
            # What was typed stays, and beside it what the other wrote; sent again it counts.
            is_stale, stands = True, kept.first()
            form = ChapterForm(initial={"text": text, "seen": stands.mark if stands else ""})
        else:
            messages.success(request, "已保存，报告里已经有了。")
            warn_of_names(request, region.code, text)
            return redirect(f"{reverse('reports:written')}?period={period.key}")
    context = {
        "form": form,
        "title": title.title if title else "下一步打算",
        "period": period,
        "stands": stands,
        "is_stale": is_stale,
    }
    status = 409 if is_stale else 422 if form.errors else 200
    return render(request, "reports/written/chapter.html", context, status=status)


@allow(STAFF)
def chapter_titles(request: HttpRequest) -> HttpResponse:
    """The city says which chapters its counties write."""
    user = acting_user(request)
    post = user.acting_post
    if not keeps(user) or post is None or post.region is None:
        raise PermissionDenied
    rows = ChapterTitle.objects.filter(region=post.region, retired=False)
    form = TitlesForm(request.POST or None, initial={"titles": "\n".join(row.title for row in rows)})
    if request.method == "POST" and form.is_valid():
        save_titles(user, post.region, form.cleaned_data["titles"])
        messages.success(request, "已保存，各县可以填写了。")
        return redirect("reports:written")
    return render(request, "reports/written/titles.html", {"form": form}, status=422 if form.errors else 200)
