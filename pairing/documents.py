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
        # Filled when a card is issued with the document: its code is known then and never again.
        "qr": "",
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


PAIRING_SAMPLE: Words = {
    "no": "结对编号", "started_on": "结对日期", "liaison": "村妇联主席", "liaison_phone": "村妇联主席电话",
    "child": {
        "name": "儿童姓名", "sex": "儿童性别", "age": "儿童年龄", "birthday": "儿童出生日期（带农历）",
        "place": "县、乡镇、村", "address": "儿童住址", "school": "学校和年级", "needs": "关爱需求",
        "guardian": "监护人姓名", "relation": "监护人与儿童关系", "phone": "监护人电话",
    },
    "volunteer": {
        "name": "爱心妈妈姓名", "idno": "爱心妈妈身份证号", "phone": "爱心妈妈电话", "unit": "工作单位和职务",
    },
    "qr": "扫码核验的二维码（只在“扫码卡（Word）”里有）",
}  # fmt: skip
PAIRINGS_SAMPLE: Words = {
    "pairings": [{
        "volunteer": "爱心妈妈姓名", "phone": "爱心妈妈电话", "main": "是否主责", "started_on": "结对日期",
        "state": "结对状态", "ended_on": "解除日期和原因",
    }],
}  # fmt: skip
PAIRING_CARD = Document(
    "pairing-card",
    "结对卡",
    Pairing,
    "pairing-card.docx",
    pairing_words,
    "pairings:detail",
    PAIRING_SAMPLE,
    offered=lambda pairing: pairing.is_active,
)
AGREEMENT = Document(
    "agreement", "安全责任书", Pairing, "agreement.docx", pairing_words, "pairings:detail", PAIRING_SAMPLE
)
