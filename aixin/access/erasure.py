"""Erasing a person: every app that keeps something of her says how it forgets (DOMAIN section 6).

The apps register an eraser each; `aixin.rights` asks for the erasure, calls all of them in one transaction and keeps
the certificate. What an eraser returns are counts under the words that the certificate shows.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import connection, models
from django.utils import timezone

from aixin.access.models import Role, User
from aixin.access.signals import account_closed
from aixin.privacy.masks import mask_numbers

ERASED_NAME = "已删除"


@dataclass(frozen=True)
class Subject:
    """Who is erased, and by what she is found: gathered before anything is removed, never stored."""

    label: str
    pk: int
    no: str
    region: str
    names: frozenset[str]
    numbers: frozenset[str]
    # Pattern of addresses that lead to her page, for notices that link to it.
    links: str
    stand_in: str

    @cached_property
    def words(self) -> frozenset[str]:
        return self.names | self.numbers

    def is_in(self, text: str) -> bool:
        """Return whether a text names her or holds a number of hers."""
        return any(word in text for word in self.words)

    def without(self, text: str) -> str:
        """Return a text in which a stand-in takes the place of her name, with every number masked."""
        if not self.is_in(text):
            return text
        # The longest first: a former name may be part of the present one.
        for name in sorted(self.names, key=len, reverse=True):
            text = text.replace(name, self.stand_in)
        for number in self.numbers:
            text = text.replace(number, "（号码已删除）")
        return mask_numbers(text)


Eraser = Callable[[Subject], dict[str, int]]
_erasers: list[Eraser] = []


def register_eraser(eraser: Eraser) -> None:
    """Let an app forget a person with the others; it does nothing for subjects that are not its matter."""
    _erasers.append(eraser)


def erase_everywhere(subject: Subject) -> dict[str, int]:
    """Call every eraser and return what was removed, counted by kind; the caller's transaction holds it together."""
    removed: Counter[str] = Counter()
    for eraser in _erasers:
        removed.update(eraser(subject))
    return {what: number for what, number in removed.items() if number}


def erase_history(model: type[models.Model], link: str, ids: Iterable[int]) -> int:
    """Remove the history of rows and return how many events there were.

    `link` is the column of the history table by which they are found: `pgh_obj_id`, or that of an owner, so that the
    events of rows that are gone already are reached too. The database allows it in a transaction that has written
    an erasure, and in no other.
    """
    table = model.events.rel.related_model._meta.db_table  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("SELECT aixin_erase_history(%s, %s, %s)", [table, link, list(ids)])
        return int(cursor.fetchone()[0])


def former_values(row: models.Model, *fields: str) -> set[str]:
    """Return every value that these text fields of a row have or have had."""
    events: Any = row.events.all()  # type: ignore[attr-defined]
    found = {getattr(event, field) for event in [row, *events] for field in fields}
    return {str(value) for value in found if value}


def close_account(user: User) -> int:
    """Anonymise the log-in of an erased volunteer and return 1; one who also works here keeps hers: 0."""
    ended = timezone.localdate() - datetime.timedelta(days=1)
    user.posts.filter(role=Role.VOLUNTEER).update(ends_on=ended)
    if user.posts.current().exists():
        return 0
    user.username, user.display_name, user.phone = f"erased-{user.pk}", ERASED_NAME, ""
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.save()
    Authenticator.objects.filter(user=user).delete()
    UserSession.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    user.trusted_phones.all().delete()
    account_closed.send(User, user=user)
    return 1
