"""Who is near whom in a county, by township: children who wait, volunteers who may take one, pairs."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.db.models.functions import Left
from django.urls import reverse

from aixin.access.extension import extensions_of
from aixin.access.models import Region, User
from aixin.access.regions import LENGTHS, Level
from children.models import Child
from pairing.models import NeighbouringTownships, Pairing
from pairing.township_layout import Cell, laid_out, out_of_reach
from volunteers.models import Volunteer

_TOWNSHIP = LENGTHS[Level.TOWNSHIP - 1]


@dataclass(frozen=True)
class Tile:
    """A township of the county's picture, with its figures and its neighbours' names."""

    code: str
    name: str
    cell: Cell
    waiting: int
    volunteers: int
    spare: int
    pairs: int
    short: int
    neighbours: tuple[str, ...]
    beside: tuple[str, ...]

    @property
    def tone(self) -> str:
        """How the tile is coloured: nobody waits, somebody near for everyone who waits, or not for all."""
        if self.short:
            return "short"
        return "waiting" if self.waiting else "calm"

    @property
    def waiting_url(self) -> str:
        return f"{reverse('children:list')}?figure=unpaired&region={self.code}"

    @property
    def volunteers_url(self) -> str:
        return f"{reverse('volunteers:list')}?figure=free&region={self.code}"

    @property
    def pairs_url(self) -> str:
        return f"{reverse('pairings:list')}?figure=active&region={self.code}"


@dataclass(frozen=True)
class CountyPicture:
    """The tiles of a county, and whether anybody said yet which of them lie side by side."""

    tiles: list[Tile]
    has_neighbours: bool


def picture_of(user: User, county: str) -> CountyPicture:
    """Return a county by township, in as many queries whatever lives there."""
    townships = list(Region.objects.children_of(county).order_by("code"))
    names = {township.code: township.name for township in townships}
    beside = frozenset(NeighbouringTownships.objects.touching(county).values_list("one_id", "other_id"))
    cells = laid_out(tuple(names), beside)
    waiting = _waiting(user, county)
    volunteers, spare = _volunteers(user, county)
    pairs = _pairs(user, county)
    short = out_of_reach(waiting, spare, beside)
    tiles = [
        Tile(
            code, name, cells[code], waiting[code], volunteers[code], spare[code], pairs[code], short.get(code, 0),
            tuple(names[other] for other in near), near,
        )
        for code, name in names.items()
        for near in [_near(code, beside, names)]
    ]  # fmt: skip
    return CountyPicture(tiles, any(tile.beside for tile in tiles))


def _near(code: str, beside: frozenset[tuple[str, str]], names: dict[str, str]) -> tuple[str, ...]:
    others = {other for pair in beside if code in pair for other in pair if other != code}
    return tuple(sorted(others & names.keys()))


def _by_township(rows: Any) -> Counter[str]:
    counted = rows.order_by().annotate(township=Left("region_id", _TOWNSHIP)).values("township")
    return Counter(dict(counted.annotate(number=Count("pk")).values_list("township", "number")))


def _waiting(user: User, county: str) -> Counter[str]:
    children = Child.objects.visible_to(user).within_region(county)
    return _by_township(extensions_of("children.child").narrow(children, "unpaired"))


def _pairs(user: User, county: str) -> Counter[str]:
    pairings = Pairing.objects.visible_to(user).within_region(county)
    return _by_township(extensions_of("pairing.pairing").narrow(pairings, "active"))


def _volunteers(user: User, county: str) -> tuple[Counter[str], Counter[str]]:
    """Return the volunteers who may take a child, and how many children they may take together, by township."""
    rows = Volunteer.objects.visible_to(user).within_region(county)
    found = extensions_of("volunteers.volunteer").narrow(rows, "free").order_by()
    people: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for township, spare in found.values_list(Left("region_id", _TOWNSHIP), "spare"):
        people[township] += 1
        places[township] += spare
    return people, places
