"""What this app adds to the pages below it."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from aixin.access.erasure import register_eraser
from aixin.access.extension import Act, Figure, Notice, PhoneCard, Tab, extensions_of
from aixin.access.home import CHAIR, register_home
from aixin.access.models import Role
from aixin.access.navigation import NavItem, register
from aixin.access.permissions import may_edit
from aixin.access.querysets import register_volunteer_scope
from aixin.access.regions import Level
from aixin.exchange.documents import register_document
from aixin.notify.group_text import register_due
from aixin.notify.relevance import register_relevance
from care import phone, village
from care.calling import calls_of
from care.choices import State
from care.erasing import forget_duties
from care.models import CarePolicy, Duty
from care.policy import freshness_by_region, rules_for
from care.programmes import parts as programmes
from care.programmes.certificates import OF_CHILD, OF_VOLUNTEER
from care.reminders import still_due
from care.tables import state_tag
from care.telling import KIND
from care.weeks import due_this_week
from care.wording import name_of
from pairing.models import Pairing
from visits.cadence import register_cadence
from visits.situations import register_freshness

SHOWN, SOON_DAYS = 30, 7
STAFF = frozenset({Role.STAFF})


def _tab(user: Any, child: Any) -> dict[str, Any]:
    found = Duty.objects.visible_to(user).filter(child=child).for_list()
    shown = [*found.open(), *found.exclude(state=State.OPEN).order_by("-due_on", "-pk")[:SHOWN]]
    return {
        "duties": [(duty, name_of(duty.kind, duty.occasion, duty.what), state_tag(duty)) for duty in shown]
    }


def _count_overdue(user: Any) -> str:
    late = Duty.objects.visible_to(user).overdue().count()
    return f"{late:,} 逾期" if late else ""


register_cadence(lambda: CarePolicy.objects.call_days_at("region_id", settings.CONTACT_CADENCE_DAYS))


def _calls_waiting(user: Any) -> Notice | None:
    """Lead a county to the guardians it has still to call back this month."""
    post = user.acting_post
    if post is None or post.level != Level.COUNTY or post.region_id is None:
        return None
    today = timezone.localdate()
    calls = calls_of(post.region_id, rules_for(post.region_id), today)
    if not calls.left:
        return None
    late = "，已过期限" if calls.is_late(today) else ""
    text = f"本月还要回访 {calls.left} 名监护人（{calls.day}日前{late}）"
    return Notice(text, "telephone", reverse("visits:draw"))


duties = extensions_of("care.duty")
duties.add_notice(_calls_waiting)
register_freshness(freshness_by_region)
duties.add_figure(Figure("open", "待办", lambda rows: rows.open()))
duties.add_figure(Figure("overdue", "已逾期", lambda rows: rows.overdue()))
duties.add_figure(Figure("soon", "7天内到期", lambda rows: rows.due_within(SOON_DAYS)))
duties.add_figure(Figure("no_volunteer", "没有主责", lambda rows: rows.without_volunteer()))
duties.add_figure(Figure("done", "已完成", lambda rows: rows.filter(state=State.DONE)))
duties.add_figure(Figure("excused", "免办", lambda rows: rows.filter(state=State.EXCUSED)))
duties.add_figure(Figure("lapsed", "过期未办", lambda rows: rows.filter(state=State.LAPSED)))

children = extensions_of("children.child")
children.add_tab(Tab("duties", "关爱安排", "care/tab.html", _tab, 45))
children.add_tab(Tab("programmes", "关爱项目", "care/programmes/tab.html", programmes.tab, 46))
children.add_phone_card(PhoneCard("care/programmes/card_phone.html", programmes.phone_card))
children.add_phone_card(PhoneCard("care/duties_phone.html", phone.child_duties, order=10))
children.add_act(
    Act(
        "报告变故或困难",
        "flag",
        lambda child: reverse("care:report", args=[child.pk]),
        lambda user, child: may_edit(user) and child.is_on_roster,
        order=15,
    )
)

register_volunteer_scope(
    "care.duty", lambda user: Q(child__in=Pairing.objects.of_volunteer_user(user).values("child"))
)
register_eraser(forget_duties)
register_relevance(KIND, still_due)
register_due(due_this_week)
register_home(Role.VOLUNTEER, phone.home)
register_home(CHAIR, village.home)
register(NavItem("关爱安排", "care:duties", "calendar-check", STAFF, 52, _count_overdue))
register(NavItem("关爱项目", "programmes:list", "gift", STAFF, 53))
register_document(OF_CHILD)
register_document(OF_VOLUNTEER)
programmes.register_parts()
