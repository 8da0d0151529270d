import django_tables2
from django.urls import reverse
from django.utils.safestring import SafeString

from aixin.access.lists import PlaceColumn
from aixin.access.people import name_for, recorder_for, text_for
from aixin.access.tables import name_link, row_menu
from aixin.web.tables import CLIP_ATTRS, MENU_ATTRS, NAME_ATTRS
from aixin.web.templatetags.ui import tag
from visits.models import Visit


class VisitTable(django_tables2.Table):
    children = django_tables2.Column("儿童", attrs=NAME_ATTRS, accessor="pk", orderable=False)
    date = django_tables2.DateColumn(verbose_name="日期", format="Y-m-d")
    way = django_tables2.Column("方式")
    volunteers = django_tables2.Column("爱心妈妈", accessor="pk", orderable=False)
    region = PlaceColumn("乡镇 · 村")
    summary = django_tables2.Column("情况", orderable=False, attrs=CLIP_ATTRS)
    recorded_by = django_tables2.Column("记录人", accessor="recorded_by", orderable=False)
    menu = django_tables2.Column("", accessor="pk", orderable=False, attrs=MENU_ATTRS)

    class Meta:
        model = Visit
        fields = ("children", "date", "way", "volunteers", "region", "summary", "recorded_by", "menu")
        empty_text = "没有符合条件的走访记录。"

    def _names(self, people: list[str]) -> str:
        return "、".join(name_for(self.request.user, name) for name in people) or "–"

    def render_children(self, record: Visit) -> SafeString:
        names = self._names([link.child.name for link in record.visited.all()])
        return name_link(reverse("visits:detail", args=[record.pk]), names)

    def render_volunteers(self, record: Visit) -> str:
        return self._names([volunteer.name for volunteer in record.volunteers.all()])

    def render_way(self, record: Visit) -> SafeString | str:
        shown = record.get_way_display()
        if record.withdrawn_at:
            return tag(f"{shown} · 已撤回", "warn")
        return f"{shown}（补录）" if record.is_backfill else shown

    def render_recorded_by(self, record: Visit) -> str:
        return recorder_for(self.request.user, record.recorded_by)

    def render_summary(self, value: str) -> str:
        value = text_for(self.request.user, value)
        return value if len(value) <= 24 else value[:23] + "…"

    def render_menu(self, record: Visit) -> SafeString:
        return row_menu([("查看", reverse("visits:detail", args=[record.pk]))])
