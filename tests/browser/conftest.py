"""A real server over small snapshots, and a real browser to visit it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from dashboard.queries import SnapshotIndex, index_snapshot
from pipeline.snapshot import open_snapshot
from tests.browser.chromium import ARGUMENTS, ensure_chromium
from tests.browser.visits import SECONDS, Visit
from tests.servers import serving
from tests.snapshots import publish_tiny, publish_variant

EMPTY = ("no papers", "no topics", "no dates")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    # How long to wait for what will come: a machine may be busy with other things.
    expect.set_options(timeout=20 * SECONDS)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=ensure_chromium(), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def browser_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Corpora to visit: ``tiny``, ``larger`` (whose topics fill pages), ``hostile``, ``three-levels``, empty ones."""
    store = tmp_path_factory.mktemp("browser") / "store"
    for name in (*EMPTY, "hostile", "three levels"):
        publish_variant(store, name)
    publish_tiny(store, "larger", n_papers=160, n_topics=3)
    publish_tiny(store)
    return store


@pytest.fixture(scope="session")
def served(browser_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the dashboard over `browser_store`."""
    with serving(browser_store, tmp_path_factory.mktemp("elsewhere")) as address:
        yield address


@pytest.fixture(scope="session")
def index_of(browser_store: Path) -> Callable[[str], SnapshotIndex]:
    """A corpus of `browser_store`, opened as the dashboard opens it."""
    opened: dict[str, SnapshotIndex] = {}

    def open_index(corpus: str) -> SnapshotIndex:
        if corpus not in opened:
            opened[corpus] = index_snapshot(open_snapshot(browser_store, corpus))
        return opened[corpus]

    return open_index


@pytest.fixture
def visit(chromium: Browser, served: str) -> Iterator[Visit]:
    """A visitor in a browser of their own; leaving, nothing may have gone wrong in it."""
    visitor = Visit(chromium, served)
    yield visitor
    visitor.leave()
