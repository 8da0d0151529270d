"""What this app adds to the pages below it, and its answers to what happens to pairings."""

from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from aixin.access.auditing.wording import name_details
from aixin.access.erasure import register_eraser
from aixin.access.extension import Act, Column, Figure, ListFilter, PhoneCard, Tab, extensions_of
from aixin.access.models import Role, acting_role
from aixin.access.navigation import NavItem, register
from aixin.access.permissions import ON_PHONE, may_edit
from aixin.exchange.documents import register_document, register_part
from aixin.exchange.exporting import ExportedList, register_list
from aixin.exchange.roster import register_roster
from aixin.exchange.signals import job_undone
from aixin.todos.kinds import register_kind
from aixin.web.templatetags.ui import tag
from children.models import Child
from pairing.models import Pairing
from pairing.signals import pairing_ended
from visits import phone, situation_views
from visits.calls import settle_unreached
from visits.documents import VISITS_SAMPLE, visits_of_child
from visits.erasing import forget_visits
from visits.holding import reasons_for
from visits.ledger import VISIT_COLUMNS, VISIT_TALLIES, people_of
from visits.models import CallBack, Visit, VisitedChild
from visits.numbers import Outcome
from visits.offline import register_kept_page
from visits.querysets import last_visit, never_visited, overdue
from visits.resources import VisitResource
from visits.service import SERVICE_RECORD
from visits.signals import visits_changed
from visits.situations import renew, unclear, with_clear_parts
from visits.todos import SILENT_KIND
from visits.views import StaffVisitList

SHOWN = 50
LATE_DAYS = 31


def _with_last_visit(rows: Any) -> Any:
    return rows.annotate(last_visit=last_visit(VisitedChild.objects.all()))


def _last_visit_cell(child: Any, user: Any) -> str | SafeString:
    if child.last_visit is None:
        return tag("从未", "danger") if child.is_on_roster else "–"
    days = (timezone.localdate() - child.last_visit).days
    text = {0: "今天", 1: "昨天"}.get(days, f"{days} 天前")
    return tag(text, "warn") if days > LATE_DAYS else text


def _last_visit_text(child: Any, user: Any) -> str:
    return f"{child.last_visit:%Y-%m-%d}" if child.last_visit else "从未" if child.is_on_roster else ""


def _visits_tab(user: Any, person: Any) -> dict[str, Any]:
    link = {"visited__child": person} if person._meta.model_name == "child" else {"volunteers": person}
    return {"visits": Visit.objects.visible_to(user).filter(**link).for_list().distinct()[:SHOWN]}


@receiver(job_undone)
def tell_undone(job: Any, **kwargs: Any) -> None:
    """Visits that were imported are gone: what followed from them is counted anew for all who may have been reached."""
    if job.kind == VisitResource.roster_kind:
        reached = Child.objects.within_region(job.region_id).values_list("pk", flat=True)
        visits_changed.send(Visit, visits=[], children=sorted(reached))


@receiver(visits_changed)
def settle_requests(
    visits: list[int], children: list[int], added: Visit | None = None, **kwargs: Any
) -> None:
    """Whoever was met need not be looked for any more."""
    if added is not None or Visit.objects.standing().filter(pk__in=visits).exists():
        settle_unreached(children)


@receiver(pairing_ended)
def settle_request(pairing: Pairing, **kwargs: Any) -> None:
    settle_unreached([pairing.child_id])


@receiver(visits_changed)
def renew_situations(children: list[int], added: Visit | None = None, **kwargs: Any) -> None:
    """三必清 follows the visits."""
    renew(children, after_new=added is not None)


