"""What this app adds to the pages below it, and its answers to what happens to child and volunteer."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.dispatch import receiver
from django.urls import reverse
from django.utils.safestring import SafeString

from aixin.access.erasure import register_eraser
from aixin.access.extension import Act, Column, Figure, PhoneCard, Tab, extensions_of
from aixin.access.models import Role, User
from aixin.access.navigation import NavItem, register
from aixin.access.people import name_for
from aixin.access.permissions import is_chair, may_edit
from aixin.access.querysets import register_volunteer_scope
from aixin.access.reveal import register_revealable
from aixin.access.signals import ending_planned
from aixin.accounts.succession import Moved, register_moved
from aixin.exchange.documents import register_document, register_part
from aixin.exchange.exporting import ExportedList, register_list
from aixin.exchange.roster import register_roster
from aixin.todos.kinds import register_kind, register_subject
from aixin.web.templatetags.ui import tag
from children.choices import Consent
from children.models import Child
from children.signals import child_left, consent_given, consent_refused
from pairing.board import problems
from pairing.choices import EndReason, State
from pairing.documents import AGREEMENT, PAIRING_CARD, PAIRINGS_SAMPLE, pairings_of_child
from pairing.erasing import OWNERS, forget_pairings
from pairing.ledger import PAIRING_COLUMNS, PAIRING_TALLIES
from pairing.lifecycle import begin_consented
from pairing.models import DoorReport, HandOver, Pairing
from pairing.portraits import forget_portrait
from pairing.querysets import free, paired, unpaired
from pairing.receivers import pairings_of_chair
from pairing.resources import PairingResource
from pairing.services import end_all_of, end_all_of_volunteer
from pairing.steps import time_line, with_steps
from pairing.todos import LABEL, LEFT_KIND, SUSPENDED_KIND, TERM_KIND, shown_pairings
from pairing.views import PairingList
from volunteers.models import Volunteer
from volunteers.signals import volunteer_left

SHOWN_HANDOVERS = 3


def _with_active(rows: QuerySet[Any]) -> QuerySet[Any]:
    active = Pairing.objects.active().select_related("volunteer").order_by("-is_main", "started_on", "id")
    return rows.prefetch_related(Prefetch("pairings", active, to_attr="active_pairings"))


def _volunteers_cell(child: Any, user: Any) -> str | SafeString:
    if not child.active_pairings:
        return tag("待结对", "warn") if child.is_on_roster else "–"
    first = name_for(user, child.active_pairings[0].volunteer.name)
    return f"{first} 等{len(child.active_pairings)}人" if len(child.active_pairings) > 1 else first


def _volunteers_text(child: Any, user: Any) -> str:
    if not child.active_pairings:
        return "待结对" if child.is_on_roster else ""
    return "、".join(name_for(user, pairing.volunteer.name) for pairing in child.active_pairings)


def _volunteers_named(child: Any) -> list[Volunteer]:
    return [pairing.volunteer for pairing in child.active_pairings]


def _with_children(rows: QuerySet[Any]) -> QuerySet[Any]:
    active = Pairing.objects.active().only("id", "volunteer_id")
    return rows.prefetch_related(Prefetch("pairings", active, to_attr="active_pairings"))


def _load_cell(volunteer: Any, user: Any) -> str:
    return f"{len(volunteer.active_pairings)} / {volunteer.capacity}"


def _volunteers_of(user: Any, child: Any) -> dict[str, Any]:
    """Name a child's volunteers to the chair of its village; a volunteer knows whom she goes with."""
    if not is_chair(user):
        return {}
    standing = Pairing.objects.visible_to(user).active().filter(child=child).select_related("volunteer")
    return {"shows_volunteers": True, "standing_pairings": standing.order_by("-is_main", "started_on", "pk")}


def _words_left(user: Any, child: Child) -> dict[str, Any]:
    return {"handovers": HandOver.objects.filter(child=child)[:SHOWN_HANDOVERS]}


def _child_tab(user: Any, child: Child) -> dict[str, Any]:
    found = with_steps(child.pairings.select_related("volunteer__region"))
    return {
        "pairs": [(pairing, pairing.volunteer, time_line(pairing, user)) for pairing in found],
        "nobody": "还没有爱心妈妈",
        "how": "点上面的“安排结对”，系统先列出同乡镇的爱心妈妈。",
    }


def _volunteer_tab(user: Any, volunteer: Volunteer) -> dict[str, Any]:
    found = with_steps(volunteer.pairings.visible_to(user).select_related("child__region"))
    return {
        "pairs": [(pairing, pairing.child, time_line(pairing, user)) for pairing in found],
        "nobody": "还没有结对的孩子",
        "how": "从等待结对的儿童页里选她。",
    }


def _count_waiting(user: User) -> str:
    waiting = unpaired(Child.objects.visible_to(user), Pairing.objects.all()).count()
    return f"{waiting:,} 待结对" if waiting else ""


@receiver(child_left)
def end_pairings_of_child(child: Child, actor: Any, **kwargs: Any) -> None:
    end_all_of(actor, EndReason.CHILD_LEFT, child=child)


@receiver(consent_refused)
def end_pairings_without_consent(child: Child, actor: Any, **kwargs: Any) -> None:
    end_all_of(actor, EndReason.GUARDIAN_WITHDREW, child=child)


