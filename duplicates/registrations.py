"""What this app adds to the lists of both rosters: a link with the number of doubtful pairs."""

from collections.abc import Callable

from django.urls import reverse

from aixin.access.erasure import register_eraser
from aixin.access.extension import Notice, extensions_of
from aixin.access.models import User
from aixin.access.permissions import may_edit
from duplicates.erasing import forget_doubts
from duplicates.kinds import Kind
from duplicates.of_children import CHILDREN
from duplicates.of_volunteers import VOLUNTEERS


def doubts(kind: Kind) -> Callable[[User], Notice | None]:
    """Return what says at the head of a list how many doubtful pairs there are, nothing where there are none."""

    def notice(user: User) -> Notice | None:
        number = kind.pairs.objects.visible_to(user).open().count() if may_edit(user) else 0
        address = f"{reverse('duplicates:list')}?kind={kind.key}"
        return Notice(f"疑似重复 {number:,}", "people", address) if number else None

    return notice


for kind in (CHILDREN, VOLUNTEERS):
    extensions_of(kind.model_label).add_notice(doubts(kind))
register_eraser(forget_doubts)
