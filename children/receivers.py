"""What is still open about a child that leaves the roster is settled with it."""

from typing import Any

from django.dispatch import receiver

from aixin.todos.services import lapse
from children.models import Child
from children.signals import child_left
from children.todos import LABEL


@receiver(child_left)
def close_todos(child: Child, **kwargs: Any) -> None:
    lapse(LABEL, child.pk)
