"""意见反馈: an entry on every page that reaches the office in charge (DESIGN section 3.9)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from aixin.access.models import Role
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, editors_only
from aixin.notify.models import Feedback

MAY_WRITE = frozenset({Role.STAFF, Role.VOLUNTEER, Role.OFFICIAL})
SHOWN = 50


class FeedbackForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Feedback
        fields = ("text",)
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        error_messages = {"text": {"required": "请写一句想说的话。"}}


@allow(MAY_WRITE)
def feedback(request: HttpRequest) -> HttpResponse:
    """Write to the office in charge; its staff also see what has come in."""
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _store(request, form.save(commit=False))
        messages.success(request, "已转给妇联工作人员，谢谢您。")
        return redirect("home")
    received: Any = Feedback.objects.visible_to(request.user).select_related("author", "region")[:SHOWN]
    return render(request, "notify/feedback.html", {"form": form, "received": received})


def _store(request: HttpRequest, row: Feedback) -> None:
    user = acting_user(request)
    assert user.acting_post is not None
    row.author, row.region_id = user, user.acting_post.region_id or ""
    # The writer need not be allowed to read what she wrote, so nothing is asked back.
    Feedback.objects.bulk_create([row], ignore_conflicts=True)


@allow(STAFF)
@editors_only
@require_POST
def handled(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a message as dealt with."""
    row = get_object_or_404(Feedback.objects.visible_to(request.user), pk=pk)
    Feedback.objects.filter(pk=row.pk, handled_at__isnull=True).update(handled_at=timezone.now())
    return redirect("notify:feedback")
