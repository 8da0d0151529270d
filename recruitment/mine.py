"""我的结对意愿: what a volunteer keeps herself, on her phone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from aixin.access.models import Role
from aixin.access.permissions import allow
from aixin.access.scoped import acting_user
from recruitment.forms import WishesForm
from recruitment.services import keep_wishes
from volunteers.models import Volunteer


@allow(frozenset({Role.VOLUNTEER}))
def wishes(request: HttpRequest) -> HttpResponse:
    """How many children she would take, which and how far; her own record alone."""
    user = acting_user(request)
    volunteer = get_object_or_404(Volunteer.objects.visible_to(user).serving().select_related("region"))
    form = WishesForm(request.POST or None, instance=volunteer)
    if request.method == "POST" and form.is_valid():
        keep_wishes(user, form.save(commit=False))
        messages.success(request, "已保存，县妇联安排结对时会按这里的意愿来。")
        return redirect("account")
    context = {"form": form, "volunteer": volunteer, "certificates": volunteer.certificates.all()}
    return render(request, "recruitment/wishes.html", context)
