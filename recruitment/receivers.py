"""What happens to volunteers' records moves the sign-ups that led to them."""

from typing import Any

from django.dispatch import receiver

from recruitment.services import follow_clearance
from volunteers.models import Volunteer
from volunteers.signals import clearance_recorded


@receiver(clearance_recorded)
def on_clearance(volunteer: Volunteer, actor: Any, **_: Any) -> None:
    """Make an accepted applicant 合格, or note that the check failed."""
    follow_clearance(actor, volunteer)
