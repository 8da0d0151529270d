"""When records are compared: as soon as a row came in, was corrected, or left the roster."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from aixin.exchange.signals import rows_stored
from children.models import Child
from children.resources import ChildResource
from children.signals import child_left, child_saved
from duplicates.of_children import CHILDREN
from duplicates.of_volunteers import VOLUNTEERS
from duplicates.services import look_at
from volunteers.models import Volunteer
from volunteers.resources import VolunteerResource
from volunteers.signals import volunteer_left, volunteer_saved


@receiver(rows_stored, sender=ChildResource)
def look_at_imported_children(pks: Iterable[int], **kwargs: Any) -> None:
    look_at(CHILDREN, pks)


@receiver(rows_stored, sender=VolunteerResource)
def look_at_imported_volunteers(pks: Iterable[int], **kwargs: Any) -> None:
    look_at(VOLUNTEERS, pks)


@receiver(child_saved)
@receiver(child_left)
def look_at_child(child: Child, **kwargs: Any) -> None:
    look_at(CHILDREN, [child.pk])


@receiver(volunteer_saved)
@receiver(volunteer_left)
def look_at_volunteer(volunteer: Volunteer, **kwargs: Any) -> None:
    look_at(VOLUNTEERS, [volunteer.pk])
