"""Every page over every kind of snapshot; links, back, forward, reload; light and dark."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visits import MAIN, Visit

pytestmark = pytest.mark.browser

PAGES = ("Overview", "Map", "Topics", "Hierarchy", "Trends", "Search", "Place my papers", "Data", "Reading list")


@pytest.mark.parametrize("corpus", ["tiny", "no-papers", "no-topics", "no-dates"])
def test_every_page_opens_by_its_link(visit: Visit, corpus: str) -> None:
    visit.open(f"corpus={corpus}")
    for page in (*PAGES[1:], PAGES[0]):
        visit.go_to(page)
        assert len(visit.text) > 200


def test_the_overview_says_what_is_there_and_leads_on(visit: Visit, index_of) -> None:
    index = index_of("tiny")
    page = visit.open("corpus=tiny")
    expect(page.get_by_role("heading", name="tiny")).to_be_visible()
    assert f"{index.n_papers} papers" in visit.text
    assert f"{len(index.topics)} topics" in visit.text
    largest = index.topics.iloc[0]
    page.get_by_role("list", name="Topics by size").get_by_role("link", name=largest["label"]).click()
    page.wait_for_url(re.compile(f"topic={largest['topic_id']}"))
    expect(page.get_by_role("heading", name=largest["label"])).to_be_visible()


def test_a_click_on_the_overview_map_opens_the_topic(visit: Visit, index_of) -> None:
    page = visit.open("corpus=tiny")
    label = page.locator(".te-label").first
    topic_id = label.get_attribute("data-topic")
    label_box = label.bounding_box()
    assert label_box is not None
    page.mouse.click(label_box["x"] + label_box["width"] / 2, label_box["y"] + label_box["height"] / 2)
    page.wait_for_url(re.compile(f"topic={topic_id}"))
    expect(page.get_by_role("heading", name=index_of("tiny").topic(topic_id)["label"])).to_be_visible()


def test_a_bar_of_the_overview_says_its_papers_and_leads_to_them(visit: Visit, index_of) -> None:
    index = index_of("tiny")
    years = index.papers["year"].dropna().astype(int)
    period = str(years.mode().iloc[0])
    n = int((years == int(period)).sum())
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    page = visit.open("corpus=tiny")
    bars = page.get_by_role("group", name=re.compile("Papers over time"))
    expect(bars).to_have_accessible_name(re.compile(rf"^Papers over time, {years.min()} to {years.max()}\. Most in"))
    bar = bars.get_by_role("link", name=re.compile(f"^{period}: {n} papers"))
    bar.hover()
    expect(page.locator(".bars .tip")).to_have_text(re.compile(f"^{period}: {n} papers"))
    page.mouse.move(0, 0)
    expect(page.locator(".bars .tip")).to_be_hidden()
    # By keyboard: one stop for all bars, arrows from one to the next.
    last = bars.get_by_role("link").last
    last.focus()
    page.keyboard.press("ArrowLeft")
    before = bars.get_by_role("link").nth(-2)
    expect(before).to_be_focused()
    expect(page.locator(".bars .tip")).to_have_text(re.compile(before.get_attribute("aria-label") or "-"))
    assert bars.locator("a[tabindex='0']").count() == 1
    assert not [url for url in asked if "Plotly" in url]
    bar.click()
    page.wait_for_url(re.compile(f"page=trends.*period={period}"))
    expect(page.get_by_role("heading", name=period, exact=True)).to_be_visible()
    visit.expect_listed(n, index.n_papers)


def test_the_bars_fit_a_phone_and_can_be_taken_away(chromium: Browser, served: str, tmp_path) -> None:
    phone = Visit(chromium, served, is_mobile=True, has_touch=True)
    phone.page.set_viewport_size({"width": 390, "height": 844})
    page = phone.open("corpus=tiny")
    expect(page.locator(".bars a").first).to_be_attached()
    boxes = [box for part in page.locator(".bars text, .bars a").all() if (box := part.bounding_box())]
    assert len(boxes) > 8
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    picture = tmp_path / "picture.svg"
    picture.write_bytes(phone.download(page.get_by_role("button", name="Save as SVG: Papers over time")))
    text = picture.read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert "corpus tiny" in text
    assert "var(" not in text
    assert "<a " not in text
    alone = phone.context.new_page()
    alone.goto(picture.as_uri())
    assert alone.locator("rect").count() > 4
    assert alone.locator("text").first.evaluate("e => getComputedStyle(e).fill").startswith("rgb")
    phone.leave()


def test_back_forward_and_reload_keep_the_place(visit: Visit, index_of) -> None:
    index = index_of("tiny")
    label, topic_id = index.topics[["label", "topic_id"]].iloc[1]
    page = visit.open("corpus=tiny&page=topics")
    page.goto(f"{visit.address}/?corpus=tiny&page=topics&topic={topic_id}")
    expect(page.get_by_role("heading", name=label)).to_be_visible()
    visit.go_to("Trends")
    page.go_back()
    expect(page.get_by_role("heading", name=label)).to_be_visible()
    assert visit.query["topic"] == [topic_id]
    page.go_forward()
    expect(page.get_by_role("heading", name="Trends")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=label)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=label)).to_be_visible()
    assert visit.query["topic"] == [topic_id]


def test_a_permalink_shows_the_same_elsewhere(visit: Visit, chromium: Browser, served: str, index_of) -> None:
    index = index_of("tiny")
    topic_id = index.topic_ids[0]
    x, y = index.papers["x"], index.papers["y"]
    corners = [(x.min(), y.min()), (x.max(), y.min()), (x.max(), y.mean()), (x.min(), y.mean())]
    area = "_".join(f"{cx:.3f}~{cy:.3f}" for cx, cy in corners)
    views = [
        f"page=topics&topic={topic_id}&years=2021-2024&sort=title",
        f"page=map&area={area}&undated=no&colour=year",
        f"page=trends&topics={topic_id}&topics={index.topic_ids[2]}&measure=count",
        "page=search&q=survey&words=sites",
    ]
    elsewhere = Visit(chromium, served)
    for query in views:
        visit.open(f"corpus=tiny&{query}")
        visit.page.get_by_role("button", name="Link").click()
        link = visit.page.locator("[data-testid=stCode] code").inner_text().strip()
        visit.page.keyboard.press("Escape")
        expect(visit.page.locator("[data-testid=stCode]")).to_have_count(0)
        elsewhere.page.goto(link)
        elsewhere.settled()
        assert elsewhere.query == visit.query
        for what in ("strong", "h1, h3", ".te-clear, [role=status]"):
            here = visit.page.locator(f"{MAIN} {what}").all_inner_texts()
            expect(elsewhere.page.locator(f"{MAIN} {what}")).to_have_text(here)
    elsewhere.leave()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_follow_the_visitor(chromium: Browser, served: str, scheme: str) -> None:
    visitor = Visit(chromium, served, color_scheme=scheme)
    for page in ("overview", "map", "trends"):
        visitor.open(f"corpus=tiny&page={page}")
        background = visitor.page.locator('[data-testid="stApp"]').evaluate("e => getComputedStyle(e).backgroundColor")
        brightness = sum(int(part) for part in re.findall(r"\d+", background)[:3])
        assert brightness > 600 if scheme == "light" else brightness < 150
        if page == "overview":
            ink = visitor.page.locator(".bars .bar").first.evaluate("e => getComputedStyle(e).fill")
            assert ink == ("rgb(151, 57, 31)" if scheme == "light" else "rgb(185, 90, 55)")
        if page == "trends":
            # Pictures are drawn on the page's own ground, not on a white sheet.
            expect(visitor.page.locator(".js-plotly-plot .main-svg").first).to_have_css("background-color", background)
    visitor.leave()


def test_focus_can_be_seen_on_links_and_buttons(visit: Visit) -> None:
    page = visit.open("corpus=tiny")
    link = page.get_by_role("list", name="Topics by size").get_by_role("link").first
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    outline = link.evaluate("e => getComputedStyle(e).outlineStyle + ' ' + getComputedStyle(e).outlineWidth")
    assert outline == "solid 2px"


def test_hostile_papers_stay_text_on_every_page(visit: Visit, index_of) -> None:
    index = index_of("hostile")
    visit.open("corpus=hostile")
    for page in PAGES[1:]:
        visit.go_to(page)
    for query in (f"page=topics&topic={index.topic_ids[0]}", "page=search&q=script", "page=trends&period=2020"):
        page = visit.open(f"corpus=hostile&{query}")
        assert "Traceback" not in visit.text
        active = ("img", "iframe", "script", "a[href^='javascript']", "a[href^='data']")
        assert page.locator(", ".join(f"{MAIN} {tag}" for tag in active)).count() == 0
        assert page.title().endswith("Topic Explorer")
