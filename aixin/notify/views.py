from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from aixin.access.permissions import ANY_ROLE, allow
from aixin.notify.models import Notice

SHOWN = 50


@allow(ANY_ROLE)
def inbox(request: HttpRequest) -> HttpResponse:
    """消息: the open ones first, then what is settled."""
    mine = Notice.objects.visible_to(request.user)
    context = {
        "open_notices": mine.open()[:SHOWN],
        "settled_notices": mine.filter(resolved_at__isnull=False)[:SHOWN],
    }
    return render(request, "notify/inbox.html", context)


@allow(ANY_ROLE)
@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one of one's own notices as read and go to what it is about."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now())
    return redirect(notice.link or "notify:inbox")
