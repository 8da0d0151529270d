"""Who opens a round, and who answers in it."""

from typing import Any

from aixin.access.permissions import may_edit
from aixin.access.regions import Level, contains
from rounds.models import Round


def opens_rounds(user: Any) -> bool:
    """Return whether the user's office opens rounds: a county's, and a township's for itself."""
    return may_edit(user) and bool(user.acting_post.level < Level.VILLAGE)


def keeps(user: Any, found: Round) -> bool:
    """Return whether a round is the user's office's to remind and to end."""
    return opens_rounds(user) and bool(user.acting_post.region_id == found.region_id)


def answers_in(user: Any, found: Round) -> bool:
    """Return whether the user says what has become of children: whoever edits within the round's region."""
    return may_edit(user) and contains(found.region_id, user.acting_post.region_id)
