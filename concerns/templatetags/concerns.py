"""The numbers to call, wherever a page shows them."""

from typing import Any

from django import template

from aixin.vocabulary import HOTLINES

register = template.Library()


@register.inclusion_tag("web/hotlines.html")
def hotlines() -> dict[str, Any]:
    """Draw whom to call when a child is harmed, each number as a link that dials."""
    return {"hotlines": HOTLINES}
