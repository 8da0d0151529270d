"""外派: the city's own volunteers and where they serve; for a county, who serves it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aixin.access.lists import PAGE_SIZE, LazyPages
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, note_look
from organisations.forms import OfficeVolunteerForm, PostingForm
from organisations.models import Posting
from organisations.posting import end_posting, own_volunteers, post_to
from organisations.rights import posts_volunteers
from organisations.services import GroupError
from pairing.models import Pairing
from volunteers.choices import Clearance
from volunteers.forms import ClearanceForm
from volunteers.models import Volunteer
from volunteers.services import record_clearances, save_volunteer


def _senders_only(request: HttpRequest) -> None:
    if not posts_volunteers(request.user):
        raise PermissionDenied


@allow(STAFF)
@require_safe
def postings(request: HttpRequest) -> HttpResponse:
    """The city: its own offices' volunteers, each with where she serves. Others: who serves their region."""
    user = acting_user(request)
    sends = posts_volunteers(user)
    pages: Paginator[Any] = LazyPages(_senders(user) if sends else _guests(user), PAGE_SIZE)
    page = pages.get_page(request.GET.get("page"))
    return render(request, "organisations/postings.html", {"page_obj": page, "sends": sends})


def _senders(user: Any) -> Any:
    standing = Posting.objects.standing().select_related("region").order_by("since")
    active = Pairing.objects.active()
    return (
        own_volunteers(user)
        .prefetch_related(
            Prefetch("postings", standing, to_attr="standing_postings"),
            Prefetch("pairings", active, to_attr="active_pairings"),
        )
        .order_by("initials", "pk")
    )


def _guests(user: Any) -> Any:
    active = Prefetch("volunteer__pairings", Pairing.objects.active(), to_attr="active_pairings")
    found = Posting.objects.visible_to(user).standing()
    return (
        found.select_related("volunteer", "region")
        .prefetch_related(active)
        .order_by("region_id", "since", "pk")
    )


@allow(STAFF)
def register(request: HttpRequest) -> HttpResponse:
    """Register a volunteer of the city's own offices."""
    _senders_only(request)
    return _form_page(request, Volunteer())


@allow(STAFF)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is registered of her."""
    volunteer = _own(request, pk)
    note_look(request, volunteer)
    return _form_page(request, volunteer)


def _own(request: HttpRequest, pk: int) -> Any:
    """Return a volunteer of the city's own offices; for any other in scope 403, outside 404."""
    found = get_object_or_404(Volunteer.objects.visible_to(request.user), pk=pk)
    _senders_only(request)
    return get_object_or_404(own_volunteers(request.user), pk=found.pk)


def _form_page(request: HttpRequest, volunteer: Volunteer) -> HttpResponse:
    added = volunteer.pk is None
    form = OfficeVolunteerForm(request.POST or None, instance=volunteer, user=acting_user(request))
    if request.method == "POST" and form.is_valid():
        saved = save_volunteer(request.user, form.save(commit=False))
        messages.success(request, f"已保存（编号 {saved.no}）。")
        return redirect("postings:post", saved.pk) if added else redirect("postings:list")
    context = {"form": form, "volunteer": None if added else volunteer}
    return render(request, "organisations/office_volunteer.html", context)


@allow(STAFF)
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one of them to a county for a time."""
    volunteer = _own(request, pk)
    form = PostingForm(
        request.POST or None, user=acting_user(request), initial={"since": timezone.localdate()}
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            post_to(request.user, volunteer, said["county"], said["since"], said["until"])
        except GroupError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已外派到{said['county'].name}，县妇联可以给她安排孩子了。")
            return redirect("postings:list")
    note_look(request, volunteer)
    clearance = ClearanceForm(
        initial={"day": timezone.localdate()},
        people=[volunteer],
        auto_id="clear_%s",
    )
    context = {"volunteer": volunteer, "form": form, "clearance_form": clearance}
    return render(request, "organisations/post.html", context)


@allow(STAFF)
@require_POST
def clear(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the 准入查询 of one of them."""
    volunteer = _own(request, pk)
    form = ClearanceForm(request.POST, auto_id="clear_%s", people=[volunteer])
    if not form.is_valid():
        posting = PostingForm(user=acting_user(request), initial={"since": timezone.localdate()})
        context = {"volunteer": volunteer, "form": posting, "clearance_form": form}
        return render(request, "organisations/post.html", context, status=422)
    said = form.cleaned_data
    record_clearances(request.user, [volunteer], Clearance(said["result"]), said["day"], said["officer"])
    messages.success(request, "已登记准入查询结果。")
    return redirect("postings:post", pk)


@allow(STAFF)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a posting; pairings that she has there go on until somebody ends them."""
    posting = get_object_or_404(Posting.objects.visible_to(request.user).select_related("volunteer"), pk=pk)
    _senders_only(request)
    end_posting(request.user, posting)
    messages.success(request, "已结束外派。她在那里的结对不受影响。")
    return redirect("postings:list")
