"""Small numbers: what an official does not see, because few children could be told apart by it."""

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

from aixin.access.models import Role
from aixin.access.regions import LENGTHS, Level

SMALLEST_SHOWN = 5
HIDDEN = f"<{SMALLEST_SHOWN}"
K = TypeVar("K", bound=Hashable)


def sees_small(user: Any) -> bool:
    """Return whether a user is shown every number: staff are, who may open the rows; officials are not."""
    return bool(user.acting_post.role == Role.STAFF)


def is_small_place(code: str) -> bool:
    """Return whether so few children live at a place that already its totals are small: township or village."""
    return LENGTHS.index(len(code)) + 1 >= Level.TOWNSHIP


def hidden(numbers: Mapping[K, int | float | None]) -> set[K]:
    """Return which of the parts of a whole are not shown: 1 to 4, and the next smallest where one alone is hidden.

    Otherwise the hidden one would be the whole less the others.
    """
    small = {key for key, number in numbers.items() if number and number < SMALLEST_SHOWN}
    if len(small) == 1:
        others = sorted(
            (number, str(key), key) for key, number in numbers.items() if number and key not in small
        )
        small |= {key for _, _, key in others[:1]}
    return small
