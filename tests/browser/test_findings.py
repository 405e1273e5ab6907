"""Findings, the heat map of topics and a topic's words over time, as a reader uses them."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from dashboard.permalinks import view_from_query
from dashboard.queries import SnapshotIndex, counts_by_period, findings, papers_with_terms, topic_overview, word_trends
from tests.browser.visits import Visit, rows_of

pytestmark = pytest.mark.browser

Opener = Callable[[str], SnapshotIndex]


def test_each_finding_leads_to_its_evidence_and_they_can_be_taken_away(visit: Visit, index_of: Opener) -> None:
    index = index_of("tiny")
    found = findings(index)
    page = visit.open("corpus=tiny&years=2021-2023")
    listed = page.get_by_role("list", name="Findings").get_by_role("link")
    expect(listed).to_have_count(len(found) - 1)
    for link, finding in zip(listed.all(), found[1:], strict=True):
        expect(link).to_contain_text(finding.text)
        expect(link).to_contain_text(finding.caveat)
    expect(page.get_by_text("Of the whole corpus as it was fitted")).to_be_visible()
    rows = rows_of(visit.download(page.locator(".st-key-overview-findings-csv").get_by_role("button")))
    assert [row["finding"] for row in rows] == [finding.text for finding in found]
    for row, finding in zip(rows, found, strict=True):
        assert view_from_query(parse_qs(row["link"]), index.facts) == (finding.leads_to, [])
    largest = next(finding for finding in found if finding.kind == "largest")
    listed.filter(has_text=largest.text).click()
    page.wait_for_url(re.compile(f"topic={largest.topic_id}"))
    assert "years" not in visit.query  # its numbers are of the whole corpus
    expect(page.get_by_role("heading", name="All papers of the topic")).to_be_visible()
    visit.expect_count(index.n_papers, index.n_papers)


def test_findings_fit_a_phone_and_hostile_names_stay_text(chromium: Browser, served: str) -> None:
    phone = Visit(chromium, served, is_mobile=True, has_touch=True)
    phone.page.set_viewport_size({"width": 390, "height": 844})
    page = phone.open("corpus=hostile")
    listed = page.get_by_role("list", name="Findings")
    expect(listed.get_by_role("link").first).to_be_visible()
    assert listed.locator("img, script").count() == 0
    expect(listed).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    phone.leave()


def test_the_heat_map_leads_to_the_papers_of_a_cell_by_mouse_and_by_keyboard(
    visit: Visit, index_of: Opener, tmp_path: Path
) -> None:
    index = index_of("tiny")
    everything = np.ones(index.n_papers, dtype=bool)
    counts, totals = counts_by_period(index, everything, index.topic_ids)
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    page = visit.open("corpus=tiny&page=trends&part=heat&order=peak")
    heat = page.get_by_role("group", name=re.compile("^Topics over time: 4 rows, "))
    cells = heat.locator("a[data-place]:not([data-place$=':-1'])")
    expect(cells).to_have_count(int((counts > 0).sum()))
    order = topic_overview(index, everything, "peak")["label"].tolist()
    names = heat.locator("a[data-place$=':-1']")
    for name, label in zip(names.all(), order, strict=True):
        expect(name).to_contain_text(label)
    at = int(counts[0].argmax())
    period, n, label = index.periods[at], int(counts[0, at]), index.topics["label"].iloc[0]
    cell = heat.get_by_role("link", name=re.compile(f"^1 {label}, {period}: {n} of {totals[at]} papers, "))
    cell.hover()
    expect(page.locator(".heat .tip")).to_have_text(re.compile(f"^1 {label}, {period}: {n} of {totals[at]} papers, "))
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if "plotly" in url.lower()] == []

    # One stop for all cells; arrows lead along the row and from row to row.
    names.first.focus()
    page.keyboard.press("ArrowDown")
    expect(names.nth(1)).to_be_focused()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.shadowRoot?.activeElement?.dataset.place ?? ''").startswith("1:")
    assert heat.locator("a[tabindex='0']").count() == 1

    picture = tmp_path / "picture.svg"
    picture.write_bytes(visit.download(page.get_by_role("button", name="Save as SVG: Topics over time")))
    text = picture.read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert "var(" not in text
    assert label in text

    cell.click()
    page.wait_for_url(re.compile(f"topic={index.topic_ids[0]}.*period={period}"))
    visit.expect_listed(n, index.n_papers)
    expect(cell).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Close the list").click()
    expect(heat.locator("a[aria-current]")).to_have_count(0)
    names.first.click()
    page.wait_for_url(re.compile("page=topics.*topic="))
    visit.settled()


def test_the_heat_map_fits_a_phone(chromium: Browser, served: str) -> None:
    phone = Visit(chromium, served, is_mobile=True, has_touch=True)
    phone.page.set_viewport_size({"width": 390, "height": 844})
    page = phone.open("corpus=hostile&page=trends")
    page.get_by_role("navigation", name="Ways to see trends").get_by_role("link", name="All topics").click()
    page.wait_for_url(re.compile("part=heat"))
    expect(page.locator(".heat a").first).to_be_attached()
    assert page.locator(".heat img, .heat script").count() == 0
    boxes = [box for part in page.locator(".heat text, .heat rect").all() if (box := part.bounding_box())]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    phone.leave()


def test_words_over_time_lead_to_the_papers_of_a_word_in_a_period(visit: Visit, index_of: Opener) -> None:
    index = index_of("tiny")
    topic_id = index.topic_ids[0]
    everything = np.ones(index.n_papers, dtype=bool)
    trends = word_trends(index, papers_with_terms(index, topic_id), everything, topic_id)
    page = visit.open(f"corpus=tiny&page=topics&topic={topic_id}")
    parts = page.get_by_role("navigation", name="About this topic")
    parts.get_by_role("link", name="Words over time").click()
    page.wait_for_url(re.compile("part=word-trends"))
    heat = page.get_by_role("group", name=re.compile("^Words of the topic over time: "))
    names = heat.locator("a[data-place$=':-1']")
    expect(names).to_have_text([re.compile(f"^{re.escape(term)}$") for term in trends.words["term"]])
    rows = rows_of(visit.download(page.locator(".st-key-topic-word-trends-csv").get_by_role("button")))
    assert [int(row["n_papers"]) for row in rows] == trends.counts.ravel().tolist()
    word, at = (int(place) for place in np.unravel_index(trends.counts.argmax(), trends.counts.shape))
    term, period, n = trends.words["term"].iloc[word], index.periods[at], int(trends.counts[word, at])
    heat.get_by_role("link", name=re.compile(f"^{term}, {period}: {n} of {trends.totals[at]} papers, ")).click()
    page.wait_for_url(re.compile(f"words=.*{term}"))
    assert visit.query["period"] == [period]
    expect(page.get_by_role("heading", name=f"Papers of {period}")).to_be_visible()
    visit.expect_listed(n, index.n_papers)
