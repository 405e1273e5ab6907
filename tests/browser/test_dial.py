"""A reader turns the outlier dial: papers join their topics or leave them, on every page and in the link."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dashboard.components.dial import cost_in_words
from dashboard.queries import SnapshotIndex, at_dial, dial_settings
from tests.browser.visits import Visit

pytestmark = pytest.mark.browser


def turn(page: Page, key: str) -> None:
    """Open the dial, press ``key`` on it, and close it again."""
    page.get_by_role("button", name=re.compile("outliers")).click()
    page.get_by_role("slider").last.focus()
    page.keyboard.press(key)


def test_the_outlier_dial_is_followed_by_every_page(visit: Visit, index_of: Callable[[str], SnapshotIndex]) -> None:
    index = index_of("tiny")
    costs = {setting.name: cost_in_words(setting) for setting in dial_settings(index)}
    page = visit.open("corpus=tiny&page=topics")
    bar = page.locator(".st-key-filter-bar")
    expect(bar).to_contain_text(costs["0.4"])
    expect(page.get_by_role("button", name="6 papers outside every topic")).to_be_visible()

    turn(page, "Home")
    page.wait_for_url(re.compile("dial=0(&|$)"))
    visit.settled()
    expect(bar).to_contain_text(costs["0"])
    expect(page.get_by_text("0 of 60 papers are outside every topic")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("outside every topic"))).to_have_count(0)
    page.keyboard.press("Escape")

    largest = at_dial(index, "0").topics.iloc[0]
    visit.open(f"corpus=tiny&page=topics&topic={largest['topic_id']}&dial=0")
    visit.expect_listed(int(largest["size"]), 60)
    visit.go_to("Map")
    assert visit.query["dial"] == ["0"]
    expect(page.locator(".st-key-map-panel")).not_to_contain_text("Outliers")

    visit.open("corpus=tiny&page=map&dial=0.9")
    n_outliers = int((at_dial(index, "0.9").topic_codes < 0).sum())
    expect(page.locator(".st-key-map-panel")).to_contain_text(re.compile(f"Outliers.*{n_outliers}"))
