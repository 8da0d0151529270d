"""结对台账: its columns. Titles are those that the import reads."""

from aixin.exchange.ledgers import LedgerColumn, Look, Tally, choice, field, place_columns
from children.ledger import shown_phones as guardian_phones
from children.models import Child
from pairing.models import Pairing
from volunteers.ledger import shown_phones

_CHILD, _MAMA, _PAIR, _LIAISON = "儿童情况", "爱心妈妈情况", "结对情况", "村妇联主席情况"


def _liaison_phone(pairing: Pairing, look: Look) -> str:
    said = (
        (pairing.liaison_phone, pairing.liaison_other_phones)
        if look.full
        else (pairing.masked_liaison_phone, pairing.masked_liaison_other_phones)
    )
    return "、".join(filter(None, said))


PAIRING_COLUMNS = (
    LedgerColumn("no", "结对编号", field("no"), width=11, fixed=True),
    LedgerColumn("child_no", "儿童编号", field("child.no"), _CHILD, 11, fixed=True),
    LedgerColumn("child", "儿童姓名", lambda p, look: look.name(p.child.name), _CHILD, 10, fixed=True),
    LedgerColumn("sex", "性别", choice(Child, "sex", "child"), _CHILD, 6),
    LedgerColumn("age", "年龄", field("child.age"), _CHILD, 6),
    LedgerColumn("category", "儿童类别", choice(Child, "category", "child"), _CHILD, 14),
    LedgerColumn(
        "child_idno", "儿童身份证号", lambda p, _: p.child.idno or p.child.temporary_no, _CHILD, 20,
        full_only=True,
    ),
    LedgerColumn("guardian_phone", "监护人电话", lambda p, look: guardian_phones(p.child.main_guardian, look), _CHILD, 14),
    *place_columns(),
    LedgerColumn("volunteer_no", "爱心妈妈编号", field("volunteer.no"), _MAMA, 12, fixed=True),
    LedgerColumn("volunteer", "爱心妈妈姓名", lambda p, look: look.name(p.volunteer.name), _MAMA, 12, fixed=True),
    LedgerColumn("volunteer_phone", "爱心妈妈电话", lambda p, look: shown_phones(p.volunteer, look), _MAMA, 14),
    LedgerColumn("unit", "工作单位", field("volunteer.unit"), _MAMA, 18, usual=False),
    LedgerColumn("started_on", "结对时间", lambda p, look: look.day(p.started_on), _PAIR),
    LedgerColumn("is_main", "主责", lambda p, _: "是" if p.is_main else "否", _PAIR, 6),
    LedgerColumn(
        "agreement", "是否签订安全责任书", lambda p, _: "是" if p.agreement_signed else "否", _PAIR, 12
    ),
    LedgerColumn("state", "状态", choice(Pairing, "state"), _PAIR, 9),
    LedgerColumn("ended_on", "解除日期", lambda p, look: look.day(p.ended_on), _PAIR, usual=False),
    LedgerColumn("end_reason", "解除原因", choice(Pairing, "end_reason"), _PAIR, usual=False),
    LedgerColumn("liaison", "村妇联主席", lambda p, look: look.name(p.liaison), _LIAISON, 11),
    LedgerColumn("liaison_phone", "村妇联主席电话", _liaison_phone, _LIAISON, 15),
    LedgerColumn("notes", "备注", lambda p, look: look.text(p.notes), width=16, usual=False),
)  # fmt: skip
PAIRING_TALLIES = (
    Tally("儿童", lambda pairing: [pairing.child_id], "人"),
    Tally("爱心妈妈", lambda pairing: [pairing.volunteer_id], "人"),
    Tally("儿童类别", lambda pairing: [str(pairing.child.get_category_display())]),
)
