"""Another's id in the address: refused by 404 (403 where the right is missing), and nothing changes in the database."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aixin.access.models import User
from aixin.access.permissions import may_edit
from children.models import Child, Guardian
from tests.attacks.found_forms import crawl, said_by
from tests.attacks.places import PLACES, expected, region_of, rows_with_args, widen, world_at
from tests.attacks.snapshot import changed, contents
from tests.cast import Cast
from tests.conftest import Session
from tests.contract.test_urls_by_role import BY_ADDRESS
from tests.contract.world import World
from volunteers.models import Volunteer

FRAGMENT = {"HX-Request": "true", "HX-Boosted": "false"}
AS_DATA = {"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"}


def strangers(world: World, users: dict[str, User]) -> dict[str, User]:
    """Return one of each standing to whom the rows of the world are somebody else's: role, level and county."""
    found: dict[Any, tuple[str, User]] = {}
    for name, user in users.items():
        post = user.acting_post
        inside = post is not None and post.covers(region_of(world, "children:detail"))
        if not inside and user != world.cast.mama:
            standing = (post.role, post.level, str(post.region_id)[:6]) if post else None
            found.setdefault(standing, (name, user))
    return dict(found.values())


def quiet(user: User) -> Client:
    client = Session(user)
    client.raise_request_exception = False
    return client


# What the system's own roles are there for, and a head's own text of consent.
THEIRS = {
    "sysadmin": ("accounts:",),
    "auditor": ("audit:verify",),
    "wenshui": ("children:publish_text",),
}


def is_hers(user: User, row: str) -> bool:
    """Return whether an address is open to a user wherever its rows lie."""
    return row.startswith(THEIRS.get(user.username, ("join",)))


@pytest.mark.parametrize("where", ["sibling county"])
def test_a_post_with_another_s_id_is_refused_and_changes_nothing(cast: Cast, where: str) -> None:
    users = widen(cast)
    world = world_at(cast, PLACES[where])
    wrong, sent = [], 0
    for name, user in strangers(world, users).items():
        client = quiet(user)
        before = contents()
        for row, body in BY_ADDRESS.items():
            if is_hers(user, row):
                continue
            sent += 1
            status = client.post(world.url(row), body).status_code
            right = {404} if may_edit(user) and expected(world, row, user) == {"404"} else {403, 404}
            if status not in right:
                wrong.append(f"{name} {row}: {status}")
        if tables := changed(before):
            wrong.append(f"{name} changed {tables}")
    assert not wrong, "\n".join(wrong)
    assert sent > 250


@pytest.mark.parametrize("headers", [FRAGMENT, AS_DATA], ids=["fragment", "data"])
def test_a_fragment_or_data_is_refused_like_the_page(cast: Cast, headers: dict[str, str]) -> None:
    users = widen(cast)
    world = world_at(cast, PLACES["sibling township"])
    wrong = []
    for name in ("fengcheng", "xingxian", "city2", "nanyukou", "mama"):
        client = quiet(users[name])
        for row in rows_with_args(world):
            found = client.get(world.url(row), headers=headers)
            if str(found.status_code) not in expected(world, row, users[name]):
                wrong.append(f"{name} {row}: {found.status_code}")
    assert not wrong, "\n".join(wrong)


