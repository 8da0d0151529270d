"""Why two records may be of one person, and what became of the doubt."""

from django.db import models


class Reason(models.TextChoices):
    NEAR_ID = "NEAR_ID", "身份证号只差一处"
    SAME_NAME = "SAME_NAME", "同名同生日"
    SAME_SOUND = "SAME_SOUND", "同音同生日，同一乡镇"
    NEAR_BIRTH = "NEAR_BIRTH", "同名，生日只差一处"
    SAME_PHONE = "SAME_PHONE", "同名同手机号"
    SHARED_PHONE = "SHARED_PHONE", "同一手机号，姓名不同，也可能是家人的号码"
    NAMESAKE = "NAMESAKE", "同名，同一乡镇，资料不全"


class State(models.TextChoices):
    OPEN = "OPEN", "待判断"
    NOT_SAME = "NOT_SAME", "不是同一人"
    MERGED = "MERGED", "已合并"
    GONE = "GONE", "已不再相近"