@receiver(consent_given)
def begin_pairings_with_consent(child: Child, actor: Any, **kwargs: Any) -> None:
    begin_consented(actor, child)


@receiver(ending_planned)
def say_what_ends(label: str, pk: int, **kwargs: Any) -> str:
    """Return how many pairings end with a person's care, for the page that asks to confirm it."""
    number = Pairing.objects.open().filter(**{OWNERS[label]: pk}).count() if label in OWNERS else 0
    return f"{number} 对结对当天解除" if number else ""


@receiver(volunteer_left)
def end_pairings_of_volunteer(volunteer: Volunteer, actor: Any, **kwargs: Any) -> None:
    end_all_of_volunteer(actor, volunteer)
    forget_portrait(volunteer)


children = extensions_of("children.child")
children.add_figure(Figure("paired", "已结对", lambda rows: paired(rows, Pairing.objects.all())))
children.add_figure(Figure("unpaired", "等待结对", lambda rows: unpaired(rows, Pairing.objects.all())))
children.add_column(
    Column(
        "volunteers", "爱心妈妈", _with_active, _volunteers_cell, 70, _volunteers_named, text=_volunteers_text
    )
)
children.add_tab(Tab("pairings", "结对", "pairings/tab.html", _child_tab, 30))
children.add_phone_card(PhoneCard("pairings/handover_phone.html", _words_left))
children.add_phone_card(PhoneCard("pairings/volunteers_phone.html", _volunteers_of, order=12))
children.add_act(
    Act(
        "安排结对",
        "link-45deg",
        lambda child: reverse("pairings:candidates", args=[child.pk]),
        lambda user, child: may_edit(user) and child.is_on_roster and child.consent != Consent.REFUSED,
        order=30,
    )
)

volunteers = extensions_of("volunteers.volunteer")
volunteers.add_column(Column("load", "已结 / 可结", _with_children, _load_cell, 70))
volunteers.add_figure(Figure("free", "还能结对", lambda rows: free(rows, Pairing.objects.all())))
volunteers.add_tab(Tab("pairings", "结对", "pairings/tab.html", _volunteer_tab, 10))

volunteers.add_act(
    Act(
        "结对卡照片",
        "person-badge",
        lambda volunteer: reverse("pairings:portrait", args=[volunteer.pk]),
        lambda user, volunteer: may_edit(user) and not volunteer.is_erased,
        order=80,
    )
)

pairings = extensions_of("pairing.pairing")
pairings.add_figure(Figure("active", "已结对", lambda rows: rows.active()))
pairings.add_figure(Figure("to_verify", "存量待核", lambda rows: rows.to_verify()))
pairings.add_figure(Figure("pending", "未开始", lambda rows: rows.pending()))
pairings.add_figure(Figure("approval", "待审批", lambda rows: rows.filter(state=State.APPROVAL)))
pairings.add_figure(Figure("consent", "待监护人同意", lambda rows: rows.filter(state=State.CONSENT)))
pairings.add_figure(
    Figure(
        "uncleared",
        "准入查询无效",
        lambda rows: rows.without_clearance(Volunteer.objects.all()),
        is_problem=True,
    )
)
pairings.add_figure(Figure("no_main", "没有主责", lambda rows: rows.without_main(), is_problem=True))
pairings.add_figure(Figure("paused", "暂停", lambda rows: rows.filter(state=State.PAUSED)))
pairings.add_figure(Figure("paused_long", "暂停过久", lambda rows: rows.paused_too_long(), is_problem=True))
pairings.add_figure(
    Figure("no_agreement", "未签责任书", lambda rows: rows.without_agreement(), is_problem=True)
)
pairings.add_figure(Figure("problem", "有问题", problems))
pairings.add_figure(Figure("ended", "已解除", lambda rows: rows.filter(state=State.ENDED)))

register(NavItem("结对", "pairings:list", "link-45deg", frozenset({Role.STAFF}), 40, _count_waiting))
register(NavItem("结对看板", "pairings:board", "kanban", frozenset({Role.STAFF}), 41))
register_revealable(Pairing, "liaison_phone", "liaison_other_phones")
register_volunteer_scope(
    "children.child", lambda user: Q(pk__in=Pairing.objects.of_volunteer_user(user).values("child"))
)
for _label in ("children.guardian", "children.parent", "children.need"):
    register_volunteer_scope(
        _label, lambda user: Q(child__in=Pairing.objects.of_volunteer_user(user).values("child"))
    )
register_volunteer_scope("pairing.pairing", lambda user: Q(volunteer__user=user, state=State.ACTIVE))
register_roster(PairingResource)
register_list(
    ExportedList(
        "pairings",
        "结对台账",
        PairingList,
        PAIRING_COLUMNS,
        unit="对",
        tallies=PAIRING_TALLIES,
        people=lambda pairing: (pairing.child, pairing.volunteer),
        prepare=lambda rows: rows.prefetch_related("child__guardians"),
    )
)
register_revealable(DoorReport, "phone")
register_document(PAIRING_CARD)
register_document(AGREEMENT)
register_part("child-file", pairings_of_child, PAIRINGS_SAMPLE)
register_moved(Moved("结对的村妇联主席", "对", lambda user, region: pairings_of_chair(user, region).count()))
register_eraser(forget_pairings)
register_subject(LABEL, shown_pairings)
for todo_kind in (SUSPENDED_KIND, LEFT_KIND, TERM_KIND):
    register_kind(todo_kind)
