"""What this app adds to the frame: figures, tabs, navigation, search, reveal, inbox addressee."""

from collections.abc import Collection, Iterable
from typing import Any, Literal

from django.db.models import Q
from django.urls import reverse

from aixin.access.auditing.numbered import Roster, register_numbered
from aixin.access.auditing.views import may_read_trails
from aixin.access.erasure import register_eraser
from aixin.access.extension import Act, Figure, Tab, extensions_of
from aixin.access.history import timeline
from aixin.access.models import Role, User
from aixin.access.navigation import NavItem, register
from aixin.access.numbers import Kind
from aixin.access.permissions import may_edit
from aixin.access.querysets import register_volunteer_scope
from aixin.access.reveal import register_revealable
from aixin.access.search import Searchable, register_searchable
from aixin.accounts.rights import may_invite_from_roster
from aixin.accounts.rosters import register_people
from aixin.exchange.exporting import ExportedList, register_list
from aixin.exchange.roster import register_roster
from aixin.notify.addressees import register_addressee
from aixin.notify.persons import Person, register_persons
from aixin.rights import subjects as rights
from aixin.todos.kinds import register_kind, register_subject
from volunteers import erasing
from volunteers.choices import SET_BY_ACT, State
from volunteers.clearing import ClearanceResource
from volunteers.joining import PEOPLE
from volunteers.ledger import VOLUNTEER_COLUMNS, VOLUNTEER_TALLIES
from volunteers.models import Volunteer
from volunteers.resources import VolunteerResource
from volunteers.todos import CLEARANCE_KIND, LABEL, shown_volunteers
from volunteers.views import VolunteerList


def _history_tab(user: Any, volunteer: Volunteer) -> dict[str, Any]:
    return {"steps": timeline(volunteer, user)}


def _count_qualified(user: User) -> str:
    return f"{Volunteer.objects.visible_to(user).qualified().count():,}"


def _addressees(user: Any) -> Iterable[str]:
    volunteer = Volunteer.objects.filter(user=user).only("pk").first()
    return [volunteer.addressee] if volunteer else []


def _persons(column: Literal["pk", "user_id"], keys: Collection[int]) -> Iterable[Person]:
    serving = Volunteer.objects.exclude(state__in=(State.LEFT, *SET_BY_ACT)).filter(user__isnull=False)
    for row in serving.filter(**{f"{column}__in": keys}).only("pk", "user_id", "phone"):
        assert row.user_id is not None
        yield Person(row.pk, row.user_id, row.phone, reverse("volunteers:edit", args=[row.pk]))


extensions = extensions_of("volunteers.volunteer")
extensions.add_figure(Figure("qualified", "合格在岗", lambda rows: rows.qualified()))
extensions.add_figure(
    Figure(
        "uncleared", "待准入查询", lambda rows: rows.qualified().exclude(pk__in=rows.cleared().values("pk"))
    )
)
extensions.add_figure(Figure("to_check", "待送查（含到期）", lambda rows: rows.to_check()))
extensions.add_figure(Figure("runs_out_30", "准入查询30天内到期", lambda rows: rows.clearance_runs_out(30)))
extensions.add_figure(Figure("runs_out_90", "准入查询90天内到期", lambda rows: rows.clearance_runs_out(90)))
extensions.add_figure(Figure("applied", "已报名", lambda rows: rows.filter(state=State.APPLIED)))
extensions.add_figure(Figure("suspended", "暂停", lambda rows: rows.filter(state=State.SUSPENDED)))
extensions.add_figure(Figure("left", "已退出", lambda rows: rows.filter(state=State.LEFT)))
extensions.add_tab(Tab("history", "变更记录", "access/tab_history.html", _history_tab, 90))
extensions.add_act(
    Act(
        "修改",
        "pencil-square",
        lambda row: reverse("volunteers:edit", args=[row.pk]),
        lambda user, row: may_edit(user) and not row.is_erased,
        order=20,
    )
)
extensions.add_act(
    Act(
        "邀请开通账号",
        "qr-code",
        lambda row: reverse("volunteers:invite", args=[row.pk]),
        lambda user, row: (
            may_invite_from_roster(user) and row.user_id is None and row.state == State.QUALIFIED
        ),
    )
)
extensions.add_act(
    Act(
        "查阅记录",
        "eye",
        lambda row: f"{reverse('audit:person')}?no={row.no}",
        lambda user, _: may_read_trails(user),
    )
)
register_numbered(
    Kind.VOLUNTEER,
    Roster(Volunteer.objects.visible_to, lambda row: reverse("volunteers:detail", args=[row.pk])),
)
register(
    NavItem("爱心妈妈", "volunteers:list", "person-hearts", frozenset({Role.STAFF}), 30, _count_qualified)
)
register_searchable(
    Searchable(
        "爱心妈妈",
        lambda user: Volunteer.objects.visible_to(user).select_related("region"),
        lambda row: reverse("volunteers:detail", args=[row.pk]),
        lambda row: f"{row.get_kind_display()} · {row.region.place} · 编号 {row.no}",
    )
)
register_revealable(Volunteer, "phone", "other_phones", "idno")
register_volunteer_scope("volunteers.volunteer", lambda user: Q(user=user))
register_addressee(_addressees)
register_persons("volunteer", _persons)
register_roster(VolunteerResource)
register_roster(ClearanceResource)
register_list(
    ExportedList(
        "volunteers",
        "爱心妈妈花名册",
        VolunteerList,
        VOLUNTEER_COLUMNS,
        tallies=VOLUNTEER_TALLIES,
    )
)
register_people(PEOPLE)
rights.register_roster(
    rights.Roster(
        Volunteer, "爱心妈妈", "volunteers:detail", "volunteers:edit", erasing.leave, erasing.describe
    )
)
register_eraser(erasing.forget_volunteer)
register_subject(LABEL, shown_volunteers)
register_kind(CLEARANCE_KIND)
