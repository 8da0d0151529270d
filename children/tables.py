import django_tables2
from django.urls import reverse
from django.utils.safestring import SafeString

from aixin.access.lists import PlaceColumn
from aixin.access.people import name_for
from aixin.access.permissions import may_edit
from aixin.access.tables import masked_cell, name_link, row_menu
from aixin.privacy.masks import mask_name
from aixin.web.tables import MENU_ATTRS, NAME_ATTRS
from aixin.web.templatetags.ui import tag
from children.models import Child


class ChildTable(django_tables2.Table):
    name = django_tables2.Column("姓名", attrs=NAME_ATTRS, order_by=("initials", "id"))
    sex_age = django_tables2.Column("性别 · 年龄", accessor="pk", order_by=("birth",))
    category = django_tables2.Column("类别")
    region = PlaceColumn("乡镇 · 村")
    school = django_tables2.Column("学校年级", empty_values=(), order_by=("school", "grade"))
    guardian = django_tables2.Column("监护人", accessor="pk", orderable=False)
    phone = django_tables2.Column("监护人电话", accessor="pk", orderable=False)
    menu = django_tables2.Column("", accessor="pk", orderable=False, attrs=MENU_ATTRS)

    class Meta:
        model = Child
        fields = ("name", "sex_age", "category", "region", "school", "guardian", "phone", "menu")
        empty_text = "没有符合条件的儿童。"

    def render_name(self, record: Child) -> SafeString:
        return name_link(
            reverse("children:detail", args=[record.pk]), name_for(self.request.user, record.name)
        )

    def render_sex_age(self, record: Child) -> str:
        return f"{record.get_sex_display() or '–'} · {record.age if record.age is not None else '–'}"

    def render_category(self, record: Child) -> SafeString:
        more = f" 等{1 + len(record.other_categories)}类" if record.other_categories else ""
        return tag(f"{record.get_category_display()}{more}")

    def render_school(self, record: Child) -> str:
        return f"{record.school} {record.grade}".strip() or str(record.get_schooling_display() or "–")

    def render_guardian(self, record: Child) -> str:
        guardian = record.main_guardian
        return f"{guardian.relation} {mask_name(guardian.name)}".strip() if guardian else "–"

    def render_phone(self, record: Child) -> SafeString | str:
        guardian = record.main_guardian
        if guardian is None or not guardian.phone:
            return "–"
        return masked_cell(guardian, "phone", guardian.masked_phone)

    def render_menu(self, record: Child) -> SafeString:
        entries = [("查看", reverse("children:detail", args=[record.pk]))]
        if may_edit(self.request.user):
            entries.append(("修改", reverse("children:edit", args=[record.pk])))
        return row_menu(entries)
