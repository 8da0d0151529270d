import django_tables2
from django.urls import reverse
from django.utils.safestring import SafeString

from aixin.access.lists import PlaceColumn
from aixin.access.people import name_for
from aixin.access.permissions import may_edit
from aixin.access.tables import masked_cell, name_link, row_menu
from aixin.web.tables import MENU_ATTRS, NAME_ATTRS, SelectColumn
from aixin.web.templatetags.ui import tag
from volunteers.choices import State
from volunteers.models import Volunteer

TONE_OF_STATE = {State.QUALIFIED: "ok", State.APPLIED: "info", State.SUSPENDED: "warn"}


class VolunteerTable(django_tables2.Table):
    ids = SelectColumn()
    name = django_tables2.Column("姓名", attrs=NAME_ATTRS, order_by=("initials", "id"))
    kind = django_tables2.Column("类别")
    region = PlaceColumn("所在地")
    unit = django_tables2.Column("工作单位")
    phone = django_tables2.Column("手机", accessor="pk", orderable=False)
    skills = django_tables2.Column("特长", accessor="skill_names", orderable=False)
    state = django_tables2.Column("状态")
    clearance = django_tables2.Column("准入查询", accessor="pk", order_by=("clearance", "cleared_on"))
    menu = django_tables2.Column("", accessor="pk", orderable=False, attrs=MENU_ATTRS)

    class Meta:
        model = Volunteer
        fields = ("ids", "name", "kind", "region", "unit", "phone", "skills", "state", "clearance", "menu")
        empty_text = "没有符合条件的爱心妈妈。"

    def before_render(self, request: object) -> None:
        if not may_edit(self.request.user):
            self.columns.hide("ids")

    def render_name(self, record: Volunteer) -> SafeString:
        return name_link(
            reverse("volunteers:detail", args=[record.pk]), name_for(self.request.user, record.name)
        )

    def render_phone(self, record: Volunteer) -> SafeString | str:
        return masked_cell(record, "phone", record.masked_phone) if record.phone else "–"

    def render_skills(self, value: list[str]) -> str:
        return "、".join(value) or "–"

    def render_state(self, record: Volunteer) -> SafeString:
        return tag(record.get_state_display(), TONE_OF_STATE.get(State(record.state), "neutral"))

    def render_clearance(self, record: Volunteer) -> SafeString:
        return tag(record.clearance_text, "neutral" if record.is_cleared else "warn")

    def render_menu(self, record: Volunteer) -> SafeString:
        entries = [("查看", reverse("volunteers:detail", args=[record.pk]))]
        if may_edit(self.request.user):
            entries.append(("修改", reverse("volunteers:edit", args=[record.pk])))
        return row_menu(entries)
