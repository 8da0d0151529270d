from django.urls import reverse

from aixin.access.extension import Act, extensions_of
from aixin.access.models import Role
from aixin.access.navigation import NavItem, register

register(
    NavItem("导入导出", "imports:home", "box-arrow-in-down", frozenset({Role.STAFF}), 70, for_editors=True)
)
extensions_of("audit.entry").add_act(
    Act("导出", "download", lambda query: f"{reverse('imports:audit')}?{query}", lambda *_: True)
)
