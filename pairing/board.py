"""结对看板: where every child stands on its way to a volunteer, in the figures that the lists show too."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from aixin.access.extension import extensions_of
from aixin.access.models import User
from aixin.access.people import name_for
from children.models import Child
from pairing.models import DoorReport, Pairing, Proposal
from pairing.querysets import with_waiting_since

SHOWN = 20

Tags = list[tuple[str, str]]
Notices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Card:
    """One child of a column: its name as the user sees it elsewhere, its township, and what matters at this stage."""

    url: str
    child: str
    place: str
    line: str
    tags: Tags = field(default_factory=list)


@dataclass(frozen=True)
class BoardColumn:
    """A stage: its number, the list that has as many rows, and its first children."""

    key: str
    label: str
    unit: str
    number: int
    url: str
    meaning: str
    cards: list[Card]
    notices: Notices = ()
    hint: str = ""


def problems(pairings: Any) -> Any:
    """Return the pairings that at least one figure of problems counts."""
    found = Q(pk__in=())
    for figure in extensions_of("pairing.pairing").problems():
        found |= Q(pk__in=figure.rows(Pairing.objects.all()).values("pk"))
    return pairings.filter(found)


def board_of(user: User, code: str) -> list[BoardColumn]:
    """Return the five columns for a region, as many queries whatever stands on them.

    Offices above the county are given the numbers alone (DESIGN section 3.4).
    """
    here = _Board(user, code)
    return [here.waiting(), here.proposed(), here.consent(), here.active(), here.amiss()]


class _Board:
    def __init__(self, user: User, code: str) -> None:
        post = user.acting_post
        self.user, self.code = user, code
        self.shows_cards = post is not None and post.is_county_or_below
        self.is_narrowed = post is None or post.region_id != code
        self.pairings: Any = Pairing.objects.visible_to(user).within_region(code)

    def _url(self, name: str, **query: str) -> str:
        pairs = {**query, "region": self.code}
        return reverse(name) + "?" + "&".join(f"{key}={value}" for key, value in pairs.items())

    def _cards(self, rows: Any, card: Callable[[Any], Card]) -> list[Card]:
        return [card(row) for row in rows[:SHOWN]] if self.shows_cards else []

    def waiting(self) -> BoardColumn:
        children = Child.objects.visible_to(self.user).within_region(self.code)
        rows = extensions_of("children.child").narrow(children, "unpaired")
        return BoardColumn(
            "waiting", "等待结对", "人", rows.count(), self._url("children:list", figure="unpaired"),
            "应结对而没有一对已结对的儿童；还没有着落的排在前面。已有一位、还要再配一位的不算在这里。",
            self._cards(_in_turn(rows), self._waiting_card),
        )  # fmt: skip

    def _waiting_card(self, child: Any) -> Card:
        tags = [("已有建议", "info")] if child.is_proposed else []
        tags = [("已在办理", "info")] if child.is_under_way else tags
        since = f"{child.waits_since:%Y-%m-%d} 起等待" if child.waits_since else "等待中"
        url = reverse("children:detail", args=[child.pk]) + "?tab=pairings"
        return Card(url, name_for(self.user, child.name), child.region.place, since, tags)

    def proposed(self) -> BoardColumn:
        rows = Proposal.objects.visible_to(self.user).within_region(self.code)
        return BoardColumn(
            "proposed", "已提议", "对", rows.count(), self._url("proposals:list"),
            "结对建议里等着确认的；确认后才算结对。已有爱心妈妈的孩子再配一位的，也算在这里。",
            self._cards(rows.for_list().order_by("-locked", "region_id", "child_id", "pk"), self._proposal_card),
            self._approvals(),
            self._second_ones(rows),
        )  # fmt: skip

    def _proposal_card(self, proposal: Any) -> Card:
        return Card(
            reverse("children:detail", args=[proposal.child_id]) + "?tab=pairings",
            name_for(self.user, proposal.child.name),
            proposal.region.place,
            name_for(self.user, proposal.volunteer.name),
            [("已锁定", "info")] if proposal.locked else [],
        )

    def _second_ones(self, rows: Any) -> str:
        """Say how many are for children who do not wait in the first column: they have somebody and are to have more."""
        number = rows.filter(Exists(Pairing.objects.active().filter(child=OuterRef("child")))).count()
        return f"其中 {number:,} 对是给已有一位的孩子再配一位" if number else ""

    def _approvals(self) -> list[tuple[str, str]]:
        number = self._narrowed("approval").count()
        return [(f"{number:,} 对待县级审批", self._url("pairings:list", figure="approval"))] if number else []

    def consent(self) -> BoardColumn:
        def card(pairing: Any) -> Card:
            return self._pairing_card(pairing, f"{pairing.created_at:%m-%d} 登记")

        rows = self._narrowed("consent").order_by("created_at", "pk")
        return self._of_pairings("consent", "待监护人同意", "已登记、等监护人答复的。", rows, card)

    def active(self) -> BoardColumn:
        def card(pairing: Any) -> Card:
            return self._pairing_card(pairing, f"{pairing.started_on:%Y-%m-%d} 起")

        rows = self._narrowed("active").order_by("-started_on", "-pk")
        return self._of_pairings("active", "结对中", "现为已结对的，新结对的在前。", rows, card)

    def amiss(self) -> BoardColumn:
        figures = extensions_of("pairing.pairing").problems()

        def card(pairing: Any) -> Card:
            tags = [(figure.label, "warn") for figure in figures if getattr(pairing, f"is_{figure.key}")]
            return self._pairing_card(pairing, "", tags)

        this = Pairing.objects.filter(pk=OuterRef("pk"))
        flags = {f"is_{figure.key}": Exists(figure.rows(this)) for figure in figures}
        # What was registered first weighs most; being late is the commonest and comes last.
        gravest = [f"-{flag}" for flag in flags]
        rows = self._narrowed("problem").annotate(**flags).order_by(*gravest, "started_on", "pk")
        meaning = "、".join(figure.label for figure in figures) + "的；有几个问题也只算一对。"
        return self._of_pairings("problem", "有问题", meaning, rows, card, self._reports())

    def _reports(self) -> list[tuple[str, str]]:
        """Return the link to what families said by their cards; it says nothing to a township (threat model).

        Their list has no filter by place, so a narrowed board leaves them out.
        """
        if self.is_narrowed:
            return []
        number = DoorReport.objects.visible_to(self.user).open().count()
        return [(f"扫码反馈 {number:,} 件待办", reverse("pairings:reports"))] if number else []

    def _narrowed(self, key: str) -> Any:
        return extensions_of("pairing.pairing").narrow(self.pairings, key)

    def _pairing_card(self, pairing: Any, line: str, tags: Tags | None = None) -> Card:
        said = " · ".join(filter(None, [name_for(self.user, pairing.volunteer.name), line]))
        url = reverse("pairings:detail", args=[pairing.pk])
        return Card(url, name_for(self.user, pairing.child.name), pairing.region.place, said, tags or [])

    def _of_pairings(
        self,
        key: str,
        label: str,
        meaning: str,
        rows: Any,
        card: Callable[[Any], Card],
        notices: Notices = (),
    ) -> BoardColumn:
        url = self._url("pairings:list", figure=key)
        cards = self._cards(rows.for_list(), card)
        return BoardColumn(key, label, "对", rows.count(), url, meaning, cards, notices)


def _in_turn(children: Any) -> Any:
    """Return waiting children, first those for whom nothing is under way, then by how long they wait."""
    own = {"child": OuterRef("pk")}
    return (
        with_waiting_since(children.select_related("region"), Pairing.objects.all())
        .annotate(
            is_under_way=Exists(Pairing.objects.open().filter(**own)),
            is_proposed=Exists(Proposal.objects.filter(**own)),
        )
        .order_by("is_under_way", "is_proposed", "waits_since", "pk")
    )
