"""The columns of the pairing roster (结对台账)."""

from aixin.exchange.columns import Column
from aixin.exchange.headings import (
    COUNTY_WORDS,
    ID_WORDS,
    LIVING_GROUPS,
    NOTES_WORDS,
    PHONE_WORDS,
    TOWNSHIP_WORDS,
    VILLAGE_WORDS,
)
from aixin.exchange.roster import RosterResource

_MAMA = (
    "爱心妈妈基本情况",
    "爱心妈妈信息",
    "爱心妈妈情况",
    "爱心妈妈",
    "志愿者信息",
    "志愿者",
    "代理妈妈",
    "基本情况",
    "基本信息",
)
_PAIR_CHILD = (
    "儿童",
    "孩子",
    "结对儿童",
    "结对对象",
    "帮扶对象",
    "儿童情况",
    "儿童基本情况",
    "结对儿童情况",
    "儿童信息",
    "学生",
)
_LIAISON = ("村妇联主席", "妇联主席", "联络员", "联络人", "村级联络员")


class PairingColumns(RosterResource):
    """Declares the columns, once, for import, template and export."""

    volunteer_name = Column(
        "爱心妈妈姓名",
        (
            "爱心妈妈",
            "爱心妈妈名字",
            "妈妈姓名",
            "志愿者姓名",
            "志愿者",
            "结对妈妈",
            "结对妈妈姓名",
            "代理妈妈",
            "代理妈妈姓名",
            "帮扶人",
            "帮扶人姓名",
            "结对人",
            "结对人姓名",
            "爱心家长",
            "结对爱心妈妈",
            "结对爱心妈妈姓名",
            "结对志愿者",
        ),
        _MAMA[:-2],
        required=True,
        leaves=("姓名", "名字"),
    )
    volunteer_phone = Column(
        "爱心妈妈电话",
        (
            *(f"爱心妈妈{word}" for word in PHONE_WORDS),
            *PHONE_WORDS,
            "志愿者电话",
            "志愿者联系电话",
            "妈妈电话",
            "帮扶人电话",
            "结对妈妈电话",
            "帮扶人联系电话",
            "妈妈联系电话",
        ),
        _MAMA[:-2],
        kind="phone",
        leaves=PHONE_WORDS,
    )
    volunteer_idno = Column(
        "爱心妈妈身份证号",
        (*(f"爱心妈妈{w}" for w in ID_WORDS), *(f"志愿者{w}" for w in ID_WORDS)),
        _MAMA[:-2],
        kind="idno",
        leaves=ID_WORDS,
    )
    volunteer_no = Column("爱心妈妈编号", ("志愿者编号", "妈妈编号"), _MAMA[:-2], leaves=("编号",))
    child_name = Column(
        "儿童姓名",
        (
            "结对儿童姓名",
            "孩子姓名",
            "结对儿童",
            "儿童",
            "孩子",
            "学生姓名",
            "帮扶对象",
            "帮扶对象姓名",
            "结对对象",
            "结对对象姓名",
            "受助儿童",
            "受助儿童姓名",
            "被结对儿童姓名",
            "留守儿童姓名",
            "困境儿童姓名",
            "关爱对象",
            "关爱对象姓名",
            "关爱儿童姓名",
            "未成年人姓名",
            "结对孩子姓名",
        ),
        _PAIR_CHILD,
        required=True,
        kind="name",
        leaves=("姓名", "名字"),
        unique=True,
    )
    child_idno = Column(
        "儿童身份证号",
        (
            *(f"儿童{w}" for w in ID_WORDS),
            *(f"结对儿童{w}" for w in ID_WORDS),
            *(f"孩子{w}" for w in ID_WORDS),
            "学生身份证号",
            "帮扶对象身份证号",
        ),
        _PAIR_CHILD,
        kind="idno",
        leaves=ID_WORDS,
        unique=True,
    )
    child_no = Column("儿童编号", ("孩子编号", "儿童编码"), _PAIR_CHILD, leaves=("编号",), unique=True)
    started = Column(
        "结对时间",
        (
            "结对日期",
            "开始时间",
            "结对开始时间",
            "建立结对时间",
            "结对起始时间",
            "结对起始日期",
            "开始日期",
            "帮扶时间",
            "帮扶开始时间",
            "起始时间",
            "签订时间",
            "结对年月",
            "结对帮扶时间",
        ),
        kind="date",
        fault="date_invalid",
    )
    liaison = Column(
        "村妇联主席",
        (
            "村妇联主席姓名",
            "妇联主席",
            "妇联主席姓名",
            "主席姓名",
            "联络员",
            "联络员姓名",
            "联络人",
            "联络人姓名",
            "村级联络员",
            "村（社区）妇联主席",
            "社区妇联主席",
            "主席",
            "村妇联负责人",
        ),
        _LIAISON,
        leaves=("姓名", "名字"),
    )
    liaison_phone = Column(
        "村妇联主席电话",
        (
            *(f"村妇联主席{w}" for w in PHONE_WORDS),
            *(f"妇联主席{w}" for w in PHONE_WORDS),
            *(f"主席{w}" for w in PHONE_WORDS),
            *(f"联络员{w}" for w in PHONE_WORDS),
            "联络人电话",
        ),
        _LIAISON,
        kind="phone",
        leaves=PHONE_WORDS,
    )
    agreement_signed = Column(
        "是否签订安全责任书",
        (
            "安全责任书",
            "责任书",
            "是否签订责任书",
            "是否签责任书",
            "责任书签订情况",
            "签订安全责任书",
            "安全责任书签订情况",
            "是否签订协议",
            "签订责任书",
            "协议签订情况",
            "是否签订结对协议",
            "是否签订安全协议",
        ),
        kind="bool",
    )
    notes = Column("备注", NOTES_WORDS)
    county = Column("县区", COUNTY_WORDS, LIVING_GROUPS, fill_down=True, kind="region")
    township = Column(
        "乡镇",
        (*TOWNSHIP_WORDS, "乡镇（街道）", "儿童所在乡镇"),
        LIVING_GROUPS,
        fill_down=True,
        kind="region",
    )
    village = Column("村", (*VILLAGE_WORDS, "村（社区）", "儿童所在村"), LIVING_GROUPS, kind="region")
