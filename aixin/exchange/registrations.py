from aixin.access.erasure import register_eraser
from aixin.access.models import Role
from aixin.access.navigation import NavItem, register
from aixin.exchange.erasing import forget_imports

register(
    NavItem("导入导出", "imports:home", "box-arrow-in-down", frozenset({Role.STAFF}), 70, for_editors=True)
)
register_eraser(forget_imports)
