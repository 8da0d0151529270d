import django_tables2
from django.urls import reverse
from django.utils.safestring import SafeString

from aixin.access.lists import PlaceColumn
from aixin.access.people import name_for
from aixin.access.permissions import may_edit
from aixin.access.tables import name_link, row_menu
from aixin.web.tables import MENU_ATTRS, NAME_ATTRS
from aixin.web.templatetags.ui import tag
from pairing.choices import State
from pairing.models import Pairing

TONE_OF_STATE = {
    State.ACTIVE: "ok",
    State.PAUSED: "warn",
    State.APPROVAL: "warn",
    State.CONSENT: "info",
    State.PROPOSED: "info",
}


def state_tags(pairing: Pairing) -> str:
    """Return the state, and 存量待核 where some paper is still missing."""
    shown = tag(pairing.get_state_display(), TONE_OF_STATE.get(State(pairing.state), "neutral"))
    return (
        SafeString(shown + " " + tag("存量待核", "warn"))
        if pairing.to_verify and pairing.is_active
        else shown
    )


class PairingTable(django_tables2.Table):
    child = django_tables2.Column("儿童", attrs=NAME_ATTRS, order_by=("child__initials", "id"))
    volunteer = django_tables2.Column("爱心妈妈", order_by=("volunteer__initials", "id"))
    region = PlaceColumn("乡镇 · 村")
    is_main = django_tables2.Column("主责", accessor="is_main")
    started_on = django_tables2.DateColumn(verbose_name="结对日期", format="Y-m-d")
    agreement_signed = django_tables2.Column("责任书")
    liaison = django_tables2.Column("村妇联主席")
    state = django_tables2.Column("状态")
    menu = django_tables2.Column("", accessor="pk", orderable=False, attrs=MENU_ATTRS)

    class Meta:
        model = Pairing
        fields = (
            "child", "volunteer", "region", "is_main", "started_on", "agreement_signed", "liaison", "state", "menu",
        )  # fmt: skip
        empty_text = "没有符合条件的结对。"

    def render_child(self, record: Pairing) -> SafeString:
        return name_link(
            reverse("children:detail", args=[record.child_id]), name_for(self.request.user, record.child.name)
        )

    def render_volunteer(self, record: Pairing) -> SafeString:
        return name_link(
            reverse("pairings:detail", args=[record.pk]), name_for(self.request.user, record.volunteer.name)
        )

    def render_is_main(self, value: bool) -> str:  # noqa: FBT001 - the table library calls it so
        return "主责" if value else "–"

    def render_agreement_signed(self, value: bool) -> SafeString | str:  # noqa: FBT001
        return tag("已签", "ok") if value else tag("未签", "warn")

    def render_state(self, record: Pairing) -> str:
        return state_tags(record)

    def render_menu(self, record: Pairing) -> SafeString:
        entries = [("查看", reverse("pairings:detail", args=[record.pk]))]
        if may_edit(self.request.user) and record.is_active:
            entries.append(("解除", reverse("pairings:end", args=[record.pk])))
        return row_menu(entries)
