"""What a county's clerks have said headings mean, applied to the headings of a sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from .headers import Path, heading_forms


def heading_key(path: Path) -> str:
    """Return a heading's path reduced to its characters, its hints in brackets included: 监护人情况/姓名."""
    return "/".join((heading_forms(part) or ("",))[-1] for part in path)[:200]


def learnt_choices(learnt: Mapping[str, str], paths: Sequence[Path]) -> dict[int, str | None]:
    """Return what was learnt for these columns: index to key, or to None for one to be left out.

    A heading that stands there twice says nothing, and no key comes twice.
    """
    names = [heading_key(path) if path else "" for path in paths]
    times = Counter(names)
    found = {column: learnt[name] for column, name in enumerate(names) if name in learnt and times[name] == 1}
    keys = Counter(found.values())
    return {column: key or None for column, key in found.items() if not key or keys[key] == 1}
