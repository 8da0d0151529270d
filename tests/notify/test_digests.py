"""One message a recipient, way and day, to whoever has something open and unread, and nobody else."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from aixin.access.models import Post
from aixin.access.scope import opened, scope_of
from aixin.notify.choices import Channel, DeliveryState
from aixin.notify.deliveries import send_due
from aixin.notify.digests import plan
from aixin.notify.models import ChannelChoice, ChannelSettings, Delivery, Notice
from aixin.notify.services import settle
from care.models import Duty
from care.telling import KIND
from pairing.choices import EndReason
from pairing.services import end
from tests.cast import WENSHUI, XINGXIAN_VILLAGE, Cast
from tests.notify.conftest import TEN, notice_to
from tests.notify.servers import Gateway

pytestmark = pytest.mark.usefixtures("gateway")
MAMA_TEXT = "您有2件关爱事项待办，请登录爱心结对查看。"


def run(at: datetime.datetime = TEN) -> None:
    """Plan and send, as beat has it done."""
    with time_machine.travel(at, tick=False):
        plan(timezone.now())
        send_due()


def texts(gateway: Gateway) -> dict[str, str]:
    return {body["phone"]: body["text"] for body in gateway.asked}


def test_all_that_is_open_is_one_message(county: ChannelSettings, cast: Cast, gateway: Gateway) -> None:
    notice_to(cast.volunteer.addressee, "a")
    notice_to(f"user:{cast.mama.pk}", "b")
    notice_to(f"user:{cast.wenshui.pk}", "c")
    run()
    assert texts(gateway) == {
        "13900000001": MAMA_TEXT,
        "13900000003": "您有1件工作待办，请登录爱心结对查看。",
    }


def test_several_notices_about_one_matter_count_once(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    notice_to(cast.volunteer.addressee, "a", subject="pairing:1")
    notice_to(cast.volunteer.addressee, "b", subject="pairing:1")
    run()
    assert gateway.asked[0]["params"] == {"count": "1"}


def test_a_second_run_the_same_day_sends_nothing(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    notice_to(cast.volunteer.addressee, "a")
    run()
    notice_to(cast.volunteer.addressee, "b")
    run(TEN + datetime.timedelta(hours=2))
    assert len(gateway.asked) == 1


def test_the_next_day_speaks_of_what_is_new_and_after_a_week_of_what_is_still_open(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    notice_to(cast.volunteer.addressee, "a")
    run()
    run(TEN + datetime.timedelta(days=1))
    assert len(gateway.asked) == 1, "nothing new"
    with time_machine.travel(TEN + datetime.timedelta(days=1), tick=False):
        notice_to(cast.volunteer.addressee, "b")
    run(TEN + datetime.timedelta(days=2))
    assert [body["text"] for body in gateway.asked][1:] == [MAMA_TEXT]
    run(TEN + datetime.timedelta(days=8))
    assert len(gateway.asked) == 2
    run(TEN + datetime.timedelta(days=10))
    assert len(gateway.asked) == 3


def test_after_days_of_outage_one_message_goes_out(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    for day in range(3):
        with time_machine.travel(TEN + datetime.timedelta(days=day), tick=False):
            notice_to(cast.volunteer.addressee, f"day {day}")
            plan(timezone.now())
    run(TEN + datetime.timedelta(days=3))
    assert [body["params"]["count"] for body in gateway.asked] == ["3"]
    fates = list(Delivery.objects.order_by("day").values_list("state", flat=True))
    assert fates == ["EXPIRED", "EXPIRED", "EXPIRED", "SENT"]


def test_what_was_settled_after_planning_is_not_sent(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    notice_to(cast.volunteer.addressee, "a", subject="x")
    plan(timezone.now())
    settle(["x"])
    send_due()
    assert gateway.asked == []
    assert Delivery.objects.get().error_code == "NOTHING_LEFT"
    notice_to(cast.volunteer.addressee, "b")
    run(TEN + datetime.timedelta(hours=2))
    assert len(gateway.asked) == 1, "she had no message today"


def test_a_reminder_about_an_ended_pairing_is_not_counted(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    """Also where nobody settled it; and a reminder that went to the former volunteer does not count for the new one."""
    day = timezone.localdate()
    duty = Duty.objects.create(
        child=cast.child, region_id=cast.child.region_id, volunteer=cast.volunteer, kind="CALL", occasion="x",
        opens_on=day, meant_on=day, due_on=day,
    )  # fmt: skip
    notice_to(cast.volunteer.addressee, "a", kind=KIND, subject=duty.subject)
    plan(timezone.now())
    end(cast.wenshui, cast.pairing, EndReason.ADJUSTED, timezone.localdate())
    Notice.objects.update(resolved_at=None)
    send_due()
    assert gateway.asked == []


@pytest.mark.parametrize("how", ["post ended", "closed", "muted", "off roster", "way closed"])
def test_who_is_not_to_get_it_when_it_is_sent_gets_nothing(
    county: ChannelSettings, cast: Cast, gateway: Gateway, how: str
) -> None:
    notice_to(cast.volunteer.addressee, "a")
    plan(timezone.now())
    assert Delivery.objects.count() == 1
    if how == "post ended":
        Post.objects.filter(user=cast.mama).update(ends_on="2026-11-17")
    elif how == "closed":
        type(cast.mama).objects.filter(pk=cast.mama.pk).update(is_active=False)
    elif how == "muted":
        ChannelChoice.objects.create(user=cast.mama, muted=[Channel.SMS])
    elif how == "off roster":
        type(cast.volunteer).objects.filter(pk=cast.volunteer.pk).update(user=None)
    else:
        ChannelSettings.objects.update(sms_on=False)
    send_due()
    assert gateway.asked == []
    assert Delivery.objects.get().state == DeliveryState.DROPPED


def test_nothing_is_planned_where_the_county_opened_no_way(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    notice_to(f"user:{cast.xingxian.pk}", "far", region_id=XINGXIAN_VILLAGE)
    ChannelSettings.objects.update(sms_on=False)
    notice_to(cast.volunteer.addressee, "a")
    run()
    assert not Delivery.objects.exists()


def test_the_city_and_the_roles_without_people_have_their_inbox_alone(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    for who in ("city", "official", "sysadmin", "auditor", "postless"):
        notice_to(f"user:{cast.users[who].pk}", who)
    run()
    assert not Delivery.objects.exists()


def test_who_has_read_it_or_muted_the_way_gets_none_planned(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    notice_to(cast.volunteer.addressee, "a", read_at=timezone.now())
    notice_to(cast.second_volunteer.addressee, "b")
    ChannelChoice.objects.create(user=cast.mama2, muted=[Channel.SMS])
    run()
    assert not Delivery.objects.exists()


# From when and until when it is quiet, what the clock says, and whether a message leaves.
CLOCKS = [
    ("21:00", "08:00", "08:31", True),
    ("21:00", "08:00", "20:59", True),
    ("21:00", "08:00", "21:00", False),
    ("21:00", "08:00", "07:59", False),
    ("12:00", "14:00", "13:00", False),
    ("12:00", "14:00", "14:00", True),
    ("08:00", "08:00", "23:00", True),
    ("22:00", "06:00", "08:29", False),
]


def test_quiet_hours_hold(county: ChannelSettings, cast: Cast, gateway: Gateway) -> None:
    """By the county's clock; and none before 8:30, when the reminders of the day are there."""
    notice_to(cast.volunteer.addressee, "a")
    for begin, end_, at, leaves in CLOCKS:
        gateway.asked.clear()
        Delivery.objects.all().delete()
        ChannelSettings.objects.update(quiet_from=begin, quiet_until=end_)
        hour, minute = map(int, at.split(":"))
        run(TEN.replace(hour=hour, minute=minute))
        assert bool(gateway.asked) == leaves, (begin, end_, at)


