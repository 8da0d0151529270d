"""Which townships of the demo city lie side by side: invented, because no standard says it."""

import math
from collections import defaultdict

from aixin.access.models import Region
from aixin.access.regions import Level
from demo.figures import CITY
from pairing.models import NeighbouringTownships


def make_neighbours() -> None:
    """Lay the townships of each county out in rows, by their codes, and let those beside one another be neighbours."""
    counties: dict[str, list[str]] = defaultdict(list)
    townships = Region.objects.below(CITY).filter(level=Level.TOWNSHIP, retired=False)
    for code in townships.order_by("code").values_list("code", flat=True):
        counties[code[:6]].append(code)
    NeighbouringTownships.objects.bulk_create(
        NeighbouringTownships(one_id=one, other_id=other)
        for codes in counties.values()
        for one, other in _beside(codes)
    )


def _beside(codes: list[str]) -> list[tuple[str, str]]:
    width = math.ceil(math.sqrt(len(codes)))
    pairs = []
    for at, code in enumerate(codes):
        if at % width + 1 < width and at + 1 < len(codes):
            pairs.append((code, codes[at + 1]))
        if at + width < len(codes):
            pairs.append((code, codes[at + width]))
    return pairs
