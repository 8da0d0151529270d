from django.urls import reverse

from aixin.access.erasure import register_eraser
from aixin.access.extension import Act, extensions_of
from aixin.access.models import Role, User
from aixin.access.navigation import NavItem, register
from aixin.exchange.erasing import forget_exports, forget_imports
from aixin.exchange.services import awaiting


def _count_awaiting(user: User) -> str:
    waiting = len(awaiting(user))
    return f"{waiting:,} 待审批" if waiting else ""


register(
    NavItem("导入导出", "imports:home", "box-arrow-in-down", frozenset({Role.STAFF}), 70, for_editors=True)
)
register(NavItem("导出记录", "exports:list", "download", frozenset({Role.STAFF}), 71, _count_awaiting))
extensions_of("audit.entry").add_act(
    Act("导出", "download", lambda query: f"{reverse('imports:audit')}?{query}", lambda *_: True)
)
register_eraser(forget_imports)
register_eraser(forget_exports)
