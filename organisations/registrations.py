"""What this app adds to the pages of others: navigation, a volunteer's groups, the lists' filter, guests of a county."""

from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from aixin.access.auditing.wording import name_details
from aixin.access.erasure import register_eraser
from aixin.access.extension import Act, Column, Figure, ListFilter, Notice, Tab, extensions_of
from aixin.access.models import Role, User
from aixin.access.navigation import NavItem, register
from aixin.access.reveal import register_revealable
from aixin.access.scoped import is_id
from aixin.exchange.exporting import ExportedList, register_list
from organisations.choices import ClaimState, OfferingState
from organisations.claiming import claimed_children
from organisations.erasing import forget_in_groups
from organisations.group_views import OrganisationList, TeamList
from organisations.ledger import ORGANISATION_COLUMNS, ORGANISATION_TALLIES, TEAM_COLUMNS
from organisations.mine import has_teams
from organisations.models import Claim, Organisation, OrganisationMember, Posting, Team, TeamMember
from organisations.posting import guests
from organisations.rights import keeps_organisations, posts_volunteers, sees_organisations
from pairing.reach import register_guests
from pairing.spoken_for import register_spoken_for
from volunteers.models import Volunteer


def _groups_tab(user: Any, volunteer: Volunteer) -> dict[str, Any]:
    return {
        "team_memberships": volunteer.team_memberships.select_related("team__region"),
        "organisation_memberships": volunteer.organisation_memberships.select_related("organisation"),
        "linked": sees_organisations(user),
    }


def _with_groups(rows: Any) -> Any:
    teams = TeamMember.objects.standing().select_related("team")
    organisations = OrganisationMember.objects.standing().select_related("organisation")
    return rows.prefetch_related(
        Prefetch("team_memberships", teams, to_attr="teams_now"),
        Prefetch("organisation_memberships", organisations, to_attr="organisations_now"),
    )


def _teams_text(volunteer: Any, user: Any) -> str:
    return "、".join(one.team.name for one in volunteer.teams_now)


def _organisations_text(volunteer: Any, user: Any) -> str:
    return "、".join(one.organisation.name for one in volunteer.organisations_now)


def _same(rows: Any) -> Any:
    """The column before has loaded both."""
    return rows


def _team_choices(user: Any) -> list[tuple[str, str]]:
    # The database shows an office its own teams and those of the offices above it.
    return [(str(pk), name) for pk, name in Team.objects.open().order_by("name").values_list("pk", "name")]


def _organisation_choices(user: Any) -> list[tuple[str, str]]:
    found = Organisation.objects.visible_to(user).open().order_by("name")
    return [(str(pk), name) for pk, name in found.values_list("pk", "name")]


def _in_team(rows: Any, value: str) -> Any:
    wanted = (
        TeamMember.objects.standing().filter(team=int(value)) if is_id(value) else TeamMember.objects.none()
    )
    return rows.filter(pk__in=wanted.values("volunteer"))


def _in_organisation(rows: Any, value: str) -> Any:
    members = OrganisationMember.objects
    wanted = members.standing().filter(organisation=int(value)) if is_id(value) else members.none()
    return rows.filter(pk__in=wanted.values("volunteer"))


def _count_held(user: User) -> str:
    waiting = Claim.objects.visible_to(user).held().count() if keeps_organisations(user) else 0
    return f"{waiting:,} 待定" if waiting else ""


def _way_to_postings(user: User) -> Notice | None:
    """Return the way to who is sent from the city's offices, where there is somebody or the user sends her."""
    if posts_volunteers(user):
        return Notice("市直外派", "geo-alt", reverse("postings:list"))
    number = Posting.objects.visible_to(user).standing().count()
    return Notice(f"外派到本地 {number:,}", "geo-alt", reverse("postings:list")) if number else None


register(NavItem("小分队", "teams:list", "people", frozenset({Role.STAFF}), 34, offered=sees_organisations))
register(
    NavItem(
        "认领单位",
        "organisations:list",
        "flag",
        frozenset({Role.STAFF}),
        36,
        _count_held,
        offered=sees_organisations,
    )
)
volunteers = extensions_of("volunteers.volunteer")
volunteers.add_tab(Tab("groups", "小分队和单位", "organisations/tab_groups.html", _groups_tab, 60))
volunteers.add_column(
    Column("teams", "小分队", _with_groups, _teams_text, 72, text=_teams_text, on_page=False)
)
volunteers.add_column(
    Column(
        "organisations", "所属单位", _same, _organisations_text, 73, text=_organisations_text, on_page=False
    )
)
volunteers.add_filter(ListFilter("team", "小分队", _team_choices, _in_team))
volunteers.add_filter(ListFilter("organisation", "认领单位", _organisation_choices, _in_organisation))
volunteers.add_notice(_way_to_postings)
for _label in ("organisations.team", "organisations.organisation"):
    extensions_of(_label).add_figure(Figure("open", "在用", lambda rows: rows.open()))
    extensions_of(_label).add_figure(Figure("closed", "已停用", lambda rows: rows.closed()))
extensions_of("access.user").add_act(
    Act("我的小分队", "people", lambda _: reverse("teams:mine"), lambda user, _: has_teams(user))
)
register_guests(guests)
register_spoken_for(claimed_children)
register_revealable(Organisation, "liaison_phone")
register_eraser(forget_in_groups)
register_list(ExportedList("teams", "小分队台账", TeamList, TEAM_COLUMNS, unit="个", offered_always=False))
register_list(
    ExportedList(
        "organisations",
        "认领单位台账",
        OrganisationList,
        ORGANISATION_COLUMNS,
        unit="个",
        tallies=ORGANISATION_TALLIES,
        offered_always=False,
    )
)
_STATES = [*ClaimState.choices, *OfferingState.choices]
name_details({"organisation": "单位序号"}, {("state", code): str(label) for code, label in _STATES})
