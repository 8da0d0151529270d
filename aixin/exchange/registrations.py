from aixin.access.models import Role
from aixin.access.navigation import NavItem, register

register(
    NavItem("导入导出", "imports:home", "box-arrow-in-down", frozenset({Role.STAFF}), 70, for_editors=True)
)
