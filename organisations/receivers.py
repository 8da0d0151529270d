"""What follows here from what happens to children and volunteers."""

from typing import Any

from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from children.models import Child
from children.signals import child_left, consent_refused
from organisations.claiming import close_offerings
from organisations.models import Posting
from organisations.services import forget_groups_of
from volunteers.models import Volunteer
from volunteers.signals import volunteer_left


@receiver(child_left)
@receiver(consent_refused)
def take_child_back(child: Child, actor: Any, **kwargs: Any) -> None:
    """Who has left the roster, or whose guardian says no, is not to be claimed."""
    close_offerings(actor, child.pk)


@receiver(volunteer_left)
def leave_groups(volunteer: Volunteer, actor: Any, **kwargs: Any) -> None:
    """Who leaves is no member any more, and serves no county."""
    forget_groups_of(actor, volunteer)
    end_postings(volunteer)


def end_postings(volunteer: Volunteer) -> None:
    """End today what she serves, and drop what was to come."""
    today = timezone.localdate()
    mine = Posting.objects.of_volunteer(volunteer.pk)
    mine.filter(since__gt=today).delete()
    mine.filter(Q(until__isnull=True) | Q(until__gt=today)).update(until=today)
