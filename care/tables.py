import django_tables2
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from aixin.access.lists import PlaceColumn
from aixin.access.people import name_for
from aixin.access.tables import name_link, row_menu
from aixin.web.tables import MENU_ATTRS, NAME_ATTRS, SelectColumn
from aixin.web.templatetags.ui import tag
from care.choices import State
from care.models import Duty
from care.phone import line_of
from care.wording import name_of

TONE_OF_STATE = {State.DONE: "ok", State.EXCUSED: "neutral", State.LAPSED: "warn"}


def state_tag(duty: Duty) -> SafeString:
    """Return how an open duty stands, or what became of a closed one."""
    if duty.is_open:
        line = line_of(duty, timezone.localdate())
        return tag(line.when, line.tone)
    return tag(duty.get_state_display(), TONE_OF_STATE[State(duty.state)])


class DutyTable(django_tables2.Table):
    ids = SelectColumn()
    child = django_tables2.Column("儿童", attrs=NAME_ATTRS, order_by=("child__initials", "id"))
    what = django_tables2.Column("要做什么", accessor="kind", order_by=("kind", "due_on", "id"))
    due_on = django_tables2.DateColumn(verbose_name="最晚日期", format="Y-m-d")
    state = django_tables2.Column("进度", orderable=False)
    volunteer = django_tables2.Column("主责爱心妈妈", empty_values=(), orderable=False)
    region = PlaceColumn("乡镇 · 村")
    menu = django_tables2.Column("", accessor="pk", orderable=False, attrs=MENU_ATTRS)

    class Meta:
        model = Duty
        fields = ("ids", "child", "what", "due_on", "state", "volunteer", "region", "menu")
        empty_text = "没有符合条件的关爱安排。"

    def _name(self, record: Duty) -> str:
        return name_for(self.request.user, record.child.name)

    def render_ids(self, record: Duty) -> SafeString:
        return format_html(
            '<input type="checkbox" class="form-check-input" name="ids" value="{}" form="bulk"'
            ' aria-label="选中 {} {}">',
            str(record.pk),
            self._name(record),
            name_of(record.kind, record.occasion, record.what),
        )

    def render_child(self, record: Duty) -> SafeString:
        return name_link(reverse("children:detail", args=[record.child_id]), self._name(record))

    def render_what(self, record: Duty) -> SafeString:
        named = name_of(record.kind, record.occasion, record.what)
        return SafeString(format_html("{}{}", named, tag("已改期") if record.moved_from else ""))

    def render_state(self, record: Duty) -> SafeString:
        return state_tag(record)

    def render_volunteer(self, record: Duty) -> str:
        return name_for(self.request.user, record.volunteer.name) if record.volunteer else "村妇联主席"

    def render_menu(self, record: Duty) -> SafeString:
        return row_menu([("查看、改期", reverse("care:duty", args=[record.pk]))])
