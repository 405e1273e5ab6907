"""A newer snapshot appears while somebody reads: no restart, no reload, no page drawn anew."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from pipeline import snapshot as snapshots
from tests.browser.visits import Visit
from tests.servers import serving
from tests.snapshots import publish_contents, publish_tiny, tiny_contents

pytestmark = pytest.mark.browser


def test_a_reader_is_told_of_a_newer_snapshot_and_goes_there_when_they_like(chromium: Browser, tmp_path: Path) -> None:
    store = tmp_path / "store"
    old = publish_tiny(store).name
    with serving(store, tmp_path) as address:
        visit = Visit(chromium, address)
        page = visit.open("corpus=tiny&page=topics")
        # A mark in the page itself: whoever draws the list anew or reloads the page loses it.
        row = page.get_by_role("link").nth(-1)
        row.evaluate("element => { element.dataset.mark = 'here' }")
        publish_contents(store, tiny_contents(n_papers=40), created=datetime(2025, 8, 1, 9, 30, tzinfo=UTC))
        expect(page.get_by_text("A newer snapshot is there, of 1 Aug 2025, 09:30 UTC")).to_be_visible()
        assert page.locator("[data-mark=here]").count() == 1
        visit.expect_count(60, 60)
        assert visit.query["snapshot"] == [old]
        # The server has it open: it stays.
        assert snapshots.prune(store, "tiny", keep=1) == snapshots.Pruned(deleted=[], in_use=[old])
        page.get_by_role("button", name="Open it").click()
        visit.expect_count(40, 40)
        expect(page.get_by_text("A newer snapshot is there")).to_have_count(0)
        assert visit.query["page"] == ["topics"]
        page.go_back()
        visit.expect_count(60, 60)
        visit.leave()
