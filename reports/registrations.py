"""What this app adds to the frame: homes of staff and officials, navigation, lists that open any counted figure."""

from aixin.access.extension import extensions_of
from aixin.access.home import register_home
from aixin.access.models import Role, User
from aixin.access.navigation import NavItem, register
from reports.drilling import counting
from reports.metrics import CHILDREN, CONCERNS, DUTIES, PAIRINGS, VISITS, VOLUNTEERS
from reports.returns.due import open_tasks
from reports.returns.rights import keeps_forms
from reports.views import official_home, staff_home


def _count_open(user: User) -> str:
    number = len(open_tasks(user)) if user.acting_post and user.acting_post.role == Role.STAFF else 0
    return f"{number} 待报" if number else ""


register_home(Role.STAFF, staff_home)
register_home(Role.OFFICIAL, official_home)
register(NavItem("工作台", "home", "house-door", frozenset({Role.STAFF}), 10))
register(NavItem("统计", "reports:dashboard", "bar-chart", frozenset({Role.STAFF, Role.OFFICIAL}), 60))
register(
    NavItem(
        "报表报送",
        "reports:returns",
        "file-earmark-spreadsheet",
        frozenset({Role.STAFF, Role.OFFICIAL}),
        61,
        _count_open,
        offered=keeps_forms,
    )
)

LISTS = {
    "children.child": CHILDREN,
    "volunteers.volunteer": VOLUNTEERS,
    "pairing.pairing": PAIRINGS,
    "visits.visit": VISITS,
    "care.duty": DUTIES,
    "concerns.concern": CONCERNS,
}
for label, list_url in LISTS.items():
    extensions_of(label).counting = counting(list_url)
