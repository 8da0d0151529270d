"""What a file may look like, as a Hypothesis strategy. The seed says who is in it and which rows are wrong."""

from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

Form = Literal["xlsx", "xls", "ods", "utf-8,", "utf-8-sig\t", "gb18030,", "gb18030\t", "utf-16;"]
BOOKS = frozenset({"xlsx", "xls", "ods"})


@dataclass(frozen=True)
class Shape:
    """The choices for one file; those that its form cannot show have no effect."""

    seed: int
    form: Form = "xlsx"
    titles: int = 1
    depth: int = 1
    towns: Literal["plain", "merged", "once", "ditto", "lines"] = "plain"
    sheets: Literal["one", "towns", "cover", "notes"] = "one"
    contacts: Literal["columns", "guardian", "phone", "parents"] = "columns"
    hidden: bool = False
    repeats_header: bool = False
    subtotals: bool = False
    footer: bool = False
    numbered: bool = True
    ditto: bool = False
    faults: float = 0.3

    @property
    def is_book(self) -> bool:
        """Return whether the form has sheets, merged cells and numbers."""
        return self.form in BOOKS


shapes = st.builds(
    Shape,
    seed=st.integers(0, 10**6),
    form=st.sampled_from(["xlsx", "xls", "ods", "utf-8,", "utf-8-sig\t", "gb18030,", "gb18030\t", "utf-16;"]),
    titles=st.integers(0, 3),
    depth=st.integers(1, 3),
    towns=st.sampled_from(["plain", "merged", "once", "ditto", "lines"]),
    sheets=st.sampled_from(["one", "towns", "cover", "notes"]),
    contacts=st.sampled_from(["columns", "guardian", "phone", "parents"]),
    hidden=st.booleans(),
    repeats_header=st.booleans(),
    subtotals=st.booleans(),
    footer=st.booleans(),
    numbered=st.booleans(),
    ditto=st.booleans(),
    faults=st.sampled_from([0.0, 0.3, 0.6]),
)
