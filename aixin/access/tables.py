"""Cells that several rosters share."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString


def name_link(url: str, name: str) -> SafeString:
    """Return a name, bold, leading to its page."""
    return format_html('<a class="row-name" href="{}">{}</a>', url, name)


def masked_cell(row: Any, field: str, shown: str) -> SafeString:
    """Return a masked value with the eye that starts a reveal."""
    context = {"label": row._meta.label_lower, "pk": row.pk, "field": field, "shown": shown}
    return SafeString(render_to_string("access/masked.html", context))


def row_menu(entries: list[tuple[str, str]]) -> SafeString:
    """Return the ⋯ menu of a row from labels and addresses."""
    return SafeString(render_to_string("web/row_menu.html", {"entries": entries}))
