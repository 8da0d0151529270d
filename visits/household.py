"""Which children and volunteers a visit form offers."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from aixin.access.models import Role
from aixin.access.permissions import is_chair
from children.models import Child, Guardian
from pairing.models import Pairing
from volunteers.models import Volunteer


def offered_children(user: Any, chosen: list[int]) -> QuerySet[Child]:
    """Return a volunteer's own children, or for staff the chosen child and the others of its household."""
    visible: QuerySet[Child] = Child.objects.visible_to(user).registered()
    if user.acting_post.role == Role.VOLUNTEER:
        return visible
    return visible.filter(Q(pk__in=chosen) | Q(pk__in=_household_of(user, chosen)))


def _household_of(user: Any, chosen: list[int]) -> QuerySet[Any]:
    """Return ids of the children who share a guardian's phone with the chosen ones."""
    guardians = Guardian.objects.visible_to(user)
    phones = guardians.filter(child__in=chosen, phone_index__isnull=False).values("phone_index")
    return guardians.filter(phone_index__in=phones).values("child")


def offered_volunteers(user: Any, children: QuerySet[Child]) -> QuerySet[Volunteer]:
    """Return the volunteers of the children: for staff all of them, for a volunteer or a chair who is one her companions."""
    paired = Pairing.objects.active().filter(child__in=children)
    found: QuerySet[Volunteer] = Volunteer.objects.filter(pk__in=paired.values("volunteer")).distinct()
    return found.exclude(user=user) if user.acting_post.is_of_the_phone else found


def herself(user: Any) -> list[Volunteer]:
    """Return the volunteer who logs in as the user, in a list; staff are none."""
    if user.acting_post.role != Role.VOLUNTEER:
        return []
    return list(Volunteer.objects.filter(user=user))


def visiting(user: Any, children: Iterable[Child]) -> list[Volunteer]:
    """Return as which volunteer the user visits children: a volunteer as herself, a village's chair as the one she is
    too where one of them is paired with her; nobody for other staff, in a list."""
    if not is_chair(user):
        return herself(user)
    paired = Pairing.objects.of_volunteer_user(user).filter(child__in=[child.pk for child in children])
    return list(Volunteer.objects.filter(pk__in=paired.values("volunteer")))
