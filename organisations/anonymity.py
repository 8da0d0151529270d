"""What an organisation may read of a child so that nobody recognises it. Pure functions; nothing here reads a table.

The rule: of township, age band, sex and category only so much is shown as at least three children on the county's
roster have in common. What is too rare is left out step by step, the category first, because it says most.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from organisations.choices import AgeBand

# As few children may stand behind what is shown.
FEWEST = 3
# What is shown, the fullest first.
STEPS: tuple[frozenset[str], ...] = (
    frozenset({"township", "band", "sex", "category"}),
    frozenset({"township", "band", "sex"}),
    frozenset({"township", "band"}),
    frozenset({"band", "sex", "category"}),
    frozenset({"band", "sex"}),
    frozenset({"band"}),
    frozenset(),
)
_BANDS = ((5, AgeBand.INFANT), (11, AgeBand.PUPIL), (14, AgeBand.TEEN))


@dataclass(frozen=True)
class Traits:
    """What is known of a child, or what is shown of it; a blank is left out."""

    township: str = ""
    band: str = ""
    sex: str = ""
    category: str = ""


class Crowd:
    """The children of a county's roster, among whom one is to be hidden."""

    def __init__(self, everyone: Iterable[Traits]) -> None:
        self._numbers: Counter[tuple[frozenset[str], Traits]] = Counter()
        for traits in everyone:
            for step in STEPS:
                self._numbers[step, only(traits, step)] += 1

    def shown_of(self, traits: Traits) -> Traits | None:
        """Return as much of a child's traits as three or more share, or None where the county has fewer children."""
        for step in STEPS:
            shown = only(traits, step)
            if self._numbers[step, shown] >= FEWEST:
                return shown
        return None


def only(traits: Traits, names: frozenset[str]) -> Traits:
    """Return the traits without those that are not named."""
    blanks = {known.name: "" for known in fields(traits) if known.name not in names}
    return replace(traits, **blanks)


def band_of(age: int | None) -> AgeBand:
    """Return the age band of an age in full years; who is 18 and still on the roster counts with the eldest."""
    if age is None:
        return AgeBand.UNKNOWN
    return next((band for last, band in _BANDS if age <= last), AgeBand.YOUTH)
