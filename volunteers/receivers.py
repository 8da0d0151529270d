"""What is still open about a volunteer who was checked, or who has left."""

from typing import Any

from django.dispatch import receiver

from aixin.todos.services import lapse
from volunteers.models import Volunteer
from volunteers.signals import clearance_recorded, volunteer_left
from volunteers.todos import CLEARANCE, LABEL


@receiver(clearance_recorded)
def close_clearance(volunteer: Volunteer, **kwargs: Any) -> None:
    if volunteer.is_cleared or volunteer.clearance_valid_until is None:
        lapse(LABEL, volunteer.pk, [CLEARANCE])


@receiver(volunteer_left)
def close_todos(volunteer: Volunteer, **kwargs: Any) -> None:
    lapse(LABEL, volunteer.pk)
