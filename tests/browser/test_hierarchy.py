"""Up and down the levels of topics, as a person goes: by mouse, by keyboard, and on the map by zoom."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect

from dashboard.export_command import export_view
from dashboard.queries import SnapshotIndex
from tests.browser.visits import Visit, rows_of

pytestmark = pytest.mark.browser

PAGE = "corpus=three-levels&page=hierarchy"
MAP = "corpus=three-levels&page=map"
IndexOf = Callable[[str], SnapshotIndex]


def cells(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name=name).get_by_role("link")


def said_papers(cell: Locator) -> int:
    found = re.search(r"([\d,]+) papers?", cell.get_attribute("aria-label") or "")
    assert found
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize("width", [1280, 390])
def test_areas_on_the_screen_are_as_the_papers(visit: Visit, index_of: IndexOf, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 900})
    page = visit.open(PAGE)
    drawn = cells(page, "Topics by papers")
    expect(drawn).to_have_count(3)
    boxes = [box for cell in drawn.all() if (box := cell.bounding_box())]
    papers = [said_papers(cell) for cell in drawn.all()]
    assert sum(papers) == index_of("three-levels").n_papers
    areas = [box["width"] * box["height"] for box in boxes]
    for area, n_papers in zip(areas, papers, strict=True):
        assert area / sum(areas) == pytest.approx(n_papers / sum(papers), abs=0.005)
    across = max(box["x"] + box["width"] for box in boxes)
    assert across <= width


def test_the_picture_can_be_taken_away(visit: Visit, index_of: IndexOf) -> None:
    page = visit.open(PAGE)
    expect(cells(page, "Topics by papers")).to_have_count(3)
    content = visit.download(page.get_by_role("button", name="Save as SVG: Topics by papers"))
    picture = ElementTree.fromstring(content.decode())
    assert len(picture.findall("{*}rect")) == 4  # the ground and three topics
    words = " ".join(text.text or "" for text in picture.findall("{*}text"))
    index = index_of("three-levels")
    assert f"corpus three-levels, snapshot {index.snapshot_id}" in words
    assert str(index.at_level(2).topics["label"].iloc[0]).split()[0] in words


def test_one_goes_into_a_topic_and_up_again(visit: Visit, index_of: IndexOf, browser_store: Path) -> None:
    index = index_of("three-levels")
    page = visit.open(PAGE)
    coarse = index.at_level(2).topics.iloc[0]
    cells(page, "Topics by papers").first.click()
    page.wait_for_url(re.compile(f"topic={coarse['topic_id']}"))
    visit.settled()
    expect(page.get_by_role("heading", level=1)).to_have_text(coarse["label"])
    visit.expect_listed(int(coarse["size"]), index.n_papers)
    # What the list of papers gives to take away is exactly the papers of the topic.
    content = visit.papers_csv()
    below = index.snapshot.topics.set_index("topic_id")["parent"]
    rows = rows_of(content)
    assert len(rows) == coarse["size"]
    assert {below[below[row["topic_id"]]] for row in rows} == {coarse["topic_id"]}
    assert content == export_view(browser_store, urlsplit(page.url).query)
    # Deeper, then up by the way that is written above the heading, then back.
    cells(page, f"Topics in {coarse['label']}").first.click()
    where = page.get_by_role("navigation", name="Where you are").get_by_role("link")
    expect(where).to_have_count(3)
    where.nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(coarse["label"])
    visit.settled()
    page.go_back()
    expect(where).to_have_count(3)


def test_the_tree_is_walked_by_keyboard_down_to_a_finest_topic(visit: Visit, index_of: IndexOf) -> None:
    page = visit.open(PAGE)
    tree = page.get_by_role("list", name="Topics of every level")
    finest = tree.locator("ul ul a").first
    label = finest.locator(".label").inner_text()
    tree.locator("a").first.focus()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("page=topics"))
    visit.settled()
    expect(page.get_by_role("heading", level=1)).to_have_text(label)


def test_a_corpus_of_one_level_says_so(visit: Visit) -> None:
    page = visit.open("corpus=tiny&page=hierarchy")
    expect(page.get_by_text("This corpus has one level, of 4 topics")).to_be_visible()
    expect(page.get_by_role("button", name="4 topics")).to_have_count(0)


def named(page: Page) -> set[str]:
    """Ids of the topics that are named on the map now."""
    return {str(label.get_attribute("data-topic")) for label in page.locator(".te-label").all()}


def test_names_on_the_map_are_coarse_from_afar_and_fine_close_up(visit: Visit, index_of: IndexOf) -> None:
    index = index_of("three-levels")
    page = visit.open(MAP)
    stage = page.locator(".te-stage")
    coarsest = page.locator(f'.te-label[data-topic="{index.at_level(2).topic_ids[0]}"]')
    expect(coarsest).to_be_visible()
    assert named(page) <= {*index.at_level(2).topic_ids, *index.at_level(1).topic_ids}
    sent: list[object] = []
    listening = False
    page.on("websocket", lambda line: line.on("framesent", lambda frame: sent.append(frame) if listening else None))
    page.reload()
    visit.settled()
    expect(coarsest).to_be_visible()
    box = stage.bounding_box()
    assert box is not None
    listening = True
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(4):
        page.mouse.wheel(0, -150)
    expect(coarsest).to_have_count(0)
    assert sent == []
    page.wait_for_url(re.compile("window="))
    assert named(page) <= set(index.topic_ids)


def test_a_level_colours_names_and_lists_the_map_and_goes_along(visit: Visit, index_of: IndexOf) -> None:
    index = index_of("three-levels")
    page = visit.open(MAP)
    expect(page.locator(".te-label").first).to_be_visible()
    page.get_by_role("radio", name="2", exact=True).click()
    page.wait_for_url(re.compile("level=2"))
    visit.settled()
    expect(page.get_by_role("list", name="Topics").get_by_role("link")).to_have_count(3)  # two, and the outliers
    expect(page.locator(".te-label")).to_have_count(2)
    assert named(page) == set(index.at_level(2).topic_ids)
    visit.go_to("Topics")
    expect(page.get_by_text("2 topics. Click a row")).to_be_visible()
    # A name on the map leads to the papers of the whole coarse topic.
    visit.go_to("Map")
    label = page.locator(".te-label").first
    topic_id = label.get_attribute("data-topic") or ""
    box = label.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile(f"topic={topic_id}"))
    topic = index.topic(topic_id)
    assert topic is not None
    expect(page.locator(".te-foot")).to_contain_text(f"{topic['size']} in focus")
    visit.settled()
    visit.expect_listed(int(topic["size"]), index.n_papers)
