"""The columns of the volunteers' roster (DOMAIN section 3)."""

from aixin.exchange.columns import Column, vocabulary_of
from aixin.exchange.headings import (
    BIRTH_WORDS,
    COUNTY_WORDS,
    ID_WORDS,
    LIVING_GROUPS,
    NOTES_WORDS,
    PHONE_WORDS,
    TOWNSHIP_WORDS,
    VILLAGE_WORDS,
)
from aixin.exchange.roster import RosterResource
from aixin.vocabulary import CareTopic, Reach
from volunteers.choices import VolunteerKind, WishedCategory

TOPIC_WORDS = vocabulary_of(
    CareTopic,
    GUIDANCE="思想引导",
    DAILY_LIFE="生活照料 生活帮扶 家政",
    STUDY="学习辅导 课业辅导 学业",
    COMPANIONSHIP="陪伴 亲情",
    PARENTING="家庭教育 家教",
    HARDSHIP="经济帮扶 帮扶",
    SAFETY="安全教育",
    MIND="心理辅导 心理疏导 心理咨询 心理",
    LEGAL="法律服务 法律咨询 法律 普法",
    HEALTH="健康 医疗 医护",
)
KIND_WORDS = vocabulary_of(
    VolunteerKind,
    CADRE="妇联工作人员 妇联主席 妇联",
    COMMITTEE="执委",
    DELEGATE="妇女代表大会代表",
    ENTREPRENEUR="企业家 女企业主",
    RED_BANNER="三八红旗手标兵",
    PACESETTER="建功标兵",
    MODEL_FAMILY="最美家庭 五好家庭",
    VOLUNTEER="志愿者 巾帼志愿服务者",
    TEACHER="老师 教育工作者",
    COUNSELLOR="心理咨询 心理老师 心理辅导员",
    TUTOR="家庭教育志愿者 家庭教育指导师",
    LAWYER="律师 法律工作者 法律志愿者",
    JUDGE="法官妈妈 法院干警",
    PROSECUTOR="检察官妈妈 检察干警",
    POLICE="民警 警察 女警 警官妈妈 公安",
    MEDIC="医生 护士 医务人员 医务工作者",
    SOCIAL_WORKER="社会工作者",
    GRID_WORKER="网格长",
    CRAFT="非遗",
    OFFICE="干部 公务员 机关",
    CHARITY="公益 爱心人士 热心人士",
    FATHER="爸爸",
)
REACH_WORDS = vocabulary_of(
    Reach,
    VILLAGE="本村内 同村",
    TOWNSHIP="本镇 本乡 同乡镇",
    NEIGHBOURS="相邻乡镇 邻近乡镇",
    COUNTY="本县 全区 全市县",
    BEYOND="外县 县外",
)
WISHED_WORDS = vocabulary_of(
    WishedCategory,
    LEFT_BEHIND="留守",
    DE_FACTO_UNSUPPORTED="事实孤儿",
    ORPHAN_SCATTERED="孤儿",
    DIFFICULT="困境",
    MIGRANT="流动",
)
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


