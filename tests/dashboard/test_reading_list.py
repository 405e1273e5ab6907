"""The reading list: what is on it, what a link holds of it, and its page as a visitor gets it."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.components.reading_list import merged
from dashboard.export_command import export_view
from dashboard.exports import export
from dashboard.paper_codes import code_of, joined
from dashboard.queries import index_snapshot, listed_papers, matching_rows, papers_of_codes, papers_of_ids
from dashboard.state import MAX_LISTED, Filters, View, query_of
from pipeline.snapshot import open_snapshot
from tests.snapshots import ATTACKS, VARIANTS, publish_contents, publish_tiny, tiny_contents

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
IDS = ("p-0007", "p-0002", "p-0031")


@pytest.fixture(scope="module")
def index(variants_store):
    return index_snapshot(open_snapshot(variants_store, "tiny"))


def view_of(index, **changes):
    return View(index.corpus, index.snapshot_id, "reading-list", **changes)


# --- the list and its link ---------------------------------------------------------


def test_papers_are_found_by_id_and_by_code_in_the_order_of_the_list(index):
    rows = [index.rows_by_id[paper_id] for paper_id in IDS]
    wanted = (IDS[0], "gone", *IDS[1:])
    by_id = papers_of_ids(index, wanted)
    by_code = papers_of_codes(index, [code_of(paper_id) for paper_id in wanted])
    assert by_id.rows.tolist() == by_code.rows.tolist() == rows
    assert (by_id.gone, by_code.gone) == (("gone",), (code_of("gone"),))


@pytest.mark.parametrize("corpus", [name.replace(" ", "-") for name in VARIANTS])
def test_every_paper_of_every_snapshot_has_a_code_of_its_own(variants_store, corpus):
    index = index_snapshot(open_snapshot(variants_store, corpus))
    codes = [code_of(paper_id) for paper_id in index.papers["paper_id"]]
    assert papers_of_codes(index, codes).rows.tolist() == list(range(index.n_papers))
    assert papers_of_codes(index, ["--------"]).gone == ("--------",)


def test_a_sent_list_holds_its_papers_and_no_other_under_the_filters(index):
    listed = tuple(map(code_of, IDS))
    rows = [index.rows_by_id[paper_id] for paper_id in IDS]
    assert listed_papers(index, view_of(index, listed=listed)).rows.tolist() == rows
    assert listed_papers(index, view_of(index)).rows.tolist() == []
    elsewhere = {"topic": index.topic_ids[0], "search": "xyzzy", "selection": ((0, 0), (1, 0), (1, 1))}
    assert listed_papers(index, view_of(index, listed=listed, **elsewhere)).rows.tolist() == rows
    filters = Filters(words="birdsong OR warbler")
    mask = matching_rows(index, filters)
    found = listed_papers(index, view_of(index, listed=listed, filters=filters)).rows.tolist()
    assert found == [row for row in rows if mask[row]]
    by_title = listed_papers(index, view_of(index, listed=listed, sort="title")).rows
    assert index.papers["title"].iloc[by_title].tolist() == sorted(index.papers["title"].iloc[rows])


def test_the_command_line_writes_what_the_page_writes(index, variants_store):
    view = view_of(index, listed=tuple(map(code_of, IDS)), search="birdsong", mode="meaning")
    content = export(index, view)
    assert export_view(variants_store, query_of(view)) == content
    assert content.count(b"\r\n") == 1 + len(IDS)


def test_a_link_holds_at_most_so_many_papers(index):
    codes = [code_of(str(i)) for i in range(MAX_LISTED + 20)]
    assert view_of(index, listed=tuple(codes)).listed == tuple(codes[:MAX_LISTED])


@pytest.mark.parametrize(
    ("here", "kept", "agreed", "expected"),
    [
        ((), ["a", "b"], [], ("a", "b")),  # an earlier visit
        (("c",), ["a", "b"], [], ("a", "b", "c")),  # the reader was faster than the browser
        (("a",), ["a", "b", "d"], ["a", "b"], ("a", "d")),  # taken off here, added in another tab
        (("a", "b"), [], ["a", "b"], ()),  # all taken off in another tab
        (("a",), ["a", 3, None, "x" * 5000, "", "a"], ["a"], ("a",)),
        (("a",), "junk", {"also": "junk"}, ("a",)),
    ],
)
def test_what_two_tabs_did_to_the_list_is_done_once(here, kept, agreed, expected):
    assert merged(here, kept, agreed) == expected


def test_a_browser_cannot_make_the_list_longer_than_it_may_be():
    assert len(merged((), [str(i) for i in range(100_000)], [])) == MAX_LISTED


# --- the page ------------------------------------------------------------------------


@pytest.fixture
def open_app(variants_store, monkeypatch):
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(variants_store))
    return opened


def opened(kept=(), **params):
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params.update({"corpus": "tiny", "page": "reading-list", **params})
    app.session_state["reading lists"] = {app.query_params["corpus"]: tuple(kept)}
    return app.run()


def kept_by(app, corpus="tiny"):
    return app.session_state["reading lists"].get(corpus, ())


def titles_on(app):
    return [m.value for m in app.markdown if "part " in m.value and m.value.startswith("**")]


def words_on(app):
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.title) for element in kind)


def button(app, key):
    return next((button for button in app.button if button.key == key), None)


def test_a_paper_goes_on_the_list_with_one_click_and_off_again(open_app):
    app = open_app(page="search", q="birdsong")
    before = dict(app.query_params)
    app.button(key="found-0-keep").click().run()
    app.button(key="found-2-keep").click().run()
    assert dict(app.query_params) == before
    assert len(kept_by(app)) == 2
    assert "On my list" in app.button(key="found-0-keep").label
    assert app.button(key="found-1-keep").label == "Add to list"
    app.button(key="found-0-keep").click().run()
    assert len(kept_by(app)) == 1
    app.query_params["page"] = "reading-list"
    assert len(titles_on(app.run())) == 1


def test_the_open_paper_goes_on_the_list(open_app):
    for page in ("search", "map"):
        app = open_app(page=page, paper="p-0003")
        app.button(key="open-paper-keep").click().run()
        assert kept_by(app) == ("p-0003",)


def test_what_is_taken_off_can_be_put_back_at_its_place(open_app):
    app = open_app(IDS)
    assert len(titles_on(app)) == 3
    app.button(key="reading-1-keep").click().run()
    assert kept_by(app) == (IDS[0], IDS[2])
    assert "1 paper was taken off the list." in words_on(app)
    app.button(key="reading-list-undo").click().run()
    assert kept_by(app) == IDS
    assert button(app, "reading-list-undo") is None
    app.button(key="reading-list-clear").click().run()
    assert kept_by(app) == ()
    assert "Nothing is on your reading list" in words_on(app)
    app.button(key="reading-list-undo").click().run()
    assert kept_by(app) == IDS


def test_lists_of_corpora_are_never_confused(open_app):
    app = open_app(IDS)
    for name in list(app.query_params):
        del app.query_params[name]
    app.query_params.update({"corpus": "no-dates", "page": "reading-list"})
    app.run()
    assert "Nothing is on your reading list" in words_on(app)
    assert kept_by(app) == IDS


def test_the_link_holds_the_list_and_whoever_opens_it_can_take_it_over(open_app):
    app = open_app(IDS)
    link = next(code.value for code in app.code if "page=reading-list" in code.value)
    listed = joined([code_of(paper_id) for paper_id in IDS])
    assert f"list={listed}" in link
    other = open_app(("p-0009",), list=listed)
    assert other.title[0].value == "A reading list from a link"
    assert titles_on(other) == titles_on(app)
    assert kept_by(other) == ("p-0009",)
    other.button(key="reading-list-take").click().run()
    assert kept_by(other) == ("p-0009", *IDS)
    other.button(key="reading-list-own").click().run()
    assert "list" not in other.query_params
    assert len(titles_on(other)) == 4


def test_papers_that_a_newer_snapshot_lacks_are_named_and_kept(tmp_path, monkeypatch):
    store = tmp_path / "store"
    publish_tiny(store)
    publish_contents(store, tiny_contents(n_papers=40), created=datetime(2025, 8, 1, tzinfo=UTC))
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(store))
    data.listing.__globals__["_listing"].clear()
    app = opened(("p-0007", "p-0055"))
    assert "1 paper of the list is not in this snapshot: p\\-0055." in words_on(app)
    assert len(titles_on(app)) == 1
    sent = opened(list=joined([code_of("p-0055"), code_of("p-0007")]))
    assert "1 paper of the list is not in this snapshot." in words_on(sent)
    app.button(key="reading-list-gone").click().run()
    assert kept_by(app) == ("p-0007",)


def test_a_full_list_takes_no_more_and_says_so(open_app):
    full = [f"other-{i}" for i in range(MAX_LISTED)]
    app = open_app(full, page="search", q="birdsong")
    app.button(key="found-0-keep").click().run()
    assert kept_by(app) == tuple(full)
    assert any(f"at most {MAX_LISTED} papers" in toast.value for toast in app.toast)


def test_filters_hold_and_are_counted(open_app):
    app = open_app(IDS, words="xyzzy")
    assert "0 of these 3 papers pass the filters." in words_on(app)
    assert kept_by(app) == IDS


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: repr(attack)[:14])
def test_a_hostile_list_shows_nothing_and_says_so(open_app, attack):
    app = open_app([attack], corpus="hostile", list=attack)
    assert not app.exception
    assert [error.value for error in app.error] == []
    assert app.warning or app.title[0].value == "A reading list from a link"
    own = open_app([attack], corpus="hostile")
    assert not own.exception
    assert "1 paper of the list is not in this snapshot" in words_on(own)
    assert "<img" not in words_on(own).replace("\\<", "")


@pytest.mark.parametrize("corpus", [name.replace(" ", "-") for name in VARIANTS])
def test_every_snapshots_papers_can_be_listed(open_app, variants_store, corpus):
    index = index_snapshot(open_snapshot(variants_store, corpus))
    ids = index.papers["paper_id"].iloc[np.arange(min(3, index.n_papers))].tolist()
    app = open_app(ids, corpus=corpus)
    assert not app.exception
    assert [error.value for error in app.error] == []
    if ids:
        assert f"**{len(ids)} paper" in words_on(app)
