"""What needs doing today, as sentences with a next step."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from aixin.access.extension import extensions_of
from aixin.access.permissions import may_edit
from aixin.rights.models import RightsRequest
from aixin.todos.models import Todo as Decidable
from children.choices import Consent
from children.models import Child
from pairing.choices import State
from pairing.models import DoorReport, Pairing
from reports.figures import Value, Values
from reports.models import Finding
from reports.returns.due import open_tasks
from reports.returns.rights import keeps_forms
from reports.supervision.rights import keeps
from rounds.models import Round
from rounds.querysets import unanswered
from rounds.rights import answers_in
from transfers.models import Transfer
from transfers.services import leads_county
from volunteers.models import Volunteer


@dataclass(frozen=True)
class Todo:
    """One line of the workbench."""

    icon: str
    text: str
    detail: str
    tag: str
    tone: str
    step: str
    url: str


def todos_of(user: Any, figures: Values) -> list[Todo]:
    """Return the lines that have something to do, the most pressing first."""
    found = [
        _to_confirm(user),
        _to_decide(user),
        _supervised(user),
        *_to_hand_in(user),
        *_from_figures(figures, edits=may_edit(user)),
        *_from_papers(user),
    ]
    return [todo for todo in found if todo is not None]


def _to_confirm(user: Any) -> Todo | None:
    """摸排: for those who answer child by child, a village's chair first of all."""
    found = Round.objects.visible_to(user).open().order_by("due_on").first()
    if found is None or not answers_in(user, found):
        return None
    waiting = unanswered(Child.objects.visible_to(user), found).count()
    return _todo(
        waiting, "clipboard-check", "{n} 个孩子等您核实", f"{found.title}，{found.due_on:%m月%d日}前报完。",
        "摸排", "warn" if found.is_late else "", "逐个核实", reverse("rounds:village", args=[found.pk]),
    )  # fmt: skip


def _to_decide(user: Any) -> Todo | None:
    waiting = Decidable.objects.for_office(user)
    late = waiting.overdue().count()
    return _todo(
        waiting.count(), "bell", "{n} 件待办等您决定", "系统每天查到的：超龄、返乡、迁移、准入到期、久未联系、任期将满。",
        f"{late:,} 件已超期" if late else "待办", "warn" if late else "", "去办理" if may_edit(user) else "查看",
        reverse("todos:list"),
    )  # fmt: skip


def _supervised(user: Any) -> Todo | None:
    """督办: the county's to answer, the city's to close."""
    mine = Finding.objects.visible_to(user)
    address = reverse("reports:supervision")
    if keeps(user):
        return _todo(
            mine.to_judge().count(), "clipboard-check", "{n} 件督办县里已回复，等您审核", "办好了就办结，没办好退回。",
            "督办", "", "去审核", f"{address}?state=judge",
        )  # fmt: skip
    late = mine.overdue().count()
    return _todo(
        mine.to_reply().count(), "clipboard-check", "{n} 件督办等您回复", "领导督导发现的问题，写明怎么办的。",
        f"{late:,} 件已超期" if late else "督办", "danger" if late else "warn", "去回复" if may_edit(user) else "查看",
        address,
    )  # fmt: skip


def _to_hand_in(user: Any) -> list[Todo | None]:
    """Report forms that are due, and returns that came back; offices of a county and above alone."""
    if not keeps_forms(user):
        return []
    tasks = open_tasks(user)
    back = [task for task in tasks if task.is_returned]
    late = sum(task.is_late for task in tasks)
    return [
        _todo(
            len(back), "file-earmark-arrow-up", "{n} 张报表被退回", "看上级的意见，改好再报。", "已退回", "warn",
            "去改正", reverse("reports:returns"),
        ),
        _todo(
            len(tasks) - len(back), "file-earmark-spreadsheet", "{n} 张报表等您报送", "数字已经算好，核对后一次报送。",
            f"{late:,} 张已过截止日" if late else "待报", "warn" if late else "", "去报送", reverse("reports:returns"),
        ),
    ]  # fmt: skip


