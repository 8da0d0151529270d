"""Pieces of tables that all lists share."""

from typing import Any

import django_tables2
from django.utils.html import format_html
from django.utils.safestring import SafeString

NAME_ATTRS: dict[str, dict[str, str]] = {"td": {"class": "cell-name cell-pin"}, "th": {"class": "cell-pin"}}
NUM_ATTRS: dict[str, dict[str, str]] = {
    "td": {"class": "num"},
    "th": {"class": "num"},
    "tf": {"class": "num"},
}
CLIP_ATTRS: dict[str, dict[str, str]] = {"td": {"class": "cell-clip"}}
MENU_ATTRS: dict[str, dict[str, str]] = {"td": {"class": "cell-menu"}, "th": {"class": "cell-menu"}}
TICK_ATTRS: dict[str, dict[str, str]] = {"td": {"class": "cell-tick"}, "th": {"class": "cell-tick"}}


class SelectColumn(django_tables2.Column):
    """Tick boxes that belong to the bulk bar's form, which stands outside the table."""

    def __init__(self, form: str = "bulk", **extra: Any) -> None:
        super().__init__(accessor="pk", orderable=False, attrs=TICK_ATTRS, **extra)
        self.form = form

    @property
    def header(self) -> SafeString:
        return format_html(
            '<input type="checkbox" class="form-check-input" aria-label="选中本页" data-bulk-all="{}">',
            self.form,
        )

    def render(self, value: Any, record: Any) -> SafeString:
        return format_html(
            '<input type="checkbox" class="form-check-input" name="ids"'
            ' value="{}" form="{}" aria-label="选中 {}">',
            str(value),
            self.form,
            record,
        )
