"""Pages of visits: 记一次, lists, correction and withdrawal."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django.views.generic import DetailView

from aixin.access.lists import RosterList
from aixin.access.models import Role
from aixin.access.people import name_for, recorder_for, shows_full_names
from aixin.access.permissions import CARERS, STAFF, allow, is_chair, may_edit
from aixin.access.scoped import RecordedViewMixin, acting_user, note_look, typed_ids, typed_text
from aixin.access.search import note_number_search
from aixin.web.drafts import draft_key, mark_draft_saved
from children.models import Child
from visits.choices import Way
from visits.filters import VisitFilter
from visits.forms import VisitForm, WithdrawForm
from visits.household import offered_children, offered_volunteers, visiting
from visits.models import Visit, VisitPhoto, household_visits, person_visits
from visits.parts import BoundPart, are_valid, save_parts, visit_parts
from visits.photos import PhotoError, keep_first_photos, keep_photo
from visits.said import differences, parts_of, still_unknown, untold_parts
from visits.services import OutdatedError, VisitError, correct_visit, log_visit, withdraw_visit
from visits.tables import VisitTable
from visits.twins import twin_to_ask_about, twins_of
from visits.village import village_children

CHOICES_SHOWN = 30
TWINS_SHOWN = 3


class StaffVisitList(RosterList):
    allowed_roles = STAFF
    model = Visit
    table_class = VisitTable
    filterset_class = VisitFilter
    template_name = "visits/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        shown = Visit.objects.filter(pk__in=context["filter"].qs.order_by().values("pk"))
        counts = {
            "visits": shown.count(),
            "households": household_visits(shown),
            "persons": person_visits(shown),
        }
        return {**context, **counts, "may_edit": may_edit(self.request.user)}


@allow(CARERS)
def visit_list(request: HttpRequest) -> HttpResponse:
    """Staff see the visits of their region, a volunteer her own."""
    if _is_volunteer(request):
        mine = Visit.objects.visible_to(request.user).for_list()[:50]
        return render(request, "visits/list_phone.html", {"visits": mine})
    return cast("HttpResponse", StaffVisitList.as_view()(request))


def _is_volunteer(request: HttpRequest) -> bool:
    post = acting_user(request).acting_post
    return post is not None and post.role == Role.VOLUNTEER


def _on_phone(request: HttpRequest) -> bool:
    post = acting_user(request).acting_post
    return post is not None and post.is_of_the_phone


def _chosen_ids(request: HttpRequest) -> list[int]:
    source = request.POST.getlist("children") if request.method == "POST" else request.GET.getlist("child")
    return typed_ids(source)


@allow(CARERS)
def create(request: HttpRequest) -> HttpResponse:
    """记一次: a volunteer for her children, staff of a county and below for any child of theirs."""
    if not _is_volunteer(request) and not may_edit(request.user):
        raise PermissionDenied
    chosen = _chosen_ids(request)
    offered = offered_children(request.user, chosen)
    if not _is_volunteer(request) and not offered.exists():
        return choose_child(request, chosen)
    form = _form(request, offered, chosen)
    parts = visit_parts(request.POST or None, offered)
    context: dict[str, Any] = {"extra_parts": parts}
    if request.method == "POST" and are_valid([form, *(part.form for part in parts)]):
        twin = twin_to_ask_about(request.user, form)
        if twin is None:
            return _store(request, form, parts)
        context.update(twin=twin, again="1")
    return render(request, _template(request, "form"), {**_form_context(request, form), **context})


def choose_child(request: HttpRequest, chosen: list[int]) -> HttpResponse:
    """Let staff find the child first; an id that is not theirs is 404."""
    if chosen:
        raise Http404
    if is_chair(request.user):
        return render(request, "visits/choose_child_phone.html", village_children(request))
    text = typed_text(request, "q")
    found = Child.objects.visible_to(request.user).registered().for_list()
    rows = list(found.with_text(text)[:CHOICES_SHOWN]) if text else []
    note_number_search(request.user, text, rows)
    return render(request, "visits/choose_child.html", {"text": text, "children": rows})


def _form(request: HttpRequest, offered: Any, chosen: list[int], instance: Visit | None = None) -> VisitForm:
    user = acting_user(request)
    initial: dict[str, Any] = {}
    if instance is None:
        initial = {
            "children": chosen or _only(offered),
            "date": timezone.localdate(),
            "way": _way_asked_for(request) or ("PHONE" if _is_volunteer(request) else "HOME"),
        }
    return VisitForm(
        request.POST or None,
        request.FILES or None,
        instance=instance,
        initial=initial,
        offered=offered,
        companions=offered_volunteers(user, offered),
    )


def _way_asked_for(request: HttpRequest) -> str:
    asked = request.GET.get("way", "")
    return asked if asked in Way.values else ""


def _only(offered: Any) -> list[int]:
    """Tick the child when there is just one to choose."""
    ids = list(offered.values_list("pk", flat=True)[:2])
    return ids if len(ids) == 1 else []


def _store(request: HttpRequest, form: VisitForm, parts: list[BoundPart]) -> HttpResponse:
    user, cleaned = acting_user(request), form.cleaned_data
    people = [*visiting(user, cleaned["children"]), *cleaned["volunteers"]]
    try:
        with transaction.atomic():
            visit, added = log_visit(user, form.built(), list(cleaned["children"]), people)
            if added:
                save_parts(user, visit, parts)
    except VisitError as error:
        form.add_error(None, str(error))
        return render(
            request, _template(request, "form"), {**_form_context(request, form), "extra_parts": parts}
        )
    messages.success(request, "已记下，谢谢您。" if added else "这次已经记过，没有重复。")
    if added and cleaned["photos"]:
        keep_first_photos(user, visit, cleaned["photos"], [*cleaned["children"], *people])
    if added:
        _ask_for_words(request, visit, list(cleaned["children"]))
    mark_draft_saved(request, draft_key(request, _first_child(form)))
    return redirect("home") if _on_phone(request) else redirect("visits:detail", visit.pk)


def _ask_for_words(request: HttpRequest, visit: Visit, children: list[Child]) -> None:
    missing = still_unknown(visit, children)
    if missing:
        messages.info(request, f"{missing}还没有登记过，光选“无变化”不算清楚，下次请说一句。")


def _keep_photos(request: HttpRequest, visit: Visit, pictures: list[bytes]) -> None:
    try:
        for picture in pictures:
            keep_photo(request.user, visit, picture)
    except PhotoError as error:
        messages.warning(request, str(error))


def _template(request: HttpRequest, name: str) -> str:
    return f"visits/{name}_phone.html" if _on_phone(request) else f"visits/{name}.html"


def _form_context(request: HttpRequest, form: VisitForm) -> dict[str, Any]:
    about = f"visit-{form.instance.pk}" if form.instance.pk else _first_child(form)
    untold = untold_parts(form.fields["children"].queryset)  # type: ignore[attr-defined]
    return {
        "form": form,
        "form_draft_key": draft_key(request, about),
        "parts": parts_of(acting_user(request), form, _first_child(form), untold),
        "untold": untold,
        "version": form["version"].value() or form.instance.version,
        "refused": "".join(str(text) for texts in form.errors.values() for text in texts),
        "photos": VisitPhoto.objects.of_visit(form.instance.pk) if form.instance.pk else [],
    }


def _first_child(form: VisitForm) -> str:
    return str(next(iter(form["children"].value() or []), "new"))


class VisitDetail(RecordedViewMixin, DetailView):  # type: ignore[type-arg]
    allowed_roles = CARERS
    model = Visit

    def get_template_names(self) -> list[str]:
        return [_template(self.request, "detail")]

    def get_queryset(self) -> Any:
        return super().get_queryset().for_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, visit = acting_user(self.request), cast("Visit", self.object)
        visited = [link.child for link in visit.visited.all()]
        return {
            **super().get_context_data(**kwargs),
            "children": [(child, name_for(user, child.name)) for child in visited],
            "volunteers": [name_for(user, volunteer.name) for volunteer in visit.volunteers.all()],
            "recorder": recorder_for(user, visit.recorded_by),
            "may_correct": visit.recorded_by_id == user.pk and visit.is_correctable,
            "withdraw_form": WithdrawForm(),
            "twins": twins_of(visit)[:TWINS_SHOWN] if visit.recorded_by_id == user.pk else [],
            "photos": VisitPhoto.objects.of_visit(visit) if shows_full_names(user) else [],
            "checks": visit.callbacks.visible_to(user).exclude(answered_at=None),
        }


@allow(CARERS)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """The author corrects her record within seven days."""
    visit = get_object_or_404(Visit.objects.visible_to(request.user), pk=pk)
    if visit.recorded_by_id != acting_user(request).pk:
        raise PermissionDenied
    if not visit.is_correctable:
        messages.error(request, "记录已满7天或已撤回，不能再改。如确有错误，请联系县妇联。")
        return redirect("visits:detail", pk)
    note_look(request, visit)
    kept = list(visit.visited.values_list("child_id", flat=True))
    offered = offered_children(request.user, kept)
    form = _form(request, offered, kept, instance=visit)
    form.initial.update(children=kept, volunteers=list(visit.volunteers.values_list("pk", flat=True)))
    form.initial["client_uuid"] = visit.client_uuid
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            return _store_correction(request, form)
        except OutdatedError as error:
            form.add_error(None, str(error))
            context = {
                "version": error.present.version,
                "conflict": differences(error.present, form.instance),
            }
    return render(
        request, _template(request, "form"), {**_form_context(request, form), "visit": visit, **context}
    )


def _store_correction(request: HttpRequest, form: VisitForm) -> HttpResponse:
    """Store a correction; raise OutdatedError when the visit has changed since the form was opened."""
    pk, cleaned = form.instance.pk, form.cleaned_data
    people = [*visiting(request.user, cleaned["children"]), *cleaned["volunteers"]]
    version = cleaned["version"] or 0
    corrected = correct_visit(
        request.user, form.save(commit=False), list(cleaned["children"]), people, version
    )
    _keep_photos(request, corrected, cleaned["photos"])
    messages.success(request, "已更正，原记录保留在变更记录里。")
    mark_draft_saved(request, draft_key(request, f"visit-{pk}"))
    return redirect("visits:detail", pk)


@allow(CARERS)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The author withdraws her record within seven days."""
    visit = get_object_or_404(Visit.objects.visible_to(request.user), pk=pk)
    if visit.recorded_by_id != acting_user(request).pk:
        raise PermissionDenied
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写一句为什么撤回。")
        return redirect("visits:detail", pk)
    try:
        withdraw_visit(request.user, visit, form.cleaned_data["reason"])
        messages.success(request, "已撤回，不再计入走访次数。")
    except VisitError as error:
        messages.error(request, str(error))
    return redirect("visits:detail", pk)
