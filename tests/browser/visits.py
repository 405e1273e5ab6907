"""What a person does with the dashboard in a browser, and what must never happen meanwhile."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

SECONDS = 1_000  # milliseconds
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
MAIN = '[data-testid="stMain"]'


class Visit:
    """One visitor: a browser context, its page, and everything in it that should not be."""

    def __init__(self, browser: Browser, address: str, **options: object) -> None:
        self.address = address
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)  # type: ignore[arg-type]
        self.context.set_default_timeout(30 * SECONDS)
        self.complaints: list[str] = []
        self.page = self._new_page()

    def _new_page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}") or dialog.dismiss())
        page.on("request", lambda request: self._note_request(request.url))
        page.on("websocket", lambda socket: self._note_request(socket.url))
        return page

    def _note_request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.address).netloc:
            self.complaints.append(f"request elsewhere: {url}")

    def leave(self) -> None:
        """Close the browser; what went wrong in it is an error now."""
        self.context.close()
        assert self.complaints == []

    # --- going places -------------------------------------------------------------------

    def open(self, query: str) -> Page:
        """Open the dashboard at a query string and wait until it is drawn."""
        self.page.goto(f"{self.address}/?{query}")
        return self.settled()

    def settled(self) -> Page:
        """The page, once its script has run and nothing went wrong on it."""
        expect(self.page.locator(READY)).to_be_visible(timeout=30 * SECONDS)
        expect(self.page.get_by_text(re.compile(r"^[\d,]+ of [\d,]+ papers$")).first).to_be_visible()
        assert self.page.locator('[data-testid="stException"], [data-testid="stAlertContentError"]').count() == 0
        return self.page

    def go_to(self, page: str) -> Page:
        """Follow the link to one of the pages, as in the bar at the top."""
        self.page.get_by_role("navigation", name="Pages").get_by_role("link", name=page, exact=True).click()
        self.page.wait_for_url(re.compile(f"page={page.lower().replace(' ', '-')}"))
        return self.settled()

    # --- what is on screen -----------------------------------------------------------------

    @property
    def query(self) -> dict[str, list[str]]:
        """The query string, parsed."""
        return parse_qs(urlsplit(self.page.url).query)

    @property
    def text(self) -> str:
        """Everything there is to read, in one line."""
        return " ".join(self.page.locator(MAIN).inner_text().split())

    def expect_count(self, n: int, of: int) -> None:
        """The bar says how many papers pass the filters."""
        expect(self.page.locator(".st-key-filter-bar")).to_contain_text(f"{n:,} of {of:,} papers")

    def expect_listed(self, n: int, of: int) -> None:
        """The list below says how many papers it holds."""
        expect(self.page.get_by_text(f"{n:,} of {of:,} papers", exact=True).last).to_be_visible()

    def titles(self, key: str) -> Locator:
        """Titles on the page of the paper list called ``key``."""
        return self.page.locator(f'[class*="st-key-{key}-"] strong')

    # --- taking things away -----------------------------------------------------------------

    def download(self, button: Locator) -> bytes:
        """The file that a button gives."""
        with self.page.expect_download() as download:
            button.click()
        return Path(download.value.path()).read_bytes()

    def papers_csv(self) -> bytes:
        """The CSV of the list of papers on the page, by its button."""
        self.page.get_by_role("button", name="Export", exact=True).last.click()
        return self.download(self.page.get_by_role("button", name=re.compile("papers as CSV")))


class Line:
    """The line between page and server, which can be held up: what is said on it waits, and then arrives in order.

    Made before the page is opened. The server is the real one.
    """

    def __init__(self, page: Page) -> None:
        self._held: list[tuple[WebSocketRoute, str | bytes]] | None = None
        self._holds = ""
        page.route_web_socket(re.compile("/_stcore/stream"), self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()
        browser.on_message(lambda message: self._pass(server, message, "questions"))
        server.on_message(lambda message: self._pass(browser, message, "answers"))

    def _pass(self, receiver: WebSocketRoute, message: str | bytes, kind: str) -> None:
        if self._held is not None and self._holds == kind:
            self._held.append((receiver, message))
        else:
            receiver.send(message)

    def hold(self, kind: str) -> None:
        """From now on ``"questions"`` (to the server) or ``"answers"`` (to the page) wait."""
        self._held, self._holds = [], kind

    @property
    def waiting(self) -> int:
        """Messages that wait."""
        return len(self._held or ())

    def let_go(self) -> None:
        """What waits arrives; nothing waits any more."""
        held, self._held = self._held or [], None
        for receiver, message in held:
            receiver.send(message)


def rows_of(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def draw(page: Page, corners: Sequence[tuple[float, float]]) -> None:
    """Press the mouse at the first corner, move over the others, let go."""
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=4)
    page.mouse.up()
