"""Finding a region by the name that an office writes, within a scope (issue: regions)."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from aixin.access.models import Region
from aixin.access.regions import Level, contains, is_community, short_name


class RegionFault(Exception):  # noqa: N818 - a fault of the row, not of the program
    """A name that is no place, several places, or a place outside the scope."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(f"{code}: {name}")
        self.code = code
        self.name = name


UNKNOWN = "region_unknown"
AMBIGUOUS = "region_ambiguous"
OUT_OF_SCOPE = "region_out_of_scope"


class RegionLookup:
    """Resolves names below one region code; reads each level once, however many names it is asked."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self._villages: dict[str, list[Region]] = {}
        self._found: dict[tuple[str, str], Region | RegionFault] = {}

    @cached_property
    def _counties(self) -> list[Region]:
        """Every county of the scope's province, so that a stranger is told from an unknown."""
        return list(Region.objects.below(self.scope[:2]).filter(level=Level.COUNTY))

    @cached_property
    def _townships(self) -> dict[str, list[Region]]:
        found: dict[str, list[Region]] = defaultdict(list)
        for region in Region.objects.below(self.scope[:2]).filter(level=Level.TOWNSHIP, retired=False):
            for key in {region.name, region.short_name}:
                found[key].append(region)
        return found

    def _villages_of(self, township: str) -> list[Region]:
        if township not in self._villages:
            self._villages[township] = list(Region.objects.children_of(township))
        return self._villages[township]

    def _county_codes(self, name: str) -> list[str]:
        """Return the codes of the counties that a name may mean; raise RegionFault for none."""
        found = _ranked(name, Level.COUNTY, self._counties)
        if not found:
            raise RegionFault(UNKNOWN, name)
        return [region.code for region in found]

    def township(self, name: str, county: str = "") -> Region:
        """Return the township meant by `name`, in the named county where one is given; raise RegionFault.

        A name that begins with the county (文水县凤城镇) is understood too.
        """
        key = (name, county)
        if key not in self._found:
            self._found[key] = self._find_township(name, county)
        found = self._found[key]
        if isinstance(found, RegionFault):
            raise found
        return found

    def _find_township(self, name: str, county: str) -> Region | RegionFault:
        try:
            codes = tuple(self._county_codes(county)) if county else ()
            found = self._township_candidates(name)
            if codes:
                found = [region for region in found if region.code.startswith(codes)]
            return _one(found, self.scope, name)
        except RegionFault as fault:
            return fault

    def township_with_rest(self, text: str) -> tuple[Region, str]:
        """Return the township that a text begins with, and what follows (凤城镇西街社区); raise RegionFault."""
        for county in self._counties:
            text = text.removeprefix(county.name)
        names = [name for name in self._townships if len(name) > 1 and text.startswith(name)]
        if not names:
            raise RegionFault(UNKNOWN, text)
        longest = max(names, key=len)
        return self.township(longest), text.removeprefix(longest)

    def _township_candidates(self, name: str) -> list[Region]:
        direct = _ranked(name, Level.TOWNSHIP, self._by_keys(name))
        if direct:
            return direct
        for county in self._counties:
            for prefix in (county.name, county.short_name):
                rest = name.rpartition(prefix)[2] if prefix in name[:-1] else ""
                found = [r for r in self._by_keys(rest) if contains(county.code, r.code)] if rest else []
                if found:
                    return _ranked(rest, Level.TOWNSHIP, found)
        return []

    def _by_keys(self, name: str) -> list[Region]:
        keys = {name, short_name(name, Level.TOWNSHIP)}
        unique = {region.code: region for key in keys for region in self._townships.get(key, ())}
        return list(unique.values())

    def village(self, name: str, township: str) -> Region:
        """Return the village of a township meant by `name`; raise RegionFault."""
        return _one(_ranked(name, Level.VILLAGE, self._villages_of(township)), township, name)

    def names(self, region: Region | None) -> tuple[str, str]:
        """Return the names of a place's township and village; empty for a level that it is not in."""
        if region is None or region.level < Level.TOWNSHIP:
            return "", ""
        if region.level == Level.TOWNSHIP:
            return region.name, ""
        township = self._by_code.get(region.code[:9])
        return township.name if township else "", region.name

    @cached_property
    def _by_code(self) -> dict[str, Region]:
        return {region.code: region for found in self._townships.values() for region in found}

    def village_anywhere(self, name: str) -> Region:
        """Return the one village of the scope with this name, where no township is given; raise RegionFault."""
        wanted = {name, short_name(name, Level.VILLAGE)}
        below = Region.objects.below(self.scope).filter(level=Level.VILLAGE, retired=False)
        found = list(below.filter(short_name__in=wanted) | below.filter(name=name))
        return _one(_ranked(name, Level.VILLAGE, found), self.scope, name)


def _ranked(name: str, level: Level, regions: Iterable[Region]) -> list[Region]:
    """Return the regions that fit `name` best: the full name, else the short one, else with a suffix less."""
    pool = list(regions)
    stem = short_name(name, level)
    for fits in (
        [region for region in pool if region.name == name],
        [region for region in pool if region.short_name == name],
        [region for region in pool if region.short_name == stem],
    ):
        if fits:
            return _of_same_kind(name, fits) if level is Level.VILLAGE else fits
    return []


def _of_same_kind(name: str, villages: list[Region]) -> list[Region]:
    """Prefer 村 for a name that says 村 and 社区 for one that says 社区."""
    if len(villages) == 1 or not (name.endswith("村") or is_community(name)):
        return villages
    same = [region for region in villages if is_community(region.name) == is_community(name)]
    return same or villages


def _one(found: list[Region], scope: str, name: str) -> Region:
    inside = [region for region in found if contains(scope, region.code)]
    if len(inside) == 1:
        return inside[0]
    if inside:
        raise RegionFault(AMBIGUOUS, name)
    raise RegionFault(OUT_OF_SCOPE if found else UNKNOWN, name)
