"""What this app adds to the frame: homes of staff and officials, navigation, lists that open any counted figure."""

from aixin.access.auditing.wording import name_details
from aixin.access.erasure import register_eraser
from aixin.access.extension import extensions_of
from aixin.access.home import register_home
from aixin.access.models import Role, User, acting_role
from aixin.access.navigation import NavItem, register
from aixin.access.regions import Level
from aixin.exchange.documents import register_report
from aixin.exchange.exporting import register_list
from reports import metrics
from reports.asking.of_children import CHILDREN
from reports.asking.of_pairings import PAIRINGS
from reports.asking.of_visits import VISITS
from reports.asking.of_volunteers import VOLUNTEERS
from reports.asking.subjects import register_subject
from reports.drilling import counting
from reports.models import Finding
from reports.returns.due import open_tasks
from reports.returns.rights import keeps_forms
from reports.supervision.choices import Act
from reports.supervision.erasing import forget_in_reports
from reports.supervision.rights import keeps, reads
from reports.views import official_home, staff_home
from reports.written.document import REPORT


def _reads_reports(user: User) -> bool:
    post = user.acting_post
    return post is not None and post.level is not None and post.level <= Level.TOWNSHIP


def _count_findings(user: User) -> str:
    if acting_role(user) == Role.OFFICIAL:
        return ""
    mine = Finding.objects.visible_to(user)
    late = mine.overdue().count()
    if late:
        return f"{late} 超期"
    waiting = (mine.to_judge() if keeps(user) else mine.to_reply()).count()
    return f"{waiting} 待办" if waiting else ""


def _count_open(user: User) -> str:
    number = len(open_tasks(user)) if user.acting_post and user.acting_post.role == Role.STAFF else 0
    return f"{number} 待报" if number else ""


register_home(Role.STAFF, staff_home)
register_home(Role.OFFICIAL, official_home)
register(NavItem("工作台", "home", "house-door", frozenset({Role.STAFF}), 10))
register(NavItem("统计", "reports:dashboard", "bar-chart", frozenset({Role.STAFF, Role.OFFICIAL}), 60))
register(
    NavItem(
        "督导",
        "reports:supervision",
        "clipboard-check",
        frozenset({Role.STAFF, Role.OFFICIAL}),
        63,
        _count_findings,
        offered=reads,
    )
)
register(
    NavItem(
        "书面报告",
        "reports:written",
        "file-earmark-check",
        frozenset({Role.STAFF, Role.OFFICIAL}),
        61,
        offered=_reads_reports,
    )
)
register_report(REPORT)
register_eraser(forget_in_reports)
name_details({"counties": "包联县"}, {("change", act.value): str(act.label) for act in Act})
register(NavItem("查询", "asking:home", "funnel", frozenset({Role.STAFF}), 62))
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
    "children.child": metrics.CHILDREN,
    "volunteers.volunteer": metrics.VOLUNTEERS,
    "pairing.pairing": metrics.PAIRINGS,
    "visits.visit": metrics.VISITS,
    "care.duty": metrics.DUTIES,
    "concerns.concern": metrics.CONCERNS,
    "reports.finding": metrics.FINDINGS,
}
for label, list_url in LISTS.items():
    extensions_of(label).counting = counting(list_url)

SUBJECTS = (CHILDREN, VOLUNTEERS, PAIRINGS, VISITS)
for subject in SUBJECTS:
    register_subject(subject)
    register_list(subject.listed)
name_details(
    {"subject": "查询内容"},
    {("what", "counts"): "分组统计", **{("subject", known.key): known.title for known in SUBJECTS}},
)
