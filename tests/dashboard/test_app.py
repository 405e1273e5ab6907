"""Every page, as a visitor gets it, over every kind of snapshot."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.components.dial import cost_in_words
from dashboard.components.downloads import csv_of
from dashboard.export_command import export_view
from dashboard.queries import at_dial, dial_settings, index_snapshot, matching_rows, paper_rows
from dashboard.state import PAGES, Filters, View
from pipeline.snapshot import open_snapshot
from tests.archive_snapshot import ARCHIVES
from tests.snapshots import VARIANTS, publish_contents, publish_tiny, tiny_contents

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
CORPORA = [name.replace(" ", "-") for name in VARIANTS]

# What would be active in markdown if it stood there unescaped.
ACTIVE = re.compile(
    r"(?<!\\)<(img|script|b|a|br)\b|(?<!\\)!\[|javascript(?<!\\)\:|(?<!\\):(red|material|streamlit)[\[/:]"
    r"|(?<!\\)\$|https?://canary|(?<!\\)`{3}|\u202e"
)
MARKDOWN_FIELDS = ("body", "label", "help", "title", "delta", "caption")


@pytest.fixture
def open_app(variants_store, monkeypatch):
    """Open a page of the shared store as a new visitor."""
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(variants_store))

    def open_page(**params):
        app = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in params.items():
            app.query_params[name.replace("__", ".")] = value
        return app.run()

    return open_page


def elements(app):
    """Every element and every block on the page, however deep."""
    pending = [app.main, app.sidebar]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(getattr(node, "children", {}).values())


def texts_of(app, fields=MARKDOWN_FIELDS):
    for element in elements(app):
        proto = getattr(element, "proto", None)
        for part in (proto, *(getattr(proto, kind, None) for kind in ("expandable", "popover"))):
            for field in fields:
                value = getattr(part, field, "")
                if isinstance(value, str) and value:
                    yield element, value


def words_on(app):
    """Everything there is to read. A widget is told its value only where it did not send it, so it is asked."""
    typed = [widget.value for widget in app.text_input]
    return "\n".join([text for _, text in texts_of(app, (*MARKDOWN_FIELDS, "placeholder"))] + typed)


def counted(app):
    """The two numbers of "n of N papers" in the filter bar."""
    said = next(m.value for m in app.markdown if re.fullmatch(r"\*\*[\d,]+\*\* of [\d,]+ papers", m.value))
    return tuple(int(n.replace(",", "")) for n in re.findall(r"[\d,]+", said))


def index_of(store, corpus="tiny"):
    return index_snapshot(open_snapshot(store, corpus))


# --- every page, every snapshot ------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("corpus", CORPORA)
def test_every_page_opens_over_every_snapshot(open_app, variants_store, corpus, page):
    app = open_app(corpus=corpus, page=page)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert app.query_params["page"] == page
    n_papers = index_of(variants_store, corpus).n_papers
    assert counted(app) == (n_papers, n_papers)


@pytest.mark.parametrize("page", PAGES)
def test_no_active_content_reaches_a_page(open_app, variants_store, page):
    index = index_of(variants_store, "hostile")
    visits = [
        {},
        {"topic": index.topic_ids[0]},
        {"paper": index.papers["paper_id"].iloc[0]},
        {"similar": index.papers["paper_id"].iloc[1]},
        {"q": "<img src=x onerror=alert(1)> :red[x] $x$", "words": "colour"},
        {
            "venue": index.venues.names[0],
            "facet__" + next(iter(index.facets)): next(iter(index.facets.values())).names[1],
        },
    ]
    for visit in visits:
        app = open_app(corpus="hostile", page=page, **visit)
        assert not app.exception
        assert [error.value for error in app.error] == []
        for element, text in texts_of(app):
            assert not getattr(element.proto, "allow_html", False)
            if element.type != "text":
                assert not ACTIVE.search(text), (visit, element.type, text)


def test_links_to_papers_lead_only_to_safe_addresses(open_app):
    for corpus in ("hostile", "tiny"):
        app = open_app(corpus=corpus, page="search", q="x OR solar OR javascript")
        for markdown in app.markdown:
            for target in re.findall(r"(?<!\\)\]\(<?([^)>]*)", markdown.value):
                assert target.startswith(("https://doi.org/10.", "https://example.org/")), target


def test_the_page_of_a_topic_says_how_stable_it_is(open_app, variants_store, monkeypatch):
    topic_ids = index_of(variants_store).topic_ids
    page = words_on(open_app(corpus="tiny", page="topics", topic=topic_ids[0]))
    assert "Stability :green-badge[solid] found in 10 of 10 runs, 92 % same papers" in page
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(ARCHIVES / "schema-1"))
    first = index_of(ARCHIVES / "schema-1").topic_ids[0]
    page = words_on(open_app(corpus="tiny", page="topics", topic=first))
    assert "Stability :gray-badge[not measured] fitting with --stability 10 measures it." in page


def test_a_burst_is_said_with_when_it_was(tmp_path, monkeypatch):
    contents = tiny_contents()
    evidence = {"trend_class": "burst", "trend_slope": 0.1, "trend_q": 0.002, "burst_from": "2021", "burst_to": "2022"}
    topics = contents.topics.astype(dict.fromkeys(evidence, object))
    topics.loc[0, list(evidence)] = list(evidence.values())
    publish_contents(tmp_path, replace(contents, topics=topics))
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(tmp_path))

    def open_page(**params):
        app = AppTest.from_file(str(APP), default_timeout=30)
        app.query_params.update({"corpus": "tiny", **params})
        return app.run()

    page = open_page(page="topics", topic=topics["topic_id"].iloc[0])
    assert "**Burst 2021 to 2022**" in [text.value for text in page.markdown]
    assert "higher than before and after" in words_on(page)
    assert "Burst" in [heading.value for heading in open_page(page="trends").subheader]
    table = open_page(page="topics").dataframe[0].value
    assert table["trend"].tolist()[0] == "burst 2021 to 2022"


# --- filters hold on every page ----------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_filters_hold_on_every_page_and_are_counted(open_app, variants_store, page):
    app = open_app(corpus="tiny", page=page, years="2021-2023", undated="no", facet__countries="Chile")
    index = index_of(variants_store)
    expected = matching_rows(index, Filters((2021, 2023), False, facets=(("countries", ("Chile",)),)))
    assert counted(app) == (expected.sum(), index.n_papers)
    app.button(key="clear").click().run()
    assert counted(app) == (index.n_papers, index.n_papers)
    assert set(app.query_params) == {"corpus", "snapshot", "page"}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("dial", ["0", "0.8"])
def test_every_page_opens_at_every_end_of_the_outlier_dial(open_app, variants_store, page, dial):
    app = open_app(corpus="three-levels", page=page, dial=dial)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert app.query_params["dial"] == dial
    index = at_dial(index_of(variants_store, "three-levels"), dial)
    n_outliers = int((index.topic_codes < 0).sum())
    assert f"**{n_outliers:,}** of {index.n_papers:,} papers are outside every topic" in words_on(app)
    assert f"{n_outliers / index.n_papers:.1%} outliers" in words_on(app)


def test_the_outlier_dial_moves_papers_and_stands_in_the_address(open_app, variants_store):
    app = open_app(corpus="tiny", page="topics")
    index = index_of(variants_store)
    cost = {setting.name: cost_in_words(setting) for setting in dial_settings(index)}
    assert cost["0.4"].startswith("10.0% outliers, coherence 0.22")
    assert cost["0.4"] in words_on(app)
    assert sum(app.dataframe[0].value["n_papers"]) == 54
    app.select_slider[0].set_value("0").run()
    assert app.query_params["dial"] == "0"
    assert cost["0"].startswith("0.0% outliers, coherence 0.20")
    assert f"**{cost['0']}**" in words_on(app)
    assert sum(app.dataframe[0].value["n_papers"]) == index.n_papers
    app.select_slider[0].set_value("0.4").run()
    assert "dial" not in app.query_params
    assert sum(app.dataframe[0].value["n_papers"]) == 54


def test_a_snapshot_without_a_dial_shows_none(monkeypatch):
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(ARCHIVES / "schema-1"))
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params.update({"corpus": "tiny", "page": "topics", "dial": "0"})
    app.run()
    assert not app.exception
    assert not app.select_slider
    assert "dial" not in app.query_params
    assert [w.value for w in app.warning] == [
        "Part of the link \\(setting for outliers\\) does not fit this snapshot and was left out\\."
    ]


def test_what_a_widget_is_set_to_stands_in_the_address(open_app):
    app = open_app(corpus="tiny", page="search")
    app.text_input(key="words").set_value("solar").run()
    assert app.query_params["words"] == "solar"
    app.slider(key="years").set_value((2021, 2024)).run()
    assert app.query_params["years"] == "2021-2024"
    app.checkbox(key="undated").uncheck().run()
    assert app.query_params["undated"] == "no"
    app.multiselect[0].select("Chile").run() if "Chile" in app.multiselect[0].options else app.multiselect[1].set_value(
        ["Chile"]
    ).run()
    assert app.query_params["facet.countries"] == "Chile"
    app.text_input(key="search").set_value("birdsong").run()
    assert app.query_params["q"] == "birdsong"
    again = open_app(**{name.replace(".", "__"): app.query_params[name] for name in app.query_params})
    assert counted(again) == counted(app)
    assert words_on(again) == words_on(app)


def test_a_widget_follows_the_address(open_app):
    app = open_app(corpus="tiny", page="search", words="solar", q="birdsong")
    app.query_params["words"] = "pigment"
    del app.query_params["q"]
    app.run()
    shown = {widget.label: widget.value for widget in app.text_input}
    assert list(shown.values()) == ["pigment", ""]
    app.text_input[0].set_value("noise").run()
    assert app.query_params["words"] == "noise"


def test_a_widget_is_told_its_value_only_where_it_does_not_say_so_itself(open_app):
    app = open_app(corpus="tiny", page="search", q="birdsong")
    told = {box.label: (box.proto.set_value, box.proto.value) for box in app.text_input}
    assert told["Search"] == (True, "birdsong")
    app.text_input(key="words").set_value("solar").run()
    # A browser takes what it is told over what the reader has typed since.
    assert not any(box.proto.set_value for box in app.text_input)
    assert [box.value for box in app.text_input] == ["solar", "birdsong"]
    for page in ("data", "search"):
        app.query_params["page"] = page
        app.run()
    # Not drawn for a while, it starts from what the address says.
    box = next(box for box in app.text_input if box.label == "Search")
    assert (box.proto.set_value, box.proto.value) == (True, "birdsong")


def test_a_corpus_without_a_field_says_so_instead_of_offering_it(open_app):
    app = open_app(corpus="no-dates", page="data")
    assert not app.slider
    assert any("has no dates" in caption.value for caption in app.caption)
    app = open_app(corpus="no-venues", page="data")
    assert any("has no venues" in caption.value for caption in app.caption)


# --- lists -------------------------------------------------------------------------------------


def titles_on(app):
    return [m.value for m in app.markdown if re.match(r"\*\*(\[|[A-Z]).*part \d+", m.value)]


def test_a_list_is_paged_and_loses_no_paper(open_app, variants_store):
    index = index_of(variants_store)
    seen = []
    for at in ("1", "2", "3"):
        seen += titles_on(open_app(corpus="tiny", page="search", q="w* OR t* OR a*", at=at))
    assert (
        len(seen) == len(set(seen)) == len(paper_rows(index, View("tiny", index.snapshot_id, search="w* OR t* OR a*")))
    )


def test_a_page_past_the_end_is_the_last_one(open_app):
    assert titles_on(open_app(corpus="tiny", page="search", q="birdsong", at="99999"))


def test_search_says_when_there_is_nothing_to_look_for(open_app):
    app = open_app(corpus="tiny", page="search", q="!!!")
    assert any("no word to look for" in info.value for info in app.info)
    app = open_app(corpus="tiny", page="search", q="xyzzy")
    assert any("No paper fits" in info.value for info in app.info)


def test_search_by_meaning_says_when_it_cannot(open_app):
    app = open_app(corpus="hostile", page="search", q="songs of birds", mode="meaning")
    assert any("eaning search is off" in info.value for info in app.info)


def test_search_by_meaning_lists_the_nearest_with_their_similarity(open_app):
    app = open_app(corpus="tiny", page="search", q="warbler dialect and birdsong", mode="meaning")
    assert [error.value for error in app.error] == []
    shown = [float(m[1]) for c in app.caption if (m := re.search(r"similarity (-?\d\.\d\d)", c.value))]
    assert len(shown) == 20
    assert shown == sorted(shown, reverse=True)


def test_search_by_meaning_says_when_it_knows_no_word(open_app):
    app = open_app(corpus="tiny", page="search", q="xyzzy", mode="meaning")
    assert any("knows none of these words" in info.value for info in app.info)


def test_the_button_gives_what_the_command_line_gives_for_the_address(open_app, variants_store):
    app = open_app(corpus="tiny", page="search", q="birdsong", abstracts="yes")
    assert app.get("download_button")
    index = index_of(variants_store)
    view = View("tiny", index.snapshot_id, page="search", search="birdsong", abstracts=True)
    address = urlencode({name: app.query_params[name] for name in app.query_params})
    assert csv_of(index, replace(view, table="papers"))() == export_view(variants_store, address)


def test_an_open_paper_shows_its_abstract_and_leads_on(open_app, variants_store):
    index = index_of(variants_store)
    app = open_app(corpus="tiny", page="search", paper="p-0003")
    abstract = index.snapshot.abstract(index.rows_by_id["p-0003"])
    shown = [re.sub(r":\w+-background\[(.*?)\]|\\", r"\1", markdown.value) for markdown in app.markdown]
    assert abstract in shown
    assert any(markdown.value.startswith("Well inside **2 Solar cell ageing**") for markdown in app.markdown)
    app.button(key="open-paper-runner-up").click().run()
    assert app.query_params["topic"] == index.topic_ids[0]
    assert "paper" not in app.query_params


# --- where a link leads ----------------------------------------------------------------------------


ATTACKS = [
    "../",
    "..%2f",
    "%2e%2e%2f",
    "..\\",
    "C:\\",
    "\\\\host\\share",
    "\x00",
    "//evil.invalid",
    "x" * 40_000,
    "٢٠٢٤",
    ["a", "b", "../"],
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: repr(attack)[:14])
def test_an_attack_in_the_address_leads_to_the_default_and_a_notice(open_app, attack):
    names = ("page", "topic", "paper", "similar", "venue", "facet__countries", "facet__x", "years", "area", "at")
    visits = [{"corpus": attack}, {"corpus": "tiny", "snapshot": attack}]
    visits.append({"corpus": "tiny", **dict.fromkeys(names, attack)})
    for visit in visits:
        app = open_app(**visit)
        assert not app.exception
        assert [error.value for error in app.error] == []
        assert app.query_params["corpus"] == visit["corpus"] or visit["corpus"] is attack
        assert app.query_params["corpus"] in CORPORA
        assert app.query_params["page"] == "overview"
        assert app.warning
        assert "evil" not in words_on(app)


def test_a_megabyte_in_the_address_leads_to_the_default(open_app):
    # Longer than the server takes: it drops the whole address, so there is nothing to say about it.
    app = open_app(corpus="tiny", q="x" * 1_000_000)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert app.query_params["corpus"] in CORPORA
    assert "q" not in app.query_params


def test_nothing_outside_the_store_is_opened_for_an_address(open_app, variants_store, monkeypatch):
    opened = []
    real = open_snapshot
    monkeypatch.setattr("pipeline.snapshot.open_snapshot", lambda *a, **k: opened.append(a) or real(*a, **k))
    for attack in ("../../etc", "/etc", "tiny/../tiny"):
        open_app(corpus=attack)
        open_app(corpus="tiny", snapshot=attack)
    assert all(corpus in CORPORA for _, corpus, *_ in opened)


def test_a_permalink_keeps_its_snapshot_when_a_newer_one_is_published(tiny_store, monkeypatch):
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(tiny_store))
    old = open_snapshot(tiny_store, "tiny").snapshot_id
    publish_contents(tiny_store, tiny_contents(n_papers=40), created=datetime(2025, 8, 1, tzinfo=UTC))
    data.listing.__globals__["_listing"].clear()
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params["snapshot"] = old
    assert counted(app.run())[1] == 60
    app.button(key="open-current").click().run()
    assert counted(app)[1] == 40
    fresh = AppTest.from_file(str(APP), default_timeout=30).run()
    assert counted(fresh)[1] == 40
    assert fresh.query_params["snapshot"] != old
    assert "older snapshot" not in words_on(fresh)


def test_a_snapshot_that_is_gone_is_said_and_the_newest_offered(open_app, variants_store):
    app = open_app(corpus="tiny", snapshot="20200101T000000Z-aaaaaa", page="search", q="birdsong")
    assert app.title[0].value == "This snapshot is gone"
    app.button(key="open-nearest").click().run()
    assert app.query_params["snapshot"] == index_of(variants_store).snapshot_id
    assert app.query_params["q"] == "birdsong"
    assert app.title[0].value == "Search"


def damage(folder):
    path = folder / "papers.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-7] + b"garbage")


def test_a_damaged_snapshot_is_not_shown_and_the_last_good_one_is(tmp_path, monkeypatch):
    store = tmp_path / "store"
    publish_tiny(store)
    newest = publish_contents(store, tiny_contents(n_papers=40), created=datetime(2025, 8, 1, tzinfo=UTC))
    damage(newest)
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(store))
    app = AppTest.from_file(str(APP), default_timeout=30).run()
    assert counted(app)[1] == 60
    assert any("cannot be shown" in warning.value for warning in app.warning)
    app.run()
    assert any("cannot be shown" in warning.value for warning in app.warning)
    pinned = AppTest.from_file(str(APP), default_timeout=30)
    pinned.query_params["snapshot"] = newest.name
    pinned.run()
    assert "damaged" in pinned.error[0].value
    assert str(tmp_path) not in words_on(pinned)
    pinned.button(key="open-nearest").click().run()
    assert counted(pinned)[1] == 60


@pytest.mark.parametrize("pinned", [True, False])
def test_a_corpus_that_cannot_be_opened_leads_to_the_others(tmp_path, monkeypatch, pinned):
    store = tmp_path / "store"
    publish_tiny(store, "fine")
    bad = publish_tiny(store, "bad")
    damage(bad)
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(store))
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params["corpus"] = "bad"
    if pinned:
        app.query_params["snapshot"] = bad.name
    app.run()
    assert "damaged" in app.error[0].value
    assert not [button for button in app.button if button.key in ("open-nearest", "open-corpus-bad")]
    app.button(key="open-corpus-fine").click().run()
    assert app.query_params["corpus"] == "fine"
    assert counted(app)[1] == 60


def test_a_snapshot_removed_while_open_does_not_break_the_page(tmp_path, monkeypatch):
    store = tmp_path / "store"
    folder = publish_tiny(store)
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(store))
    app = AppTest.from_file(str(APP), default_timeout=30).run()
    shutil.rmtree(folder)
    app.query_params["words"] = "solar"
    app.run()
    assert not app.exception
    assert str(tmp_path) not in words_on(app)


def test_an_empty_store_says_how_to_fill_it(tmp_path, monkeypatch):
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(tmp_path / "nothing"))
    app = AppTest.from_file(str(APP), default_timeout=30).run()
    assert not app.exception
    assert any("topic-explorer fit" in code.value for code in app.code)


# --- errors and visitors -----------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_an_error_shows_no_path_and_no_traceback(open_app, monkeypatch, caplog, page):
    def fail(context):
        raise RuntimeError(f"/srv/secret/path.py and {context.view.search}")

    monkeypatch.setattr(f"dashboard.views.{page.replace('-', '_')}.render", fail)
    app = open_app(corpus="tiny", page=page, q="private question")
    assert not app.exception
    assert len(app.error) == 1
    for telltale in ("secret", "RuntimeError", "Traceback", ".py"):
        assert telltale not in words_on(app)
    assert "RuntimeError" in caplog.text
    assert "private question" not in caplog.text
    assert "secret" not in caplog.text


# --- the Data page ---------------------------------------------------------------------------------------


def test_the_data_page_accounts_for_every_record(open_app):
    app = open_app(corpus="tiny", page="data")
    metrics = {metric.label: int(metric.value.replace(",", "")) for metric in app.metric}
    assert metrics["Records read"] == metrics["Papers kept"] + metrics["Dropped"] == 63
    page = words_on(app)
    assert "No abstract" in page
    assert "Duplicate title" in page
    assert "3 of the papers read were dropped" in page
    assert index_id(app) in page + "".join(str(table.value) for table in app.table)


def index_id(app):
    return app.query_params["snapshot"]
