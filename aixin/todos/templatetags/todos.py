"""The open to-dos on the page of a child, a volunteer or a pairing."""

from typing import Any

from django import template

from aixin.access.models import Role, acting_role
from aixin.todos.models import Todo
from aixin.todos.showing import lines_for

register = template.Library()


@register.inclusion_tag("todos/about.html", takes_context=True)
def todos_about(context: Any, row: Any) -> dict[str, Any]:
    """Show staff what is open about a row, with the decisions that the reader may take."""
    user = context["user"]
    if acting_role(user) != Role.STAFF:
        return {"lines": []}
    open_rows = Todo.objects.visible_to(user).open().about(row._meta.label_lower, row.pk, row.no)
    return {**context.flatten(), "lines": lines_for(user, open_rows.for_list())}
