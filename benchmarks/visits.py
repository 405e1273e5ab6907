"""The dashboard as a visitor meets it: a new server process, a real Chromium, times taken in the page itself."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as NeverCame

from benchmarks.fits import Figures
from benchmarks.processes import ROOT, BenchmarkError, resident_mb, spread
from pipeline.snapshot import Snapshot, open_snapshot
from tests.browser.chromium import ARGUMENTS, ensure_chromium
from tests.servers import free_port

N_TOPICS = 10
N_HOVERS = 20
WORDS = ("language", "graph", '"neural network"', "robot OR agent", "medic*")
_SECONDS = 1_000  # milliseconds
_PATIENCE = 60 * _SECONDS
_POLL = 20  # milliseconds between two looks at the page

_SCRIPT = """
window.bench = {
  // The first element for a selector, shadow roots included.
  find(selector, root = document) {
    const found = root.querySelector(selector)
    if (found) return found
    for (const element of root.querySelectorAll('*')) {
      const inside = element.shadowRoot && this.find(selector, element.shadowRoot)
      if (inside) return inside
    }
    return null
  },
  text(selector) { return (this.find(selector)?.textContent ?? '').replace(/\\s+/g, ' ').trim() },
  // How many papers the bar of filters says there are.
  count() {
    const said = [...document.querySelectorAll('.st-key-filter-bar p')].map(p => p.textContent.trim())
    return said.map(text => text.match(/^([\\d,]+) of [\\d,]+ papers$/)?.[1]).find(Boolean)
  },
  idle() { return !!document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]') },
  at: 0,
}
for (const kind of ['click', 'keydown', 'pointermove'])
  window.addEventListener(kind, () => { window.bench.at = performance.now() }, true)
"""

_OVERVIEW_DRAWN = """() => bench.idle() && /papers drawn/.test(bench.text('.te-foot')) && bench.find('.te-label')
  && bench.find(".bars a") && document.querySelector('.st-key-overview-topics')
  && performance.now()"""
"""Script done, map drawn with its names, chart drawn, list of topics there; milliseconds since the request."""

_ON_SCREEN = """() => new Promise(resolve => {
  let frames = 4
  const next = () => (frames-- ? requestAnimationFrame(next) : resolve(performance.now()))
  next()
})"""
"""Four frames after it was asked: what was drawn before is seen by then, also where software draws the map."""

_LIST_DRAWN = """([label, size]) => bench.idle()
  && [...document.querySelectorAll('h1')].some(heading => heading.textContent.trim() === label)
  && document.querySelectorAll('[class*="st-key-topic-papers-"] strong').length >= Math.min(20, size)
  && performance.now() - bench.at"""

_COUNT_CHANGED = """before => {
  const now = bench.count()
  const drawn = bench.text('.te-foot').match(/^([\\d,]+)/)?.[1]
  return bench.idle() && now && now !== before && now === drawn && performance.now() - bench.at
}"""

_PAPER_MET = """() => { const tip = bench.find('.te-tip'); return tip && !tip.hidden }"""

_TITLE_KNOWN = """() => {
  const tip = bench.find('.te-tip')
  const title = bench.find('.te-tip-title')
  const known = tip && !tip.hidden && title.textContent && !title.classList.contains('te-coming')
  return known && performance.now() - bench.at
}"""


def dashboard(store: Path, corpus: str) -> Figures:
    """How long a visitor of ``corpus`` waits, and the server's memory."""
    snapshot = open_snapshot(store, corpus, verify=False)
    with _said_plainly(), sync_playwright() as playwright, _server(store) as (address, pid):
        browser = playwright.chromium.launch(executable_path=ensure_chromium(), args=ARGUMENTS)
        idle = resident_mb(pid)
        page = _new_page(browser)
        first = _open_overview(page, address, corpus)
        topics = _topic_clicks(page, snapshot)
        filters = _filter_changes(page, address, corpus)
        hovers, n_missed = _hovers(page, address, snapshot)
        again = _open_overview(_new_page(browser), address, corpus)
        memory = resident_mb(pid)
        browser.close()
    missed = f"; {n_missed} more papers were covered by a name or a button" if n_missed else ""
    return [
        ("corpus", f"{len(snapshot.papers):,} papers, {snapshot.manifest.n_topics:,} topics"),
        ("Overview fully drawn, first request to a new server process", f"{first:.2f} s"),
        ("Overview fully drawn, next visitor", f"{again:.2f} s"),
        ("click on a topic to its page with its list of papers", spread(topics)),
        ("change of the word filter to Overview and map redrawn", spread(filters)),
        ("pointing at a paper on the map to its title", spread(hovers) + missed),
        ("memory of the server process, before the first visit and after all", f"{idle:,.0f} MB and {memory:,.0f} MB"),
    ]


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except PlaywrightError as error:
        raise BenchmarkError(f"In the browser: {error.message.partition(chr(10))[0]}") from error


