"""Pages of teams and organisations: the list, one of them, keeping it, who belongs to it. Both share one code."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic import DetailView, UpdateView, View

from aixin.access.lists import RosterList
from aixin.access.permissions import STAFF
from aixin.access.scoped import RecordedViewMixin, ScopedObjectMixin, acting_user, is_id, typed_text
from aixin.access.search import note_number_search
from organisations.filters import OrganisationFilter, TeamFilter
from organisations.forms import OrganisationForm, TeamForm
from organisations.models import Organisation, Team
from organisations.rights import keeps, keeps_organisations, keeps_teams, sees_organisations
from organisations.services import GroupError, close, join, leave, save_group
from organisations.tables import OrganisationTable, TeamTable
from volunteers.models import Volunteer

FOUND = 50


class GroupList(RosterList):
    """The list of teams or of organisations, with how many members and pairs they have together."""

    allowed_roles = STAFF
    template_name = "organisations/groups.html"
    word: str

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = acting_user(self.request)
        visible = self.model.objects.visible_to(user)
        return {
            **super().get_context_data(**kwargs),
            "word": self.word,
            "namespace": self.model.namespace,
            "number": visible.open().count(),
            "any": visible.exists(),
            "keeps": self.may_keep(user),
            "exports": sees_organisations(user),
        }

    def get_table_kwargs(self) -> dict[str, Any]:
        return {**super().get_table_kwargs(), "sequence": self.table_class.Meta.fields}

    def may_keep(self, user: Any) -> bool:
        return keeps_teams(user)


class TeamList(GroupList):
    model = Team
    table_class = TeamTable
    filterset_class = TeamFilter
    word = "小分队"

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return rows.select_related("region", "leader")


class OrganisationList(GroupList):
    model = Organisation
    table_class = OrganisationTable
    filterset_class = OrganisationFilter
    word = "认领单位"

    def may_keep(self, user: Any) -> bool:
        return keeps_organisations(user)


class GroupDetail(ScopedObjectMixin, DetailView):  # type: ignore[type-arg]
    """One team or organisation: what it is for, and its members with their children in number."""

    allowed_roles = STAFF
    word: str

    def get_queryset(self) -> Any:
        return super().get_queryset().for_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        group: Any = self.object
        return {
            **super().get_context_data(**kwargs),
            "group": group,
            "word": self.word,
            "namespace": group.namespace,
            "memberships": group.memberships.standing().with_people(),
            "keeps": keeps(self.request.user, group) and group.is_open,
        }


class TeamDetail(GroupDetail):
    model = Team
    template_name = "organisations/team.html"
    word = "小分队"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("region", "leader")


class OrganisationDetail(RecordedViewMixin, GroupDetail):
    model = Organisation
    template_name = "organisations/organisation.html"
    word = "认领单位"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisation: Any = self.object
        context = super().get_context_data(**kwargs)
        token = self.request.session.pop(f"liaison-{organisation.pk}", "")
        return {
            **context,
            "link": organisation.links.filter(revoked_at__isnull=True).first(),
            "address": self.request.build_absolute_uri(reverse("liaison", args=[token])) if token else "",
            "claims": organisation.claims.for_list()[:20],
        }


class KeeperMixin(ScopedObjectMixin):
    """Finds an open group within the user's scope, and lets only the office that keeps it go on: others get 403."""

    def get_object(self, queryset: Any = None) -> Any:
        found = super().get_object(queryset)
        if not keeps(self.request.user, found) or not found.is_open:
            raise PermissionDenied
        return found


class GroupUpdate(KeeperMixin, UpdateView):  # type: ignore[type-arg]
    allowed_roles = STAFF
    template_name = "organisations/group_form.html"
    word: str

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": acting_user(self.request)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "word": self.word, "namespace": self.model.namespace, "group": self.object}

    def form_valid(self, form: Any) -> HttpResponse:
        group = save_group(self.request.user, form.save(commit=False))
        messages.success(self.request, f"已保存：{group.name}")
        return redirect(group.get_absolute_url())


class TeamUpdate(GroupUpdate):
    model = Team
    form_class = TeamForm
    word = "小分队"


class OrganisationUpdate(GroupUpdate):
    model = Organisation
    form_class = OrganisationForm
    word = "认领单位"


class TeamCreate(TeamUpdate):
    """The same form for a new one."""

    def get_object(self, queryset: Any = None) -> None:
        if not keeps_teams(self.request.user):
            raise PermissionDenied


class OrganisationCreate(OrganisationUpdate):
    """The same form for a new one."""

    def get_object(self, queryset: Any = None) -> None:
        if not keeps_organisations(self.request.user):
            raise PermissionDenied


class GroupClose(KeeperMixin, View):
    """Close a team or an organisation; its members belong to it no more."""

    allowed_roles = STAFF
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        group = self.get_object()
        close(request.user, group)
        messages.success(request, f"已停用：{group.name}")
        return redirect(group.get_absolute_url())


class TeamClose(GroupClose):
    model = Team


class OrganisationClose(GroupClose):
    model = Organisation


class GroupAdd(KeeperMixin, View):
    """Search the volunteers of the office's region and make one a member."""

    allowed_roles = STAFF
    http_method_names = ["get", "post"]
    word: str

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self.get_object(), "")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        group, chosen = self.get_object(), request.POST.get("volunteer", "")
        if not is_id(chosen):
            return self._page(request, group, typed_text(request, "q"))
        volunteer = get_object_or_404(Volunteer.objects.visible_to(request.user), pk=int(chosen))
        try:
            join(request.user, group, volunteer)
            messages.success(request, "已加入。")
        except GroupError as error:
            messages.error(request, str(error))
        return redirect(f"{group.namespace}:add", group.pk)

    def _page(self, request: HttpRequest, group: Any, text: str) -> HttpResponse:
        members = group.memberships.standing()
        serving: Any = Volunteer.objects.visible_to(request.user)
        serving = serving.serving().exclude(pk__in=members.values("volunteer")).select_related("region")
        found = (
            list(serving.with_text(text)[:FOUND]) if text else list(self.suggested(group, serving)[:FOUND])
        )
        if text:
            note_number_search(request.user, text, found)
        context = {
            "group": group,
            "word": self.word,
            "namespace": group.namespace,
            "text": text,
            "found": found,
            "number": members.count(),
        }
        return render(request, "organisations/add.html", context)

    def suggested(self, group: Any, serving: Any) -> Any:
        """Return whom the page offers before anything is searched for."""
        return serving.filter(unit__icontains=group.name)


class TeamAdd(GroupAdd):
    model = Team
    word = "小分队"

    def suggested(self, group: Any, serving: Any) -> Any:
        """Return volunteers of the profession that the team is named after: 法官妈妈, 警官妈妈."""
        kinds = [
            code for code, label in Volunteer._meta.get_field("kind").flatchoices if str(label) in group.name
        ]
        return serving.filter(kind__in=kinds)


class OrganisationAdd(GroupAdd):
    model = Organisation
    word = "认领单位"


class GroupRemove(KeeperMixin, View):
    """End a membership. `member` is its own key, not the volunteer's."""

    allowed_roles = STAFF
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, member: int) -> HttpResponse:
        group = self.get_object()
        rows = group.memberships.select_related("volunteer", cast("Any", group.memberships).field.name)
        leave(request.user, get_object_or_404(rows, pk=member))
        messages.success(request, "已移出。")
        return redirect(group.get_absolute_url())


class TeamRemove(GroupRemove):
    model = Team


class OrganisationRemove(GroupRemove):
    model = Organisation
