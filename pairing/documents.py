"""结对卡 and 安全责任书 of a pairing, and the pairings of a child's 一人一档 (DOMAIN section 4)."""

from aixin.access.models import User
from aixin.exchange.documents import Document, Words, day, phones, whole_place
from children.models import Child
from pairing.models import Pairing
from volunteers.models import Volunteer


def pairing_words(pairing: Pairing, user: User) -> Words:
    """Return the words of both sides and of the liaison."""
    return {
        "no": pairing.no,
        "started_on": day(pairing.started_on),
        "liaison": pairing.liaison,
        "liaison_phone": "、".join(filter(None, [pairing.liaison_phone, pairing.liaison_other_phones])),
        "child": _child(pairing.child),
        "volunteer": _volunteer(pairing.volunteer),
    }


def _child(child: Child) -> Words:
    guardian = child.main_guardian
    return {
        "name": child.name,
        "sex": child.get_sex_display(),
        "age": child.age,
        "birthday": child.birthday_text,
        "place": whole_place(child.region_id),
        "address": child.address,
        "school": f"{child.school} {child.grade}".strip(),
        "needs": "、".join(need.get_topic_display() for need in child.needs.open_needs()),
        "guardian": guardian.name if guardian else "",
        "relation": guardian.relation if guardian else "",
        "phone": phones(guardian) if guardian else "",
    }


def _volunteer(volunteer: Volunteer) -> Words:
    return {
        "name": volunteer.name,
        "idno": volunteer.idno,
        "phone": phones(volunteer),
        "unit": f"{volunteer.unit} {volunteer.duty}".strip(),
    }


def pairings_of_child(child: Child, user: User) -> Words:
    """Return the child's pairings, past ones too, as rows of the 一人一档."""
    found = child.pairings.select_related("volunteer")
    return {"pairings": [_line(pairing) for pairing in found]}


def _line(pairing: Pairing) -> Words:
    return {
        "volunteer": pairing.volunteer.name,
        "phone": phones(pairing.volunteer),
        "main": "主责" if pairing.is_main else "",
        "started_on": day(pairing.started_on),
        "state": pairing.get_state_display(),
        "ended_on": f"{day(pairing.ended_on)} {pairing.get_end_reason_display()}".strip(),
    }


PAIRING_CARD = Document(
    "pairing-card", "结对卡", Pairing, "pairing-card.docx", pairing_words, "pairings:detail"
)
AGREEMENT = Document("agreement", "安全责任书", Pairing, "agreement.docx", pairing_words, "pairings:detail")
