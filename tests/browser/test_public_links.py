"""Forms behind a link that nobody logs in for: a real browser sends them, whatever its headers about where it was."""

import pytest
from playwright.sync_api import expect

from organisations.claiming import open_children
from organisations.models import Claim, Organisation
from organisations.services import join, make_link
from pairing.cards import print_card
from pairing.models import DoorReport
from tests.browser.conftest import OpenWindow
from tests.browser.support import PHONE
from tests.caching import forget_everything
from tests.cast import WENSHUI, XIJIE, Cast
from tests.factories import ChildFactory

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def nothing_sent_before() -> None:
    """So many reports may come from one address in an hour, of all tests together."""
    forget_everything()


def test_a_guardian_complains_by_the_card(cast: Cast, open_window: OpenWindow) -> None:
    guest = open_window(PHONE)
    guest.open(f"/check/{print_card(cast.wenshui, cast.pairing)}/complaint/")
    guest.page.get_by_label("请写下情况").fill("她没有来过")
    guest.page.locator("main button[type=submit]").click()
    expect(guest.page.locator("main")).to_contain_text("已收到")
    assert DoorReport.objects.get().kind == "COMPLAINT"


def test_an_organisation_claims_by_its_link(cast: Cast, open_window: OpenWindow) -> None:
    organisation = Organisation.objects.create(name="县助残协会", kind="DISABLED", region_id=WENSHUI)
    join(cast.wenshui, organisation, cast.volunteer)
    open_children(cast.wenshui, WENSHUI, [ChildFactory(region_id=XIJIE) for _ in range(4)])
    guest = open_window(PHONE)
    guest.open(f"/claim/{make_link(cast.wenshui, organisation)}/")
    guest.page.get_by_role("button", name="认领").first.click()
    expect(guest.page.locator("body")).to_contain_text("已认领")
    assert Claim.objects.count() == 1
