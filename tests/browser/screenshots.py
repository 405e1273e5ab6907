"""Takes the pictures in the README, from stores fitted for real: ``make screenshots``."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import sync_playwright

from dashboard.paper_codes import code_of, joined
from pipeline.snapshot import open_snapshot
from tests.browser.chromium import ARGUMENTS, ensure_chromium
from tests.browser.visits import Visit
from tests.servers import ROOT, serving

IMAGES = ROOT / "docs" / "images"
DRAFTS = (
    "When should an assistant speak first?\nWe train a language-model agent to decide when to offer help without being "
    "asked, and measure how often people accept what it proposes and how often it disturbs them.",
    "Choosing which examples to label\nWe ask an annotator for the labels that would teach a classifier most, and "
    "compare uncertainty with diversity in active learning when the budget is small.",
)
"""Two drafts that nobody has written, for *Place my papers*."""


def pictures(store: Path) -> dict[str, tuple[str, str]]:
    """File name → the view it shows, and what must be on the page before it is taken."""
    snapshot = open_snapshot(store, "planted")
    finest = snapshot.topics[snapshot.topics["level"] == 0]
    rising = finest[finest["trend_class"].isin(["new", "rising"])]
    topic_id = (rising if len(rising) else finest)["topic_id"].iloc[0]
    other = finest[finest["topic_id"] != topic_id]["topic_id"].iloc[0]
    kept = joined([code_of(paper) for paper in open_snapshot(store, "reading-list").papers["paper_id"].head(6)])
    return {
        "overview": ("corpus=planted&page=overview", ".te-label"),
        "map": ("corpus=reading-list&page=map", ".te-label"),
        "topics": (f"corpus=planted&page=topics&topic={topic_id}", ".trend .mark"),
        "hierarchy": ("corpus=planted&page=hierarchy", "[class*=treemap] a"),
        "compare": (f"corpus=planted&page=compare&a=topic%3D{topic_id}&b=topic%3D{other}", ".pair"),
        "place": ("corpus=reading-list&page=place-my-papers", "textarea"),
        "reading-list": (f"corpus=reading-list&page=reading-list&list={kept}", "strong"),
        "trends": ("corpus=planted&page=trends", ".js-plotly-plot .points path"),
        "search": ("corpus=reading-list&page=search&mode=meaning&q=teaching+models+to+use+tools", "strong"),
        "data": ("corpus=planted&page=data", "[data-testid=stMetric]"),
    }


def take(store: Path, names: Sequence[str] = ()) -> None:
    """Write every picture, or those of these names, to ``docs/images``, 1440 by 900, light."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(store, Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=ensure_chromium(), args=ARGUMENTS)
        for name, (query, awaited) in pictures(store).items():
            if names and name not in names:
                continue
            visitor = Visit(browser, address, color_scheme="light")
            visitor.page.set_viewport_size({"width": 1440, "height": 900})
            page = visitor.open(query)
            page.locator(awaited).first.wait_for(state="attached")
            if name == "place":
                page.locator("textarea").first.fill("\n\n".join(DRAFTS))
                page.get_by_role("button", name="Place them").click()
                page.get_by_text(f"{len(DRAFTS)} papers placed").wait_for()
                visitor.settled()
            page.wait_for_load_state("networkidle")
            page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")
            visitor.leave()
            print(IMAGES / f"{name}.png")  # noqa: T201
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path, help="a store with the corpora reading-list and planted")
    parser.add_argument("names", nargs="*", help="only these pictures")
    asked = parser.parse_args()
    take(asked.store.resolve(), asked.names)
