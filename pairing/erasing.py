"""What a pairing says in words about an erased child or volunteer; that the two were paired, and when, stays."""

from aixin.access.erasure import Subject, erase_history
from pairing.models import Pairing

OWNERS = {"children.child": "child_id", "volunteers.volunteer": "volunteer_id"}


def forget_pairings(subject: Subject) -> dict[str, int]:
    """Empty the words of the subject's pairings and remove their history; return what was removed."""
    owner = OWNERS.get(subject.label)
    if owner is None:
        return {}
    emptied = {"handover": "", "liaison": "", "notes": "", "liaison_phone": "", "liaison_other_phones": ""}
    pairings = Pairing.objects.filter(**{owner: subject.pk}).update(**emptied)
    return {"结对的文字": pairings, "变更记录": erase_history(Pairing, owner, [subject.pk])}
