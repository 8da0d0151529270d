"""When children are compared: as soon as a row came in, was corrected, or left the roster."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from aixin.exchange.signals import rows_stored
from children.models import Child
from children.resources import ChildResource
from children.signals import child_left, child_saved
from duplicates.services import look_at


@receiver(rows_stored, sender=ChildResource)
def look_at_imported(pks: Iterable[int], **kwargs: Any) -> None:
    look_at(pks)


@receiver(child_saved)
@receiver(child_left)
def look_at_child(child: Child, **kwargs: Any) -> None:
    look_at([child.pk])
