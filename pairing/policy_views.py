"""结对规则: what a region decides about pairing, with what it would change; and which townships lie side by side."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from aixin.access.models import Region
from aixin.access.people import name_for
from aixin.access.permissions import STAFF, allow
from aixin.access.regions import Level
from aixin.access.scoped import acting_user
from children.models import Child
from pairing.models import MatchingPolicy, NeighbouringTownships
from pairing.policy import policy_for, save_policy, set_neighbours
from pairing.proposal_forms import PolicyForm
from pairing.proposing import Change, effect_of
from volunteers.models import Volunteer

SHOWN = 20


@dataclass(frozen=True)
class NamedChange:
    """A child with the names of those who are proposed to it, as things are and by the new rules."""

    child: Child
    before: str
    after: str


def decides_policy(user: Any) -> bool:
    """Return whether the user decides on pairing rules: staff of a county and above, each for her own region."""
    post = user.acting_post
    return post is not None and post.region_id is not None and post.level <= Level.COUNTY


@allow(STAFF)
def policy(request: HttpRequest) -> HttpResponse:
    """The region's rules (GET); what a change would do, or the change itself (POST)."""
    user = acting_user(request)
    if not decides_policy(user):
        raise PermissionDenied
    post = user.acting_post
    assert post is not None
    assert post.region is not None
    own = MatchingPolicy.objects.filter(region=post.region).first() or MatchingPolicy(region=post.region)
    form = PolicyForm(request.POST or None, own=own, holds=policy_for(post.region.code))
    effect, changes = None, []
    if request.method == "POST" and form.is_valid():
        draft = form.draft()
        try:
            if "preview" in request.POST:
                draft.full_clean(exclude=["region", "updated_by"], validate_unique=False)
                effect = effect_of(post.region.code, draft)
                changes = _named(user, effect.changes[:SHOWN])
            elif "save" in request.POST:
                save_policy(user, draft)
                messages.success(request, "已保存，下次生成结对建议时按新的规则。")
                return redirect("proposals:policy")
        except ValidationError as error:
            for sentence in error.messages:
                form.add_error(None, sentence)
    context = {
        "form": form,
        "effect": effect,
        "changes": changes,
        "further": len(effect.changes) - len(changes) if effect else 0,
        "region": post.region,
    }
    return render(request, "proposals/policy.html", context)


def _named(user: Any, changes: list[Change]) -> list[NamedChange]:
    """Return changes with the names as the user may see them, in two queries."""
    children = Child.objects.visible_to(user).select_related("region").in_bulk([one.child for one in changes])
    wanted = {pk for one in changes for pk in (*one.before, *one.after)}
    # Those who serve from elsewhere are proposed too: the database shows them to whoever may pair them.
    names = dict(Volunteer.objects.filter(pk__in=wanted).values_list("pk", "name"))

    def named(volunteers: list[int]) -> str:
        return "、".join(name_for(user, names[pk]) for pk in volunteers if pk in names)

    return [
        NamedChange(children[one.child], named(one.before), named(one.after))
        for one in changes
        if one.child in children
    ]


@allow(STAFF)
def neighbours(request: HttpRequest) -> HttpResponse:
    """Which townships lie side by side: a table that the county ticks, because no standard says it."""
    user = acting_user(request)
    post = user.acting_post
    if post is None or post.level != Level.COUNTY or post.region is None:
        raise PermissionDenied
    townships = list(Region.objects.below(post.region.code).filter(level=Level.TOWNSHIP).order_by("code"))
    if request.method == "POST":
        pairs = [
            tuple(value.split("-", 1)) for value in request.POST.getlist("pair") if value.count("-") == 1
        ]
        known = {township.code for township in townships}
        number = set_neighbours(user, post.region, [(a, b) for a, b in pairs if {a, b} <= known])
        messages.success(request, f"已保存，{number} 对乡镇相邻。")
        return redirect("proposals:neighbours")
    beside = set(NeighbouringTownships.objects.touching(post.region.code).values_list("one_id", "other_id"))
    rows = [
        (
            one,
            [
                (other, f"{one.code}-{other.code}", (one.code, other.code) in beside)
                for other in townships[at + 1 :]
            ],
        )
        for at, one in enumerate(townships[:-1])
    ]
    return render(request, "proposals/neighbours.html", {"rows": rows, "region": post.region})
