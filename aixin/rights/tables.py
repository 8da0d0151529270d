import django_tables2
from django.urls import reverse
from django.utils.safestring import SafeString

from aixin.access.lists import PlaceColumn
from aixin.access.tables import name_link, row_menu
from aixin.rights.models import RightsRequest
from aixin.rights.subjects import roster_of
from aixin.web.tables import MENU_ATTRS, NAME_ATTRS
from aixin.web.templatetags.ui import tag


class RequestTable(django_tables2.Table):
    person = django_tables2.Column("姓名", accessor="pk", attrs=NAME_ATTRS, orderable=False)
    public_no = django_tables2.Column("编号")
    kind = django_tables2.Column("请求")
    asker_relation = django_tables2.Column("请求人", empty_values=(), orderable=False)
    region = PlaceColumn("乡镇 · 村")
    received_on = django_tables2.DateColumn(verbose_name="收到日期", format="Y-m-d")
    due_on = django_tables2.DateColumn(verbose_name="应办结", format="Y-m-d")
    clock = django_tables2.Column("时限", accessor="pk", orderable=False)
    menu = django_tables2.Column("", accessor="pk", orderable=False, attrs=MENU_ATTRS)

    class Meta:
        model = RightsRequest
        fields = (
            "person", "public_no", "kind", "asker_relation", "region", "received_on", "due_on", "clock", "menu",
        )  # fmt: skip
        empty_text = "没有符合条件的请求。"

    def before_render(self, request: object) -> None:
        """Look the names of the page's people up, one query a roster."""
        rows = [row.record for row in self.page.object_list] if hasattr(self, "page") else list(self.data)
        self.names = {
            (label, pk): name
            for label in {row.label for row in rows}
            for pk, name in roster_of(label)
            .names(self.request.user, {row.object_pk for row in rows if row.label == label})
            .items()
        }

    def render_person(self, record: RightsRequest) -> SafeString:
        name = self.names.get((record.label, record.object_pk), "已锁定")
        return name_link(
            reverse("rights:detail", args=[record.pk]), f"{name}（{roster_of(record.label).title}）"
        )

    def render_asker_relation(self, record: RightsRequest) -> str:
        return f"{record.asker_relation} {record.masked_asker}".strip() or "–"

    def render_clock(self, record: RightsRequest) -> SafeString:
        return tag(*record.clock)

    def render_menu(self, record: RightsRequest) -> SafeString:
        return row_menu([("查看", reverse("rights:detail", args=[record.pk]))])
