"""What this app adds: the way to its list, an act of a child's page, the remedy for an ID held elsewhere."""

from django.urls import reverse

from aixin.access.erasure import register_eraser
from aixin.access.extension import Act, Notice, extensions_of
from aixin.access.models import User
from aixin.access.permissions import may_edit
from aixin.exchange.remedies import Remedy, register_remedy
from aixin.todos.kinds import Decision, register_decision
from children.todos import MOVED
from transfers.asking import ELSEWHERE
from transfers.erasing import forget_transfers
from transfers.models import Transfer
from transfers.services import leads_county


def transfers_waiting(user: User) -> Notice | None:
    """Return the way to the transfers, with how many of them wait for the user's county."""
    if not may_edit(user):
        return None
    number = Transfer.objects.awaiting(user).count() if leads_county(user) else 0
    text = f"转入转出 {number:,}" if number else "转入转出"
    return Notice(text, "arrow-left-right", reverse("transfers:list"))


children = extensions_of("children.child")
children.add_notice(transfers_waiting)
children.add_act(
    Act(
        "转往其他县区",
        "arrow-left-right",
        lambda child: reverse("transfers:offer", args=[child.pk]),
        lambda user, child: leads_county(user) and child.is_on_roster,
        order=45,
    )
)
register_remedy("children", ELSEWHERE, Remedy("请对方转来", "transfers:request_row", "transfers:request"))
register_decision(
    MOVED,
    Decision(
        "transfer",
        "转往其他县区",
        url=lambda todo: reverse("transfers:offer", args=[todo.subject_id]),
        allowed=leads_county,
    ),
)
register_eraser(forget_transfers)
