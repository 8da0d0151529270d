"""What a lower app's pages show of a higher one goes through here (DESIGN section 2)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

# Querysets with named reads of their own, which only `Any` describes.
Prepare = Callable[[Any], Any]


@dataclass(frozen=True)
class Tab:
    """A tab of a detail page: its template and what the template needs."""

    key: str
    label: str
    template: str
    context: Callable[[Any, Any], dict[str, Any]]
    order: int = 50


@dataclass(frozen=True)
class PhoneCard:
    """A part of a volunteer's page of a row: its template and what the template needs."""

    template: str
    context: Callable[[Any, Any], dict[str, Any]]
    order: int = 50


@dataclass(frozen=True)
class Sum:
    """What the rows of a list say together, and in what unit."""

    of: Callable[[Any], int]
    unit: str


@dataclass(frozen=True)
class Figure:
    """A named set of rows that a list can be narrowed to; the same rows that a figure counts.

    A figure that `is_problem` counts rows that somebody should put right; all of these together are what is amiss.
    """

    key: str
    label: str
    rows: Prepare
    is_problem: bool = False
    # Of a figure that counts not the rows but what each of them says.
    sum_of: Sum | None = None
    # How many rows it counts, also those that not everybody may open, and at which place.
    number: Callable[[], int] | None = None
    place: str = ""


def nobody(row: Any) -> Iterable[Any]:
    """Return no one: what is shown of a row names no further person."""
    return ()


@dataclass(frozen=True)
class Column:
    """A further column of a list: how its rows are prepared, what a cell shows, and which persons it names.

    `text` is what the cell says in a file; without it, what it says on the page. One that is not `on_page` stands in
    files alone.
    """

    key: str
    label: str
    prepare: Prepare
    cell: Callable[[Any, Any], str]
    order: int = 50
    people: Callable[[Any], Iterable[Any]] = nobody
    text: Callable[[Any, Any], str] | None = None
    on_page: bool = True


@dataclass(frozen=True)
class ListFilter:
    """A further filter of a list: what it offers a user as value and label, and how the rows are narrowed to one."""

    key: str
    label: str
    choices: Callable[[Any], Sequence[tuple[str, str]]]
    narrow: Callable[[Any, str], Any]


@dataclass(frozen=True)
class Act:
    """A button of a detail page."""

    label: str
    icon: str
    url: Callable[[Any], str]
    offered: Callable[[Any, Any], bool]
    order: int = 50
    # Why it cannot be done with a row yet, said in the button's place; nothing where it can.
    why_not: Callable[[Any], str] = lambda _: ""


@dataclass(frozen=True)
class Notice:
    """A link at the head of a list, to something that waits for a decision."""

    text: str
    icon: str
    url: str


@dataclass
class Extensions:
    """Everything registered for one model."""

    tabs: list[Tab] = field(default_factory=list)
    figures: dict[str, Figure] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    filters: list[ListFilter] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    notices: list[Callable[[Any], Notice | None]] = field(default_factory=list)
    phone_cards: list[PhoneCard] = field(default_factory=list)
    # Reads figures that nobody named beforehand out of their key, such as those of a past month; None for a key unknown.
    counting: Callable[[str], Figure | None] = lambda _: None

    def add_tab(self, tab: Tab) -> None:
        self.tabs = sorted([*self.tabs, tab], key=lambda known: known.order)

    def add_figure(self, figure: Figure) -> None:
        self.figures[figure.key] = figure

    def add_column(self, column: Column) -> None:
        self.columns = sorted([*self.columns, column], key=lambda known: known.order)

    def add_filter(self, added: ListFilter) -> None:
        self.filters.append(added)

    def add_act(self, act: Act) -> None:
        self.acts = sorted([*self.acts, act], key=lambda known: known.order)

    def add_notice(self, notice: Callable[[Any], Notice | None]) -> None:
        self.notices.append(notice)

    def add_phone_card(self, card: PhoneCard) -> None:
        self.phone_cards = sorted([*self.phone_cards, card], key=lambda known: known.order)

    def notices_for(self, user: Any) -> list[Notice]:
        """Return the links that a user is shown at the head of the list."""
        return [shown for notice in self.notices if (shown := notice(user)) is not None]

    def acts_for(self, user: Any, row: Any) -> list[dict[str, str]]:
        """Return the buttons that a user is offered on a row's page, with their addresses."""
        return [
            {"label": act.label, "icon": act.icon, "url": act.url(row), "why_not": act.why_not(row)}
            for act in self.acts
            if act.offered(user, row)
        ]

    def figure_choices(self) -> Sequence[tuple[str, str]]:
        return [(figure.key, figure.label) for figure in self.figures.values()]

    def figure(self, key: str) -> Figure | None:
        """Return the figure of a key, named or counted; None for an unknown one."""
        return self.figures.get(key) or self.counting(key)

    def problems(self) -> Sequence[Figure]:
        """Return the figures that count rows to put right."""
        return [figure for figure in self.figures.values() if figure.is_problem]

    def narrow(self, rows: Any, key: str) -> Any:
        """Return the rows of a figure; raise KeyError for an unknown one."""
        found = self.figure(key)
        if found is None:
            raise KeyError(key)
        return found.rows(rows)


_by_model: dict[str, Extensions] = defaultdict(Extensions)


def extensions_of(label: str) -> Extensions:
    """Return the one registry of a model, such as "children.child"."""
    return _by_model[label]
