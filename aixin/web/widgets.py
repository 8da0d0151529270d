"""Widgets that every app's forms share."""

from collections.abc import Iterable
from typing import Any

from django import forms


def to_choose(choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return choices behind a blank: what has consequences is chosen, never left as it came up."""
    return [("", "请选择"), *choices]


class DayInput(forms.DateInput):
    """A date for the browser's own picker, which understands ISO dates only, whatever the locale."""

    input_type = "date"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
