"""The vocabulary of a person's rights (个人信息保护法, 儿童个人信息网络保护规定)."""

from django.db import models


class Kind(models.TextChoices):
    CORRECTION = "CORRECTION", "更正"
    ACCESS = "ACCESS", "查阅复制"
    ERASURE = "ERASURE", "删除"


class Way(models.TextChoices):
    IN_PERSON = "IN_PERSON", "当面"
    PHONE = "PHONE", "电话"
    WRITING = "WRITING", "书面"
    ONLINE = "ONLINE", "线上"


class State(models.TextChoices):
    OPEN = "OPEN", "待办"
    DONE = "DONE", "已办"
    DECLINED = "DECLINED", "未予办理"


class Basis(models.TextChoices):
    """Why somebody's data was removed."""

    REQUEST = "REQUEST", "按本人或监护人请求"
    RETENTION = "RETENTION", "保存期满"
