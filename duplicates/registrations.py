"""What this app adds to the children's list: a link with the number of doubtful pairs."""

from django.urls import reverse

from aixin.access.erasure import register_eraser
from aixin.access.extension import Notice, extensions_of
from aixin.access.models import User
from aixin.access.permissions import may_edit
from duplicates.erasing import forget_doubts
from duplicates.models import Duplicate


def doubts(user: User) -> Notice | None:
    """Return what the children's list says about doubtful pairs, nothing where there are none."""
    number = Duplicate.objects.visible_to(user).open().count() if may_edit(user) else 0
    return Notice(f"疑似重复 {number:,}", "people", reverse("duplicates:list")) if number else None


extensions_of("children.child").add_notice(doubts)
register_eraser(forget_doubts)
