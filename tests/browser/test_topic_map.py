"""The map in a real browser: its arithmetic, and every gesture from the mouse to the list of papers."""

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from dashboard.components.map_event import MAX_CORNERS
from dashboard.queries import index_snapshot
from dashboard.queries.filters import rows_in_polygon
from pipeline.snapshot import Snapshot, open_snapshot
from tests.browser.chromium import ensure_chromium
from tests.servers import ROOT

pytestmark = pytest.mark.browser

FRONT = ROOT / "dashboard" / "components" / "map_front"


@pytest.fixture(scope="module")
def address(served: str) -> str:
    return served


@pytest.fixture(scope="module")
def snapshot(browser_store: Path) -> Snapshot:
    return open_snapshot(browser_store, "tiny")


# --- arithmetic -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def compute(chromium: Browser) -> Iterator[Callable[[str, Any], Any]]:
    """Runs an expression over the map's own functions; ``given`` is the argument."""
    page = chromium.new_page()
    parts = ("surface.js", "points.js", "names.js", "camera.js", "region.js", "labels.js", "emphasis.js")
    code = "\n".join((FRONT / name).read_text(encoding="utf-8") for name in parts)
    yield lambda expression, given: page.evaluate(f"given => {{ {code}\n return {expression} }}", given)
    page.close()


def test_a_long_lasso_becomes_few_corners_around_the_same_places(compute: Callable[[str, Any], Any]) -> None:
    turn = np.linspace(0, 2 * math.pi, 900, endpoint=False)
    reach = 200 + 30 * np.sin(9 * turn) + np.random.default_rng(1).normal(0, 1.5, 900)
    lasso = np.column_stack([400 + reach * np.cos(turn), 300 + reach * np.sin(turn)]).tolist()
    corners = compute("fewCorners(given)", lasso)
    assert 12 <= len(corners) <= MAX_CORNERS
    places = np.random.default_rng(2).uniform([100, 0], [700, 600], (2000, 2)).tolist()
    inside = "given[1].map(([x, y]) => insideOf(given[0])(x, y))"
    whole, few = (np.array(compute(inside, [polygon, places])) for polygon in (lasso, corners))
    assert 500 < whole.sum() < 1500
    assert (whole != few).mean() < 0.02


def test_tiny_and_degenerate_lassos_are_survived(compute: Callable[[str, Any], Any]) -> None:
    assert len(compute("fewCorners(given)", [[0, 0], [9, 0], [9, 9]])) == 3
    assert len(compute("fewCorners(given)", [[5, 5]] * 80)) <= MAX_CORNERS
    assert len(compute("fewCorners(given)", [[i, 0] for i in range(300)])) <= MAX_CORNERS


def test_browser_and_server_agree_on_who_is_inside(compute: Callable[[str, Any], Any], snapshot: Snapshot) -> None:
    index = index_snapshot(snapshot)
    papers = snapshot.papers
    random = np.random.default_rng(3)
    low, high = papers[["x", "y"]].min().to_numpy(), papers[["x", "y"]].max().to_numpy()
    for _ in range(20):
        polygon = tuple((round(float(x), 4), round(float(y), 4)) for x, y in random.uniform(low, high, (7, 2)))
        points = papers[["x", "y"]].to_numpy(dtype=np.float64).tolist()
        inside = compute("given[1].map(([x, y]) => insideOf(given[0])(x, y))", [polygon, points])
        assert inside == rows_in_polygon(index, polygon).tolist()


def test_the_nearest_paper_is_the_nearest(compute: Callable[[str, Any], Any]) -> None:
    random = np.random.default_rng(4)
    points = random.normal(size=(500, 2))
    asked = random.uniform(-3, 3, (100, 2))
    nearest = compute(
        """(() => {
          const grid = new Grid(given[0].map(p => p[0]), given[0].map(p => p[1]))
          return given[1].map(([x, y]) => grid.nearest(x, y, 0.5, 1, i => i % 2 === 0)[0] ?? -1)
        })()""",
        [points.tolist(), asked.tolist()],
    )
    for place, found in zip(asked, nearest, strict=True):
        away = np.hypot(*(points - place).T)
        away[1::2] = np.inf
        assert found == (int(away.argmin()) if away.min() <= 0.5 else -1)


def test_what_is_under_the_pointer_stays_there_while_zooming(compute: Callable[[str, Any], Any]) -> None:
    before, after, back = compute(
        """(() => {
          const camera = new Camera([-4, -2, 6, 3])
          camera.resize(800, 500)
          const before = camera.toMap(300, 200)
          camera.zoomAt(300, 200, 5)
          return [before, camera.toMap(300, 200), camera.toScreen(...before)]
        })()""",
        None,
    )
    assert after == pytest.approx(before)
    assert back == pytest.approx([300, 200])


