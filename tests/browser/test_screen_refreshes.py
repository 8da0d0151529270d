"""The big screen hangs on a wall for days: what refreshes itself must stay whole."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LogIn
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
WALL = {"width": 1920, "height": 1080}


def test_every_chart_is_drawn_again_after_a_refresh(real_places: Cast, at_desk: LogIn) -> None:
    city = at_desk("city")
    city.page.set_viewport_size(WALL)
    city.page.clock.install()
    city.open("/reports/screen/")
    charts = city.page.locator(".chart")
    number = charts.count()
    assert number >= 2
    drawn = city.page.locator(".chart svg")
    expect(drawn).to_have_count(number)
    city.page.locator("#main").evaluate("main => main.dataset.old = '1'")
    city.page.clock.fast_forward(61_000)
    expect(city.page.locator("#main[data-old]")).to_have_count(0)
    expect(drawn).to_have_count(number)
