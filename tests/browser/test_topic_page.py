"""A topic's page as a reader uses it: its picture over time, and what leads on from there."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from dashboard.queries import (
    SnapshotIndex,
    borderline_rows,
    coarser_topics,
    finest_within,
    papers_with_terms,
    topic_groups,
    topic_words,
)
from tests.browser.visits import Visit, rows_of

pytestmark = pytest.mark.browser

Opener = Callable[[str], SnapshotIndex]


def test_from_the_overview_to_a_topic_without_plotly_and_to_the_papers_of_a_period(
    visit: Visit, index_of: Opener
) -> None:
    index = index_of("tiny")
    topic = index.topics.iloc[0]
    mine = (index.papers["topic_id"] == topic["topic_id"]).to_numpy()
    years = index.papers["year"][mine].dropna().astype(int)
    period = str(years.mode().iloc[0])
    n = int((years == int(period)).sum())
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    page = visit.open("corpus=tiny")
    page.get_by_role("list", name="Topics by size").get_by_role("link", name=topic["label"]).click()
    page.wait_for_url(re.compile(f"topic={topic['topic_id']}"))
    trend = page.get_by_role("group", name=re.compile(f"^{re.escape(topic['label'])} over time, share of papers, "))
    mark = trend.get_by_role("link", name=re.compile(f"^{period}: {n} of [0-9]+ papers, [0-9.]+% .95 % interval"))
    mark.hover()
    expect(page.locator(".trend .tip")).to_have_text(re.compile(f"^{period}: {n} of "))
    page.wait_for_load_state("networkidle")
    assert any(url.endswith(".js") for url in asked)
    assert [url for url in asked if "plotly" in url.lower()] == []

    # By keyboard: one stop for all marks, arrows from one to the next.
    trend.get_by_role("link").last.focus()
    page.keyboard.press("Home")
    expect(trend.get_by_role("link").first).to_be_focused()
    assert trend.locator("a[tabindex='0']").count() == 1

    mark.click()
    page.wait_for_url(re.compile(f"topic={topic['topic_id']}.*period={period}"))
    expect(page.get_by_role("heading", name=f"Papers of {period}")).to_be_visible()
    visit.expect_listed(n, index.n_papers)
    shown = index.papers["title"][mine & (index.papers["year"] == int(period)).fillna(False).to_numpy(bool)]
    expect(visit.titles("topic-papers")).to_have_count(n)
    assert sorted(visit.titles("topic-papers").all_inner_texts()) == sorted(shown)
    expect(mark).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="All periods").click()
    visit.expect_listed(int(mine.sum()), index.n_papers)


def test_the_picture_of_a_topic_counts_fits_a_phone_and_can_be_taken_away(
    chromium: Browser, served: str, index_of: Opener, tmp_path: Path
) -> None:
    index = index_of("tiny")
    label, topic_id = index.topics[["label", "topic_id"]].iloc[0]
    phone = Visit(chromium, served, is_mobile=True, has_touch=True)
    phone.page.set_viewport_size({"width": 390, "height": 844})
    page = phone.open(f"corpus=tiny&page=topics&topic={topic_id}")
    page.get_by_text("Number of papers", exact=True).click()
    page.wait_for_url(re.compile("measure=count"))
    trend = page.get_by_role("group", name=re.compile(f"^{re.escape(label)} over time, number of papers, "))
    expect(trend.locator("circle")).to_have_count(len(index.periods))
    expect(trend.locator(".band")).to_have_count(0)
    boxes = [box for part in page.locator(".trend text, .trend a").all() if (box := part.bounding_box())]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    picture = tmp_path / "picture.svg"
    picture.write_bytes(phone.download(page.get_by_role("button", name=f"Save as SVG: {label} over time")))
    text = picture.read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert "corpus tiny" in text
    assert "var(" not in text
    assert "<a " not in text
    alone = phone.context.new_page()
    alone.goto(picture.as_uri())
    assert alone.locator("circle").count() == len(index.periods)
    assert alone.locator("path").first.evaluate("e => getComputedStyle(e).stroke").startswith("rgb")
    page.bring_to_front()
    whole = phone.download(page.get_by_role("button", name="HTML", exact=True).first)
    assert b"Plotly.newPlot" in whole
    phone.leave()


def test_hostile_papers_stay_text_in_the_picture(visit: Visit, index_of: Opener) -> None:
    index = index_of("hostile")
    for topic_id in index.topic_ids:
        page = visit.open(f"corpus=hostile&page=topics&topic={topic_id}")
        expect(page.locator(".trend a").first).to_be_attached()
        assert page.locator(".trend img, .trend script").count() == 0


def test_a_venue_typical_of_a_topic_filters_its_papers(visit: Visit, index_of: Opener) -> None:
    index = index_of("tiny")
    topic_id = index.topic_ids[0]
    page = visit.open(f"corpus=tiny&page=topics&topic={topic_id}")
    parts = page.get_by_role("navigation", name="About this topic")
    parts.get_by_role("link", name="Venues and facets").click()
    page.wait_for_url(re.compile("part=groups"))
    table = topic_groups(index, "venue", np.ones(index.n_papers, dtype=bool), topic_id)
    here = table[table["n_papers"] > 0]
    listed = page.get_by_role("list", name="Venue, most typical first").get_by_role("link")
    expect(listed).to_have_count(len(here))
    for link, group in zip(listed.all(), here.to_dict("records"), strict=True):
        expect(link).to_contain_text(group["group"])
        expect(link).to_contain_text(f"{group['n_papers']} · ")
    rows = rows_of(visit.download(page.get_by_role("button", name="CSV", exact=True).first))
    assert [row["group"] for row in rows if row["group_kind"] == "venue"] == table["group"].tolist()
    listed.first.click()
    page.wait_for_url(re.compile("venue="))
    assert visit.query["part"] == ["groups"]
    visit.expect_listed(int(here["n_papers"].iloc[0]), index.n_papers)
    visit.expect_count(int(here["n_all"].iloc[0]), index.n_papers)


def test_words_go_from_frequent_to_distinctive_and_filter_the_papers(visit: Visit, index_of: Opener) -> None:
    index = index_of("tiny")
    topic_id = index.topic_ids[1]
    everything = np.ones(index.n_papers, dtype=bool)
    found = papers_with_terms(index, topic_id)
    page = visit.open(f"corpus=tiny&page=topics&topic={topic_id}")
    page.get_by_role("navigation", name="About this topic").get_by_role("link", name="Words", exact=True).click()
    page.wait_for_url(re.compile("part=words"))
    listed = page.get_by_role("list", name="Words, most relevant first").get_by_role("link")
    before = topic_words(index, found, everything, topic_id, 0.6)["term"].head(16).tolist()
    expect(listed.locator(".label")).to_have_text(before)
    slider = page.get_by_role("slider", name=re.compile("Distinctive"))
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("lambda=0(&|$)"))
    distinctive = topic_words(index, found, everything, topic_id, 0.0)
    assert distinctive["term"].head(16).tolist() != before
    expect(listed.locator(".label")).to_have_text(distinctive["term"].head(16).tolist())
    expect(slider).to_be_focused()
    rows = rows_of(visit.download(page.get_by_role("button", name="CSV", exact=True).first))
    assert [row["term"] for row in rows] == distinctive["term"].tolist()
    listed.first.click()
    page.wait_for_url(re.compile("words="))
    visit.expect_listed(int(distinctive["n_papers"].iloc[0]), index.n_papers)
    visit.expect_count(int(distinctive["n_all"].iloc[0]), index.n_papers)


def test_borderline_papers_open_and_the_whole_list_takes_their_order(visit: Visit, index_of: Opener) -> None:
    index = index_of("tiny")
    topic_id = index.topic_ids[0]
    rows = borderline_rows(index, np.ones(index.n_papers, dtype=bool), topic_id, index.n_papers)
    titles = index.papers["title"].iloc[rows].tolist()
    page = visit.open(f"corpus=tiny&page=topics&topic={topic_id}")
    listed = page.get_by_role("list", name="Borderline papers").get_by_role("link")
    expect(listed.locator(".label")).to_have_text(titles[:3])
    expect(listed.first).to_contain_text("or ")
    page.get_by_role("button", name="List all so").click()
    page.wait_for_url(re.compile("sort=borderline"))
    expect(visit.titles("topic-papers")).to_have_text(titles[:20])
    listed.first.click()
    page.wait_for_url(re.compile("paper="))
    expect(page.get_by_role("dialog").get_by_text(titles[0])).to_be_visible()


def test_the_papers_are_one_click_away(visit: Visit, index_of: Opener) -> None:
    page = visit.open(f"corpus=tiny&page=topics&topic={index_of('tiny').topic_ids[0]}")
    heading = page.get_by_role("heading", name="All papers of the topic")
    page.set_viewport_size({"width": 1280, "height": 500})
    expect(heading).not_to_be_in_viewport()
    page.get_by_role("link", name="↓ Its papers").click()
    expect(heading).to_be_in_viewport()
    visit.settled()


def test_siblings_lead_from_topic_to_topic_and_to_the_trends(visit: Visit, index_of: Opener) -> None:
    index = index_of("three-levels")
    topic_id = index.topic_ids[0]
    above = coarser_topics(index, topic_id)
    siblings = finest_within(index, above["topic_id"].iloc[0])
    page = visit.open(f"corpus=three-levels&page=topics&topic={topic_id}")
    page.get_by_role("navigation", name="About this topic").get_by_role("link", name="Siblings").click()
    page.wait_for_url(re.compile("part=siblings"))
    listed = page.get_by_role("list", name="Siblings").get_by_role("link")
    expect(listed).to_have_count(len(siblings))
    assert len(siblings) > 1
    other = index.topic(siblings[-1])
    assert other is not None
    listed.filter(has_text=other["label"]).last.click()
    page.wait_for_url(re.compile(f"topic={siblings[-1]}.*part=siblings"))
    expect(page.get_by_role("heading", name=other["label"], exact=True)).to_be_visible()
    page.get_by_role("button", name="Compare over time").click()
    page.wait_for_url(re.compile("page=trends"))
    assert set(visit.query["topics"]) == set(siblings)
    visit.settled()
