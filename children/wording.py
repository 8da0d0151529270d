"""What offices write for the words of our vocabulary."""

from aixin.exchange.columns import vocabulary_of
from aixin.vocabulary import CareTopic
from children import choices

CATEGORY_WORDS = vocabulary_of(
    choices.Category,
    LEFT_BEHIND="留守 留守儿童 农村留守儿童 农村留守",
    DE_FACTO_UNSUPPORTED="事实无人抚养 事实无人抚养儿童 事实孤儿 无人抚养 事实无人",
    ORPHAN_SCATTERED="孤儿 散居孤儿 社会散居孤儿 社会孤儿 散居",
    ORPHAN_INSTITUTION="集中养育孤儿 机构养育 机构养育孤儿 集中供养孤儿 集中供养 机构集中养育孤儿 集中养育 福利机构",
    DIFFICULT="困境 困境儿童 困难儿童 低保家庭儿童 特困儿童 残疾儿童 重病儿童 监护缺失 监护不当",
    MIGRANT="流动 流动儿童 随迁 随迁子女 随迁儿童",
)
TOPIC_WORDS = vocabulary_of(
    CareTopic,
    GUIDANCE="思想引导",
    DAILY_LIFE="生活照料 生活帮扶 生活关爱 生活",
    STUDY="学习辅导 课业辅导 学业帮扶 学业 辅导作业",
    COMPANIONSHIP="陪伴 亲情关爱 情感陪伴 亲情",
    PARENTING="家庭教育 家庭教育指导 家教",
    HARDSHIP="经济帮扶 困难救助 经济救助 物质帮扶 帮扶",
    SAFETY="安全教育 安全",
    MIND="心理辅导 心理疏导 心理健康 心理咨询 心理",
    LEGAL="法律帮助 法律服务 法律咨询 法律 普法",
    HEALTH="健康 医疗 健康服务 医疗照护 健康指导",
)
HUKOU_WORDS = vocabulary_of(
    choices.HukouType,
    RURAL="农村 农业户口 农业户籍 农户",
    URBAN="非农 城镇 城镇户口 非农业户口",
    RESIDENT="居民 居民户口",
)
HEALTH_WORDS = vocabulary_of(
    choices.Health,
    HEALTHY="良好 正常 一般 健康良好",
    DISABLED="残障 肢残 智残",
    ILL="重病 疾病 生病 慢性病 大病",
)
SCHOOLING_WORDS = vocabulary_of(
    choices.Schooling,
    NOT_YET="未入学 学龄前 未上学",
    KINDERGARTEN="学前 学前教育 幼儿",
    PRIMARY="小学生",
    MIDDLE="初级中学 初中生",
    HIGH="高级中学 高中生",
    VOCATIONAL="职高 中专 技校 职业高中 中等职业",
    SPECIAL="特殊教育",
    HOME_TAUGHT="送教",
    DROPPED_OUT="失学",
)
GUARDIANSHIP_WORDS = vocabulary_of(
    choices.Guardianship, NOBODY="无监护", FAIR="监护一般", GOOD="监护较好 良好 好"
)
INCOME_WORDS = vocabulary_of(
    choices.Income, LABOUR="务工 打工收入", FARMING="种植 养殖 务农", RELIEF="低保 政府 救助", KIN="亲友 亲戚"
)
AID_WORDS = vocabulary_of(
    choices.Aid, MINIMUM_LIVING="最低生活保障", TEMPORARY="临时救助", MEDICAL="医疗救助", HOUSING="住房救助"
)
PARENT_STATUS_WORDS = vocabulary_of(
    choices.ParentStatus,
    NORMAL="健在 在家 健康",
    AWAY="务工 打工 外出 外出打工",
    DISABLED="残疾 重度残疾",
    ILL="患病 大病",
    PRISON="服刑 在押 羁押",
    REHAB="强戒 戒毒",
    OUT_OF_CONTACT="失去联系 联系不上 离家出走",
    DEAD="去世 已故 亡故 病故 死",
)

# What the example row of the blank roster says.
EXAMPLES = {
    "ethnicity": "汉族",
    "school": "城关小学",
    "guardian": "李奶奶",
    "relation": "祖母",
    "father_name": "张大山",
    "father_workplace": "太原市",
    "mother_name": "王小兰",
    "notes": "爱画画",
}

# Words that group columns: of the child, and of whoever looks after it.
CHILD_GROUPS = (
    "儿童基本情况",
    "儿童基本信息",
    "儿童情况",
    "儿童信息",
    "儿童",
    "孩子",
    "学生",
    "未成年人",
    "基本情况",
    "基本信息",
)
GUARDIAN_GROUPS = (
    "监护人情况",
    "监护人信息",
    "监护人",
    "监护情况",
    "委托照护人",
    "受委托人",
    "受委托监护人",
    "实际监护人",
    "照料人",
    "抚养人",
    "家长",
    "监护人或受委托人",
)
