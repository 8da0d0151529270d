"""A fixed cast: 吕梁市 with 文水县 and 兴县, two townships, staff of every level, two mothers, and an outsider."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from aixin.access.division import build_region
from aixin.access.models import Post, Region, Role, User
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory

PLACES = {
    "14": "山西省",
    "1411": "吕梁市",
    "141121": "文水县",
    "141121100": "凤城镇",
    "141121100018": "西街社区居民委员会",
    "141121100200": "南峪口村委会",
    "141121101": "开栅镇",
    "141121101200": "开栅村委会",
    "141123": "兴县",
    "141123100": "蔚汾镇",
    "141123100200": "城关村委会",
    "1401": "太原市",
    "140105": "小店区",
    "140105001": "坞城街道",
    "140105001001": "坞城社区居委会",
}
WENSHUI, XINGXIAN, FENGCHENG, KAISHAN, CITY = "141121", "141123", "141121100", "141121101", "1411"
XIJIE, KAISHAN_VILLAGE, XINGXIAN_VILLAGE = "141121100018", "141121101200", "141123100200"
OUTSIDE_VILLAGE = "140105001001"


def make_regions(places: dict[str, str] | None = None) -> None:
    """Write the cast's regions."""
    names = places or PLACES
    parents = {
        code: next((names[code[:n]] for n in (9, 6, 4, 2) if len(code) > n and code[:n] in names), "")
        for code in names
    }
    Region.objects.bulk_create(
        [build_region(code, name, parents[code]) for code, name in names.items()], ignore_conflicts=True
    )


def make_user(username: str, role: Role, region: str | None, *, is_head: bool = False) -> User:
    """Return a user with one post."""
    return make_users({username: (role, region, is_head)})[username]


def make_users(posts: dict[str, tuple[Role, str | None, bool] | None]) -> dict[str, User]:
    """Return users by name, each with one post (role, region, head or not) or none."""
    password = make_password("Right-pass-123")
    users = {
        name: User(username=name, password=password, display_name=f"{name}姓名" if post else "")
        for name, post in posts.items()
    }
    User.objects.bulk_create(users.values())
    begun = datetime.date(2026, 1, 1)
    Post.objects.bulk_create(
        Post(user=users[name], role=post[0], region_id=post[1], is_head=post[2], starts_on=begun)
        for name, post in posts.items()
        if post
    )
    return users


@dataclass
class Cast:
    """Everyone of the tests. Users by name, rows by what they are."""

    users: dict[str, User]
    child: Any
    unpaired: Any
    neighbour: Any
    far: Any
    outsider_child: Any
    volunteer: Any
    second_volunteer: Any
    far_volunteer: Any
    pairing: Any
    second_pairing: Any
    visit: Any
    rows: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["users"][name]
        except KeyError as error:
            raise AttributeError(name) from error


def make_cast() -> Cast:
    """Build the cast into an empty database."""
    make_regions()
    users = make_users(
        {
            "city": (Role.STAFF, CITY, False),
            "official": (Role.OFFICIAL, CITY, False),
            "wenshui": (Role.STAFF, WENSHUI, True),
            "xingxian": (Role.STAFF, XINGXIAN, False),
            "fengcheng": (Role.STAFF, FENGCHENG, False),
            "outsider": (Role.STAFF, "140105", False),
            "sysadmin": (Role.SYSADMIN, None, False),
            "auditor": (Role.AUDITOR, None, False),
            "mama": (Role.VOLUNTEER, FENGCHENG, False),
            "mama2": (Role.VOLUNTEER, KAISHAN, False),
            "postless": None,
        }
    )
    started = timezone.localdate() - datetime.timedelta(days=40)
    child = ChildFactory(name="张小明", region_id=XIJIE)
    volunteer = VolunteerFactory(name="王爱心", region_id=FENGCHENG, user=users["mama"])
    neighbour = ChildFactory(name="李小红", region_id=KAISHAN_VILLAGE)
    second = VolunteerFactory(name="赵有爱", region_id=KAISHAN, user=users["mama2"])
    pairing = PairingFactory(child=child, volunteer=volunteer, is_main=True, started_on=started)
    visit = VisitFactory(region_id=XIJIE, recorded_by=users["mama"], children=[child], volunteers=[volunteer])
    return Cast(
        users=users,
        child=child,
        unpaired=ChildFactory(name="孙待结", region_id=XIJIE),
        neighbour=neighbour,
        far=ChildFactory(name="周远方", region_id=XINGXIAN_VILLAGE),
        outsider_child=ChildFactory(name="钱外地", region_id=OUTSIDE_VILLAGE),
        volunteer=volunteer,
        second_volunteer=second,
        far_volunteer=VolunteerFactory(name="吴远山", region_id=XINGXIAN_VILLAGE),
        pairing=pairing,
        second_pairing=PairingFactory(child=neighbour, volunteer=second, is_main=True, started_on=started),
        visit=visit,
    )