def test_what_was_planned_before_the_quiet_hours_does_not_leave_within_them(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    notice_to(cast.volunteer.addressee, "a")
    plan(timezone.now())
    with time_machine.travel(TEN.replace(hour=22), tick=False):
        send_due()
    assert gateway.asked == []


def test_a_new_child_s_fact_reaches_no_table_of_what_leaves(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    notice_to(cast.volunteer.addressee, "a")
    run()
    row = Delivery.objects.get()
    stored = " ".join(str(getattr(row, known.attname)) for known in row._meta.concrete_fields)
    for fact in ("张小明", cast.child.no, "西街"):
        assert fact not in stored + str(gateway.asked)
    assert "13900000001" not in stored


def test_a_county_that_cannot_be_planned_stops_no_other(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    notice_to("volunteer:", "broken one")
    notice_to("nobody:7", "unknown one")
    notice_to(cast.volunteer.addressee, "a")
    run()
    assert len(gateway.asked) == 1


def test_the_rows_are_the_county_s_and_the_choice_is_the_person_s(
    county: ChannelSettings, cast: Cast
) -> None:
    notice_to(cast.volunteer.addressee, "a")
    plan(timezone.now())
    ChannelChoice.objects.create(user=cast.mama, email="a@example.com")
    seen = {}
    for who, user in cast.users.items():
        with opened(scope_of(user)):
            rows = (ChannelSettings.objects.count(), Delivery.objects.count(), ChannelChoice.objects.count())
            seen[who] = rows
    assert {who: rows for who, rows in seen.items() if any(rows)} == {
        "wenshui": (1, 1, 0),
        "city": (1, 1, 0),
        "mama": (0, 0, 1),
    }
    assert county.region_id == WENSHUI
