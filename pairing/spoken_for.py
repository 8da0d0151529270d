"""Children for whom somebody outside the matching is being considered, as a higher app says (an open 认领)."""

from collections.abc import Callable

# Keys of the children of a region who are spoken for today.
SpokenFor = Callable[[str], set[int]]
_registered: list[SpokenFor] = []


def register_spoken_for(spoken_for: SpokenFor) -> None:
    """Let a higher app name children who are not proposed to anybody while what it began is undecided."""
    _registered.append(spoken_for)


def spoken_for_in(code: str) -> set[int]:
    """Return the children of a region who are spoken for today."""
    return {child for spoken_for in _registered for child in spoken_for(code)}
