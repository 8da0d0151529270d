"""What a planned message says and where it goes, found at the moment of sending.

Whoever lost her post, muted the way, or has nothing left to do gets nothing; the rest gets a count (issue: reminders).
"""

from typing import Any

from aixin.access.models import User
from aixin.access.querysets import within
from aixin.notify.addressees import addressees_of
from aixin.notify.choices import INVALID_MAILBOX, NO_NUMBER, NOTHING_LEFT, Audience, Channel, DeliveryState
from aixin.notify.digests import addresses_of
from aixin.notify.models import ChannelChoice, ChannelSettings, Delivery, Notice
from aixin.notify.persons import accounts_of, audiences_of
from aixin.notify.relevance import matters, relevant
from aixin.notify.transports import Letter
from aixin.notify.wording import TEMPLATES


class Dropped(Exception):  # noqa: N818 - not an error: the message is not wanted any more
    """The message is not to be sent; `fate` is what its row says from now on."""

    def __init__(self, code: str, state: str = DeliveryState.DROPPED, **fate: Any) -> None:
        super().__init__(code)
        self.fate = {"state": state, "error_code": code, **fate}


def write_letter(row: Delivery, county: ChannelSettings) -> Letter:
    """Return the letter of a delivery, and note on the row of how many things it speaks; raise Dropped for none."""
    if row.channel not in county.channels:
        raise Dropped("CLOSED")
    address = county.wecom_key if row.user_id is None else _address(row, row.user_id)
    row.count = matters(_open_things(row, county))
    if not row.count:
        raise Dropped(NOTHING_LEFT)
    template = TEMPLATES[Audience(row.kind)]
    with_address = row.channel != Channel.SMS
    return Letter(
        address=address,
        text=template.words_with_address(row.count) if with_address else template.words(row.count),
        title=template.heading(row.count),
        template=template.code,
        parameters={"count": str(row.count)},
        reference=str(row.pk),
    )


def _address(row: Delivery, user: int) -> str:
    if not audiences_of([user]):
        raise Dropped("NO_POST")
    choice = ChannelChoice.objects.filter(user=user).first()
    if choice is not None and row.channel in choice.muted:
        raise Dropped("MUTED")
    address = addresses_of(row.channel, [user]).get(user, "")
    if not address:
        code = NO_NUMBER if row.channel == Channel.SMS else INVALID_MAILBOX
        raise Dropped(code, DeliveryState.FAILED, is_permanent=True, failed_index=None)
    return address


def _open_things(row: Delivery, county: ChannelSettings) -> list[Notice]:
    """Return the unread notices that still matter: the recipient's own, or those of everyone in the county."""
    unread = Notice.objects.unread()
    if row.user_id is not None:
        return relevant(unread.filter(addressee__in=addressees_of(User.objects.get(pk=row.user_id))))
    here = list(unread.filter(within(county.region_id)))
    accounts = accounts_of({notice.addressee for notice in here})
    serving = audiences_of(set(accounts.values()))
    return relevant(notice for notice in here if accounts.get(notice.addressee) in serving)
