"""The one error of the value parsers."""

from __future__ import annotations


class ValueFault(ValueError):  # noqa: N818 — faults of a roster, not of the program
    """A cell that cannot be what its column says; `code` is the reason code of the import."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
