"""A reader places papers of their own."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dashboard.queries import SnapshotIndex
from tests.browser.visits import Visit, rows_of

pytestmark = pytest.mark.browser

SOLAR = "Perovskite solar cells lose efficiency when humidity enters; encapsulation slows the degradation of the cell."
BIRDS = "Warblers sing in a dialect, and birdsong at the edge of a territory has a syllable more in every recording."
HOSTILE = "<img src=x onerror=alert(1)> $x$ [x](javascript:alert(1)) =cmd()"


def test_abstracts_pasted_and_a_bibliography_dropped(visit: Visit, index_of: Callable[[str], SnapshotIndex]) -> None:
    index = index_of("tiny")
    page = visit.open("corpus=tiny&page=search")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Place my papers").click()
    page.wait_for_url(re.compile("page=place-my-papers"))
    visit.settled()

    page.get_by_role("textbox", name="Abstracts, one a paragraph").fill(f"{SOLAR}\n\n{BIRDS} {HOSTILE}")
    page.get_by_role("button", name="Place them").click()
    expect(page.get_by_text(re.compile("^2 papers placed"))).to_be_visible()
    visit.settled()
    assert "Solar" not in page.url
    cards = page.locator('[class*="st-key-placed-"][data-testid="stVerticalBlock"]')
    expect(page.get_by_role("button", name="2 Solar cell ageing")).to_be_visible()
    expect(page.get_by_role("button", name="1 Bird song dialects")).to_be_visible()
    assert cards.count() >= 2

    title = str(index.papers["title"].iloc[4])
    bib = f"@article{{a, title = {{{title}}}}}\n@article{{b, title = {{{HOSTILE} of cells}}, abstract = {{{SOLAR}}}}}"
    page.locator('input[type="file"]').set_input_files(
        {"name": "mine.bib", "mimeType": "text/plain", "buffer": bib.encode()}
    )
    expect(page.get_by_text("mine.bib")).to_be_visible()
    page.get_by_role("textbox", name="Abstracts, one a paragraph").fill("")
    page.get_by_role("button", name="Place them").click()
    expect(page.get_by_text("1 is in this corpus already")).to_be_visible()
    visit.settled()
    rows = rows_of(visit.download(page.get_by_role("button", name="Papers as CSV")))
    assert rows[0]["title"] == title
    assert rows[0]["in_corpus"] == index.papers["paper_id"].iloc[4]
    topics = rows_of(visit.download(page.get_by_role("button", name="Topics as CSV")))
    assert [topic["topic_id"] for topic in topics] == list(index.topic_ids)

    # A nearest paper opens beside the list, which stays; other pages do not lose it.
    near = page.get_by_role("list", name="Nearest papers").first.get_by_role("link").first
    near.click()
    page.wait_for_url(re.compile("paper="))
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    visit.go_to("Topics")
    page.go_back()
    expect(page.get_by_text(re.compile("^2 papers placed"))).to_be_visible()

    page.get_by_role("button", name="Forget them").click()
    expect(page.get_by_text(re.compile("^2 papers placed"))).to_have_count(0)
    visit.settled()
    expect(page.get_by_text("mine.bib")).to_have_count(0)


def test_a_file_that_cannot_be_read_is_said_in_a_sentence(visit: Visit) -> None:
    page = visit.open("corpus=tiny&page=place-my-papers")
    page.locator('input[type="file"]').set_input_files(
        {"name": "broken.ris", "mimeType": "text/plain", "buffer": b"nothing of the kind"}
    )
    expect(page.get_by_text("broken.ris")).to_be_visible()
    page.get_by_role("button", name="Place them").click()
    expect(page.get_by_text("this is no kind of file that is read")).to_be_visible()
    visit.settled()


def test_a_snapshot_that_cannot_embed_says_so(visit: Visit) -> None:
    page = visit.open("corpus=hostile&page=place-my-papers")
    expect(page.get_by_text("New papers cannot be placed in this corpus")).to_be_visible()
    expect(page.get_by_role("button", name="Place them")).to_have_count(0)
