"""A reader sets two sets of papers side by side, and takes away what tells them apart."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from dashboard.export_command import export_view
from dashboard.queries import SnapshotIndex, matching_rows
from dashboard.state import Filters
from tests.browser.visits import MAIN, Visit, rows_of

pytestmark = pytest.mark.browser

Opener = Callable[[str], SnapshotIndex]


def test_from_a_topic_to_a_comparison_and_what_it_says_as_files(
    visit: Visit, index_of: Opener, browser_store: Path, tmp_path: Path
) -> None:
    index = index_of("larger")
    first, second = index.topics.iloc[0], index.topics.iloc[1]
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    page = visit.open(f"corpus=larger&page=topics&topic={first['topic_id']}")
    page.get_by_role("button", name="Compare with…").click()
    page.wait_for_url(re.compile("page=compare"))
    visit.settled()
    asked.clear()
    expect(page.get_by_role("heading", name="Everything else")).to_be_visible()
    expect(page.locator(".st-key-side-a")).to_contain_text(f"{first['size']} papers")
    expect(page.locator(".st-key-side-b")).to_contain_text(f"{index.n_papers - first['size']} papers")
    words = page.get_by_role("list", name="Words of side A").get_by_role("link")
    expect(words.first).to_contain_text("×")
    assert set(first["keywords"]) & {words.nth(i).locator(".label").inner_text() for i in range(words.count())}

    # Another side B, by the menu.
    page.locator(".st-key-side-b").get_by_role("button", name="Choose").click()
    box = page.get_by_role("combobox", name="Topic")
    box.click()
    page.get_by_role("option", name=str(second["label"])).click()
    page.wait_for_url(re.compile("b=topic"))
    page.keyboard.press("Escape")
    visit.settled()
    expect(page.get_by_text("No paper is on both sides.")).to_be_visible()
    expect(page.get_by_text("Each side lies within one topic.")).to_be_visible()
    expect(page.get_by_role("group", name=re.compile("^Both sides over time")).locator("polyline")).to_have_count(2)

    query = urlsplit(page.url).query
    for table in ("side-words", "periods", "bridging"):
        content = visit.download(page.locator(f".st-key-compare-{table}-csv").get_by_role("button"))
        assert rows_of(content)
        assert export_view(browser_store, f"{query}&table={table}") == content

    # A word leads to its papers, Back to the comparison.
    word = page.get_by_role("list", name="Words of side B").get_by_role("link").first
    named = word.locator(".label").inner_text()
    word.click()
    page.wait_for_url(re.compile("page=search"))
    visit.settled()
    assert visit.query["q"] == [named]
    page.go_back()
    page.wait_for_url(re.compile("page=compare"))
    expect(page.get_by_role("list", name="Words of side B")).to_be_visible()
    bridging = page.get_by_role("list", name="Papers of A nearest to B")
    bridging.get_by_role("button", name="Put it on the reading list").first.click()
    expect(page.get_by_role("link", name="Reading list (1)")).to_be_visible()
    bridging.get_by_role("link").first.click()
    page.wait_for_url(re.compile("paper="))
    assert not [url for url in asked if "Plotly" in url or "plotly" in url]


def test_a_pair_of_topics_near_each_other_leads_to_their_comparison(visit: Visit, index_of: Opener) -> None:
    index = index_of("larger")
    page = visit.open("corpus=larger&page=compare")
    expect(page.get_by_role("heading", name="Gaps and bridges")).to_be_visible()
    pairs = page.get_by_role("list", name="Topics near each other").get_by_role("link")
    named = pairs.first.locator(".label").inner_text().split(" — ")
    pairs.first.click()
    page.wait_for_url(re.compile("a=topic"))
    visit.settled()
    for side, label in zip("ab", named, strict=True):
        expect(page.locator(f".st-key-side-{side}")).to_contain_text(label)
    assert set(named) <= set(index.topics["label"])


def test_what_the_filters_show_against_what_was_before(visit: Visit, index_of: Opener) -> None:
    index = index_of("tiny")
    page = visit.open("corpus=tiny&page=trends&years=2023-2025")
    page.locator(".st-key-filter-bar").get_by_role("button", name="Compare").click()
    page.get_by_role("button", name="With the same before 2023").click()
    page.wait_for_url(re.compile("page=compare"))
    visit.settled()
    for side, years in (("a", (2023, 2025)), ("b", (2020, 2022))):
        n = int(matching_rows(index, Filters(years, include_undated=False)).sum())
        expect(page.locator(f".st-key-side-{side}")).to_contain_text(f"{n} papers")
    visit.expect_count(index.n_papers, index.n_papers)
    rows = page.get_by_role("group", name=re.compile("^Topics of both sides")).get_by_role("link")
    assert rows.count() == len(set(index.topic_codes))
    # By keyboard: one stop for all rows, arrows from one to the next, Enter to the topic.
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("page=topics.*topic="))


def test_papers_on_both_sides_are_listed_and_nothing_hostile_happens(visit: Visit, index_of: Opener) -> None:
    index = index_of("tiny")
    page = visit.open("corpus=tiny&page=compare&a=years%3D2020-2023&b=years%3D2022-2025")
    n = int((np.isin(index.years, (2022, 2023)) | (index.years < 0)).sum())
    visit.expect_listed(n, index.n_papers)
    page.locator(".st-key-side-a").get_by_role("button", name="Change").click()
    box = page.get_by_role("searchbox", name="Words", exact=True)
    box.fill("<img src=x onerror=alert(1)> $x$ =cmd() [x](javascript:alert(1))")
    box.press("Enter")
    page.wait_for_url(re.compile("words"))
    page.keyboard.press("Escape")
    expect(page.get_by_text("Side A holds no paper that passes the filters")).to_be_visible()
    hostile = index_of("hostile")
    page = visit.open(f"corpus=hostile&page=compare&a=topic%3D{hostile.topic_ids[0]}")
    active = ("img", "iframe", "script", "a[href^='javascript']", "a[href^='data']")
    assert page.locator(", ".join(f"{MAIN} {tag}" for tag in active)).count() == 0


def test_a_comparison_fits_a_phone_and_its_pictures_can_be_taken_away(
    chromium: Browser, served: str, index_of: Opener
) -> None:
    phone = Visit(chromium, served, is_mobile=True, has_touch=True)
    phone.page.set_viewport_size({"width": 390, "height": 844})
    page = phone.open("corpus=tiny&page=compare&a=years%3D2020-2022%26undated%3Dno")
    picture = page.get_by_role("group", name=re.compile("^Topics of both sides"))
    expect(picture.get_by_role("link").first).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    content = phone.download(page.get_by_role("button", name="Save as SVG: Topics of both sides")).decode()
    assert content.startswith("<svg")
    assert "corpus tiny" in content
    assert "<a" not in content
    assert str(index_of("tiny").topics["label"][0]) in content
    phone.leave()
