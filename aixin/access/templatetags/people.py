"""Filters that show a person only as far as the reader may see her."""

from typing import Any

from django import template

from aixin.access import people

register = template.Library()


@register.filter
def name_for(name: str, user: Any) -> str:
    """Return a name in full or masked, by the user's post."""
    return people.name_for(user, name)


@register.filter
def free_text(text: str, user: Any) -> str:
    """Return typed text with its numbers masked; who sees no full names does not read what names may stand in."""
    return people.text_for(user, text or "")
