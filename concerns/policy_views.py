"""办理期限: what a region decides about what is raised, with what would follow from it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from aixin.access.inheriting import deciding_post
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user
from concerns.foreseeing import foresee
from concerns.models import ConcernPolicy
from concerns.policy import rules_for, save_policy
from concerns.policy_forms import PolicyForm


@allow(STAFF)
def policy(request: HttpRequest) -> HttpResponse:
    """The region's decisions (GET); what a change would mean, or the change itself (POST)."""
    user = acting_user(request)
    region = deciding_post(user).region
    assert region is not None
    own = ConcernPolicy.objects.filter(region=region).first() or ConcernPolicy(region=region)
    above = rules_for(region.code, ConcernPolicy(region=region))
    form = PolicyForm(request.POST or None, instance=own, above=above)
    effect = None
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            effect = foresee(user, form.draft())
        elif "save" in request.POST:
            save_policy(user, form.draft())
            messages.success(request, "已保存。新上报的按新的期限办，以前上报的期限不变。")
            return redirect("concerns:policy")
    context = {"form": form, "effect": effect, "region": region}
    return render(request, "concerns/policy.html", context, status=422 if form.errors else 200)
