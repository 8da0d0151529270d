"""Somebody in the village of the child that waits."""

import pytest

from tests.cast import XIJIE, Cast
from tests.factories import VolunteerFactory
from volunteers.choices import VolunteerKind
from volunteers.models import Volunteer


@pytest.fixture
def mama(cast: Cast) -> Volunteer:
    return VolunteerFactory(name="同村的", region_id=XIJIE, kind=VolunteerKind.TEACHER)
