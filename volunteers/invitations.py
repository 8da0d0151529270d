"""Inviting volunteers to open their accounts, one or many on a sheet to print."""

from typing import Any

import django_tables2
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from aixin.access.lists import PlaceColumn, RosterList
from aixin.access.models import Post, Role
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import EditorMixin, editors_only, typed_ids
from aixin.access.tables import masked_cell, name_link
from aixin.accounts.invitations import invite_from_roster
from aixin.accounts.models import Invitation, full_label
from aixin.accounts.rights import may_invite_from_roster
from aixin.accounts.sheets import SHEET_LIMIT, Slip, sheet_page
from aixin.web.tables import NAME_ATTRS, SelectColumn
from aixin.web.templatetags.ui import tag
from volunteers.filters import VolunteerFilter
from volunteers.joining import PEOPLE, obstacles
from volunteers.models import Volunteer


class InvitableTable(django_tables2.Table):
    ids = SelectColumn()
    name = django_tables2.Column("姓名", attrs=NAME_ATTRS, order_by=("initials", "id"))
    kind = django_tables2.Column("类别")
    region = PlaceColumn("所在地")
    phone = django_tables2.Column("手机", accessor="pk", orderable=False)
    invited = django_tables2.Column("邀请", accessor="pk", orderable=False)

    obstacles: dict[int, str]
    invitations: dict[str, Invitation]

    class Meta:
        model = Volunteer
        fields = ("ids", "name", "kind", "region", "phone", "invited")
        empty_text = "在岗的爱心妈妈都已有账号。"

    def look_up(self) -> None:
        """Read what the shown rows need, at once."""
        shown = [row.record for row in self.paginated_rows]
        self.obstacles = obstacles(shown)
        subjects = [PEOPLE.subject(volunteer.pk) for volunteer in shown]
        sent = Invitation.objects.visible_to(self.request.user).open().filter(subject__in=subjects)
        self.invitations = {invitation.subject: invitation for invitation in sent}

    def render_name(self, record: Volunteer) -> SafeString:
        return name_link(reverse("volunteers:detail", args=[record.pk]), record.name)

    def render_phone(self, record: Volunteer) -> SafeString | str:
        return masked_cell(record, "phone", record.masked_phone) if record.phone else "–"

    def render_invited(self, record: Volunteer) -> SafeString | str:
        """Return what keeps her from an account, or how far her invitation is."""
        if obstacle := self.obstacles.get(record.pk):
            return tag(obstacle.removesuffix("。"), "warn")
        invitation = self.invitations.get(PEOPLE.subject(record.pk))
        if invitation is None:
            return "还没有邀请"
        if invitation.has_run_out:
            return tag("邀请已过期", "danger")
        return tag(f"已邀请，{invitation.expires_at:%m-%d} 前有效", "info")


class InvitableList(EditorMixin, RosterList):
    """Volunteers without an account: who is ticked gets an invitation on the sheet."""

    allowed_roles = STAFF
    model = Volunteer
    table_class = InvitableTable
    filterset_class = VolunteerFilter
    template_name = "volunteers/invitable.html"
    paginate_by = SHEET_LIMIT

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        _check_right(request)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        rows: Any = Volunteer.objects.visible_to(self.request.user).without_account()
        return rows.for_list()

    def get_table_kwargs(self) -> dict[str, Any]:
        return {}

    def get_table(self, **kwargs: Any) -> Any:
        table = super().get_table(**kwargs)
        table.request = self.request
        table.look_up()
        return table


def _check_right(request: HttpRequest) -> None:
    if not may_invite_from_roster(request.user):
        raise PermissionDenied


@allow(STAFF)
@editors_only
def invite_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether a volunteer can be invited, and ask."""
    _check_right(request)
    volunteer = get_object_or_404(Volunteer.objects.visible_to(request.user).select_related("region"), pk=pk)
    invitations = Invitation.objects.visible_to(request.user).open()
    context = {
        "volunteer": volunteer,
        "obstacle": obstacles([volunteer]).get(volunteer.pk, ""),
        "invitation": invitations.filter(subject=PEOPLE.subject(volunteer.pk)).first(),
    }
    return render(request, "volunteers/invite.html", context)


@allow(STAFF)
@editors_only
@require_POST
def sheet(request: HttpRequest) -> HttpResponse:
    """Invite the ticked volunteers and show their invitations, once; who cannot be invited is left out."""
    _check_right(request)
    ids = typed_ids(request.POST.getlist("ids"))[:SHEET_LIMIT]
    slips, left_out = _issue(request.user, ids)
    if left_out:
        messages.warning(request, f"{left_out} 位还不能邀请，原因见列表。")
    if not slips:
        messages.error(request, "没有可以邀请的，请先勾选爱心妈妈。")
        return redirect("volunteers:invitable")
    return sheet_page(request, slips, f"{len(slips)} 份邀请单", reverse("volunteers:invitable"))


@transaction.atomic
def _issue(user: Any, ids: list[int]) -> tuple[list[Slip], int]:
    """Return the slips of those who can be invited, and how many cannot."""
    rows = Volunteer.objects.visible_to(user).filter(pk__in=ids).select_related("region")
    chosen = list(rows.select_for_update(of=("self",)).order_by("pk"))
    kept_out = obstacles(chosen)
    slips = []
    for volunteer in sorted(chosen, key=lambda one: (one.region_id, one.initials)):
        if volunteer.pk not in kept_out:
            issued = invite_from_roster(user, PEOPLE.subject(volunteer.pk), volunteer.region_id)
            post = Post(role=Role.VOLUNTEER, region=volunteer.region)
            slips.append(Slip(volunteer.name, full_label(post), issued))
    return slips, len(kept_out)
