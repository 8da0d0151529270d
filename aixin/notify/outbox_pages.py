"""Pages of the outbox: the system administrator sees fates, never numbers; outside production a page shows all."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from aixin.access.models import Role
from aixin.access.permissions import PUBLIC, allow
from aixin.access.scope import EVERYTHING, opened
from aixin.notify.models import Sms, SmsState

SHOWN = 50


@allow(PUBLIC)
def local_outbox(request: HttpRequest) -> HttpResponse:
    """Show what would have gone out by SMS; nothing of the kind exists in production."""
    if not settings.LOCAL_OUTBOX:
        raise Http404
    with opened(EVERYTHING):
        found = list(Sms.objects.exclude(state=SmsState.WITHHELD).filter(forgotten=False)[:SHOWN])
    return render(request, "notify/local_outbox.html", {"messages_out": found})


@allow(frozenset({Role.SYSADMIN}))
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the fate of the latest SMS, without number and text."""
    with opened(EVERYTHING):
        found = list(Sms.objects.exclude(state=SmsState.WITHHELD).defer("phone", "text")[:SHOWN])
        counts = [(state.label, Sms.objects.filter(state=state).count()) for state in _SHOWN_STATES]
    return render(request, "notify/outbox.html", {"messages_out": found, "counts": counts})


_SHOWN_STATES = (SmsState.WAITING, SmsState.SENT, SmsState.FAILED, SmsState.EXPIRED)