def test_names_never_lie_over_each_other(compute: Callable[[str, Any], Any]) -> None:
    random = np.random.default_rng(5)
    topics = {
        "id": [f"t-{i}" for i in range(90)],
        "label": [f"Topic of some words {i}" for i in range(90)],
        "x": random.uniform(0, 10, 90).tolist(),
        "y": random.uniform(0, 6, 90).tolist(),
        "text": {"light": ["#333333"] * 90},
    }
    placed = compute(
        """(() => {
          const points = { names: namesOf(given, []), x: [], y: [], topic: [], n: 0, grid: new Grid([], []) }
          const camera = new Camera([0, 0, 10, 6])
          camera.resize(1000, 640)
          const weights = { perTopic: given.id.map((_, i) => 500 - i), nShown: 9999 }
          const surface = { name: "light", heading: "serif", paper: "#ffffff", ink: "#000000" }
          const spec = { names: [77], topics: [77], level: 0, colourBy: "topic" }
          return new Labels(null, points).place(camera, weights, spec, surface)
        })()""",
        topics,
    )
    assert placed[0]["topic"] == 77  # the chosen topic before all others
    assert 20 < len(placed) < 90
    for i, a in enumerate(placed):
        for b in placed[:i]:
            apart_across = abs(a["x"] - b["x"]) >= (a["width"] + b["width"]) / 2
            apart_along = abs(a["y"] - b["y"]) >= (a["height"] + b["height"]) / 2
            assert apart_across or apart_along


# --- gestures -------------------------------------------------------------------------


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(30_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert complaints == []


def open_map(page: Page, address: str, corpus: str = "tiny") -> Locator:
    page.goto(f"{address}/?corpus={corpus}&page=map")
    stage = page.locator(".te-stage")
    expect(page.locator(".te-foot")).to_contain_text("papers drawn")
    return stage


def on_screen(page: Page, stage: Locator, snapshot: Snapshot) -> np.ndarray:
    """Where each paper is drawn, in pixels of the page, from the bounds and the margins the map keeps."""
    box = stage.bounding_box()
    assert box is not None
    x, y = (snapshot.papers[axis].to_numpy(dtype=np.float64) for axis in ("x", "y"))
    scale = min((box["width"] - 56) / np.ptp(x), (box["height"] - 56 - 34) / np.ptp(y))
    middle_x, middle_y = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
    return np.column_stack(
        [
            box["x"] + box["width"] / 2 + (x - middle_x) * scale,
            box["y"] + (box["height"] + 34) / 2 - (y - middle_y) * scale,
        ]
    )


def lonely(places: np.ndarray, page: Page) -> int:
    """A paper with no other and no name near it."""
    boxes = [label.bounding_box() for label in page.locator(".te-label").all()]
    away = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + np.eye(len(places)) * 1e6
    for row in np.argsort(-away.min(axis=1)):
        px, py = places[row]
        if all(
            box
            and not (
                box["x"] - 6 < px < box["x"] + box["width"] + 6 and box["y"] - 6 < py < box["y"] + box["height"] + 6
            )
            for box in boxes
        ):
            return int(row)
    raise AssertionError("every paper is under a name")


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_pointing_tells_topic_and_year_and_then_the_title(page: Page, address: str, snapshot: Snapshot) -> None:
    stage = open_map(page, address)
    places = on_screen(page, stage, snapshot)
    row = lonely(places, page)
    page.mouse.move(*places[row])
    paper = snapshot.papers.iloc[row]
    expect(page.locator(".te-tip-year")).to_have_text(
        re.compile("undated" if pd.isna(paper["year"]) else str(paper["year"]))
    )
    expect(page.locator(".te-tip-title")).to_have_text(paper["title"])
    labels = dict(zip(snapshot.topics["topic_id"], snapshot.topics["label"], strict=True))
    expect(page.locator(".te-tip-topic")).to_have_text(labels.get(paper["topic_id"], "Outside every topic"))


def test_a_click_opens_the_paper_and_rings_it(page: Page, address: str, snapshot: Snapshot) -> None:
    stage = open_map(page, address)
    places = on_screen(page, stage, snapshot)
    row = lonely(places, page)
    page.mouse.click(*places[row])
    expect(page.locator(".te-open")).to_have_count(1)
    page.wait_for_url(re.compile("paper="))
    assert query(page)["paper"] == [snapshot.papers["paper_id"].iloc[row]]


def test_a_click_on_a_name_chooses_the_topic(page: Page, address: str, snapshot: Snapshot) -> None:
    open_map(page, address)
    label = page.locator(".te-label").first
    topic_id = label.get_attribute("data-topic")
    box = label.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    size = int((snapshot.papers["topic_id"] == topic_id).sum())
    expect(page.locator(".te-foot")).to_contain_text(f"{size} in focus")
    assert query(page)["topic"] == [topic_id]


@pytest.mark.parametrize("mode", ["lasso", "box"])
def test_a_region_holds_the_papers_drawn_around_in_map_and_link(
    page: Page, address: str, snapshot: Snapshot, mode: str
) -> None:
    stage = open_map(page, address)
    places = on_screen(page, stage, snapshot)
    page.locator(f"[data-action={mode}]").click()
    left, top = places.min(axis=0) - 12
    right, bottom = np.median(places[:, 0]) + 0.37, places[:, 1].max() + 12
    page.mouse.move(left, top)
    page.mouse.down()
    corners = [(right, bottom)] if mode == "box" else [(right, top), (right, bottom), (left, bottom), (left, top + 4)]
    for corner in corners:
        page.mouse.move(*corner, steps=6)
    page.mouse.up()
    n_inside = int((places[:, 0] < right).sum())
    expect(page.locator(".te-clear")).to_contain_text(f"{n_inside} papers in the region")
    page.wait_for_url(re.compile("area="))
    index = index_snapshot(snapshot)
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", query(page)["area"][0])]
    polygon = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    assert len(polygon) <= MAX_CORNERS
    assert int(rows_in_polygon(index, polygon).sum()) == n_inside
    page.locator(".te-clear").click()
    expect(page.locator(".te-clear")).to_be_hidden()
    page.wait_for_url(lambda url: "area=" not in url)


def test_the_wheel_comes_closer_without_asking_the_server(page: Page, address: str) -> None:
    open_map(page, address)
    said: list[object] = []
    listening = False
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: said.append(frame) if listening else None))
    page.reload()
    expect(page.locator(".te-foot")).to_contain_text("papers drawn")
    name = page.locator(".te-label text").first
    before, box = name.get_attribute("font-size"), name.bounding_box()
    assert box is not None
    listening = True
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -150)
    # Names grow a little on the way in.
    expect(name).not_to_have_attribute("font-size", before or "")
    assert said == []


