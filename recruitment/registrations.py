"""What this app adds to the frame: navigation, figures of its list, numbers to reveal, the eraser."""

from aixin.access.auditing.wording import name_details
from aixin.access.erasure import register_eraser
from aixin.access.extension import Figure, extensions_of
from aixin.access.models import Role, User
from aixin.access.navigation import NavItem, register
from aixin.access.reveal import register_revealable
from recruitment.choices import State
from recruitment.erasing import forget_sign_ups
from recruitment.models import Application


def _count_pending(user: User) -> str:
    waiting = Application.objects.visible_to(user).pending().count()
    return f"{waiting:,} 待审" if waiting else ""


extensions = extensions_of("recruitment.application")
extensions.add_figure(Figure("pending", "待审核", lambda rows: rows.pending()))
extensions.add_figure(Figure("returned", "待补充", lambda rows: rows.returned()))
extensions.add_figure(Figure("checking", "准入查询中", lambda rows: rows.checking()))
extensions.add_figure(Figure("qualified", "已合格", lambda rows: rows.qualified()))
extensions.add_figure(Figure("unsuccessful", "未通过", lambda rows: rows.unsuccessful()))
extensions.add_figure(Figure("withdrawn", "已撤回", lambda rows: rows.filter(state=State.WITHDRAWN)))
register(NavItem("报名审核", "recruitment:list", "person-plus", frozenset({Role.STAFF}), 32, _count_pending))
register_revealable(Application, "phone", "idno")
register_eraser(forget_sign_ups)
name_details({"state": "状态"}, {("state", str(state)): str(state.label) for state in State})
