"""Names of the icons in the sprite that `npm run build` makes from static/src/icons.txt."""

from functools import cache
from pathlib import Path

ICON_LIST = Path(__file__).resolve().parents[2] / "static" / "src" / "icons.txt"


@cache
def icon_names() -> frozenset[str]:
    lines = ICON_LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if (name := line.strip()) and not name.startswith("#"))


def require_icon(name: str) -> str:
    """`name` itself; an unknown one is a mistake in a template, best seen at once."""
    if name not in icon_names():
        raise ValueError(f"icon {name!r} is not in static/src/icons.txt")
    return name
