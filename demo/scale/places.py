"""Real places down to the village, and how many people live at each, as far as a seeded country goes."""

from collections import defaultdict
from collections.abc import Iterator

from aixin.access.division import division_of
from aixin.access.models import Region
from aixin.access.regions import Level, county_of, level_of
from demo.figures import apportion
from demo.scale.copying import copy_into
from demo.scale.sizes import Part, Size

PROVINCE_DIGITS = 2
_COLUMNS = ("code", "name", "short_name", "place", "level", "retired")


class Places:
    """The villages of every county that is to have people."""

    def __init__(self, villages: dict[str, list[str]]) -> None:
        self._villages = villages

    @property
    def counties(self) -> list[str]:
        """Codes of the counties."""
        return list(self._villages)

    def below(self, code: str) -> dict[str, list[str]]:
        """Return the villages of each county below a code."""
        return {county: found for county, found in self._villages.items() if county.startswith(code)}

    def provinces(self) -> list[str]:
        return sorted({county[:PROVINCE_DIGITS] for county in self._villages})

    def parts_of(self, size: Size) -> list[Part]:
        """Return a size's parts, the rest among them as one part a province, by its number of villages."""
        if size.rest is None:
            return list(size.parts)
        taken = tuple(part.code for part in size.parts)
        weights = {
            code: sum(map(len, self.below(code).values()))
            for code in self.provinces()
            if not code.startswith(taken)
        }
        shared = [
            apportion(total, weights)
            for total in (size.rest.children, size.rest.volunteers, size.rest.visits)
        ]
        return [*size.parts, *(Part(code, *(share[code] for share in shared)) for code in weights)]

    def shares(self, part: Part) -> Iterator[tuple[str, int, int]]:
        """Give each county of a part with its number of children and of volunteers, by its number of villages."""
        weights = {county: len(found) for county, found in self.below(part.code).items()}
        children, volunteers = apportion(part.children, weights), apportion(part.volunteers, weights)
        return ((county, children[county], volunteers[county]) for county in weights)


def load_places(size: Size) -> Places:
    """Write the regions that a size needs and the table lacks, and return them."""
    regions = division_of([""] if size.rest else [part.code for part in size.parts])
    known = set(Region.objects.values_list("code", flat=True))
    copy_into(Region, _COLUMNS, (_row(region) for region in regions if region.code not in known))
    villages: dict[str, list[str]] = defaultdict(list)
    for region in regions:
        if level_of(region.code) is Level.VILLAGE:
            villages[county_of(region.code)].append(region.code)
    return Places(dict(sorted(villages.items())))


def _row(region: Region) -> tuple[object, ...]:
    return tuple(getattr(region, column) for column in _COLUMNS)
