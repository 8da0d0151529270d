"""The demo accounts of DESIGN section 5, with passwords made for this copy."""

import json
import os
import secrets
import string
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from aixin.access.models import Post, Region, Role, User
from demo.figures import CITY
from volunteers.models import Volunteer

# Of an account: user name, name, role, region, whether its head.
Office = tuple[str, str, Role, str | None, bool]
STAFF: tuple[Office, ...] = (
    ("lvliang", "吕梁市妇联", Role.STAFF, CITY, True),
    ("lvliang-official", "吕梁市领导", Role.OFFICIAL, CITY, False),
    ("wenshui", "文水县妇联", Role.STAFF, "141121", True),
    ("xingxian", "兴县妇联", Role.STAFF, "141123", False),
    ("fengcheng", "凤城镇妇联", Role.STAFF, "141121100", False),
    ("sysadmin", "系统管理员", Role.SYSADMIN, None, False),
    ("auditor", "审计员", Role.AUDITOR, None, False),
)


# The chair of the village to which `demo.lives` moves some children.
CHAIR = "chair"


def accounts_file() -> Path:
    """Return where the demo's accounts stand."""
    return settings.VAR_DIR / "demo-accounts.json"


def make_accounts(volunteers: dict[str, Volunteer], chair: Volunteer, village: str) -> dict[str, str]:
    """Make the accounts, `volunteers` by user name among them, and that of a village's chair who is a volunteer too.

    Returns the passwords and keeps them in a file.
    """
    passwords = {office[0]: _make_staff(*office) for office in STAFF}
    passwords |= {name: _make_volunteer(name, volunteer) for name, volunteer in volunteers.items()}
    passwords[CHAIR] = _make_volunteer(CHAIR, chair, village)
    return _kept(passwords)


def make_offices(provinces: Mapping[str, str]) -> dict[str, str]:
    """Make the accounts of the demo's offices and of further ones, by their regions; kept and returned likewise."""
    names = dict(Region.objects.filter(code__in=provinces.values()).values_list("code", "name"))
    heads: list[Office] = [
        (name, f"{names[code]}妇联", Role.STAFF, code, True) for name, code in provinces.items()
    ]
    return _kept({office[0]: _make_staff(*office) for office in (*STAFF, *heads)})


def _kept(passwords: dict[str, str]) -> dict[str, str]:
    path = accounts_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(passwords, file, indent=2)
    return passwords


def _make_staff(username: str, name: str, role: Role, region: str | None, is_head: bool) -> str:  # noqa: FBT001
    user, password = _user(username, name)
    Post.objects.create(user=user, role=role, region_id=region, is_head=is_head)
    return password


def _make_volunteer(username: str, volunteer: Volunteer, village: str = "") -> str:
    """Make the account of a volunteer; as chair of a village that is the post in which she comes in."""
    user, password = _user(username, volunteer.name)
    user.phone = volunteer.phone
    user.save()
    if village:
        Post.objects.create(user=user, role=Role.STAFF, region_id=village, is_head=True)
    Post.objects.create(user=user, role=Role.VOLUNTEER, region_id=volunteer.region_id)
    volunteer.user = user
    volunteer.save()
    return password


def _user(username: str, name: str) -> tuple[User, str]:
    password = _password()
    return User.objects.create_user(username, password=password, display_name=name), password


def _password() -> str:
    """Return a password of 14 characters with three kinds in it (等保 level 3)."""
    letters = string.ascii_letters + string.digits
    return "Ax3-" + "".join(secrets.choice(letters) for _ in range(10))
