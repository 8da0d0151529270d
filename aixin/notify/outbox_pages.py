"""Pages of the outbox: the system administrator sees fates, never numbers; outside production a page shows all."""

from django.conf import settings
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aixin.access.models import Role
from aixin.access.permissions import PUBLIC, allow
from aixin.access.scope import EVERYTHING, opened
from aixin.notify.channel_report import lines_of
from aixin.notify.choices import Audience, DeliveryState
from aixin.notify.models import Delivery, Sms, SmsState
from aixin.notify.wording import TEMPLATES

SHOWN = 50


@allow(PUBLIC)
def local_outbox(request: HttpRequest) -> HttpResponse:
    """Show what would have gone out by SMS; nothing of the kind exists in production."""
    if not settings.LOCAL_OUTBOX:
        raise Http404
    with opened(EVERYTHING):
        found = list(Sms.objects.exclude(state=SmsState.WITHHELD).filter(forgotten=False)[:SHOWN])
        sent = list(Delivery.objects.filter(state=DeliveryState.SENT)[:SHOWN])
    digests = [(row, TEMPLATES[Audience(row.kind)].words(row.count)) for row in sent]
    return render(request, "notify/local_outbox.html", {"messages_out": found, "digests": digests})


@allow(frozenset({Role.SYSADMIN}))
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the fates of the latest SMS and of this month's reminders, without numbers, words and recipients."""
    with opened(EVERYTHING):
        found = list(Sms.objects.exclude(state=SmsState.WITHHELD).defer("phone", "text")[:SHOWN])
        counts = [(state.label, Sms.objects.filter(state=state).count()) for state in _SHOWN_STATES]
        lines = lines_of(Delivery.objects.of_month(timezone.localdate()))
        failing = list(
            Delivery.objects.exclude(error_code="").order_by(F("attempted_at").desc(nulls_last=True))[:SHOWN]
        )
    context = {"messages_out": found, "counts": counts, "lines": lines, "failing": failing}
    return render(request, "notify/outbox.html", context)


_SHOWN_STATES = (SmsState.WAITING, SmsState.SENT, SmsState.FAILED, SmsState.EXPIRED)
