"""Bases of views that show rows of a scoped model."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.views.generic.detail import SingleObjectMixin

from aixin.access.models import User
from aixin.access.permissions import may_edit
from aixin.audit.models import Action
from aixin.audit.trail import record

View = TypeVar("View", bound=Callable[..., Any])


def acting_user(request: HttpRequest) -> User:
    """Return the logged-in user; views behind default deny always have one."""
    return cast("User", request.user)


# As many digits as every number of a row has at most.
_KEY_DIGITS = 18


def typed_ids(values: Iterable[str]) -> list[int]:
    """Return the row numbers among typed values; whatever is none (², a thousand digits) is left out."""
    return [int(value) for value in values if is_id(value)]


def is_id(value: str) -> bool:
    """Return whether a typed value can be a row's number: `str.isdigit` also takes what `int` does not."""
    return value.isascii() and value.isdigit() and len(value) <= _KEY_DIGITS


def typed_text(request: HttpRequest, name: str, limit: int = 40) -> str:
    """Return a short text of a POST outside a form; without the NUL that the database cannot store."""
    return request.POST.get(name, "").replace("\x00", "").strip()[:limit]


class ScopedObjectMixin(SingleObjectMixin):  # type: ignore[type-arg]
    """Finds one row within the user's scope: outside it 404, as if it were not there."""

    request: HttpRequest

    def get_queryset(self) -> Any:
        assert self.model is not None
        return self.model._default_manager.visible_to(self.request.user)


class RecordedViewMixin(ScopedObjectMixin):
    """A page that shows a person's record, to read or to change: every look goes into the trail."""

    def get_object(self, queryset: Any = None) -> Any:
        found: Model = super().get_object(queryset)
        note_look(self.request, found)
        return found


def note_look(request: HttpRequest, row: Model) -> None:
    """Note in the trail that a person's record is shown; sending a form back is noted by what it writes."""
    if request.method != "POST":
        record(request.user, Action.VIEW, row)


class UnlockedMixin:
    """Keeps a form from a locked row: one that left the roster or was erased is answered 403."""

    def get_object(self, queryset: Any = None) -> Any:
        found = super().get_object(queryset)  # type: ignore[misc]
        refuse_locked(found)
        return found


def refuse_locked(row: Model) -> None:
    """Raise PermissionDenied for a row that may not be changed any more."""
    if not type(row)._default_manager.unlocked().filter(pk=row.pk).exists():  # type: ignore[attr-defined]
        raise PermissionDenied


class EditorMixin:
    """Lets only staff of a county and below change records; others in scope get 403."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_edit(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


def editors_only(view: View) -> View:
    """Let only staff of a county and below use a function view; others in scope get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_edit(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast("View", guarded)
