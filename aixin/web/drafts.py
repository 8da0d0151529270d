"""Tells the browser which drafts the server has stored, on the next page that it shows.

A view that saved a form with `data-draft="<key>"` calls `mark_draft_saved(request, key)` and redirects.
base.html renders `<meta name="draft-saved" content="<key>">`; the script then clears that draft and no other.
"""

from typing import Any

from django.http import HttpRequest

SESSION_KEY = "drafts_saved"
LONGEST_KEY = 40


def mark_draft_saved(request: HttpRequest, key: str) -> None:
    request.session[SESSION_KEY] = [*request.session.get(SESSION_KEY, []), key]


def draft_key(request: HttpRequest, about: str) -> str:
    """Return the key of a draft: the user and what it is about, so that no draft reaches another form (LESSONS).

    A form keeps the key that it was opened with, whatever is chosen in it meanwhile: the draft on the device has that
    name.
    """
    owner = f"{request.user.pk}:"
    opened_as = request.POST.get("draft_key", "").replace("\x00", "").strip()[:LONGEST_KEY]
    return opened_as if opened_as.startswith(owner) else owner + about


class SavedDrafts:
    """Keys waiting to be told; taken from the session only when a template asks for them."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __iter__(self) -> Any:
        session = getattr(self.request, "session", None)
        return iter(session.pop(SESSION_KEY, []) if session and SESSION_KEY in session else [])


def saved_drafts(request: HttpRequest) -> dict[str, SavedDrafts]:
    """Context processor."""
    return {"saved_drafts": SavedDrafts(request)}
