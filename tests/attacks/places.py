"""The contract's world at another place: the same rows one township, one county or one city further."""

import dataclasses
import datetime

from django.utils import timezone

from aixin.access.models import Role, User
from aixin.access.regions import Level
from tests.cast import (
    CITY,
    FENGCHENG,
    KAISHAN,
    KAISHAN_VILLAGE,
    OUTSIDE_VILLAGE,
    WENSHUI,
    XIJIE,
    XINGXIAN_VILLAGE,
    Cast,
    make_user,
)
from tests.contract.table import EXPECTED
from tests.contract.world import World, make_world
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory

# Where the rows are, with the names that their county, township and other county have among the users.
PLACES = {
    "own township": XIJIE,
    "sibling township": KAISHAN_VILLAGE,
    "sibling county": XINGXIAN_VILLAGE,
    "other city": OUTSIDE_VILLAGE,
}
_STAFF = {
    "province": "14",
    "city2": "1401",
    "kaishan": KAISHAN,
    "weifen": "141123100",
    "wucheng": "140105001",
    "xijie": XIJIE,
    "nanyukou": "141121100200",
    "kaishan_village": KAISHAN_VILLAGE,
}
_LOCAL = {
    XIJIE: ("wenshui", "fengcheng", "xingxian"),
    KAISHAN_VILLAGE: ("wenshui", "kaishan", "xingxian"),
    XINGXIAN_VILLAGE: ("xingxian", "weifen", "wenshui"),
    OUTSIDE_VILLAGE: ("outsider", "wucheng", "wenshui"),
}


def widen(cast: Cast) -> dict[str, User]:
    """Add staff of every level and side to the cast and return all users by name."""
    for name, code in _STAFF.items():
        cast.users[name] = make_user(name, Role.STAFF, code)
    cast.users["county_official"] = make_user("county_official", Role.OFFICIAL, WENSHUI)
    cast.users["mama3"] = make_user("mama3", Role.VOLUNTEER, "140105001")
    return cast.users


def world_at(cast: Cast, village: str) -> World:
    """Return the contract's world made of rows of a village; its county's staff uploaded the import."""
    if village == XIJIE:
        return make_world(cast)
    county, township, other = _LOCAL[village]
    users = {**cast.users, "wenshui": cast.users[county], "fengcheng": cast.users[township]}
    users["xingxian"] = cast.users[other]
    moved = _rows_at(cast, village)
    users["mama"], users["mama2"] = moved.volunteer.user, cast.users["mama"]
    return make_world(dataclasses.replace(moved, users=users))


def _rows_at(cast: Cast, village: str) -> Cast:
    started = timezone.localdate() - datetime.timedelta(days=40)
    child = ChildFactory(name="卫别处", region_id=village)
    user = cast.users["mama2"] if village == KAISHAN_VILLAGE else cast.users["mama3"]
    volunteer = (
        cast.second_volunteer
        if village == KAISHAN_VILLAGE
        else VolunteerFactory(region_id=village[:9], user=user)
    )
    return dataclasses.replace(
        cast,
        child=child,
        unpaired=ChildFactory(name="蒋别处", region_id=village),
        volunteer=volunteer,
        far_volunteer=cast.volunteer if village[:6] != WENSHUI else cast.far_volunteer,
        pairing=PairingFactory(child=child, volunteer=volunteer, is_main=True, started_on=started),
        visit=VisitFactory(region_id=village, recorded_by=user, children=[child], volunteers=[volunteer]),
    )


def region_of(world: World, row: str) -> str:
    """Return where the row lies that an address of the table names."""
    if row.startswith(("teams:", "organisations:", "reveal@organisation")):
        return str(world.circles.team.region_id)
    if row.startswith("postings:"):
        return str(world.circles.posted.region_id)
    about_volunteer = row.startswith(
        (
            "volunteers:",
            "recruitment:",
            "pairings:portrait",
            "reveal@volunteer",
            "reveal@application",
            "reveal@certificate",
        )
    )
    # Who was merged is one of the village.
    in_township = about_volunteer and not row.endswith("@merged")
    return str((world.cast.volunteer if in_township else world.cast.child).region_id)


# Whose answer depends on who asked and who decides, not on the place alone: refused outside all the same.
PERSONAL = (
    "todos:decide",
    "visits:photo",
    "exports:",
    "accounts:",
    "volunteers:invite",
    "rights:",
    "teams:",
    "organisations:",
    "reveal@organisation",
    "postings:",
    "concerns:report",
    "reports:finding",
    "reports:leader",
    "questions:",
    "asking:",
    "reports:",
)
# Locked to townships, and gone for everybody: rights of the person have tests of their own.
LOCKED = ("@left", "@erased", "@merged")
# Addresses that name no row of the database: a blank form, a standard text, a link that opens to whoever holds it.
# A county's round or programme is open to all its places; what is said of a child in it stays with who sees the child.
ROWLESS = (
    "join", "check", "liaison", "apply:", "imports:template", "templates:", "todos:decide_ticked",
    "rounds:detail", "rounds:village", "rounds:remind", "rounds:close", "visits:upload", "care:excuse_ticked", "programmes:",
    "reports:chapter", "reports:next_steps",
)  # fmt: skip


CALLS = frozenset({"visits:call", "visits:unreached"})


def expected(world: World, row: str, user: User) -> set[str]:
    """Return what a user may be answered, by the table's users who stand to its rows as she does (DESIGN 3.3)."""
    post = user.acting_post
    if row.startswith(PERSONAL) or row.endswith(LOCKED):
        inside = post is not None and (post.role == Role.SYSADMIN or post.covers(region_of(world, row)))
        return {"200", "302", "403", "404", "405"} if inside else {"403", "404", "405"}
    by_user = EXPECTED[row]
    if post is None:
        return {by_user["postless"]}
    if post.role == Role.VOLUNTEER:
        return {by_user["mama" if user == world.cast.mama else "mama2"]}
    if post.role != Role.STAFF:
        return {by_user[post.role.lower()]}
    level = post.level or Level.PROVINCE
    # A chair calls too, by POST; what is looked at by GET is nobody's.
    if level == Level.VILLAGE and row in CALLS:
        return {"405"}
    if post.covers(region_of(world, row)):
        return {
            by_user["city" if level <= Level.CITY else "wenshui" if level == Level.COUNTY else "fengcheng"]
        }
    # Above the county it is the right that is missing first, where the table says so.
    lacks_right = level <= Level.CITY and by_user["city"] != by_user["fengcheng"]
    return {by_user["city" if lacks_right else "xingxian"]}


def rows_with_args(world: World) -> list[str]:
    """Return the rows of the table whose address names a row of the database."""
    return [row for row in EXPECTED if row in world.args and not row.startswith(ROWLESS)]


__all__ = [
    "CITY",
    "FENGCHENG",
    "PLACES",
    "ROWLESS",
    "expected",
    "region_of",
    "rows_with_args",
    "widen",
    "world_at",
]
