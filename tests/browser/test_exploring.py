"""What a reader does with lists, charts and searches, and what they take away."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.queries import SnapshotIndex, listed_papers, matching_rows, rows_in_polygon, search_words
from dashboard.state import Filters, View
from tests.browser.visits import Visit, draw, rows_of

pytestmark = pytest.mark.browser

Opener = Callable[[str], SnapshotIndex]


def exported(store: Path, query: str, folder: Path) -> bytes:
    """What the command line writes for a view."""
    output = folder / "view.csv"
    command = [sys.executable, "-m", "pipeline.cli", "export", "--store", str(store), "--view", query]
    done = subprocess.run([*command, "--output", str(output)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return output.read_bytes()


# --- filters ----------------------------------------------------------------------------


def test_filters_by_year_venue_and_words_hold_on_every_page(visit: Visit, index_of: Opener) -> None:
    index = index_of("tiny")
    page = visit.open("corpus=tiny&page=overview")
    visit.expect_count(60, 60)

    page.get_by_role("button", name="Years").click()
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    n = int(matching_rows(index, Filters(years=(2021, 2025))).sum())
    visit.expect_count(n, 60)
    page.keyboard.press("Escape")

    venue = index.venues.names[0]
    page.get_by_role("button", name="Venue").click()
    page.get_by_role("combobox", name="Venue").fill(venue[:12])
    page.get_by_role("option", name=re.compile(re.escape(venue))).click()
    n = int(matching_rows(index, Filters(years=(2021, 2025), venues=(venue,))).sum())
    visit.expect_count(n, 60)
    page.keyboard.press("Escape")
    visit.settled()

    words = page.get_by_role("searchbox", name=re.compile("Words"))
    words.fill("birdsong OR solar")
    words.press("Enter")
    page.wait_for_url(re.compile("words="))
    filters = Filters(years=(2021, 2025), venues=(venue,), words="birdsong OR solar")
    mask = matching_rows(index, filters)
    n = int(mask.sum())
    assert 0 < n < 20
    for name in ("Map", "Topics", "Trends", "Search", "Data", "Overview"):
        visit.go_to(name)
        visit.expect_count(n, 60)
        if name == "Map":
            expect(visit.page.locator(".te-foot")).to_contain_text(f"{n} of 60 papers drawn")
            visit.expect_listed(n, 60)
            assert {row["paper_id"] for row in rows_of(visit.papers_csv())} == set(index.papers["paper_id"][mask])
    page.get_by_role("button", name="Clear filters").click()
    visit.expect_count(60, 60)


# --- topics -------------------------------------------------------------------------------


def test_from_the_table_to_a_topic_and_through_all_its_papers(visit: Visit, index_of: Opener) -> None:
    index = index_of("larger")
    page = visit.open("corpus=larger&page=topics")
    grid = page.get_by_test_id("stDataFrame")
    grid.locator("canvas").first.wait_for()
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 120, box["y"] + 36 * 2.5)  # the second row: its label
    topic = index.topics.iloc[1]
    page.wait_for_url(re.compile(f"topic={topic['topic_id']}"))
    expect(page.get_by_role("heading", name=topic["label"], exact=True)).to_be_visible()
    mine = index.papers["topic_id"] == topic["topic_id"]
    size = int(mine.sum())
    assert size > 40
    visit.expect_listed(size, index.n_papers)
    seen: list[str] = []
    for number in range(1, -(-size // 20) + 1):
        if number > 1:
            pages = page.get_by_role("navigation", name="Pagination")
            pages.get_by_role("button", name=f"Page {number}", exact=True).click()
            page.wait_for_url(re.compile(f"at={number}"))
            visit.settled()
            for title in seen[-20:]:  # the last page is gone as a whole
                expect(visit.titles("topic-papers").get_by_text(title, exact=True)).to_have_count(0)
        expect(visit.titles("topic-papers")).to_have_count(min(20, size - len(seen)))
        seen += visit.titles("topic-papers").all_inner_texts()
    assert sorted(seen) == sorted(index.papers["title"][mine])
    page.go_back()
    page.wait_for_url(re.compile("at=2"))


def test_the_order_of_a_list_can_be_chosen(visit: Visit, index_of: Opener) -> None:
    index = index_of("tiny")
    topic_id = index.topic_ids[0]
    # High enough to need no scrolling: that closes a list of choices.
    visit.page.set_viewport_size({"width": 1280, "height": 1800})
    page = visit.open(f"corpus=tiny&page=topics&topic={topic_id}")
    expect(page.locator(".trend .mark").first).to_be_attached()
    expect(page.get_by_role("list", name="Neighbouring topics").get_by_role("link").last).to_be_visible()
    choose(page, "Order", "Title")
    page.wait_for_url(re.compile("sort=title"))
    expected = sorted(index.papers["title"][index.papers["topic_id"] == topic_id], key=str.casefold)
    expect(visit.titles("topic-papers")).to_have_text(expected[:20])


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a select box."""
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


