"""What this app adds to the frame: its entry in the navigation, the figures of its list, its eraser."""

from aixin.access.erasure import register_eraser
from aixin.access.extension import Figure, extensions_of
from aixin.access.models import Role, User
from aixin.access.navigation import NavItem, register
from aixin.todos.erasing import forget_todos
from aixin.todos.models import Todo


def _count_open(user: User) -> str:
    number = Todo.objects.for_office(user).count()
    return f"{number:,}" if number else ""


todos = extensions_of("todos.todo")
todos.add_figure(Figure("overdue", "已超期", lambda rows: rows.overdue()))
todos.add_figure(Figure("escalated", "已报上级", lambda rows: rows.escalated()))
register(NavItem("待办", "todos:list", "check-circle", frozenset({Role.STAFF}), 15, _count_open))
register_eraser(forget_todos)
