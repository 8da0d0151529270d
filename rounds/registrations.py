"""What this app adds to the pages of others."""

from typing import Any

from aixin.access.erasure import register_eraser
from aixin.access.extension import Tab, extensions_of
from aixin.access.home import HomePart, register_chair_part
from aixin.access.models import Role, User
from aixin.access.navigation import NavItem, register
from aixin.todos.kinds import register_kind
from children.models import Child
from rounds.erasing import forget_answers
from rounds.models import Round, RoundAnswer
from rounds.querysets import unanswered
from rounds.rights import answers_in
from rounds.todos import CHANGED_KIND, LEFT_KIND


def _count_open(user: User) -> str:
    number = Round.objects.visible_to(user).open().count()
    return f"{number} 进行中" if number else ""


def _tab(user: Any, child: Any) -> dict[str, Any]:
    said = RoundAnswer.objects.visible_to(user).filter(child=child).select_related("round", "answered_by")
    return {"answers": said}


def _in_progress(user: Any) -> dict[str, Any]:
    """Return the open rounds in which a chair answers, each with how many of her children still wait."""
    children = Child.objects.visible_to(user)
    rounds = [row for row in Round.objects.visible_to(user).open() if answers_in(user, row)]
    return {"rounds": [(row, unanswered(children, row).count()) for row in rounds]}


register_chair_part(HomePart("rounds/home_part.html", _in_progress))
register(NavItem("摸排", "rounds:list", "clipboard-check", frozenset({Role.STAFF}), 27, _count_open))
register_eraser(forget_answers)
register_kind(LEFT_KIND)
register_kind(CHANGED_KIND)
extensions_of("children.child").add_tab(Tab("rounds", "摸排", "rounds/tab_rounds.html", _tab, 70))
