"""What teams, claims and postings say of an erased child or volunteer."""

from aixin.access.erasure import Subject
from organisations.models import Claim, Offering, OrganisationMember, Posting, Team, TeamMember


def forget_in_groups(subject: Subject) -> dict[str, int]:
    """Remove the subject from claiming, teams, organisations and postings; return what was removed."""
    if subject.label == "children.child":
        offerings = Offering.objects.of_child(subject.pk)
        Claim.objects.filter(offering__in=offerings).delete()
        return {"认领": offerings.delete()[0]}
    if subject.label != "volunteers.volunteer":
        return {}
    Team.objects.filter(leader=subject.pk).update(leader=None)
    return {
        "小分队成员": TeamMember.objects.of_volunteer(subject.pk).delete()[0],
        "单位成员": OrganisationMember.objects.of_volunteer(subject.pk).delete()[0],
        "外派": Posting.objects.of_volunteer(subject.pk).delete()[0],
        "认领": Claim.objects.filter(volunteer=subject.pk).update(volunteer=None),
    }
