"""A reading list as a person keeps it: filled on several pages, there after a reload, sent, taken away."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.paper_codes import code_of, joined
from dashboard.queries import SnapshotIndex, search_words
from tests.browser.visits import Visit, rows_of

pytestmark = pytest.mark.browser

Opener = Callable[[str], SnapshotIndex]


def expect_kept(page: Page, n: int) -> None:
    """The bar says how many papers are on the list."""
    name = f"Reading list ({n})" if n else "Reading list"
    bar = page.get_by_role("navigation", name="Pages")
    expect(bar.get_by_role("link", name=name, exact=True)).to_be_visible()


def add(page: Page, place: int) -> None:
    """Put the paper at ``place`` of the search's list on the reading list."""
    page.locator(f".st-key-found-{place}-keep").get_by_role("button", name="Add to list").click()


def test_a_list_is_filled_kept_sent_and_taken_away(visit: Visit, chromium: Browser, index_of: Opener) -> None:
    index = index_of("tiny")
    found = search_words(index, "birdsong", index.topic_codes > -2).rows
    page = visit.open("corpus=tiny&page=search&q=birdsong")
    address = page.url
    add(page, 1)
    expect_kept(page, 1)
    scrolled = page.locator('[data-testid="stMain"]').evaluate("main => main.scrollTop")
    add(page, 0)
    expect_kept(page, 2)
    assert page.url == address
    assert page.locator('[data-testid="stMain"]').evaluate("main => main.scrollTop") <= scrolled

    # From a short list, and from an open paper, without closing what is open.
    page = visit.open(f"corpus=tiny&page=topics&topic={index.topic_ids[1]}")
    short = page.get_by_role("list", name="Representative papers")
    short.get_by_role("button", name=re.compile("^Put it on the reading list")).first.click()
    expect_kept(page, 3)
    expect(short.get_by_role("button", name=re.compile("^Take it off the reading list"))).to_have_count(1)
    third = index.topic(index.topic_ids[1])["representative_papers"][0]  # type: ignore[index]
    ids = [*index.papers["paper_id"].iloc[found[[1, 0]]], third]
    titles = [index.papers["title"].iloc[index.rows_by_id[paper_id]] for paper_id in ids]

    page.reload()
    visit.settled()
    expect_kept(page, 3)
    page.get_by_role("link", name="Reading list (3)").click()
    visit.settled()
    expect(visit.titles("reading")).to_have_text(titles)

    # Another tab has the same list, and each hears of what the other does.
    other_tab = visit.context.new_page()
    other_tab.goto(f"{visit.address}/?corpus=tiny&page=reading-list")
    expect_kept(other_tab, 3)
    other_tab.locator(".st-key-reading-2-keep").get_by_role("button", name="Take off").click()
    expect_kept(other_tab, 2)
    expect_kept(page, 2)
    expect(visit.titles("reading")).to_have_text(titles[:2])
    other_tab.get_by_role("button", name="Undo").click()
    expect_kept(page, 3)
    expect(visit.titles("reading")).to_have_text(titles)
    other_tab.close()

    # Taken away in three forms, which hold the same papers.
    rows = rows_of(visit.papers_csv())
    assert [row["paper_id"] for row in rows] == ids
    bibtex = visit.download(page.get_by_role("button", name="BibTeX", exact=True)).decode()
    ris = visit.download(page.get_by_role("button", name="RIS", exact=True)).decode()
    assert re.findall(r"@misc\{(.*),", bibtex) == re.findall(r"ID  - (.*)\r", ris)
    assert re.findall(r"TI  - (.*)\r", ris) == titles
    assert rows[0]["view"] in bibtex
    page.keyboard.press("Escape")

    # Sent to somebody who has a list of their own.
    page.get_by_role("button", name="Link", exact=True).click()
    link = page.get_by_test_id("stCode").inner_text().strip()
    assert link.endswith(f"list={joined([code_of(paper_id) for paper_id in ids])}")
    other = Visit(chromium, visit.address)
    add(other.open("corpus=tiny&page=search&q=manuscript"), 0)
    expect_kept(other.page, 1)
    other.open(link.partition("?")[2])
    expect(other.titles("reading")).to_have_text(titles)
    expect_kept(other.page, 1)
    other.page.get_by_role("button", name="Add all to my list").click()
    expect_kept(other.page, 4)
    other.leave()


def test_a_list_belongs_to_its_corpus_and_can_be_emptied(visit: Visit) -> None:
    page = visit.open("corpus=tiny&page=search&q=birdsong")
    add(page, 0)
    expect_kept(page, 1)
    visit.open("corpus=larger&page=reading-list")
    expect_kept(page, 0)
    expect(page.get_by_text("Nothing is on your reading list of this corpus.")).to_be_visible()
    visit.open("corpus=tiny&page=reading-list")
    expect_kept(page, 1)
    page.get_by_role("button", name="Take all off").click()
    expect_kept(page, 0)
    page.reload()
    visit.settled()
    expect_kept(page, 0)


def test_an_open_paper_says_why_it_is_here_and_goes_on_the_list(visit: Visit, index_of: Opener) -> None:
    index = index_of("tiny")
    page = visit.open("corpus=tiny&page=search&q=solar&paper=p-0003")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("Well inside 2 Solar cell ageing")).to_be_visible()
    words = set(index.topics["keywords"].iloc[1])
    marked = drawer.locator("p").filter(has_text="has long been argued over").locator("span").all_inner_texts()
    assert {word.lower() for word in marked} <= words
    assert marked
    expect(drawer.get_by_role("img", name=re.compile("^The paper's place on the map"))).to_be_visible()
    drawer.get_by_role("button", name="Add to list").click()
    expect(drawer.get_by_role("button", name="On my list")).to_be_visible()
    near = drawer.get_by_role("list", name="Most similar papers")
    near.get_by_role("button", name=re.compile("^Put it on the reading list")).first.click()
    expect(near.get_by_role("button", name=re.compile("^Take it off the reading list"))).to_have_count(1)
    near.get_by_role("link").nth(1).click()
    second = index.papers["paper_id"].iloc[index.snapshot.neighbours[index.rows_by_id["p-0003"]][1]]
    page.wait_for_url(re.compile(f"paper={second}"))
    title = index.papers["title"].iloc[index.rows_by_id[second]]
    expect(page.get_by_role("dialog").get_by_role("heading", name=title)).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "paper=" not in url)
    expect_kept(page, 2)


def test_hostile_papers_and_a_spoilt_browser_break_nothing(visit: Visit, index_of: Opener) -> None:
    index = index_of("hostile")
    page = visit.open("corpus=hostile&page=search")
    ids = index.papers["paper_id"].tolist()
    for spoilt in ("{", '"text"', '{"a": 1}', '[1, null, ["x"]]', '["<img src=x onerror=alert(1)>"]'):
        page.evaluate("text => localStorage.setItem('topic-explorer:reading-list:hostile', text)", spoilt)
        visit.open("corpus=hostile&page=reading-list")
        expect(page.get_by_role("heading", name="Reading list")).to_be_visible()
    page.evaluate("ids => localStorage.setItem('topic-explorer:reading-list:hostile', JSON.stringify(ids))", ids)
    visit.open("corpus=hostile&page=reading-list")
    expect_kept(page, len(ids))
    visit.expect_listed(len(ids), len(ids))
