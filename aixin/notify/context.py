from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from aixin.access.models import acting_role
from aixin.notify.feedback import MAY_WRITE
from aixin.notify.models import Notice


def inbox(request: HttpRequest) -> dict[str, Any]:
    """Return the bell's count and target; counted only when a page shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    count = SimpleLazyObject(lambda: Notice.objects.visible_to(user).unread().count())
    return {"unread_count": count, "inbox_url": reverse("notify:inbox"), "feedback_url": _feedback_url(user)}


def _feedback_url(user: Any) -> str:
    return reverse("notify:feedback") if acting_role(user) in MAY_WRITE else ""
