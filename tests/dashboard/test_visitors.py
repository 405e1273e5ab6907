"""Visitors of one process share snapshots and nothing else: what one does, no other sees."""

from __future__ import annotations

import hashlib
import inspect
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data, exports
from dashboard.queries import index_snapshot, levelled, matching_rows, topic_overview
from dashboard.state import PAGES, Filters, View
from pipeline.snapshot import open_snapshot

APP = str(Path(__file__).parents[2] / "dashboard" / "app.py")
CANARY = "zzcanary"


@pytest.fixture
def visitor(variants_store, monkeypatch):
    """Somebody new, on a page of the corpus ``tiny``."""
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(variants_store))

    def come(**params):
        app = AppTest.from_file(APP, default_timeout=30)
        for name, value in {"corpus": "tiny", **params}.items():
            app.query_params[name] = value
        return app.run()

    return come


def everything(app):
    """All that a visitor is sent or has in their session, as one text."""
    sent, pending = [], [app.main, app.sidebar]
    while pending:
        node = pending.pop()
        sent.append(str(getattr(node, "proto", "")))
        pending.extend(getattr(node, "children", {}).values())
    return "\n".join([*sent, str(dict(app.query_params)), str(app.session_state._state.filtered_state)])


# --- two visitors, turn by turn ---------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_nothing_that_one_visitor_does_reaches_another(visitor, caplog, page):
    first, second = visitor(page=page), visitor(page=page)
    before = everything(second)
    first.text_input(key="words").set_value(f"{CANARY}filter OR solar").run()
    second.run()
    if page == "search":
        first.text_input(key="search").set_value(f"{CANARY}search").run()
    if page == "place-my-papers":
        first.text_area[0].set_value(f"{CANARY}draft about birdsong and the dialect of warblers in a territory").run()
        next(button for button in first.button if button.label == "Place them").click().run()
        assert not first.exception
    second.run()
    for mine in (first, second, first, second):
        mine.run()
        assert not mine.exception
    assert CANARY in everything(first)
    assert CANARY not in everything(second)
    assert second.query_params == visitor(page=page).query_params
    assert len(everything(second)) == pytest.approx(len(before), rel=0.05)
    assert CANARY not in caplog.text


def test_a_reading_list_a_region_and_a_dial_stay_with_who_chose_them(visitor):
    first, second = visitor(page="search", q="birdsong"), visitor(page="search", q="birdsong")
    keep = next(button for button in first.button if button.label == "Add to list")
    keep.click().run()
    second.run()
    assert any(button.label == ":primary[On my list]" for button in first.button)
    assert not any(button.label == ":primary[On my list]" for button in second.button)
    third = visitor(page="map", area="0~0_0~1_1~1", years="2021-2022")
    assert "area" in third.query_params
    second.run()
    assert "area" not in second.query_params
    assert "years" not in second.query_params


ABOUT_THE_STORE = {"store", "corpus", "snapshot_id", "dial", "topic_id", "url", "revision"}


def test_what_is_kept_between_runs_is_asked_for_by_what_is_in_the_store():
    """No text, filter or name of a visitor can be the key of what others get: no cache takes such a thing."""
    cached = {name: kept for name, kept in vars(data).items() if hasattr(kept, "clear") and callable(kept)}
    assert len(cached) > 6
    for name, kept in cached.items():
        assert set(inspect.signature(kept).parameters) <= ABOUT_THE_STORE, name


# --- many at once --------------------------------------------------------------------------------


def fingerprint(index):
    """A hash over every table, array and text of a shared snapshot, and over what was worked out of it."""
    digest = hashlib.sha256()
    snapshot = index.snapshot
    for frame in (index.papers, index.topics, snapshot.papers, snapshot.topics, snapshot.trends, snapshot.term_trends):
        digest.update(frame.to_json(default_handler=str, date_format="iso").encode())
    for array in (snapshot.embeddings, snapshot.neighbours, index.topic_codes):
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update("\n".join(snapshot.abstracts(range(index.n_papers))).encode())
    return digest.hexdigest()


def view_number(n, index):
    """A view out of very many, the same for the same ``n``."""
    chance = random.Random(n)
    years = chance.choice([None, (2020, 2022), (2021, 2025)])
    words = chance.choice(["", "solar", "birdsong OR pigment", "-survey", f"{CANARY}{n}"])
    filters = Filters(years=years, words=words, include_undated=chance.random() < 0.5)
    page, table = chance.choice(
        [("overview", "topics"), ("topics", "papers"), ("trends", "trends"), ("search", "papers")]
    )
    return View(
        index.corpus,
        index.snapshot_id,
        page,
        topic=chance.choice(index.topic_ids) if page == "topics" else None,
        search="warbler OR cell" if page == "search" else "",
        filters=filters,
        sort=chance.choice(["", "title", "newest"]) if table == "papers" else "",
        table=table,
    )


def answer(n, index):
    """What visitor ``n`` gets: counts and a file."""
    view = view_number(n, index)
    mask = matching_rows(index, view.filters)
    topics: pd.DataFrame = topic_overview(levelled(index, view), mask)
    return int(mask.sum()), topics.to_json(), hashlib.sha256(exports.export(index, view)).hexdigest()


def test_eight_at_once_get_what_each_would_get_alone(variants_store):
    index = index_snapshot(open_snapshot(variants_store, "tiny"))
    before = fingerprint(index)
    alone = [answer(n, index) for n in range(50)]
    fresh = index_snapshot(open_snapshot(variants_store, "tiny"))  # nothing worked out yet
    start = threading.Barrier(8)

    def visit(worker):
        start.wait()
        order = random.Random(worker).sample(range(50), 50)
        return {n: answer(n, fresh) for n in order}

    with ThreadPoolExecutor(8) as workers:
        for got in workers.map(visit, range(8)):
            assert [got[n] for n in range(50)] == alone
    assert len(set(alone)) > 20
    assert fingerprint(index) == fingerprint(fresh) == before


def test_no_page_changes_the_shared_snapshot(visitor, variants_store):
    visitor()
    index = data.served_snapshot("tiny")
    before = fingerprint(index)
    papers = index.papers["paper_id"]
    for page in PAGES:
        visitor(page=page, words="solar", years="2021-2022")
        visitor(page=page, paper=papers.iloc[3], sort="title", abstracts="yes")
    visitor(page="search", q="birdsong", mode="meaning")
    visitor(page="topics", topic=index.topic_ids[0], part="words", order="label")
    assert data.served_snapshot("tiny") is index
    assert fingerprint(index) == before