# --- the map ----------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["lasso", "box"])
def test_a_region_becomes_a_list_and_a_file_of_exactly_its_papers(
    visit: Visit, index_of: Opener, browser_store: Path, tmp_path: Path, mode: str
) -> None:
    index = index_of("tiny")
    page = visit.open("corpus=tiny&page=map")
    expect(page.locator(".te-foot")).to_contain_text("60 of 60 papers drawn")
    box = page.locator(".te-stage").bounding_box()
    assert box is not None
    left, middle = box["x"] + 20, box["x"] + 0.5 * box["width"]
    top, bottom = box["y"] + 20, box["y"] + box["height"] - 20
    page.locator(f"[data-action={mode}]").click()
    around = [(left, top), (middle, top + 30), (middle - 40, bottom), (left, bottom), (left, top + 2)]
    draw(page, [(left, top), (middle, bottom)] if mode == "box" else around)
    page.wait_for_url(re.compile("area="))
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", visit.query["area"][0])]
    inside = rows_in_polygon(index, tuple(zip(numbers[::2], numbers[1::2], strict=True)))
    n = int(inside.sum())
    assert 5 < n < 55
    expect(page.locator(".te-clear")).to_contain_text(f"{n} papers in the region")
    expect(page.get_by_role("heading", name="Papers in this region").last).to_be_visible()
    visit.expect_listed(n, 60)
    content = visit.papers_csv()
    rows = rows_of(content)
    assert {row["paper_id"] for row in rows} == set(index.papers["paper_id"][inside])
    assert len(rows) == n
    assert exported(browser_store, rows[0]["view"], tmp_path) == content
    assert rows[0]["view"] == page.url.partition("?")[2]


def test_a_point_opens_its_paper_and_its_title_comes_at_once(visit: Visit, index_of: Opener) -> None:
    index = index_of("tiny")
    page = visit.open("corpus=tiny&page=map")
    stage = page.locator(".te-stage")
    expect(page.locator(".te-foot")).to_contain_text("60 of 60 papers drawn")
    box = stage.bounding_box()
    assert box is not None
    tip = page.locator(".te-tip-title")
    titles = set(index.papers["title"])
    # Feel along the map for a paper, as one does.
    for x, y in ((x, y) for y in np.linspace(0.2, 0.8, 9) for x in np.linspace(0.1, 0.9, 33)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if page.locator(".te-tip").is_visible():
            break
    expect(tip).not_to_have_text("…")
    title = tip.inner_text()
    assert title in titles
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.wait_for_url(re.compile("paper="))
    opened = page.locator(".st-key-open-paper")
    expect(opened.get_by_text(title)).to_be_visible()
    row = index.rows_by_id[visit.query["paper"][0]]
    assert index.papers["title"].iloc[row] == title
    assert index.snapshot.abstract(row)[:60] in " ".join(opened.inner_text().split())


# --- trends -----------------------------------------------------------------------------------


def test_a_mark_of_a_trend_lists_its_papers(visit: Visit, index_of: Opener) -> None:
    index = index_of("tiny")
    page = visit.open(f"corpus=tiny&page=trends&topics={index.topic_ids[0]}&topics={index.topic_ids[1]}")
    marks = page.locator(".js-plotly-plot .scatterlayer .points path.point")
    expect(marks.first).to_be_attached()
    box = marks.nth(2).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile("period="))
    period, topic_id = visit.query["period"][0], visit.query["topic"][0]
    assert topic_id in index.topic_ids[:2]
    in_mark = (index.papers["year"].astype("string") == period) & (index.papers["topic_id"] == topic_id)
    n = int(in_mark.fillna(False).sum())
    assert n > 0
    label = index.topic(topic_id)["label"]  # type: ignore[index]
    expect(page.get_by_role("heading", name=f"{label}, {period}")).to_be_visible()
    visit.expect_listed(n, 60)
    expect(visit.titles("trends-papers")).to_have_count(n)
    shown = visit.titles("trends-papers").all_inner_texts()
    assert sorted(shown) == sorted(index.papers["title"][in_mark.fillna(False)])
    page.get_by_role("button", name="Close the list").click()
    page.wait_for_url(lambda url: "period=" not in url)


