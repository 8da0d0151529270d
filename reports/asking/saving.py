"""Keeping questions: for oneself, or for one's office and those below it."""

from django.db import IntegrityError, transaction

from aixin.access.models import User
from aixin.audit.models import Action
from aixin.audit.trail import record
from reports.asking.question import Question
from reports.models import SavedQuestion


class NameTakenError(Exception):
    """The user has another question of that name."""


@transaction.atomic
def keep(user: User, question: Question, name: str, *, shared: bool) -> SavedQuestion:
    """Keep a question under a name and return it; the same one sent twice is kept once. Raises NameTakenError."""
    post = user.acting_post
    assert post is not None
    assert post.region_id is not None
    row = SavedQuestion(
        owner=user,
        region_id=post.region_id,
        name=name,
        subject=question.subject.key,
        query=question.query,
        is_shared=shared,
    )
    if not _stored(row):
        first: SavedQuestion = SavedQuestion.objects.get(owner=user, region_id=post.region_id, name=name)
        if first.query != row.query:
            raise NameTakenError
        if first.is_shared != shared:
            change(user, first, name, shared=shared)
        return first
    record(user, Action.CREATE, row, shared=shared)
    return row


def _stored(row: SavedQuestion) -> bool:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return False
    return True


@transaction.atomic
def change(user: User, row: SavedQuestion, name: str, *, shared: bool) -> None:
    """Rename a question, share it or take it back for oneself. Raises NameTakenError."""
    row.name, row.is_shared = name, shared
    if not _stored(row):
        raise NameTakenError
    record(user, Action.UPDATE, row, fields=["name", "is_shared"])


@transaction.atomic
def forget(user: User, row: SavedQuestion) -> None:
    """Delete a question; a second time changes nothing."""
    record(user, Action.UPDATE, row, deleted=True)
    row.delete()
