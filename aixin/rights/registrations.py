"""What this app adds to the frame: navigation, figures of its list, the asker's phone to reveal."""

from aixin.access.erasure import register_eraser
from aixin.access.extension import Figure, extensions_of
from aixin.access.models import Role, User
from aixin.access.navigation import NavItem, register
from aixin.access.reveal import register_revealable
from aixin.rights.choices import State
from aixin.rights.erasing import forget_requests
from aixin.rights.models import RightsRequest


def _count_overdue(user: User) -> str:
    late = RightsRequest.objects.visible_to(user).overdue().count()
    return f"{late:,} 超期" if late else ""


extensions = extensions_of("rights.rightsrequest")
extensions.add_figure(Figure("open", "待办", lambda rows: rows.open()))
extensions.add_figure(Figure("overdue", "已超期", lambda rows: rows.overdue()))
extensions.add_figure(Figure("due_soon", "3天内到期", lambda rows: rows.due_soon()))
extensions.add_figure(Figure("done", "已办", lambda rows: rows.filter(state=State.DONE)))
extensions.add_figure(Figure("declined", "未予办理", lambda rows: rows.filter(state=State.DECLINED)))
register(NavItem("权利请求", "rights:list", "shield-check", frozenset({Role.STAFF}), 65, _count_overdue))
register_revealable(RightsRequest, "asker_phone")
register_eraser(forget_requests)