children = extensions_of("children.child")
children.add_figure(Figure("unclear", "三必清未清", unclear))
children.add_column(
    Column("situations", "三必清", with_clear_parts, situation_views.cell, 62, text=situation_views.text)
)
children.add_filter(ListFilter("unclear", "未清", lambda _: situation_views.PART_CHOICES, unclear))
children.add_tab(Tab("situations", "三必清", "visits/tab_situations.html", situation_views.tab, 15))
children.add_phone_card(PhoneCard("visits/situations_phone.html", situation_views.card, order=30))
children.add_figure(
    Figure(
        "never_visited",
        "从未走访",
        lambda rows: never_visited(rows, Pairing.objects.all(), VisitedChild.objects.all()),
    )
)
children.add_column(
    Column("last_visit", "最近走访", _with_last_visit, _last_visit_cell, 60, text=_last_visit_text)
)
children.add_phone_card(PhoneCard("visits/child_card_phone.html", phone.child_card, order=20))
children.add_tab(Tab("visits", "走访", "visits/tab_visits.html", _visits_tab, 40))
children.add_act(
    Act(
        "记走访",
        "journal-check",
        lambda child: f"{reverse('visits:new')}?child={child.pk}",
        lambda user, child: may_edit(user) and child.is_on_roster,
        order=10,
    )
)
children.add_act(
    Act(
        "安排回访",
        "telephone",
        lambda child: reverse("visits:arrange_callback", args=[child.pk]),
        lambda user, child: may_edit(user) and child.is_on_roster,
    )
)
extensions_of("volunteers.volunteer").add_tab(
    Tab("visits", "走访", "visits/tab_visits.html", _visits_tab, 20)
)
extensions_of("pairing.pairing").add_figure(
    Figure("overdue", "超期未联系", lambda rows: overdue(rows, VisitedChild.objects.all()), is_problem=True)
)

visits = extensions_of("visits.visit")
visits.add_figure(Figure("standing", "有效记录", lambda rows: rows.standing()))
visits.add_figure(Figure("last_30_days", "近30天", lambda rows: rows.last_30_days()))
visits.add_figure(Figure("checked", "已回访核实", lambda rows: rows.checked()))
visits.add_figure(Figure("denied", "回访说没有", lambda rows: rows.denied(), is_problem=True))
visits.add_figure(Figure("withdrawn", "已撤回", lambda rows: rows.filter(withdrawn_at__isnull=False)))


def _count_overdue(user: Any) -> str:
    late = overdue(Pairing.objects.visible_to(user), VisitedChild.objects.all()).count()
    return f"{late:,} 超期" if late else ""


def _count_callbacks(user: Any) -> str:
    mine = list(CallBack.objects.to_make(user).values_list("child_id", flat=True))
    # What she knows is not to be called does not wait for her.
    reasons = reasons_for(user, mine)
    waits = sum(child not in reasons for child in mine)
    return f"{waits} 待打" if waits else ""


register_document(SERVICE_RECORD)
extensions_of("access.user").add_act(
    Act(
        "我的服务记录",
        "clock-history",
        lambda _: reverse("visits:service"),
        lambda user, _: acting_role(user) == Role.VOLUNTEER,
    )
)
register_roster(VisitResource)
name_details(
    {},
    {
        ("kind", VisitResource.roster_kind): VisitResource.roster_title,
        ("change", Outcome.PASSED_ON.value): "交给负责人打",
        ("change", Outcome.LET_OFF.value): "免打",
    },
)
register_part("child-file", visits_of_child, VISITS_SAMPLE)
register_list(
    ExportedList(
        "visits",
        "走访记录",
        StaffVisitList,
        VISIT_COLUMNS,
        unit="次",
        tallies=VISIT_TALLIES,
        people=people_of,
    )
)
register_kept_page(lambda child: reverse("children:detail", args=[child]))
register_kept_page(lambda child: f"{reverse('visits:new')}?child={child}")
register_eraser(forget_visits)
register_kind(SILENT_KIND)
register(NavItem("走访", "visits:list", "journal-check", frozenset({Role.STAFF}), 50, _count_overdue))
register(
    NavItem(
        "回访",
        "visits:callbacks",
        "telephone",
        frozenset({Role.STAFF}),
        55,
        _count_callbacks,
        for_editors=True,
    )
)
register(NavItem("孩子", "visits:my_children", "people", ON_PHONE, 10, phone=True))
register(NavItem("记一次", "visits:new", "pencil-square", ON_PHONE, 20, phone=True))