def test_counts_and_shares_are_the_numbers_of_the_file(
    visit: Visit, index_of: Opener, browser_store: Path, tmp_path: Path
) -> None:
    index = index_of("tiny")
    topic_id = index.topic_ids[0]
    page = visit.open(f"corpus=tiny&page=trends&topics={topic_id}")
    page.get_by_text("Number of papers", exact=True).click()
    page.wait_for_url(re.compile("measure=count"))
    expect(page.locator(".js-plotly-plot .ytitle").filter(has_text=re.compile("^Papers$"))).to_be_visible()
    content = visit.download(page.get_by_role("button", name="CSV", exact=True).first)
    rows = rows_of(content)
    dated = index.papers["year"].notna() & (index.papers["topic_id"] == topic_id)
    assert sum(int(row["n_papers"]) for row in rows) == int(dated.sum())
    assert {row["topic_id"] for row in rows} == {topic_id}
    assert exported(browser_store, rows[0]["view"], tmp_path) == content


@pytest.mark.parametrize("name", ["map", "trends", "overview"])
def test_a_picture_is_one_file_that_needs_nothing_else(visit: Visit, name: str, tmp_path: Path) -> None:
    page = visit.open(f"corpus=tiny&page={name}")
    content = visit.download(page.get_by_role("button", name="HTML", exact=True).first)
    picture = tmp_path / "picture.html"
    picture.write_bytes(content)
    alone = visit.context.new_page()
    asked: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(picture.as_uri())
    expect(alone.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert "corpus tiny" in alone.locator("small").inner_text()


# --- search -----------------------------------------------------------------------------------


def test_search_by_words_by_meaning_and_from_paper_to_paper(visit: Visit, index_of: Opener) -> None:
    index = index_of("tiny")
    page = visit.open("corpus=tiny&page=search")
    box = page.get_by_role("searchbox", name="Search", exact=True)
    box.fill("birdsong syllable")
    box.press("Enter")
    found = search_words(index, "birdsong syllable", np.ones(60, dtype=bool)).rows
    assert 0 < len(found) < 20
    visit.expect_listed(len(found), 60)
    expect(visit.titles("found")).to_have_text(list(index.papers["title"].iloc[found]))

    page.get_by_text("Meaning", exact=True).click()
    page.wait_for_url(re.compile("mode=meaning"))
    expect(page.get_by_text(re.compile(r"^similarity 0\.\d\d")).first).to_be_visible()
    expect(page.locator('[class*="st-key-found-0"]').first).to_contain_text(re.compile("birdsong|syllable", re.I))

    page.get_by_role("button", name="Similar").first.click()
    page.wait_for_url(re.compile("similar="))
    row = index.rows_by_id[visit.query["similar"][0]]
    view = View("tiny", index.snapshot_id, "search", similar=visit.query["similar"][0])
    nearest = listed_papers(index, view).rows
    assert set(nearest) == set(index.snapshot.neighbours[row])
    visit.expect_listed(len(nearest), 60)
    expect(visit.titles("similar")).to_have_text(list(index.papers["title"].iloc[nearest]))


# --- the part of the map in view -------------------------------------------------------------

NAMES = """() => {
    const host = [...document.querySelectorAll("*")].find(e => e.shadowRoot?.querySelector(".te-stage"))
    if (!host) return ""
    const frame = host.shadowRoot.querySelector(".te-stage").getBoundingClientRect()
    const found = [...host.shadowRoot.querySelectorAll(".te-overlay text")].map(name => {
        const box = name.getBoundingClientRect()
        return `${name.textContent} ${Math.round((box.x - frame.x) / 8)} ${Math.round((box.y - frame.y) / 8)}`
    })
    return found.sort().join("; ")
}"""
"""The names on the map and where they stand, to the nearest eight pixels."""


def test_the_part_of_the_map_in_view_is_in_the_link(visit: Visit, chromium: Browser) -> None:
    page = visit.open("corpus=tiny&page=map")
    page.get_by_text("60 of 60 papers drawn").wait_for()
    page.wait_for_function(f"() => ({NAMES})() !== ''")
    whole = page.evaluate(NAMES)
    box = page.locator(".te-stage").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.4)
    page.mouse.wheel(0, -600)
    page.wait_for_url(re.compile("window="))
    visit.settled()
    zoomed = page.evaluate(NAMES)
    assert zoomed != whole

    other = Visit(chromium, visit.address)
    other.open(page.url.split("?", 1)[1]).wait_for_function(f"names => ({NAMES})() === names", arg=zoomed)
    other.leave()

    page.go_back()
    page.wait_for_url(lambda url: "window=" not in url)
    page.wait_for_function(f"names => ({NAMES})() === names", arg=whole)
