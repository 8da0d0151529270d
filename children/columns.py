"""The columns of the children's roster: the union of what registration forms ask (DOMAIN section 2)."""

from aixin.exchange.columns import Column
from aixin.exchange.headings import (
    ADDRESS_WORDS,
    BIRTH_WORDS,
    COUNTY_WORDS,
    HUKOU_GROUPS,
    ID_WORDS,
    LIVING_GROUPS,
    NOTES_WORDS,
    PHONE_WORDS,
    TOWNSHIP_WORDS,
    VILLAGE_WORDS,
    WITH_PHONE,
    together,
)
from aixin.exchange.roster import RosterResource
from children.parent_columns import both_parents_column, parent_column
from children.wording import (
    AID_WORDS,
    CATEGORY_WORDS,
    CHILD_GROUPS,
    EXAMPLES,
    GUARDIAN_GROUPS,
    GUARDIANSHIP_WORDS,
    HEALTH_WORDS,
    HUKOU_WORDS,
    INCOME_WORDS,
    SCHOOLING_WORDS,
    TOPIC_WORDS,
)


class ChildColumns(RosterResource):
    """Declares the columns, once, for import, template and export."""

    examples = EXAMPLES

    name = Column(
        "姓名",
        (
            "儿童姓名",
            "孩子姓名",
            "学生姓名",
            "未成年人姓名",
            "留守儿童姓名",
            "困境儿童姓名",
            "小孩姓名",
            "姓名（儿童）",
            "名字",
            "被关爱儿童姓名",
            "受助儿童姓名",
            "儿童名字",
            "孩子",
        ),
        CHILD_GROUPS,
        required=True,
        kind="name",
        leaves=("姓名",),
        unique=True,
    )
    sex = Column("性别", ("儿童性别", "孩子性别", "男女"), CHILD_GROUPS, kind="sex", leaves=("性别",))
    ethnicity = Column("民族", ("儿童民族", "民族成份", "民族成分", "族别"), CHILD_GROUPS, leaves=("民族",))
    idno = Column(
        "身份证号",
        (*ID_WORDS, *(f"儿童{word}" for word in ID_WORDS), "孩子身份证号", "学生身份证号", "身份证号码18位"),
        CHILD_GROUPS,
        kind="idno",
        leaves=ID_WORDS,
        unique=True,
    )
    birth = Column(
        "出生日期",
        (*BIRTH_WORDS, *(f"儿童{word}" for word in BIRTH_WORDS), "孩子生日"),
        CHILD_GROUPS,
        kind="date",
        leaves=BIRTH_WORDS,
        fault="birth_invalid",
    )
    county = Column("县区", COUNTY_WORDS, LIVING_GROUPS, fill_down=True, kind="region")
    township = Column(
        "乡镇（街道）", TOWNSHIP_WORDS, LIVING_GROUPS, required=True, fill_down=True, kind="region"
    )
    village = Column("村（社区）", VILLAGE_WORDS, LIVING_GROUPS, kind="region")
    category = Column(
        "儿童类别",
        (
            "儿童类型",
            "类别",
            "类型",
            "孩子类别",
            "孩子类型",
            "对象类别",
            "对象类型",
            "人员类别",
            "人员类型",
            "困境类型",
            "困境类别",
            "儿童类别名称",
            "关爱类别",
            "身份类别",
            "儿童身份",
            "所属类别",
            "类别（留守/困境）",
            "儿童分类",
            "分类",
            "困境儿童类型",
            "特殊类型",
            "保障类别",
        ),
        CHILD_GROUPS,
        kind="choice",
        leaves=("类别", "类型", "分类"),
        required=True,
        vocabulary=CATEGORY_WORDS,
        fault="category_unknown",
    )
    school = Column(
        "就读学校",
        (
            "学校",
            "所在学校",
            "学校名称",
            "就读学校名称",
            "现就读学校",
            "就学学校",
            "在读学校",
            "学校及班级",
            "所读学校",
            "就读院校",
            "学校（园所）",
        ),
        (*CHILD_GROUPS, "就学情况", "教育情况", "学习情况", "就读情况"),
        leaves=("学校", "名称"),
    )
    grade = Column(
        "年级",
        (
            "就读年级",
            "所在年级",
            "年级班级",
            "班级",
            "年级（班级）",
            "现读年级",
            "在读年级",
            "就学年级",
            "年级/班级",
            "学段年级",
        ),
        (*CHILD_GROUPS, "就学情况", "教育情况", "学习情况", "就读情况"),
        kind="grade",
        leaves=("年级",),
    )
    guardian = Column(
        "监护人姓名",
        (
            "监护人",
            "监护人或受委托人",
            "监护人或受委托人姓名",
            "监护人名字",
            "受委托人姓名",
            "受委托人",
            "受委托监护人",
            "受委托监护人姓名",
            "委托照护人",
            "委托照护人姓名",
            "实际监护人",
            "实际监护人姓名",
            "现监护人",
            "现监护人姓名",
            "家长姓名",
            "家长",
            "照料人",
            "照料人姓名",
            "抚养人姓名",
            "抚养人",
            "父母或监护人",
            "父母或监护人姓名",
            "监护人（受委托人）",
            "临时监护人姓名",
            "主要照料人",
            *together("监护人"),
            *together("家长"),
            "监护人姓名关系电话",
            "监护人信息",
        ),
        (*GUARDIAN_GROUPS, "家庭情况"),
        leaves=("姓名", "名字", *(f"姓名{phone}" for phone in WITH_PHONE)),
    )
    relation = Column(
        "与儿童关系",
        (
            "关系",
            "与孩子关系",
            "与监护人关系",
            "监护人与儿童关系",
            "儿童与监护人关系",
            "与被监护人关系",
            "监护关系",
            "与学生关系",
            "与本人关系",
            "监护人关系",
            "与儿童的关系",
            "亲属关系",
            "与其关系",
            "和儿童关系",
            "与监护人的关系",
            "监护人与孩子关系",
            "与受委托人关系",
            "与未成年人关系",
        ),
        GUARDIAN_GROUPS,
        leaves=("关系", "与儿童关系"),
    )
    phone = Column(
        "监护人电话",
        (
            *(f"监护人{word}" for word in PHONE_WORDS),
            *PHONE_WORDS,
            "家长电话",
            "家长联系电话",
            "家长联系方式",
            "家庭电话",
            "家庭联系电话",
            "受委托人电话",
            "受委托人联系电话",
            "联系人电话",
            "委托照护人电话",
            "照料人电话",
            "儿童联系电话",
            "联系电话（监护人）",
            "抚养人电话",
            "监护人手机号",
            "委托照护人联系电话",
            "实际监护人电话",
            *together("联系人"),
        ),
        (*GUARDIAN_GROUPS, "家庭情况", "儿童", "孩子", "学生"),
        kind="phone",
        leaves=PHONE_WORDS,
    )
    guardian_address = Column(
        "监护人住址",
        ("监护人地址", "监护人家庭住址", "监护人现住址", "监护人居住地"),
        GUARDIAN_GROUPS,
        leaves=ADDRESS_WORDS,
    )
    need = Column(
        "关爱需求",
        (
            "需求",
            "需求情况",
            "儿童需求",
            "帮扶需求",
            "关爱帮扶需求",
            "服务需求",
            "主要需求",
            "困难及需求",
            "困难需求",
            "需求类型",
            "需求内容",
            "具体需求",
            "关爱服务需求",
            "微心愿",
            "心愿",
            "困难和需求",
            "孩子需求",
        ),
        ("需求",),
        leaves=("内容", "类型"),
        kind="choice",
        vocabulary=TOPIC_WORDS,
    )
    notes = Column("备注", NOTES_WORDS)
    contact_notes = Column("联系方式原文", ("父母联系方式原文",))
    address = Column(
        "现居住地址",
        (*ADDRESS_WORDS, "现居地址", "儿童住址", "现居地", "家庭详细住址", "居住地"),
        (*CHILD_GROUPS, *LIVING_GROUPS),
        leaves=ADDRESS_WORDS,
    )
    hukou_place = Column(
        "户籍所在地",
        ("户籍地", "户籍地址", "户口所在地", "户籍", "户口地址", "户籍所在地址"),
        HUKOU_GROUPS,
        leaves=("所在地", "地址", "详细地址"),
    )
    hukou_type = Column(
        "户籍类型",
        ("户口类型", "户口性质", "户籍性质", "户籍类别", "户口类别"),
        HUKOU_GROUPS,
        leaves=("类型", "性质", "类别"),
        kind="choice",
        vocabulary=HUKOU_WORDS,
    )
    health = Column(
        "健康状况",
        ("身体状况", "健康情况", "身体情况", "儿童健康状况", "身体健康状况", "健康"),
        CHILD_GROUPS,
        leaves=("健康状况", "身体状况"),
        kind="choice",
        vocabulary=HEALTH_WORDS,
    )
    disability_kind = Column(
        "残疾类别", ("残疾类型", "残疾种类", "残疾情况"), ("残疾情况", "残疾信息"), leaves=("类别", "类型")
    )
    disability_level = Column(
        "残疾等级", ("残疾级别", "残疾程度"), ("残疾情况", "残疾信息"), leaves=("等级", "级别")
    )
    illness = Column(
        "患病类型",
        ("疾病类型", "患病情况", "病种", "所患疾病", "疾病名称", "患病种类", "重病情况"),
        ("患病情况",),
        leaves=("类型", "名称"),
    )
    schooling = Column(
        "就学状况",
        (
            "就学情况",
            "就读情况",
            "就读状况",
            "学段",
            "在学情况",
            "上学情况",
            "教育阶段",
            "就学阶段",
            "就读学段",
        ),
        ("就学情况", "教育情况"),
        kind="choice",
        vocabulary=SCHOOLING_WORDS,
    )
    boarding = Column(
        "是否寄宿", ("寄宿", "是否住校", "住校", "寄宿情况", "是否寄宿生", "住宿情况"), kind="bool"
    )
    guardianship = Column(
        "监护类型",
        ("监护情况", "监护状况", "监护能力", "监护方式", "监护情形", "监护类别"),
        kind="choice",
        vocabulary=GUARDIANSHIP_WORDS,
    )
    income = Column(
        "经济来源",
        ("家庭经济来源", "主要经济来源", "收入来源", "家庭收入来源", "生活来源"),
        ("家庭情况",),
        kind="choice",
        vocabulary=INCOME_WORDS,
    )
    aid = Column(
        "享受救助",
        (
            "救助情况",
            "救助类型",
            "享受救助情况",
            "社会救助",
            "救助",
            "已享受政策",
            "享受政策",
            "保障情况",
            "救助保障情况",
            "享受救助类型",
        ),
        kind="choice",
        vocabulary=AID_WORDS,
    )
    wanted_volunteers = Column("需要爱心妈妈人数", ("需要的爱心妈妈人数", "需结对爱心妈妈人数"), kind="count")
    family_case = Column(
        "涉婚姻家事案件", ("是否涉婚姻家事案件", "婚姻家事案件", "是否涉及婚姻家事案件"), kind="bool"
    )
    father_name = parent_column("父亲", "姓名")
    father_status = parent_column("父亲", "状况")
    father_idno = parent_column("父亲", "身份证号")
    father_phone = parent_column("父亲", "电话")
    father_workplace = parent_column("父亲", "务工地")
    mother_name = parent_column("母亲", "姓名")
    mother_status = parent_column("母亲", "状况")
    mother_idno = parent_column("母亲", "身份证号")
    mother_phone = parent_column("母亲", "电话")
    mother_workplace = parent_column("母亲", "务工地")
    parents = both_parents_column()
    child_no = Column("儿童编号", ("儿童编码", "系统编号", "档案编号", "孩子编号", "编码"), unique=True)
