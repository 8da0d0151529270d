"""What this app adds to the pages below it: parts of the visit form, tab and buttons of a child, navigation."""

import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from aixin.access.auditing.wording import name_details
from aixin.access.erasure import register_eraser
from aixin.access.extension import Act, Figure, PhoneCard, Tab, extensions_of
from aixin.access.home import HomePart, register_chair_part
from aixin.access.models import Role, User, acting_role
from aixin.access.navigation import NavItem, register
from aixin.access.permissions import may_edit
from aixin.access.querysets import register_volunteer_scope
from aixin.exchange.exporting import ExportedList, register_list
from children.models import Child
from concerns.choices import State
from concerns.erasing import forget_concerns
from concerns.ledger import CONCERN_COLUMNS, CONCERN_TALLIES
from concerns.models import Concern, Question, Report
from concerns.parts import register_parts
from concerns.reporting import explain, held_back
from concerns.views import ConcernList, is_county
from visits.holding import register_explainer, register_holder
from visits.offline import register_kept_page

SHOWN, NEWS_DAYS = 50, 14
STAFF_ONLY = frozenset({Role.STAFF})


def _tab(user: Any, child: Child) -> dict[str, Any]:
    return {"concerns": child.concerns.select_related("raised_by").order_by("-raised_at")[:SHOWN]}


def _phone_card(user: Any, child: Child) -> dict[str, Any]:
    return {"raised": Concern.objects.raised_by_user(user).filter(child=child)[:3]}


def _home_part(user: Any) -> dict[str, Any]:
    """Return what a chair raised of her village's children that is open, or was closed in the last days."""
    mine = Concern.objects.visible_to(user).raised_by_user(user)
    news = timezone.now() - datetime.timedelta(days=NEWS_DAYS)
    return {"raised": mine.filter(Q(closed_at=None) | Q(closed_at__gte=news))[:3]}


def _may_write(user: Any, child: Child) -> bool:
    return may_edit(user) and child.is_on_roster


def _count_concerns(user: User) -> str:
    mine = Concern.objects.visible_to(user).unlocked()
    late = mine.overdue().count()
    if late:
        return f"{late} 超期"
    waiting = mine.open().count()
    return f"{waiting} 待办" if waiting else ""


def _count_questions(user: User) -> str:
    waiting = Question.objects.visible_to(user).open().count()
    return f"{waiting} 待答" if waiting else ""


def _count_reports(user: User) -> str:
    waiting = Report.objects.visible_to(user).open().count()
    return f"{waiting} 未了" if waiting else ""


def _is_volunteer(user: Any, _: Any) -> bool:
    return acting_role(user) == Role.VOLUNTEER


def _may_raise(user: Any, _: Any) -> bool:
    return _is_volunteer(user, _) or may_edit(user)


register_parts()
register_volunteer_scope("concerns.concern", lambda user: Q(raised_by=user))
register_holder(held_back)
register_explainer(explain)
register_kept_page(lambda child: reverse("concerns:new", args=[child]))
register_kept_page(lambda child: reverse("concerns:alarm", args=[child]))
register_eraser(forget_concerns)
name_details(
    {"urgency": "急不急", "part": "方面"},
    {
        **{("change", state.value): str(state.label) for state in State},
        ("change", "corrected"): "更正情况",
        ("change", "confirmed"): "核实无变化",
    },
)

register_chair_part(HomePart("concerns/home_part.html", _home_part))
children = extensions_of("children.child")
children.add_tab(Tab("concerns", "问题", "concerns/tab_concerns.html", _tab, 45))
children.add_act(
    Act("上报问题", "flag", lambda child: reverse("concerns:new", args=[child.pk]), _may_write, order=60)
)
children.add_act(
    Act(
        "发现受到伤害",
        "exclamation-triangle",
        lambda child: reverse("concerns:alarm", args=[child.pk]),
        _may_write,
        order=70,
    )
)
children.add_phone_card(PhoneCard("concerns/child_phone.html", _phone_card))

concerns = extensions_of("concerns.concern")
concerns.add_figure(Figure("open", "未办结", lambda rows: rows.open()))
concerns.add_figure(Figure("overdue", "超期未办", lambda rows: rows.overdue()))
concerns.add_figure(Figure("closed", "已办结", lambda rows: rows.filter(state=State.CLOSED)))

extensions_of("care.carepolicy").add_act(
    Act("问题办理期限", "exclamation-circle", lambda _: reverse("concerns:policy"), lambda *_: True)
)

register_list(
    ExportedList(
        "concerns",
        "问题台账",
        ConcernList,
        CONCERN_COLUMNS,
        unit="件",
        tallies=CONCERN_TALLIES,
        people=lambda row: [row.child],
    )
)

account = extensions_of("access.user")
account.add_act(Act("我反映的", "flag", lambda _: reverse("concerns:mine"), _may_raise))
account.add_act(Act("问专家", "chat-dots", lambda _: reverse("questions:list"), _is_volunteer))

register(NavItem("问题上报", "concerns:list", "exclamation-circle", STAFF_ONLY, 56, _count_concerns))
register(
    NavItem("提问解答", "questions:list", "chat-dots", STAFF_ONLY, 57, _count_questions, offered=is_county)
)
register(
    NavItem(
        "强制报告", "concerns:reports", "exclamation-triangle", STAFF_ONLY, 58, _count_reports, for_heads=True
    )
)
