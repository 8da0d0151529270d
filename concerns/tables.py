import django_tables2
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from aixin.access.lists import PlaceColumn
from aixin.access.people import name_for, recorder_for, text_for
from aixin.access.tables import name_link, row_menu
from aixin.web.tables import CLIP_ATTRS, MENU_ATTRS, NAME_ATTRS
from aixin.web.templatetags.ui import tag
from concerns.choices import State, Urgency
from concerns.models import Concern

TONES = {State.NEW: "warn", State.ACCEPTED: "info", State.HANDED: "info", State.CLOSED: "ok"}


class ConcernTable(django_tables2.Table):
    child = django_tables2.Column("儿童", attrs=NAME_ATTRS, orderable=False)
    kind = django_tables2.Column("哪方面")
    text = django_tables2.Column("情况", orderable=False, attrs=CLIP_ATTRS)
    region = PlaceColumn("乡镇 · 村")
    due_at = django_tables2.Column("期限")
    state = django_tables2.Column("进度")
    raised_by = django_tables2.Column("上报人", orderable=False)
    menu = django_tables2.Column("", accessor="pk", orderable=False, attrs=MENU_ATTRS)

    class Meta:
        model = Concern
        fields = ("child", "kind", "text", "region", "due_at", "state", "raised_by", "menu")
        empty_text = "没有符合条件的问题。"

    def render_child(self, record: Concern) -> SafeString:
        name = name_for(self.request.user, record.child.name)
        return name_link(reverse("concerns:detail", args=[record.pk]), name)

    def render_kind(self, record: Concern) -> SafeString | str:
        shown = record.get_kind_display()
        return tag(f"{shown} · 急", "danger") if record.urgency == Urgency.URGENT else shown

    def render_text(self, value: str) -> str:
        value = text_for(self.request.user, value)
        return value if len(value) <= 24 else value[:23] + "…"

    def render_due_at(self, record: Concern) -> SafeString | str:
        due = f"{timezone.localtime(record.due_at):%m-%d %H:%M}"
        return tag(f"{due} 超期", "danger") if record.is_late else due

    def render_state(self, record: Concern) -> SafeString:
        office = f" · {record.get_office_display()}" if record.state == State.HANDED else ""
        return tag(record.get_state_display() + office, TONES[State(record.state)])

    def render_raised_by(self, record: Concern) -> str:
        return recorder_for(self.request.user, record.raised_by)

    def render_menu(self, record: Concern) -> SafeString:
        return row_menu([("查看", reverse("concerns:detail", args=[record.pk]))])
