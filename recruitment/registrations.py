"""What this app adds to the frame: navigation, figures of its list, numbers to reveal, the eraser."""

from django.urls import reverse

from aixin.access.auditing.wording import name_details
from aixin.access.erasure import register_eraser
from aixin.access.extension import Act, Figure, Tab, extensions_of
from aixin.access.models import Role, User, acting_role
from aixin.access.navigation import NavItem, register
from aixin.access.reveal import register_revealable
from recruitment.certificates import tab_context
from recruitment.choices import State
from recruitment.erasing import forget_way_in
from recruitment.models import SOON_DAYS, Application, Certificate


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
register_revealable(Certificate, "number")
register_eraser(forget_way_in)
volunteers = extensions_of("volunteers.volunteer")
volunteers.add_tab(Tab("certificates", "证书", "recruitment/tab_certificates.html", tab_context, 70))
volunteers.add_figure(
    Figure("certified", "持证", lambda rows: rows.filter(pk__in=Certificate.objects.values("volunteer")))
)
volunteers.add_figure(
    Figure(
        "certificate_runs_out",
        "证书90天内到期（含过期）",
        lambda rows: rows.serving().filter(
            pk__in=Certificate.objects.runs_out(SOON_DAYS).values("volunteer")
        ),
    )
)
extensions_of("access.user").add_act(
    Act(
        "我的结对意愿",
        "person-hearts",
        lambda _: reverse("recruitment:wishes"),
        lambda user, _: acting_role(user) == Role.VOLUNTEER,
    )
)
name_details({"state": "状态"}, {("state", str(state)): str(state.label) for state in State})