def test_one_s_own_id_beside_another_s_is_refused(cast: Cast) -> None:
    """Addresses with two ids: one of mine and one of theirs, either way round."""
    widen(cast)
    mine, theirs = world_at(cast, PLACES["sibling county"]), arguments_of(cast)
    client, before, wrong, sent = quiet(cast.users["xingxian"]), contents(), [], 0
    for row, args in mine.args.items():
        for position, value in enumerate(theirs.get(row, args)):
            if value == args[position] or not isinstance(value, int):
                continue
            swapped = [*args[:position], value, *args[position + 1 :]]
            address = reverse(row.partition("@")[0], args=swapped)
            for answer in (client.get(address), client.post(address, BY_ADDRESS.get(row, {}))):
                sent += 1
                if answer.status_code not in {403, 404, 405}:
                    wrong.append(f"{row} {swapped}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert not changed(before)
    assert sent > 40


def arguments_of(cast: Cast) -> dict[str, list[Any]]:
    """Return arguments like the contract's from rows of wenshui's, without making a second world."""
    guardian = cast.child.main_guardian
    kinds = {
        "children": cast.child, "volunteers": cast.volunteer, "pairings": cast.pairing, "visits": cast.visit,
    }  # fmt: skip
    found: dict[str, list[Any]] = {
        f"{app}:{name}": [row.pk]
        for app, row in kinds.items()
        for name in ("detail", "edit", "leave", "return", "add_need", "end", "main", "correct", "withdraw")
    }
    return found | {
        "pairings:create": [cast.unpaired.pk, cast.volunteer.pk],
        "pairings:candidates": [cast.unpaired.pk],
        "proposals:choose_for": [cast.unpaired.pk],
        "visits:call": [guardian.pk],
        "reveal": ["children.guardian", guardian.pk, "phone"],
        "reveal@child": ["children.child", cast.child.pk, "idno"],
        "reveal@volunteer": ["volunteers.volunteer", cast.volunteer.pk, "phone"],
        "reveal@pairing": ["pairing.pairing", cast.pairing.pk, "liaison_phone"],
    }


def people_outside(scope: str) -> set[str]:
    """Return names and public numbers of everyone whose rows lie outside a region."""
    found: set[str] = set()
    for model in (Child, Volunteer):
        rows = model.objects.exclude(region__code__startswith=scope)
        found.update(word for pair in rows.values_list("name", "no") for word in pair)
    guardians = Guardian.objects.exclude(region__code__startswith=scope)
    inside = Guardian.objects.filter(region__code__startswith=scope).values("name")
    return found | set(guardians.exclude(name__in=inside).values_list("name", flat=True))


@pytest.mark.parametrize("who", ["xingxian", "outsider", "kaishan_village"])
def test_nothing_reached_by_links_or_exports_names_another_s_people(
    cast: Cast, session_of: Any, who: str
) -> None:
    """Every page, export, fragment and JSON that one gets to; a township may see the volunteers of its county."""
    users = widen(cast)
    world = world_at(cast, PLACES["sibling county"])
    cast.users.setdefault("reader", users[who])
    scope = str(users[who].acting_post.region_id)[:6]
    reached = crawl(World(cast, *list(vars(world).values())[1:]), session_of, "reader", like="fengcheng")
    foreign = people_outside(scope)
    if world.circles.posting.region_id.startswith(scope):
        # The city sent her to serve this county.
        foreign -= {world.circles.posted.name, world.circles.posted.no}
    assert len(reached.pages) > 15
    assert len(foreign) > 5
    # A printed card shows the volunteer's name to whoever holds the paper, a claiming link those of its organisation.
    held = ("/check/", "/claim/")
    pages = {page: text for page, text in reached.pages.items() if not page.startswith(held)}
    found = {page: [word for word in foreign if word in text] for page, text in pages.items()}
    assert {page: words for page, words in found.items() if words} == {}


@pytest.mark.parametrize("who", ["xingxian", "city2", "nanyukou"])
def test_lists_and_exports_narrowed_to_a_foreign_region_stay_empty(cast: Cast, who: str) -> None:
    users = widen(cast)
    client = quiet(users[who])
    foreign = people_outside(str(users[who].acting_post.region_id))
    for app in ("children", "volunteers", "pairings", "visits"):
        for query in ("", "?region=141121100018", "?region=14", "?figure=unpaired&region=141121"):
            for name in ("list", "export"):
                address = f"/{app}/{'export/' if name == 'export' else ''}{query}"
                answers = [client.get(address), client.get(address, headers=FRAGMENT)]
                said = "".join(said_by(answer) for answer in answers if answer.status_code == 200)
                assert not [word for word in foreign if word in said], address


@pytest.mark.parametrize("who", ["xingxian", "fengcheng", "nanyukou"])
def test_search_finds_nobody_elsewhere(cast: Cast, who: str) -> None:
    users = widen(cast)
    client = quiet(users[who])
    guardian = cast.neighbour.main_guardian
    wanted = [
        cast.neighbour.name, cast.neighbour.no, cast.neighbour.idno, cast.neighbour.initials, guardian.phone,
        cast.second_volunteer.name, cast.second_volunteer.phone, cast.second_volunteer.idno, "%", "_", "' OR 1=1 --",
    ]  # fmt: skip
    for text in wanted:
        said = said_by(client.post(reverse("search"), {"q": text}, follow=True))
        assert cast.neighbour.name not in said.replace(text, "")
        assert cast.second_volunteer.name not in said.replace(text, "")


def test_a_volunteer_reaches_no_other_child_by_any_address(cast: Cast) -> None:
    """mama2's child by every address that takes an id, as mama: never a page, never data."""
    users = widen(cast)
    world = world_at(cast, PLACES["sibling township"])
    client = quiet(users["mama"])
    names = {world.cast.child.name, world.cast.child.no, world.cast.child.idno}
    for row in rows_with_args(world):
        answer = client.get(world.url(row))
        said = answer.content.decode("utf-8", "replace")
        assert answer.status_code in {403, 404, 405}, row
        assert not [name for name in names if name in said], row
    found = client.get(reverse("visits:new"), {"child": world.cast.child.pk})
    assert world.cast.child.name not in found.content.decode()
    assert json.dumps(world.cast.child.name) not in found.content.decode()
