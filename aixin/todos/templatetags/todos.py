"""The open to-dos on the page of a child, a volunteer or a pairing."""

from typing import Any

from django import template

from aixin.access.models import Role, acting_role
from aixin.todos.showing import lines_about

register = template.Library()


@register.inclusion_tag("todos/about.html", takes_context=True)
def todos_about(context: Any, row: Any) -> dict[str, Any]:
    """Show staff what is open about a row, with the decisions that the reader may take."""
    user = context["user"]
    if acting_role(user) != Role.STAFF:
        return {"lines": []}
    return {**context.flatten(), "lines": lines_about(user, row), "origin": "?from=row"}
