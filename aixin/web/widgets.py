"""Widgets that every app's forms share."""

from django import forms


class DayInput(forms.DateInput):
    """A date for the browser's own picker, which understands ISO dates only, whatever the locale."""

    input_type = "date"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
