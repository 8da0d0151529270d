"""Steps that the tests of accounts share: making an account by hand, reading a link off the page, following it."""

import html
import re
from ipaddress import IPv6Address
from typing import Any
from uuid import uuid4

from django.test import Client

from aixin.access.models import Post, User
from tests.cast import XIJIE
from tests.conftest import Session

PASSWORD = "Right-pass-456"
_LINK = re.compile(r'data-copy="http://testserver(/join/[^"]+/)"')


def typed(**changes: Any) -> dict[str, Any]:
    """Return the form of a new chair of 西街, some fields changed."""
    form = {"name": "冯主席", "phone": "13900001111", "role": "STAFF", "region": XIJIE, "ends_on": ""}
    return form | changes


def create(who: User, **changes: Any) -> Any:
    """Return the answer to a new account."""
    return Session(who).post("/users/new/", typed(**changes))


def links_on(response: Any) -> list[str]:
    """Return the addresses of the invitations that a page shows."""
    return [html.unescape(link) for link in _LINK.findall(response.content.decode())]


def created(who: User, **changes: Any) -> tuple[User, str]:
    """Return a new account and its link."""
    answer = create(who, **changes)
    links = links_on(answer)
    assert links, answer.context["form"].errors
    return User.objects.latest("id"), links[0]


def come_in(
    link: str, username: str = "fengzhuxi", password: str = PASSWORD, again: str | None = None
) -> Any:
    """Return the answer to a user name and a password typed on the page of a link."""
    again = password if again is None else again
    return stranger().post(link, {"username": username, "password1": password, "password2": again})


def stranger() -> Client:
    """Return a browser that nobody is logged in with, at an address of its own: wrong links are counted by it."""
    return Client(REMOTE_ADDR=str(IPv6Address(uuid4().int)))


def errors_of(response: Any) -> str:
    """Return every error of the form on a page."""
    return " ".join(message for messages in response.context["form"].errors.values() for message in messages)


def post_of(user: User) -> Post:
    return user.posts.get()