def test_a_map_can_be_used_by_keyboard_alone(page: Page, address: str, snapshot: Snapshot) -> None:
    stage = open_map(page, address)
    expect(stage).to_have_attribute("aria-label", re.compile("Map of papers.*arrow keys", re.IGNORECASE))
    stage.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".te-tip-title")).to_have_text(re.compile(r"\w"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("paper="))
    assert query(page)["paper"][0] in set(snapshot.papers["paper_id"])


@pytest.mark.parametrize(("action", "start"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_pictures_can_be_taken_away(page: Page, address: str, snapshot: Snapshot, action: str, start: bytes) -> None:
    open_map(page, address)
    with page.expect_download() as download:
        page.locator(f"[data-action={action}]").click()
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(start)
    if action == "svg":
        text = content.decode()
        # Each paper is a dot: a line of no length.
        assert text.count("h0") == len(snapshot.papers)
        assert f"{len(snapshot.papers)} of {len(snapshot.papers)} papers" in text
        assert snapshot.manifest.snapshot_id in text


def test_hostile_titles_and_labels_stay_text_on_the_map(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    stage = open_map(page, address, "hostile")
    box = stage.bounding_box()
    assert box is not None
    for part in np.linspace(0.1, 0.9, 9):
        page.mouse.move(box["x"] + part * box["width"], box["y"] + part * box["height"])
    with page.expect_download() as download:
        page.locator("[data-action=svg]").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert not re.search(r"<(script|img|a|foreignObject)\b", text)
    assert page.locator(".te-map img, .te-map a, .te-map script").count() == 0
    strangers = [url for url in asked if urlsplit(url).netloc not in ("", urlsplit(address).netloc)]
    assert strangers == []


def test_without_webgl_the_map_is_drawn_all_the_same(playwright: Playwright, address: str) -> None:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis"]
    browser = playwright.chromium.launch(executable_path=ensure_chromium(), args=arguments)
    try:
        page = browser.new_page()
        open_map(page, address)
        page.wait_for_function(
            """() => {
              const root = [...document.querySelectorAll('*')].find(e => e.shadowRoot?.querySelector('.te-stage'))
              const canvas = [...root.shadowRoot.querySelectorAll('canvas')].at(-1)
              const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
              return data.filter((value, i) => i % 4 === 3 && value > 0).length > 1000
            }"""
        )
    finally:
        browser.close()
