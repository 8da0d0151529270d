"""What the tests of transfers share: xingxian wants a child of wenshui's."""

import pytest

from aixin.access.models import Region, User
from aixin.access.scope import acting
from children.models import Child
from tests.cast import XINGXIAN_VILLAGE, Cast
from transfers.models import Transfer
from transfers.services import Wanted, ask_for


def asked(user: User, child: Child, place: str = XINGXIAN_VILLAGE) -> Transfer:
    """Return the user's request for a child."""
    wanted = Wanted(child.name, child.idno, Region.objects.get(code=place), "随母亲迁来")
    with acting(user):
        return ask_for(user, wanted)


@pytest.fixture
def request_of(cast: Cast) -> Transfer:
    """Xingxian's request for wenshui's paired child."""
    return asked(cast.xingxian, cast.child)
