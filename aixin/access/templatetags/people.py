"""Filters that show a person only as far as the reader may see her."""

from typing import Any

from django import template

from aixin.access import people
from aixin.privacy.masks import mask_numbers

register = template.Library()


@register.filter
def name_for(name: str, user: Any) -> str:
    """Return a name in full or masked, by the user's post."""
    return people.name_for(user, name)


@register.filter
def hide_numbers(text: str) -> str:
    """Return free text with phone and ID numbers masked."""
    return mask_numbers(text)
