"""URL × role × scope: the rows of a township, asked for by its own offices, those beside and above it, and another city's.

What is expected follows from the contract's table by how a user stands to the rows: above, at, below or beside them.
"""

from aixin.access.models import acting_role
from aixin.access.permissions import CARERS, VIEWERS_OF_FIGURES
from tests.attacks.places import PLACES, expected, region_of, rows_with_args, widen, world_at
from tests.cast import PLACES as REGIONS
from tests.cast import Cast
from tests.conftest import Session
from tests.contract.table import EXPECTED

# Users of the table whose answers at their own township's rows are generated alike.
STATED = ("city", "official", "wenshui", "xingxian", "fengcheng", "outsider", "sysadmin", "mama", "mama2")


def test_every_address_of_a_row_by_everyone(cast: Cast) -> None:
    users = widen(cast)
    world = world_at(cast, PLACES["own township"])
    wrong, asked = [], 0
    # Roles without rows are refused whatever the place, and of these rows the table states its own users' answers:
    # `test_get` of the contract asks for each. Here are those of other levels and sides.
    carers = {
        name: user for name, user in users.items() if acting_role(user) in CARERS and name not in STATED
    }
    for name, user in carers.items():
        client = Session(user)
        client.raise_request_exception = False
        for row in rows_with_args(world):
            asked += 1
            found = str(client.get(world.url(row)).status_code)
            if found not in expected(world, row, user):
                wrong.append(f"{name} {row}: expected {expected(world, row, user)}, got {found}")
    assert not wrong, "\n".join(wrong)
    assert asked > 500


def test_the_generation_tells_the_table_s_own_users_apart(cast: Cast) -> None:
    """Where the table states a user's answer itself, the generated one is the same."""
    widen(cast)
    world = world_at(cast, PLACES["own township"])
    for name in STATED:
        for row in rows_with_args(world):
            assert EXPECTED[row][name] in expected(world, row, cast.users[name]), f"{name} {row}"
    assert region_of(world, "volunteers:detail") != region_of(world, "children:detail")


def test_figures_of_every_region_by_everyone(cast: Cast) -> None:
    users, wrong = widen(cast), []
    for name, user in users.items():
        post, client = user.acting_post, Session(user)
        if post is None or post.role not in VIEWERS_OF_FIGURES:
            continue
        for code in REGIONS:
            # The page answers from the same region as its data, and takes longer to draw.
            pages = ["coverage.json"] if post.covers(code) else ["coverage.json", ""]
            for page in pages:
                found = client.get(f"/reports/{page}?region={code}").status_code
                if found != (200 if post.covers(code) else 404):
                    wrong.append(f"{name} {page} {code}: {found}")
    assert not wrong, "\n".join(wrong)
