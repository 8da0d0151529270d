"""What this app adds to the frame: homes of staff and officials, navigation, lists that open any counted figure."""

from aixin.access.extension import extensions_of
from aixin.access.home import register_home
from aixin.access.models import Role
from aixin.access.navigation import NavItem, register
from reports.drilling import counting
from reports.metrics import CHILDREN, CONCERNS, DUTIES, PAIRINGS, VISITS, VOLUNTEERS
from reports.views import official_home, staff_home

register_home(Role.STAFF, staff_home)
register_home(Role.OFFICIAL, official_home)
register(NavItem("工作台", "home", "house-door", frozenset({Role.STAFF}), 10))
register(NavItem("统计", "reports:dashboard", "bar-chart", frozenset({Role.STAFF, Role.OFFICIAL}), 60))

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
