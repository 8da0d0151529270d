"""The columns of past visits (走访记录)."""

from aixin.exchange.columns import Column, vocabulary_of
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
from visits.choices import Way

WAY_WORDS = vocabulary_of(
    Way,
    PHONE="打电话 通话 去电 电话联系 电话沟通 微信",
    HOME="入户走访 上门 上门走访 家访 走访 入户探访 探访",
    MEETING="面谈 见面交流 约见 当面",
    SCHOOL="到校看望 学校 校访 到校走访 去学校",
    VIDEO="视频通话 微信视频 视频连线",
    ACTIVITY="集体活动 参加活动 亲子活动",
    LETTER="写信 信件 家书 爱心家书",
)
_MAMA = ("爱心妈妈情况", "爱心妈妈信息", "爱心妈妈", "志愿者", "代理妈妈", "走访人", "走访人员")
_CHILD = ("儿童情况", "儿童信息", "儿童", "孩子", "走访对象", "结对儿童", "帮扶对象")


class VisitColumns(RosterResource):
    """Declares the columns, once, for import, template and export."""

    date = Column(
        "走访日期",
        (
            "走访时间",
            "日期",
            "时间",
            "联系时间",
            "联系日期",
            "探访时间",
            "家访时间",
            "家访日期",
            "活动时间",
            "看望时间",
            "入户时间",
            "入户日期",
            "走访年月日",
        ),
        kind="date",
        fault="visit_date_invalid",
        required=True,
    )
    way = Column(
        "走访方式",
        ("方式", "联系方式（电话/入户）", "走访形式", "形式", "走访类型", "联系途径", "关爱方式"),
        kind="choice",
        vocabulary=WAY_WORDS,
        fault="way_unknown",
    )
    volunteer_name = Column(
        "爱心妈妈姓名",
        ("爱心妈妈", "走访人", "走访人员", "走访人姓名", "志愿者", "志愿者姓名", "代理妈妈", "帮扶人"),
        _MAMA,
        leaves=("姓名", "名字"),
    )
    volunteer_phone = Column(
        "爱心妈妈电话",
        (*(f"爱心妈妈{word}" for word in PHONE_WORDS), "志愿者电话", "走访人电话"),
        _MAMA,
        kind="phone",
        leaves=PHONE_WORDS,
    )
    volunteer_no = Column("爱心妈妈编号", ("志愿者编号", "妈妈编号"), _MAMA, leaves=("编号",))
    child_name = Column(
        "儿童姓名",
        (
            "儿童",
            "孩子姓名",
            "孩子",
            "走访对象",
            "走访儿童",
            "走访儿童姓名",
            "结对儿童",
            "结对儿童姓名",
            "学生姓名",
        ),
        _CHILD,
        kind="name",
        required=True,
        leaves=("姓名", "名字"),
    )
    child_idno = Column(
        "儿童身份证号",
        (*(f"儿童{word}" for word in ID_WORDS), *(f"孩子{word}" for word in ID_WORDS), *ID_WORDS),
        _CHILD,
        kind="idno",
        leaves=ID_WORDS,
    )
    child_no = Column("儿童编号", ("孩子编号", "儿童编码"), _CHILD, leaves=("编号",))
    county = Column("县区", COUNTY_WORDS, LIVING_GROUPS, fill_down=True, kind="region")
    township = Column("乡镇", (*TOWNSHIP_WORDS, "儿童所在乡镇"), LIVING_GROUPS, fill_down=True, kind="region")
    village = Column("村", (*VILLAGE_WORDS, "儿童所在村"), LIVING_GROUPS, kind="region")
    seen = Column(
        "看到的情况",
        (
            "走访情况",
            "儿童情况",
            "孩子情况",
            "儿童近况",
            "近况",
            "走访记录",
            "情况记录",
            "情况",
            "存在问题",
            "问题",
        ),
    )
    family = Column("家庭情况", ("家庭",))
    study = Column("学习情况", ("学习",))
    life = Column("生活情况", ("生活",))
    done = Column(
        "做了什么",
        (
            "走访内容",
            "关爱内容",
            "服务内容",
            "帮扶内容",
            "帮扶措施",
            "关爱措施",
            "所做工作",
            "内容",
            "开展的工作",
            "处理情况",
        ),
    )
    next_step = Column("下一步", ("下一步打算", "下一步计划", "后续计划", "下步打算"))
    goods = Column("物品", ("慰问品", "发放物品", "送去物品", "物资", "慰问物品", "捐赠物品"))
    goods_value = Column("物品价值（元）", ("物品价值", "价值", "金额", "慰问金额", "折合金额", "金额（元）"))
    companions = Column("其他同行人", ("同行人", "同行人员", "陪同人员", "参加人员"))
    recorder = Column("记录人", ("填表人", "填写人", "登记人", "记录人员"))
    notes = Column("备注", NOTES_WORDS)
