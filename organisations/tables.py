import django_tables2
from django.utils.safestring import SafeString

from aixin.access.lists import PlaceColumn
from aixin.access.people import name_for
from aixin.access.tables import name_link
from aixin.web.tables import NAME_ATTRS, NUM_ATTRS
from aixin.web.templatetags.ui import tag
from organisations.models import Organisation, Team


class GroupTable(django_tables2.Table):
    """Teams and organisations by place and name: numbers say how many there are, and rank nobody."""

    name = django_tables2.Column("名称", attrs=NAME_ATTRS)
    region = PlaceColumn("所属")
    members = django_tables2.Column("成员（人）", orderable=False, attrs=NUM_ATTRS)
    pairs = django_tables2.Column("已结对（对）", orderable=False, attrs=NUM_ATTRS)
    founded_on = django_tables2.DateColumn(verbose_name="登记日期", format="Y-m-d")
    closed_on = django_tables2.Column("状态", empty_values=(), orderable=False)
    # The list's base puts it last.
    menu = django_tables2.Column("", accessor="pk", orderable=False, visible=False)

    def render_name(self, record: Team | Organisation) -> SafeString:
        return name_link(record.get_absolute_url(), record.name)

    def render_closed_on(self, record: Team | Organisation) -> SafeString:
        return tag("在用", "ok") if record.is_open else tag(f"{record.closed_on:%Y-%m-%d}停用")


class TeamTable(GroupTable):
    leader = django_tables2.Column("队长", empty_values=(), orderable=False)
    purpose = django_tables2.Column("做什么", orderable=False)

    class Meta:
        model = Team
        fields = (
            "name",
            "purpose",
            "region",
            "leader",
            "members",
            "pairs",
            "founded_on",
            "closed_on",
            "menu",
        )
        empty_text = "没有符合条件的小分队。"

    def render_leader(self, record: Team) -> str:
        return name_for(self.request.user, record.leader.name) if record.leader else "–"


class OrganisationTable(GroupTable):
    kind = django_tables2.Column("类别")
    liaison_name = django_tables2.Column("联络人", orderable=False)

    class Meta:
        model = Organisation
        fields = (
            "name",
            "kind",
            "region",
            "liaison_name",
            "members",
            "pairs",
            "founded_on",
            "closed_on",
            "menu",
        )
        empty_text = "没有符合条件的单位。"

    def render_liaison_name(self, value: str) -> str:
        return name_for(self.request.user, value)
