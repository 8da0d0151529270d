import django_tables2
from django.urls import reverse
from django.utils.safestring import SafeString

from aixin.access.lists import PlaceColumn
from aixin.access.people import name_for
from aixin.access.tables import masked_cell, name_link, row_menu
from aixin.web.tables import MENU_ATTRS, NAME_ATTRS
from aixin.web.templatetags.ui import tag
from recruitment.choices import Stage
from recruitment.models import Application

TONE_OF_STAGE = {
    Stage.PENDING: "warn",
    Stage.RETURNED: "neutral",
    Stage.CHECKING: "info",
    Stage.QUALIFIED: "ok",
    Stage.REFUSED: "neutral",
}


class ApplicationTable(django_tables2.Table):
    name = django_tables2.Column("姓名", accessor="pk", attrs=NAME_ATTRS, orderable=False)
    age = django_tables2.Column("年龄", accessor="pk", orderable=False)
    kind = django_tables2.Column("身份")
    region = PlaceColumn("乡镇")
    phone = django_tables2.Column("手机", accessor="pk", orderable=False)
    skills = django_tables2.Column("特长", accessor="skill_names", orderable=False)
    created_at = django_tables2.DateTimeColumn(verbose_name="报名时间", format="Y-m-d H:i")
    stage = django_tables2.Column("进展", accessor="pk", orderable=False)
    menu = django_tables2.Column("", accessor="pk", orderable=False, attrs=MENU_ATTRS)

    class Meta:
        model = Application
        fields = ("name", "age", "kind", "region", "phone", "skills", "created_at", "stage", "menu")
        empty_text = "没有符合条件的报名。"

    def render_name(self, record: Application) -> SafeString:
        return name_link(
            reverse("recruitment:detail", args=[record.pk]), name_for(self.request.user, record.shown_name)
        )

    def render_age(self, record: Application) -> SafeString | str:
        if record.is_age_unusual:
            return tag(f"{record.age}岁", "warn")
        return f"{record.age}岁" if record.age is not None else "–"

    def render_phone(self, record: Application) -> SafeString | str:
        return masked_cell(record, "phone", record.masked_phone) if record.phone else "–"

    def render_skills(self, value: list[str]) -> str:
        return "、".join(value) or "–"

    def render_stage(self, record: Application) -> SafeString:
        return tag(record.stage.label, TONE_OF_STAGE.get(record.stage, "neutral"))

    def render_menu(self, record: Application) -> SafeString:
        return row_menu([("查看", reverse("recruitment:detail", args=[record.pk]))])
