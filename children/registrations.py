"""What this app adds to the frame: figures of the list, tabs of the detail page, navigation, search, reveal."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from aixin.access.auditing.numbered import Roster, register_numbered
from aixin.access.auditing.views import may_read_trails
from aixin.access.auditing.wording import name_details
from aixin.access.erasure import register_eraser
from aixin.access.extension import Act, Figure, Tab, extensions_of
from aixin.access.history import timeline
from aixin.access.models import Role, User
from aixin.access.navigation import NavItem, register
from aixin.access.numbers import Kind
from aixin.access.permissions import may_edit
from aixin.access.reveal import register_revealable
from aixin.access.search import Searchable, register_searchable
from aixin.exchange.comparing import Department
from aixin.exchange.documents import register_document
from aixin.exchange.exporting import ExportedList, register_list
from aixin.exchange.roster import register_roster
from aixin.rights import subjects as rights
from aixin.todos.kinds import register_kind, register_subject
from aixin.vocabulary import CareTopic
from children import erasing
from children.choices import Consent, NeedState, Status
from children.consenting import text_at
from children.documents import CHILD_FILE
from children.ledger import (
    CHILD_COLUMNS,
    CHILD_RECORDS,
    CHILD_TALLIES,
    NEED_COLUMNS,
    NEED_TALLIES,
)
from children.matching_views import OursOnly
from children.models import Child, Guardian, Parent
from children.need_list import NeedList
from children.resources import ChildResource
from children.retention import ending_soon
from children.todos import MOVED_KIND, OVER_AGE_KIND, PARENT_BACK_KIND, shown_children
from children.views import ChildList

LABEL = "children.child"


def _record_tab(user: Any, child: Child) -> dict[str, Any]:
    return {"parents": child.parents.all()}


def _needs_tab(user: Any, child: Child) -> dict[str, Any]:
    return {"needs": child.needs.all(), "topics": CareTopic.choices, "may_edit": may_edit(user)}


def _history_tab(user: Any, child: Child) -> dict[str, Any]:
    return {"steps": timeline(child, user)}


def _consent_tab(user: Any, child: Child) -> dict[str, Any]:
    found = child.consents.select_related("text__region", "recorded_by", "scan").defer("scan__content")
    return {
        "consents": found,
        "text_in_force": text_at(child.region_id),
        "may_record": may_edit(user) and child.is_on_roster,
    }


def count_registered(user: User) -> str:
    """Return the number beside 儿童 in the navigation."""
    return f"{Child.objects.visible_to(user).registered().count():,}"


extensions = extensions_of(LABEL)
extensions.add_figure(Figure("registered", "在册", lambda rows: rows.registered()))
extensions.add_figure(Figure("eligible", "应结对", lambda rows: rows.eligible()))
extensions.add_figure(Figure("refused", "监护人不同意", lambda rows: rows.refused()))
extensions.add_figure(Figure("institution", "集中养育", lambda rows: rows.in_institution()))
extensions.add_figure(
    Figure("unasked", "未登记监护人意见", lambda rows: rows.registered().filter(consent=Consent.UNKNOWN))
)
extensions.add_figure(Figure("unrecorded", "同意书缺失或过期", lambda rows: rows.unrecorded()))
extensions.add_figure(Figure("retention", "保存期快满", lambda rows: ending_soon(rows, timezone.localdate())))
extensions.add_figure(Figure("left", "已出列", lambda rows: rows.filter(status=Status.LEFT)))
needs = extensions_of("children.need")
needs.add_figure(Figure("open", "待落实", lambda rows: rows.open_needs()))
needs.add_figure(Figure("met", "已落实", lambda rows: rows.filter(state=NeedState.MET)))
extensions.add_tab(Tab("record", "档案", "children/tab_record.html", _record_tab, 10))
extensions.add_tab(Tab("needs", "需求", "children/tab_needs.html", _needs_tab, 20))
extensions.add_tab(Tab("consent", "监护人同意", "children/tab_consent.html", _consent_tab, 25))
extensions.add_tab(Tab("history", "变更记录", "access/tab_history.html", _history_tab, 90))
extensions.add_act(
    Act(
        "修改",
        "pencil-square",
        lambda child: reverse("children:edit", args=[child.pk]),
        lambda user, child: may_edit(user) and child.is_on_roster,
        order=20,
    )
)
extensions.add_act(
    Act(
        "出列",
        "box-arrow-right",
        lambda child: reverse("children:leave", args=[child.pk]),
        lambda user, child: may_edit(user) and child.is_on_roster,
        order=40,
    )
)
extensions.add_act(
    Act(
        "查阅记录",
        "eye",
        lambda child: f"{reverse('audit:person')}?no={child.no}",
        lambda user, _: may_read_trails(user),
    )
)
register_numbered(
    Kind.CHILD,
    Roster(
        Child.objects.visible_to,
        lambda child: reverse("children:detail", args=[child.pk]),
    ),
)
register(NavItem("儿童", "children:list", "people", frozenset({Role.STAFF}), 20, count_registered))
register_searchable(
    Searchable(
        "儿童",
        lambda user: Child.objects.visible_to(user).select_related("region"),
        lambda child: reverse("children:detail", args=[child.pk]),
        lambda child: f"{child.get_category_display()} · {child.region.place} · 编号 {child.no}",
    )
)
register_revealable(Child, "idno", "contact_notes")
register_revealable(Guardian, "phone", "other_phones")
register_revealable(Parent, "phone", "other_phones", "idno")
register_roster(ChildResource)
name_details(
    {"department": "部门", "total": "名单", "theirs": "对方有我方无", "differing": "信息不一致"},
    {
        ("what", "department_match"): "部门比对",
        **{("department", value): str(label) for value, label in Department.choices},
    },
)
register_list(
    ExportedList(
        "children",
        "儿童信息台账",
        ChildList,
        CHILD_COLUMNS,
        tallies=CHILD_TALLIES,
        reading="for_ledger",
        records=CHILD_RECORDS,
    )
)
register_list(
    ExportedList(
        "needs",
        "需求台账",
        NeedList,
        NEED_COLUMNS,
        unit="条",
        tallies=NEED_TALLIES,
        people=lambda need: (need.child,),
        list_name="children:needs",
        export_name="children:needs_export",
    )
)
register_list(
    ExportedList(
        "unmatched",
        "部门名单中没有的儿童",
        OursOnly,
        CHILD_COLUMNS,
        tallies=CHILD_TALLIES,
        reading="for_ledger",
        records=CHILD_RECORDS,
        list_name="matching:ours",
        export_name="matching:export",
        offered_always=False,
    )
)
register_document(CHILD_FILE)
rights.register_roster(
    rights.Roster(Child, "儿童", "children:detail", "children:edit", erasing.leave, erasing.describe)
)
register_eraser(erasing.forget_child)
register_subject(LABEL, shown_children)
for todo_kind in (OVER_AGE_KIND, PARENT_BACK_KIND, MOVED_KIND):
    register_kind(todo_kind)
