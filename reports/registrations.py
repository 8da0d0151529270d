"""What this app adds to the frame: the homes of staff and officials, its navigation entry."""

from aixin.access.home import register_home
from aixin.access.models import Role
from aixin.access.navigation import NavItem, register
from reports.views import official_home, staff_home

register_home(Role.STAFF, staff_home)
register_home(Role.OFFICIAL, official_home)
register(NavItem("工作台", "home", "house-door", frozenset({Role.STAFF}), 10))
register(NavItem("统计", "reports:dashboard", "bar-chart", frozenset({Role.STAFF, Role.OFFICIAL}), 60))
