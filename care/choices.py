"""The vocabulary of duties (DOMAIN section 5)."""

from django.db import models

from visits.choices import Way


class DutyKind(models.TextChoices):
    CALL = "CALL", "联系一次"
    MEETING = "MEETING", "见面"
    HOME = "HOME", "入户看望"
    SCHOOL = "SCHOOL", "到校了解"
    CHANGE = "CHANGE", "变故困难必访"
    BIRTHDAY = "BIRTHDAY", "生日必访"
    FESTIVAL = "FESTIVAL", "节日必访"
    FOLLOW_UP = "FOLLOW_UP", "约定的下一步"
    # Made by `care.programmes`; bears the name of the programme's own item.
    PROGRAMME = "PROGRAMME", "关爱项目"


class State(models.TextChoices):
    OPEN = "OPEN", "待办"
    DONE = "DONE", "已完成"
    EXCUSED = "EXCUSED", "免办"
    LAPSED = "LAPSED", "过期未办"


class Festival(models.TextChoices):
    SPRING = "SPRING", "春节"
    LANTERN = "LANTERN", "元宵"
    DRAGON_BOAT = "DRAGON_BOAT", "端午"
    CHILDREN = "CHILDREN", "六一"
    MID_AUTUMN = "MID_AUTUMN", "中秋"
    NATIONAL = "NATIONAL", "国庆"
    SPRING_TERM = "SPRING_TERM", "春季开学（3月1日）"
    AUTUMN_TERM = "AUTUMN_TERM", "秋季开学（9月1日）"


class Source(models.TextChoices):
    """Who reported a change or hardship."""

    STAFF = "STAFF", "工作人员"
    VOLUNTEER = "VOLUNTEER", "爱心妈妈"
    CONCERN = "CONCERN", "反映的问题"
    TODO = "TODO", "待办"


IN_PERSON = (Way.HOME, Way.MEETING, Way.SCHOOL, Way.ACTIVITY)
# Which contact clears which duty: one contact clears all that it satisfies. A visit that must be paid is paid in person.
SATISFIED_BY: dict[DutyKind, tuple[Way, ...]] = {
    DutyKind.CALL: tuple(Way),
    DutyKind.MEETING: IN_PERSON,
    DutyKind.HOME: (Way.HOME,),
    DutyKind.SCHOOL: (Way.SCHOOL,),
    DutyKind.CHANGE: IN_PERSON,
    DutyKind.BIRTHDAY: IN_PERSON,
    DutyKind.FESTIVAL: IN_PERSON,
    DutyKind.FOLLOW_UP: tuple(Way),
}
# Counted from the last contact; the others belong to a day or a term.
CADENCE = (DutyKind.CALL, DutyKind.MEETING, DutyKind.HOME)
DATED = (DutyKind.SCHOOL, DutyKind.BIRTHDAY, DutyKind.FESTIVAL)
# Follow from pairings and policy: made, and taken back while open, by `care.making`.
MADE = (*CADENCE, *DATED)