class VolunteerColumns(RosterResource):
    """Declares the columns, once, for import, template and export."""

    name = Column(
        "姓名",
        (
            "爱心妈妈姓名",
            "爱心妈妈",
            "志愿者姓名",
            "志愿者",
            "妈妈姓名",
            "代理妈妈姓名",
            "代理妈妈",
            "爱心妈妈名字",
            "名字",
            "巾帼志愿者姓名",
            "爱心人士姓名",
        ),
        _MAMA,
        required=True,
        kind="name",
        leaves=("姓名",),
        unique=True,
    )
    sex = Column("性别", ("爱心妈妈性别",), _MAMA, kind="sex", leaves=("性别",))
    idno = Column(
        "身份证号",
        (*ID_WORDS, *(f"爱心妈妈{word}" for word in ID_WORDS), "志愿者身份证号"),
        _MAMA,
        kind="idno",
        leaves=ID_WORDS,
        unique=True,
    )
    birth = Column(
        "出生日期",
        (*BIRTH_WORDS, "爱心妈妈出生年月"),
        _MAMA,
        kind="date",
        leaves=BIRTH_WORDS,
        fault="birth_invalid",
    )
    phone = Column(
        "联系电话",
        (*PHONE_WORDS, *(f"爱心妈妈{word}" for word in PHONE_WORDS), "志愿者电话", "本人电话"),
        _MAMA,
        kind="phone",
        leaves=PHONE_WORDS,
        required=True,
    )
    unit = Column(
        "工作单位",
        (
            "单位",
            "所在单位",
            "单位名称",
            "工作单位及职务",
            "单位及职务",
            "单位职务",
            "单位及职业",
            "工作单位及职业",
            "单位/职务",
            "所属单位",
            "工作单位名称",
            "现工作单位",
        ),
        _MAMA,
        leaves=("单位", "工作单位"),
    )
    duty = Column(
        "职务", ("职业", "岗位", "职务职称", "现任职务", "工作职务", "身份", "职业身份", "职务/职业"), _MAMA
    )
    kind = Column(
        "爱心妈妈类别",
        (
            "类别",
            "类型",
            "爱心妈妈类型",
            "志愿者类别",
            "志愿者类型",
            "人员类别",
            "人员类型",
            "身份类别",
            "所属类别",
            "队伍类别",
            "来源类别",
            "人员身份",
            "所属队伍",
            "所属小分队",
        ),
        _MAMA,
        kind="choice",
        leaves=("类别", "类型"),
        vocabulary=KIND_WORDS,
        fault="category_unknown",
    )
    county = Column("县区", COUNTY_WORDS, LIVING_GROUPS, fill_down=True, kind="region")
    township = Column("所在乡镇", TOWNSHIP_WORDS, LIVING_GROUPS, fill_down=True, kind="region")
    village = Column("所在村", VILLAGE_WORDS, LIVING_GROUPS, kind="region")
    skills = Column(
        "特长",
        (
            "服务专长",
            "专长",
            "专业特长",
            "服务特长",
            "个人特长",
            "擅长领域",
            "擅长",
            "服务意向",
            "服务方向",
            "服务内容",
            "可提供服务",
            "技能特长",
            "服务类型",
            "爱好特长",
            "特长爱好",
            "特长及爱好",
            "能提供的服务",
            "意向服务",
        ),
        kind="choice",
        vocabulary=TOPIC_WORDS,
    )
    capacity = Column(
        "可结对人数",
        (
            "意向人数",
            "结对人数",
            "意向结对人数",
            "可结对数",
            "结对意向人数",
            "拟结对人数",
            "可结对儿童数",
            "结对儿童数",
            "可帮扶人数",
            "最多结对人数",
            "愿结对人数",
            "结对数量",
            "可结对儿童人数",
            "意愿人数",
        ),
        kind="count",
    )
    reach = Column("愿意结对范围", ("结对范围", "愿意结对的范围"), kind="choice", vocabulary=REACH_WORDS)
    wished_age_from = Column("愿意结对最小年龄", ("结对年龄下限", "愿意结对的最小年龄"), kind="count")
    wished_age_to = Column("愿意结对最大年龄", ("结对年龄上限", "愿意结对的最大年龄"), kind="count")
    wished_sex = Column("愿意结对性别", ("愿意结对的性别", "结对儿童性别意愿"), kind="sex")
    wished_categories = Column(
        "愿意结对儿童类别",
        ("愿意结对的类别", "愿意结对类别", "结对儿童类别意愿"),
        kind="choice",
        vocabulary=WISHED_WORDS,
    )
    notes = Column("备注", NOTES_WORDS)
    volunteer_no = Column("爱心妈妈编号", ("志愿者编号", "系统编号", "编码", "志愿者编码"), unique=True)
