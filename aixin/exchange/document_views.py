"""A document about one person: printed in full without approval, logged each time, never stored."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, editors_only
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.documents import DocumentError, document_of, filled_in
from aixin.exchange.writing import DOCX, file_response


@allow(STAFF)
@editors_only
def document(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """A Word file of one row; 404 outside the user's scope."""
    try:
        wanted = document_of(key)
    except KeyError as unknown:
        raise Http404 from unknown
    if not wanted.by_row:
        raise Http404
    user = acting_user(request)
    rows: Any = wanted.model._default_manager
    row = get_object_or_404(rows.visible_to(user), pk=pk)
    try:
        content = filled_in(wanted, row, user)
    except DocumentError as error:
        messages.error(request, str(error))
        return redirect(wanted.page, row.pk)
    record(user, Action.EXPORT, row, what="document", document=wanted.key, rows=1)
    # The public number, not the name: file names end up in histories and logs.
    return file_response(f"{wanted.title}_{row.no}.docx", content, DOCX)
