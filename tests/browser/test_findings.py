"""Findings, the heat map of topics and a topic's words over time, as a reader uses them."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, expect

from dashboard.permalinks import view_from_query
from dashboard.queries import SnapshotIndex, findings
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
