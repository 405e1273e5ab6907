"""A corpus of nothing but attacks, fitted as any other, walked through page by page in a real browser.

No script of theirs runs, nothing is asked of another host, none of their markup becomes an element, no file
taken away holds a formula, the server opens nothing outside its own places, and nobody sees a traceback.
"""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dashboard.paper_codes import code_of
from dashboard.queries import SnapshotIndex, index_snapshot
from dashboard.safe_text import one_line
from dashboard.state import PAGES
from pipeline.snapshot import open_snapshot
from tests.browser.visits import MAIN, READY, SECONDS, Visit
from tests.hostile_corpus import FACET, LABELS, WATCH, write_hostile_corpus
from tests.servers import ROOT, serving
from tests.snapshots import ATTACKS

pytestmark = pytest.mark.browser

SECRET = "zzcanary"  # stands in every text a visitor gives; no log may hold it
ACTIVE = ("img", "iframe", "object", "embed", "video", "audio", "base")  # nowhere; and no script within the page
DOWNLOAD = '[data-testid="stDownloadButton"] button:visible'
FORMULA = re.compile("[=+\\-@|%＝＋－＠｜％\t\r\n]")


@dataclass(frozen=True)
class Instance:
    """A server over the hostile corpus, and what is known of it."""

    address: str
    index: SnapshotIndex
    log: Path
    watched: Path


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("hostile")
    store, cache, watch = folder / "store", folder / "cache", folder / "watch"
    file = write_hostile_corpus(folder)
    command = [sys.executable, "-m", "pipeline.cli", "fit", str(file), "--corpus", "hostile", "--embedder", "lsa"]
    command += ["--facet", FACET, "--known-labels", LABELS, "--store", str(store), "--cache", str(cache)]
    fitted = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert fitted.returncode == 0, fitted.stderr
    assert "\x1b" not in fitted.stdout
    assert "Traceback" not in fitted.stderr
    watch.mkdir()
    (watch / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    with serving(store, folder, **environment_of(folder, store, cache, watch)) as address:
        index = index_snapshot(open_snapshot(store, "hostile"))
        yield Instance(address, index, next(folder.glob("server-*.log")), folder / "watched")


def environment_of(folder: Path, store: Path, cache: Path, watch: Path) -> dict[str, str]:
    """What a server is started with so that it watches itself: its own places are its code's, the store and cache."""
    places = [store, cache, watch, ROOT, Path(sys.prefix), Path(sys.base_prefix), *map(Path, sys.path[1:])]
    system = ["/proc", "/sys", "/dev", "/usr/share/zoneinfo", "/etc/mime.types", "/etc/machine-id", "/etc/localtime"]
    system += [str(place / ".streamlit") for place in (folder, Path.home())]  # where Streamlit looks for secrets
    return {
        "TOPIC_EXPLORER_CACHE": str(cache),
        "PYTHONPATH": os.pathsep.join((str(watch), str(ROOT))),
        "WATCH_LOG": str(folder / "watched"),
        "WATCH_ALLOWED": os.pathsep.join([str(place.resolve()) for place in places] + system),
    }


@pytest.fixture
def visit(chromium: Browser, instance: Instance) -> Iterator[Visit]:
    visitor = Visit(chromium, instance.address)
    yield visitor
    visitor.leave()  # no dialog, no request elsewhere, nothing that the policy had to stop


def nothing_active(page: Page) -> None:
    """What came from papers is text: no element of theirs, no link but to pages of ours and safe addresses."""
    assert page.locator(", ".join((*(f"body {tag}" for tag in ACTIVE), f"{MAIN} script, {MAIN} meta"))).count() == 0
    assert page.locator(f"{MAIN} [onerror], {MAIN} [onclick], {MAIN} [onmouseover], {MAIN} [onload]").count() == 0
    resolve = "all => all.map(a => new URL(a.getAttribute('href'), location.href).href)"
    links = page.locator(f"{MAIN} a[href]").evaluate_all(resolve)
    own = page.evaluate("location.origin")
    assert [link for link in links if not link.startswith((f"{own}/", "https://doi.org/10.5555/"))] == []
    assert page.title().endswith("Topic Explorer")
    text = page.locator(MAIN).inner_text()
    assert not re.search(r"Traceback|Something went wrong|\.py\b", text)
    assert "\u202e" not in text
    assert "49" not in re.findall(r"\bregion \S+", text)  # what a template would make of {{7*7}}


# --- every page and every part of one ----------------------------------------------------------


def views_of(index: SnapshotIndex) -> list[dict[str, str]]:
    """The query strings that show everything there is to see of a corpus."""
    topics, papers = index.topic_ids, index.papers
    venue, facet_value = index.venues.names[0], next(iter(index.facets.values())).names[0]
    year = str(int(papers["year"].max()))
    attack = f"{ATTACKS[0]} {SECRET}"
    views = [{"page": page} for page in PAGES]
    views += [{"page": "topics", "topic": topic} for topic in topics[1:2]]
    views += [{"page": "topics", "topic": topics[0], "part": part} for part in ("words", "groups", "siblings")]
    views += [{"page": "trends", "topics": topics[0], "period": year}, {"page": "trends", "group": f"facet.{FACET}"}]
    views += [{"page": "search", "q": q, "mode": mode} for q in (attack, "birdsong") for mode in ("words", "meaning")]
    views += [{"page": "search", "similar": papers["paper_id"].iloc[row]} for row in (3,)]
    views += [{"page": "map", "paper": papers["paper_id"].iloc[row]} for row in (1,)]
    views += [{"page": "map", "colour": "year", "topics": topics[0]}]
    views += [{"page": "compare", "a": f"topic={topics[0]}", "b": urlencode({"venue": venue})}]
    views += [{"page": "data", "venue": venue, f"facet.{FACET}": facet_value, "abstracts": "yes"}]
    views += [{"page": "overview", "words": attack}]
    views += [{"page": "reading-list", "list": "".join(map(code_of, papers["paper_id"].iloc[:6]))}]
    return views


def test_every_page_shows_attacks_as_text_and_gives_them_away_as_text(visit: Visit, instance: Instance) -> None:
    assert len(instance.index.topic_ids) >= 2
    assert any("alert" in label for label in instance.index.topics["label"])
    taken: set[str] = set()
    for view in views_of(instance.index):
        page = visit.open(urlencode({"corpus": "hostile", **view}))
        nothing_active(page)
        look_at_tooltips(page)
        taken |= take_everything_away(visit, page)
        nothing_active(page)
    assert {"csv", "bib", "ris", "html"} <= taken
    assert_quiet(instance)


def look_at_tooltips(page: Page) -> None:
    """Point at what says more when pointed at: help, bars, points of the map, marks of a chart."""
    for spot in page.locator('[data-testid="stTooltipHoverTarget"]:visible, .bars a:visible').all()[:3]:
        spot.hover(force=True, timeout=5 * SECONDS)
    for stage in page.locator(".te-map:visible, .js-plotly-plot:visible").all()[:2]:
        box = stage.bounding_box()
        assert box is not None
        for part in (0.25, 0.5, 0.75):
            page.mouse.move(box["x"] + part * box["width"], box["y"] + part * box["height"], steps=3)
    page.mouse.move(0, 0)


def take_everything_away(visit: Visit, page: Page) -> set[str]:
    """Press every button that gives a file, those behind Export too, and look into the file; the kinds there were."""
    kinds = set()
    for n in range(page.get_by_role("button", name="Export", exact=True).count()):
        page.get_by_role("button", name="Export", exact=True).nth(n).click()
        opened = page.locator('[data-testid="stPopoverBody"]:visible')
        expect(opened.locator(DOWNLOAD).first).to_be_visible()
        kinds |= {take(visit, button) for button in opened.locator(DOWNLOAD).all()}
        page.keyboard.press("Escape")
        expect(opened).to_have_count(0)
    return kinds | {take(visit, button) for button in page.locator(f"{MAIN} {DOWNLOAD}").all()}


def take(visit: Visit, button: Locator) -> str:
    with visit.page.expect_download() as download:
        button.click()
    name = download.value.suggested_filename
    assert re.fullmatch(r"[\w.-]+\.(csv|bib|ris|html)", name), name
    kind = name.rpartition(".")[2]
    content = Path(download.value.path()).read_bytes()
    CHECKS[kind](content.decode("utf-8-sig"))
    return kind


def check_csv(text: str) -> None:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len({len(row) for row in rows}) == 1
    for cell in (cell for row in rows for cell in row):
        bare = cell.lstrip(' "\u00a0\u200b\ufeff“”‘’`')
        assert not FORMULA.match(bare) or re.fullmatch(r"-?[\d.]+(e-?\d+)?", bare), cell


def check_bib(text: str) -> None:
    entries = re.findall(r"^@\w+\{", text, re.MULTILINE)
    assert entries
    assert text.count("@article{") + text.count("@misc{") == len(entries)
    unescaped = re.sub(r"\\[{}]", "", text)
    assert unescaped.count("{") == unescaped.count("}")


def check_ris(text: str) -> None:
    for line in text.splitlines():
        assert not line or re.match(r"[A-Z][A-Z0-9]  - ", line), line


def check_html(text: str) -> None:
    assert not re.search(r"<(img|iframe|object|embed|a)\b[^>]*(onerror|javascript|canary)", text)
    assert "https://canary.invalid" not in re.sub(r'"[^"\n]*"', "", text)


CHECKS: dict[str, Callable[[str], None]] = {
    "csv": check_csv,
    "bib": check_bib,
    "ris": check_ris,
    "html": check_html,
}


# --- what a visitor can type, paste, drop and link --------------------------------------------


def test_attacks_typed_into_every_box_are_only_text(visit: Visit, instance: Instance) -> None:
    attacks = [f"{attack[:150]} {SECRET}" for attack in ATTACKS]
    page = visit.open("corpus=hostile&page=search")
    box = page.get_by_role("searchbox", name="Search", exact=True)
    for attack in attacks[:8]:
        box.fill(attack)
        box.press("Enter")
        page.wait_for_url(lambda url, attack=attack: parse_qs(urlsplit(url).query).get("q") == [one_line(attack)])
        visit.settled()
        nothing_active(page)
    words = page.get_by_role("searchbox", name="Words in title, abstract, authors, venue or keywords")
    words.fill(attacks[0])
    words.press("Enter")
    page.wait_for_url(re.compile("words="))
    visit.settled()
    nothing_active(page)


def test_attacks_pasted_and_dropped_are_only_text(visit: Visit, instance: Instance) -> None:
    page = visit.open("corpus=hostile&page=place-my-papers")
    pasted = "\n\n".join(f"{attack[:300]} {SECRET} birdsong and dialect" for attack in ATTACKS)
    page.locator("textarea:visible").first.fill(pasted)
    bib = "".join(
        f"@article{{k{n}, title = {{{attack[:200].replace('{', '(').replace('}', ')')} solar cell}}, "
        f"abstract = {{{SECRET} perovskite humidity degradation}}}}\n"
        for n, attack in enumerate(ATTACKS[:12])
    )
    name = "<img src=x onerror=alert(1)>.bib"
    page.locator('input[type="file"]').set_input_files({"name": name, "mimeType": "text/plain", "buffer": bib.encode()})
    expect(page.get_by_role("button", name=f"Remove {name}")).to_be_visible()
    page.get_by_role("button", name="Place them").click()
    expect(page.get_by_text(re.compile(r"^\d+ papers placed"))).to_be_visible()
    visit.settled()
    nothing_active(page)
    look_at_tooltips(page)
    assert take_everything_away(visit, page) == {"csv"}


def test_attacks_in_the_address_are_refused_or_only_text(visit: Visit, instance: Instance) -> None:
    keys = ("corpus", "snapshot", "page", "topic", "paper", "venue", "group", "area", "list")
    for n, key in enumerate(keys):
        attack = ATTACKS[(n * 7 + 20) % len(ATTACKS)][:300]
        page = visit.page
        page.goto(f"{instance.address}/?corpus=hostile&{quote(key)}={quote(attack)}")
        expect(page.locator(READY)).to_be_visible(timeout=30 * SECONDS)
        expect(page.get_by_text("Topic Explorer").first).to_be_visible()
        nothing_active(page)
    assert_quiet(instance)


def assert_quiet(instance: Instance) -> None:
    """The server opened, started and wrote nothing that it should not, and its log names no search and no path."""
    watched = instance.watched.read_text(encoding="utf-8") if instance.watched.exists() else ""
    assert watched.splitlines() == []
    log = instance.log.read_text(encoding="utf-8", errors="replace")
    assert SECRET not in log
    assert "Traceback" not in log
    assert "page failed" not in log
