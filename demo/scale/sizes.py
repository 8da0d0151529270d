"""How much of a country a seeded database holds: fictional people at real places (DESIGN section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SHANXI = "14"


@dataclass(frozen=True)
class Part:
    """So many children on the roster, qualified volunteers and standing visits, spread over the places below a code."""

    code: str
    children: int
    volunteers: int
    visits: int


@dataclass(frozen=True)
class Size:
    """Parts with figures of their own, built first; `rest` is spread over the provinces that none of them lies in."""

    parts: tuple[Part, ...]
    rest: Part | None = None
    # Names of accounts and the regions of their offices, beside those that every size has.
    offices: Mapping[str, str] = field(default_factory=dict)


# A province holds the very same rows alone and within the country, so that its counties can be compared.
_SHANXI = Part(SHANXI, children=36_000, volunteers=25_000, visits=1_000_000)
_OTHERS = Part("", children=1_464_000, volunteers=1_175_000, visits=11_000_000)

SIZES: dict[str, Size] = {
    "city": Size((Part("1411", children=5_000, volunteers=4_000, visits=60_000),)),
    "province": Size((_SHANXI,), offices={"shanxi": SHANXI}),
    "national": Size((_SHANXI,), _OTHERS, offices={"shanxi": SHANXI, "henan": "41", "sichuan": "51"}),
}
