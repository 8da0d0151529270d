"""Published figures of 吕梁市 that the demo city reproduces (DOMAIN section 1)."""

from collections.abc import Mapping

CITY = "1411"
VOLUNTEERS = 2845
VISITS = 352
CHILDREN = {"LEFT_BEHIND": 561, "DIFFICULT": 277, "DE_FACTO_UNSUPPORTED": 574, "ORPHAN_SCATTERED": 76}

# Inhabitants in units of 10,000, rounded: how people are spread over the counties.
POPULATION = {
    "141102": 46, "141121": 42, "141122": 23, "141123": 21, "141124": 46, "141125": 30, "141126": 9,
    "141127": 15, "141128": 12, "141129": 14, "141130": 11, "141181": 48, "141182": 40,
}  # fmt: skip


def shares(total: int) -> dict[str, int]:
    """Return how many of `total` fall to each county, by population."""
    return apportion(total, POPULATION)


def apportion(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Return how many of `total` fall to each by weight, largest remainders first, exactly `total`."""
    whole = sum(weights.values())
    exact = {code: total * weight / whole for code, weight in weights.items()}
    given = {code: int(value) for code, value in exact.items()}
    by_remainder = sorted(exact, key=lambda code: given[code] - exact[code])
    for code in by_remainder[: total - sum(given.values())]:
        given[code] += 1
    return given
