"""Filters that show a person only as far as the reader may see her."""

from typing import Any

from django import template

from aixin.access import people
from aixin.privacy.masks import mask_phone

register = template.Library()


@register.filter
def name_for(name: str, user: Any) -> str:
    """Return a name in full or masked, by the user's post."""
    return people.name_for(user, name)


@register.filter
def free_text(text: str, user: Any) -> str:
    """Return typed text with its numbers masked; who sees no full names does not read what names may stand in."""
    return people.text_for(user, text or "")


@register.filter
def masked_phone(phone: str) -> str:
    """Return a phone as 138****1234."""
    return mask_phone(phone)
