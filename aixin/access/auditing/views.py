"""The auditor's pages: the trail with its filters, one entry, one person's trail, one account's."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from aixin.access.auditing.filters import BAD_NUMBER, TrailFilter
from aixin.access.auditing.numbered import person_with
from aixin.access.auditing.paging import CappedPages
from aixin.access.auditing.summaries import deeds_of, visitors_of
from aixin.access.auditing.wording import details_of, lines_of, who_text
from aixin.access.extension import extensions_of
from aixin.access.models import Role, User, acting_role
from aixin.access.numbers import is_valid
from aixin.access.people import name_for
from aixin.access.permissions import allow
from aixin.access.querysets import within
from aixin.access.scoped import acting_user
from aixin.audit.models import Action, Entry, Seal, Verification
from aixin.audit.querysets import EntryQuerySet
from aixin.audit.tasks import verify_audit
from aixin.audit.trail import record
from aixin.privacy.masks import mask_numbers

AUDITORS = frozenset({Role.AUDITOR})
AUDITORS_AND_HEADS = frozenset({Role.AUDITOR, Role.STAFF})
LABEL = "audit.entry"
PAGE_SIZE = 20
SHOWN_SUBJECTS = 200
NUMBER_LENGTH = 12


def scope_of_auditor(user: Any) -> str:
    """Return the region code that an auditor answers for; empty for the whole system."""
    post = user.acting_post
    return (post.region_id or "") if post else ""


def filtered(request: HttpRequest) -> TrailFilter:
    """Return the trail as the page's filters narrow it, within the auditor's region."""
    readable = Entry.objects.all().of_region(scope_of_auditor(request.user))
    return TrailFilter(request.GET, queryset=readable, request=request)


def _page(request: HttpRequest, entries: EntryQuerySet, only: str = "") -> dict[str, Any]:
    """Return a page of an ordered trail and its lines; `only` as for `lines_of`."""
    page: Page[Any] = CappedPages(entries.for_lines(), PAGE_SIZE).get_page(request.GET.get("page"))
    return {"page": page, "lines": lines_of(page.object_list, only)}


@allow(AUDITORS)
def home(request: HttpRequest) -> HttpResponse:
    """审计记录: everything of the auditor's region, the newest first."""
    narrowed = filtered(request)
    query = request.GET.copy()
    query.pop("page", None)
    acts = [
        {"label": act.label, "icon": act.icon, "url": act.url(query.urlencode())}
        for act in extensions_of(LABEL).acts
        if act.offered(request.user, None)
    ]
    context = {
        "filter": narrowed,
        "acts": acts,
        "checked": Verification.objects.last(),
        "is_auditor": True,
        **_page(request, narrowed.qs),
    }
    return render(request, "audit/home.html", context)


@allow(AUDITORS)
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry with everything that it holds, and the seal over it."""
    readable = Entry.objects.all().of_region(scope_of_auditor(request.user)).select_related("user")
    found = get_object_or_404(readable, pk=pk)
    seal = Seal.objects.filter(
        first_transaction__lte=found.transaction, next_transaction__gt=found.transaction
    ).first()
    context = {
        "entry": found,
        "line": lines_of([found])[0],
        "details": details_of(found),
        "subjects": found.subjects[:SHOWN_SUBJECTS],
        "more": max(len(found.subjects) - SHOWN_SUBJECTS, 0),
        "seal": seal,
    }
    return render(request, "audit/entry.html", context)


@allow(AUDITORS_AND_HEADS)
def person(request: HttpRequest) -> HttpResponse:
    """谁看过这个人: every access to a person by public number, by who and in full; noted itself.

    404 for a head when the person is not of her region; 403 for staff who head no county or place below.
    """
    user, number = acting_user(request), request.GET.get("no", "").strip()[:NUMBER_LENGTH]
    if not may_read_trails(user):
        raise PermissionDenied
    context: dict[str, Any] = {"number": number, "is_auditor": acting_role(user) == Role.AUDITOR}
    if number and not is_valid(number):
        context["error"] = BAD_NUMBER
    elif number:
        context |= _heading(user, number)
        entries = _trail_of(user, number)
        context |= {
            **_page(request, entries.newest_first(few=True), number),
            "visitors": visitors_of(entries),
        }
        record(user, Action.AUDIT, subjects=[number], page="person")
    return render(request, "audit/person.html", context)


def may_read_trails(user: User) -> bool:
    """Return whether the user may ask who looked at somebody: auditors, and the heads of counties and below."""
    post = user.acting_post
    if post is None:
        return False
    return post.role == Role.AUDITOR or (post.role == Role.STAFF and post.is_head and post.is_county_or_below)


def _heading(user: User, number: str) -> dict[str, str]:
    """Return name and page of the person whom a head asks about, nothing for an auditor; raise Http404."""
    if acting_role(user) == Role.AUDITOR:
        return {}
    found = person_with(user, number)
    if found is None:
        raise Http404
    row, url = found
    return {"name": name_for(user, row.name), "back_url": url}


def _trail_of(user: User, number: str) -> EntryQuerySet:
    """Return everything about a person; for an auditor nothing unless the person stood in her region."""
    about: EntryQuerySet = Entry.objects.all().about(number)
    foreign = acting_role(user) == Role.AUDITOR and not about.belongs_to(scope_of_auditor(user))
    return about.none() if foreign else about


@allow(AUDITORS)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """这个账号做了什么: what an account did, by kind and in full; noted itself. 404 outside the auditor's region."""
    scope = scope_of_auditor(request.user)
    accounts = User.objects.prefetch_related("posts__region")
    if scope:
        accounts = accounts.filter(within(scope, "posts__region_id")).distinct()
    found = get_object_or_404(accounts, pk=pk)
    entries = Entry.objects.filter(user=found).of_region(scope)
    posts = list(found.posts.all())
    context = {
        "account": found,
        "who": who_text(found, posts[0].role if posts else ""),
        "username": mask_numbers(found.username),
        "posts": posts,
        "deeds": deeds_of(entries),
        "is_auditor": True,
        **_page(request, entries.newest_first()),
    }
    record(request.user, Action.AUDIT, found, page="account")
    return render(request, "audit/account.html", context)


@allow(AUDITORS)
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Have the whole chain checked now by the worker; the night's check goes on as before."""
    verify_audit.delay()
    messages.success(request, "已开始核验。记录多时要几分钟，完成后刷新本页即可看到结果。")
    return redirect("home")
