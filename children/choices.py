"""The vocabulary of a child's record (DOMAIN section 2)."""

from django.db import models


class Category(models.TextChoices):
    """类别. Several may hold at once; one is primary."""

    LEFT_BEHIND = "LEFT_BEHIND", "留守儿童"
    DE_FACTO_UNSUPPORTED = "DE_FACTO_UNSUPPORTED", "事实无人抚养"
    ORPHAN_SCATTERED = "ORPHAN_SCATTERED", "散居孤儿"
    ORPHAN_INSTITUTION = "ORPHAN_INSTITUTION", "集中养育孤儿"
    DIFFICULT = "DIFFICULT", "困境儿童"
    MIGRANT = "MIGRANT", "流动儿童"


class Status(models.TextChoices):
    ON_ROSTER = "ON_ROSTER", "在册"
    LEFT = "LEFT", "已出列"
    ERASED = "ERASED", "已删除"
    MERGED = "MERGED", "已合并"


class LeavingReason(models.TextChoices):
    """出列原因. Nothing leaves by itself: staff confirm."""

    OVER_AGE = "OVER_AGE", "超龄"
    PARENT_BACK = "PARENT_BACK", "父母返乡"
    HUKOU_MOVED = "HUKOU_MOVED", "户口迁移"
    RESIDENCE_MOVED = "RESIDENCE_MOVED", "现居地迁移"
    PARENT_RECOVERED = "PARENT_RECOVERED", "父母状态恢复"
    ADOPTED = "ADOPTED", "被收养"
    INSTITUTION = "INSTITUTION", "机构安置"
    DECEASED = "DECEASED", "死亡"
    LOST = "LOST", "失联"
    GUARDIAN_WITHDREW = "GUARDIAN_WITHDREW", "监护人退出"
    MISTAKE = "MISTAKE", "误登"
    DUPLICATE = "DUPLICATE", "重复"


# Who was entered by mistake or twice never was on the roster, as figures have it.
NEVER_THERE = frozenset({LeavingReason.MISTAKE, LeavingReason.DUPLICATE})


class Consent(models.TextChoices):
    """Whether the guardian agreed to be paired and recorded (儿童个人信息网络保护规定)."""

    UNKNOWN = "UNKNOWN", "待确认"
    GIVEN = "GIVEN", "已同意"
    REFUSED = "REFUSED", "不同意"


class ConsentAnswer(models.TextChoices):
    """What the guardian said on a day; a withdrawal takes an earlier yes back."""

    AGREED = "AGREED", "同意"
    REFUSED = "REFUSED", "不同意"
    WITHDRAWN = "WITHDRAWN", "撤回同意"


class ConsentWay(models.TextChoices):
    SIGNED = "SIGNED", "当面签字"
    PHONE = "PHONE", "电话"
    WRITING = "WRITING", "书面"
    ONLINE = "ONLINE", "线上"


class ScanKind(models.TextChoices):
    JPG = "jpg", "image/jpeg"
    PNG = "png", "image/png"
    PDF = "pdf", "application/pdf"


class NoIdReason(models.TextChoices):
    NO_HUKOU = "NO_HUKOU", "无户籍"
    NOT_PROVIDED = "NOT_PROVIDED", "暂未提供"
    LOST_IN_FILE = "LOST_IN_FILE", "名册中缺失"


class HukouType(models.TextChoices):
    RURAL = "RURAL", "农业"
    URBAN = "URBAN", "非农业"
    RESIDENT = "RESIDENT", "居民户"
    NONE = "NONE", "无户籍"


class Health(models.TextChoices):
    HEALTHY = "HEALTHY", "健康"
    DISABLED = "DISABLED", "残疾"
    ILL = "ILL", "患病"


class Schooling(models.TextChoices):
    """就学状况."""

    NOT_YET = "NOT_YET", "未入园"
    KINDERGARTEN = "KINDERGARTEN", "幼儿园"
    PRIMARY = "PRIMARY", "小学"
    MIDDLE = "MIDDLE", "初中"
    HIGH = "HIGH", "高中"
    VOCATIONAL = "VOCATIONAL", "中职"
    SPECIAL = "SPECIAL", "特教"
    HOME_TAUGHT = "HOME_TAUGHT", "送教上门"
    DROPPED_OUT = "DROPPED_OUT", "辍学"
    NOT_IN_SCHOOL = "NOT_IN_SCHOOL", "不在学"


class Guardianship(models.TextChoices):
    """监护类型."""

    NOBODY = "NOBODY", "无人监护"
    UNABLE = "UNABLE", "父母无监护能力"
    WEAK = "WEAK", "受托能力不足"
    FAIR = "FAIR", "一般"
    GOOD = "GOOD", "较好"


class Income(models.TextChoices):
    """经济来源."""

    LABOUR = "LABOUR", "打工"
    FARMING = "FARMING", "种养殖"
    RELIEF = "RELIEF", "政府救助"
    KIN = "KIN", "亲朋"
    OTHER = "OTHER", "其他"


class Aid(models.TextChoices):
    """救助."""

    MINIMUM_LIVING = "MINIMUM_LIVING", "低保"
    TEMPORARY = "TEMPORARY", "临时"
    MEDICAL = "MEDICAL", "医疗"
    HOUSING = "HOUSING", "住房"
    OTHER = "OTHER", "其他"


class ParentKind(models.TextChoices):
    FATHER = "FATHER", "父亲"
    MOTHER = "MOTHER", "母亲"


class ParentStatus(models.TextChoices):
    """父母状况: S and T of the rule for 事实无人抚养, and the ordinary ones."""

    NORMAL = "NORMAL", "正常"
    AWAY = "AWAY", "外出务工"
    DISABLED = "DISABLED", "重残"
    ILL = "ILL", "重病"
    PRISON = "PRISON", "服刑在押"
    REHAB = "REHAB", "强制隔离戒毒"
    RESTRICTED = "RESTRICTED", "被执行其他限制人身自由的措施"
    OUT_OF_CONTACT = "OUT_OF_CONTACT", "失联"
    REVOKED = "REVOKED", "被撤销监护资格"
    DEPORTED = "DEPORTED", "被遣送出境"
    DEAD = "DEAD", "死亡"
    MISSING = "MISSING", "失踪"
    UNKNOWN = "UNKNOWN", "不详"


class Risk(models.TextChoices):
    HIGH = "HIGH", "高"
    MEDIUM = "MEDIUM", "中"
    LOW = "LOW", "低"


class NeedSource(models.TextChoices):
    ROSTER = "ROSTER", "名册导入"
    STAFF = "STAFF", "工作人员登记"
    VISIT = "VISIT", "走访反映"


class NeedState(models.TextChoices):
    OPEN = "OPEN", "待落实"
    MET = "MET", "已落实"
