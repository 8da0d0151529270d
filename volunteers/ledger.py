"""爱心妈妈花名册: its columns. Titles are those that the import reads."""

from aixin.exchange.documents import phones
from aixin.exchange.ledgers import LedgerColumn, Look, Tally, choice, field, place_columns
from volunteers.choices import WishedCategory
from volunteers.models import Volunteer

_WISHED = dict(WishedCategory.choices)
_SELF, _WORK, _WISHES = "爱心妈妈基本情况", "志愿服务", "结对意愿"


def shown_phones(volunteer: Volunteer, look: Look) -> str:
    """Return all phones of a volunteer, in full or masked."""
    if look.full:
        return phones(volunteer)
    return "、".join(filter(None, [volunteer.masked_phone, volunteer.masked_other_phones]))


VOLUNTEER_COLUMNS = (
    LedgerColumn("no", "爱心妈妈编号", field("no"), width=12, fixed=True),
    LedgerColumn("name", "姓名", lambda v, look: look.name(v.name), _SELF, 10, fixed=True),
    LedgerColumn("sex", "性别", choice(Volunteer, "sex"), _SELF, 6),
    LedgerColumn("age", "年龄", field("age"), _SELF, 6, usual=False),
    LedgerColumn("birth", "出生日期", lambda v, look: look.birth(v.birth), _SELF, usual=False),
    LedgerColumn("idno", "身份证号", field("idno"), _SELF, 20, full_only=True),
    LedgerColumn("phone", "联系电话", shown_phones, _SELF, 14),
    LedgerColumn("unit", "工作单位", field("unit"), _SELF, 20),
    LedgerColumn("duty", "职务", field("duty"), _SELF, 12),
    LedgerColumn("kind", "爱心妈妈类别", choice(Volunteer, "kind"), _SELF, 14),
    *place_columns(),
    LedgerColumn("skills", "特长", lambda v, _: "、".join(v.skill_names), _WORK, 18),
    LedgerColumn("capacity", "可结对人数", field("capacity"), _WORK, 10, adds_up=True),
    LedgerColumn("clearance", "准入查询", field("clearance_text"), _WORK, 20),
    LedgerColumn("state", "状态", choice(Volunteer, "state"), _WORK, 8),
    LedgerColumn("reach", "愿意结对范围", choice(Volunteer, "reach"), _WISHES, 18, usual=False),
    LedgerColumn("wished_age_from", "愿意结对最小年龄", field("wished_age_from"), _WISHES, 18, usual=False),
    LedgerColumn("wished_age_to", "愿意结对最大年龄", field("wished_age_to"), _WISHES, 18, usual=False),
    LedgerColumn("wished_sex", "愿意结对性别", choice(Volunteer, "wished_sex"), _WISHES, usual=False),
    LedgerColumn(
        "wished_categories", "愿意结对儿童类别",
        lambda v, _: "、".join(str(_WISHED[code]) for code in v.wished_categories), _WISHES, 18, usual=False,
    ),
    LedgerColumn("notes", "备注", lambda v, look: look.text(v.notes), width=16, usual=False),
)  # fmt: skip
VOLUNTEER_TALLIES = (Tally("类别", lambda volunteer: [str(volunteer.get_kind_display())]),)
