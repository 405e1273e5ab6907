"""What a reader does while the page still answers: nothing of it is lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dashboard.queries import SnapshotIndex, matching_rows
from dashboard.state import Filters
from tests.browser.visits import Line, Visit

pytestmark = pytest.mark.browser

Opener = Callable[[str], SnapshotIndex]
WORDS = "birdsong OR solar"
FROM_2021 = Filters(years=(2021, 2025))


@pytest.fixture
def line(visit: Visit) -> Line:
    """The visitor's line, open."""
    return Line(visit.page)


def narrow_years(page: Page) -> None:
    """Move the first year to 2021, in the popover that this leaves open."""
    page.get_by_role("button", name="Years").click()
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")


def asked(line: Line, page: Page, n: int) -> None:
    """Wait until ``n`` messages wait in the line."""
    for _ in range(2_000):
        if line.waiting >= n:
            return
        page.evaluate("() => new Promise(requestAnimationFrame)")
    raise AssertionError(f"{line.waiting} messages came, not {n}")


@pytest.mark.parametrize("kind", ["questions", "answers"])
def test_a_second_filter_set_while_the_first_is_under_way_holds_too(
    visit: Visit, line: Line, index_of: Opener, kind: str
) -> None:
    page = visit.open("corpus=tiny&page=overview")
    visit.expect_count(60, 60)
    line.hold(kind)
    narrow_years(page)
    asked(line, page, 1)
    words = page.get_by_role("searchbox", name=re.compile("Words"))
    words.fill(WORDS)
    words.press("Enter")
    if kind == "questions":
        asked(line, page, 2)
    line.let_go()
    page.wait_for_url(re.compile("years=2021-2025.*words="))
    n = int(matching_rows(index_of("tiny"), Filters(years=(2021, 2025), words=WORDS)).sum())
    assert 0 < n < int(matching_rows(index_of("tiny"), Filters(words=WORDS)).sum())
    visit.expect_count(n, 60)
    expect(words).to_have_value(WORDS)
    expect(page.get_by_role("button", name="Years 2021–2025")).to_be_visible()


def test_text_being_typed_stays_when_the_answer_comes(visit: Visit, line: Line, index_of: Opener) -> None:
    page = visit.open("corpus=tiny&page=overview")
    line.hold("answers")
    narrow_years(page)
    asked(line, page, 1)
    words = page.get_by_role("searchbox", name=re.compile("Words"))
    words.click()
    words.press_sequentially("birdsong")
    line.let_go()
    visit.expect_count(int(matching_rows(index_of("tiny"), FROM_2021).sum()), 60)
    words.press_sequentially(" OR solar")
    words.press("Enter")
    page.wait_for_url(re.compile("years=2021-2025.*words="))
    visit.expect_count(int(matching_rows(index_of("tiny"), Filters(years=(2021, 2025), words=WORDS)).sum()), 60)


@pytest.mark.parametrize("kind", ["questions", "answers"])
def test_a_link_followed_while_a_filter_is_under_way_keeps_the_filter(
    visit: Visit, line: Line, index_of: Opener, kind: str
) -> None:
    index = index_of("tiny")
    page = visit.open("corpus=tiny&page=overview")
    link = page.get_by_role("list", name="Topics by size").get_by_role("link").first
    expect(link).to_be_visible()
    line.hold(kind)
    words = page.get_by_role("searchbox", name=re.compile("Words"))
    words.fill(WORDS)
    words.press("Enter")
    asked(line, page, 1)
    link.click()
    line.let_go()
    page.wait_for_url(re.compile(r"topic=t-.*words="))
    expect(page.get_by_role("heading", name=index.topics["label"].iloc[0], exact=True)).to_be_visible()
    visit.expect_count(int(matching_rows(index, Filters(words=WORDS)).sum()), 60)


def test_back_is_back_even_right_after_a_step(visit: Visit, line: Line) -> None:
    page = visit.open("corpus=tiny&page=overview")
    visit.go_to("Topics")
    before = page.url
    visit.go_to("Trends")
    line.hold("questions")
    page.go_back()
    asked(line, page, 1)
    line.let_go()
    expect(page.get_by_role("heading", name="Topics", exact=True)).to_be_visible()
    visit.settled()
    assert page.url == before
    words = page.get_by_role("searchbox", name=re.compile("Words"))
    words.fill(WORDS)
    words.press("Enter")
    page.wait_for_url(re.compile("page=topics.*words="))
