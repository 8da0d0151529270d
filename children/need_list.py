"""需求: the needs of all children of a region, one a row, and their filters."""

import django_filters
import django_tables2
from django.urls import reverse
from django.utils.safestring import SafeString

from aixin.access.lists import PlaceColumn, RosterFilter, RosterList
from aixin.access.people import name_for, text_for
from aixin.access.permissions import STAFF
from aixin.access.tables import name_link, row_menu
from aixin.vocabulary import CareTopic
from aixin.web.tables import CLIP_ATTRS, MENU_ATTRS, NAME_ATTRS
from aixin.web.templatetags.ui import tag
from children.choices import Category, NeedSource, NeedState
from children.models import Need


class NeedFilter(RosterFilter):
    topic = django_filters.ChoiceFilter(label="需求", choices=CareTopic)
    category = django_filters.ChoiceFilter(label="儿童类别", field_name="child__category", choices=Category)
    source = django_filters.ChoiceFilter(label="来源", choices=NeedSource)

    class Meta:
        model = Need
        fields = ("figure", "region", "topic", "category", "source")

    @property
    def qs(self) -> object:
        """Needs that are still open, unless another state was chosen."""
        rows = super().qs
        return rows if self.data.get("figure") else rows.open_needs()


class NeedTable(django_tables2.Table):
    child = django_tables2.Column("儿童", attrs=NAME_ATTRS, orderable=False)
    topic = django_tables2.Column("需求")
    detail = django_tables2.Column("具体内容", orderable=False, attrs=CLIP_ATTRS, empty_values=())
    region = PlaceColumn("乡镇 · 村")
    source = django_tables2.Column("来源")
    raised_on = django_tables2.DateColumn(verbose_name="提出日期", format="Y-m-d")
    state = django_tables2.Column("状态")
    menu = django_tables2.Column("", accessor="pk", orderable=False, attrs=MENU_ATTRS)

    class Meta:
        model = Need
        fields = ("child", "topic", "detail", "region", "source", "raised_on", "state", "menu")
        empty_text = "没有符合条件的需求。"

    def render_child(self, record: Need) -> SafeString:
        return name_link(_address(record), name_for(self.request.user, record.child.name))

    def render_detail(self, record: Need) -> str:
        return text_for(self.request.user, record.detail) or "–"

    def render_state(self, record: Need) -> SafeString:
        return tag(record.get_state_display(), "ok" if record.state == NeedState.MET else "warn")

    def render_menu(self, record: Need) -> SafeString:
        return row_menu([("查看", _address(record))])


def _address(need: Need) -> str:
    return reverse("children:detail", args=[need.child_id]) + "?tab=needs"


class NeedList(RosterList):
    allowed_roles = STAFF
    model = Need
    table_class = NeedTable
    filterset_class = NeedFilter
    template_name = "children/needs.html"