def _from_figures(figures: Values, *, edits: bool) -> list[Todo | None]:
    return [
        _todo(
            figures["unpaired"], "link-45deg", "{n} 名儿童等待结对", "打开一名儿童，系统先列出同乡镇的爱心妈妈。",
            "应结未结", "warn", "去结对" if edits else "查看", reverse("children:list") + "?figure=unpaired",
        ),
        _todo(
            figures["overdue"], "telephone", "{n} 对超过规定天数没有联系",
            "每天早上提醒爱心妈妈；记下一次走访，提醒自动了结。",
            "已超期", "warn", "查看", reverse("pairings:list") + "?figure=overdue",
        ),
        _todo(
            figures["never_visited"], "journal-check", "{n} 名儿童结对后还没有走访记录",
            "做过没记的，可以补录。" if edits else "由县里核实、补录。",
            "从未走访", "", "查看", reverse("children:list") + "?figure=never_visited",
        ),
    ]  # fmt: skip


def _from_papers(user: Any) -> list[Todo | None]:
    uncleared = (
        extensions_of("volunteers.volunteer").narrow(Volunteer.objects.visible_to(user), "uncleared").count()
    )
    to_verify = Pairing.objects.visible_to(user).to_verify().count()
    unsigned = Pairing.objects.visible_to(user).without_agreement().count()
    to_approve = Pairing.objects.visible_to(user).filter(state=State.APPROVAL).count()
    reported = DoorReport.objects.visible_to(user).open().count()
    unasked = Child.objects.visible_to(user).registered().filter(consent=Consent.UNKNOWN).count()
    unrecorded = Child.objects.visible_to(user).unrecorded().count()
    offered = Transfer.objects.awaiting(user).count() if leads_county(user) else 0
    requests = RightsRequest.objects.visible_to(user).open().count()
    return [
        _todo(
            reported, "chat-dots", "{n} 件扫码反馈待回电话", "监护人扫结对卡投诉或要求撤回，先回电话核实。",
            "扫码反馈", "warn", "去办理" if may_edit(user) else "查看", reverse("pairings:reports"),
        ),
        _todo(
            to_approve, "link-45deg", "{n} 对结对等待县级审批", "乡镇提出的，县妇联同意后继续。",
            "待审批", "warn", "查看", reverse("pairings:list") + "?figure=approval",
        ),
        _todo(
            offered, "arrow-left-right", "{n} 件儿童转入转出等本县办理", "外县转来的孩子，接收后当天列入本县名册。",
            "转入转出", "warn", "去办理", reverse("transfers:list") + "?box=in",
        ),
        _todo(
            unsigned, "file-earmark-check", "{n} 对结对没有安全责任书", "爱心妈妈和监护人都签字后，在结对页登记。",
            "责任书", "", "查看", reverse("pairings:list") + "?figure=no_agreement",
        ),
        _todo(
            uncleared, "shield-check", "{n} 位爱心妈妈没有有效的准入查询", "没有通过的不能新结对；可勾选后一次登记。",
            "准入", "", "去登记" if may_edit(user) else "查看", reverse("volunteers:list") + "?figure=uncleared",
        ),
        _todo(
            to_verify, "file-earmark-check", "{n} 对存量结对待核", "补齐准入查询和安全责任书后，这一项自动消掉。",
            "存量待核", "", "查看", reverse("pairings:list") + "?figure=to_verify",
        ),
        _todo(
            unasked, "person-plus", "{n} 名儿童还没有登记监护人意见", "走访时征求意见，在儿童页里登记。",
            "监护人意见", "", "查看", reverse("children:list") + "?figure=unasked",
        ),
        _todo(
            unrecorded, "file-earmark-check", "{n} 名儿童的同意书缺失或过期", "按现行文本征求监护人意见，在儿童页登记。",
            "同意书", "", "查看", reverse("children:list") + "?figure=unrecorded",
        ),
        _todo(
            requests, "shield-check", "{n} 件权利请求待办", "监护人或本人要求查阅、更正、删除资料，收到后15日内答复。",
            "权利请求", "warn", "去办理" if may_edit(user) else "查看", reverse("rights:list"),
        ),
    ]  # fmt: skip


def _todo(
    number: Value, icon: str, text: str, detail: str, tag: str, tone: str, step: str, url: str
) -> Todo | None:
    return Todo(icon, text.format(n=f"{number:,}"), detail, tag, tone, step, url) if number else None
