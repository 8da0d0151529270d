"""Words that every roster's headings share, as real offices write them."""

ID_WORDS = (
    "身份证号码",
    "身份证号",
    "身份证",
    "身份证件号码",
    "身份证件号",
    "证件号码",
    "证件号",
    "公民身份号码",
    "公民身份证号码",
)
PHONE_WORDS = (
    "联系电话",
    "电话",
    "手机号码",
    "手机号",
    "手机",
    "联系方式",
    "电话号码",
    "联系号码",
    "移动电话",
    "联系手机",
)
BIRTH_WORDS = (
    "出生日期",
    "出生年月",
    "出生年月日",
    "出生时间",
    "生日",
    "出生",
    "出生日期年月日",
    "出生年月份",
)
ADDRESS_WORDS = (
    "家庭住址",
    "家庭地址",
    "住址",
    "地址",
    "详细地址",
    "现住址",
    "现居住地",
    "居住地址",
    "详细住址",
    "通讯地址",
)
TOWNSHIP_WORDS = (
    "乡镇",
    "乡镇街道",
    "街道",
    "镇",
    "乡",
    "镇街",
    "乡镇办",
    "所在乡镇",
    "所属乡镇",
    "所在乡镇街道",
    "所属乡镇街道",
    "乡镇名称",
    "现居乡镇",
    "居住乡镇",
    "镇（街道）",
    "乡（镇）",
    "乡（镇、街道）",
    "镇街道",
    "街镇",
    "乡镇场",
    "乡（镇）街道",
)
VILLAGE_WORDS = (
    "村",
    "村社区",
    "社区",
    "行政村",
    "村居",
    "所在村",
    "所属村",
    "所在村社区",
    "村名",
    "村（居）委会",
    "村委会",
    "居委会",
    "村庄",
    "村委",
    "所在社区",
    "村级",
    "现居村",
    "居住村",
    "社区村",
    "村居社区",
    "自然村",
    "村（居）",
    "村组",
)
COUNTY_WORDS = (
    "县区",
    "县",
    "区县",
    "县市区",
    "县（市、区）",
    "县（区）",
    "所在县",
    "所属县",
    "区",
    "县域",
    "所在县区",
    "所属县区",
    "区（县）",
    "县（市）区",
    "县别",
)
NOTES_WORDS = ("备注", "备注信息", "备注说明", "说明", "其他", "其他情况", "其它", "其他说明", "情况说明")
LIVING_GROUPS = (
    "居住地",
    "现居地",
    "现居住地",
    "现住址",
    "居住地址",
    "家庭住址",
    "住址",
    "所在地",
    "区域",
    "行政区划",
)
HUKOU_GROUPS = ("户籍", "户籍地", "户籍所在地", "户籍地址", "户籍信息", "户口所在地", "户口")

# Headings of cells that hold names and phones together; commas in them do not matter.
_LINKED_PHONES = tuple(
    f"{link}{word}"
    for link in ("及", "和", "与")
    for word in ("电话", "联系电话", "联系方式", "手机号", "手机号码")
)
WITH_PHONE = (*_LINKED_PHONES, "电话", "联系电话", "联系方式")


def together(person: str) -> tuple[str, ...]:
    """Return 监护人及电话, 监护人姓名及联系电话, 监护人姓名电话 and the like."""
    return (*(f"{person}{linked}" for linked in _LINKED_PHONES), *named(person))


def named(person: str) -> tuple[str, ...]:
    """Return 父母姓名及电话, 父母姓名电话 and the like."""
    return tuple(f"{person}姓名{phone}" for phone in WITH_PHONE)