@contextmanager
def _server(store: Path) -> Iterator[tuple[str, int]]:
    """The address and process id of a dashboard that nobody has visited yet."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboard" / "server.py")]
    command += ["--server.port", str(port)]
    environment = {**os.environ, "TOPIC_EXPLORER_STORE": str(store.resolve()), "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise BenchmarkError("The dashboard did not start within a minute.")


def _new_page(browser: Browser) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(_PATIENCE)
    page.add_init_script(_SCRIPT)
    return page


def _seconds_until(page: Page, condition: str, argument: Any = None) -> float:
    """What ``condition`` (JavaScript giving milliseconds once it holds) came to, in seconds."""
    held = page.wait_for_function(condition, arg=argument, polling=_POLL)
    return float(held.json_value()) / _SECONDS


def _open_overview(page: Page, address: str, corpus: str) -> float:
    page.goto(f"{address}/?corpus={corpus}", wait_until="commit")
    _seconds_until(page, _OVERVIEW_DRAWN)
    return float(page.evaluate(_ON_SCREEN)) / _SECONDS


def _topic_clicks(page: Page, snapshot: Snapshot) -> list[float]:
    """From the Overview to ten topics, spread over those it lists, and back each time."""
    listed = snapshot.topics[snapshot.topics["level"] == 0].sort_values("number").head(24)
    places = np.unique(np.linspace(0, len(listed) - 1, min(N_TOPICS, len(listed))).round().astype(int))
    seconds = []
    for label, size in listed.iloc[places][["label", "size"]].itertuples(index=False):
        link = page.get_by_role("list", name="Topics by size").get_by_role("link", name=str(label))
        link.first.click()
        seconds.append(_seconds_until(page, _LIST_DRAWN, [str(label), int(size)]))
        page.go_back()
        _seconds_until(page, _OVERVIEW_DRAWN)
        page.evaluate(_ON_SCREEN)
    return seconds


def _filter_changes(page: Page, address: str, corpus: str) -> list[float]:
    _open_overview(page, address, corpus)
    seconds = []
    for words in WORDS:
        before = page.evaluate("bench.count()")
        box = page.get_by_role("searchbox").first
        box.fill(words)
        box.press("Enter")
        seconds.append(_seconds_until(page, _COUNT_CHANGED, before))
    return seconds


def _hovers(page: Page, address: str, snapshot: Snapshot) -> tuple[list[float], int]:
    """Times from pointing at random papers, coming from outside the map each time, and how often none was met."""
    page.goto(f"{address}/?corpus={snapshot.manifest.corpus}&page=map")
    _seconds_until(page, "() => bench.idle() && /papers drawn/.test(bench.text('.te-foot')) && performance.now()")
    box = page.locator(".te-stage").bounding_box()
    assert box is not None
    x, y = (snapshot.papers[axis].to_numpy(dtype=np.float64) for axis in ("x", "y"))
    scale = min((box["width"] - 56) / np.ptp(x), (box["height"] - 56) / np.ptp(y))
    across = box["x"] + box["width"] / 2 + (x - (x.min() + x.max()) / 2) * scale
    down = box["y"] + box["height"] / 2 - (y - (y.min() + y.max()) / 2) * scale
    rows = np.random.default_rng(0).choice(len(x), min(N_HOVERS, len(x)), replace=False)
    seconds, n_missed = [], 0
    for row in rows:
        page.mouse.move(2, 2)
        page.mouse.move(across[row], down[row])
        try:
            page.wait_for_function(_PAPER_MET, polling=_POLL, timeout=1 * _SECONDS)
        except NeverCame:
            n_missed += 1
            continue
        seconds.append(_seconds_until(page, _TITLE_KNOWN))
    if not seconds:
        raise BenchmarkError("No title came up on the map, wherever the pointer went.")
    return seconds, n_missed
