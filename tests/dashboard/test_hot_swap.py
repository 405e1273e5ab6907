"""A corpus is published anew, rolled back and pruned while people look at it."""

from __future__ import annotations

import gc
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.state import PAGES
from pipeline import snapshot as snapshots
from tests.snapshots import publish_contents, publish_tiny, tiny_contents

APP = str(Path(__file__).parents[2] / "dashboard" / "app.py")
LATER = datetime(2025, 8, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store with one snapshot of ``tiny``, of 60 papers."""
    folder = tmp_path / "store"
    publish_tiny(folder)
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(folder))
    return folder


def visitor(**params):
    app = AppTest.from_file(APP, default_timeout=30)
    for name, value in params.items():
        app.query_params[name] = value
    return app.run()


def publish_another(store, n_papers=40, created=LATER):
    """A newer snapshot, as it is seen once the listing has been looked up again."""
    path = publish_contents(store, tiny_contents(n_papers=n_papers), created=created)
    data.look_again()
    return path


def texts(app):
    """Everything said in captions, headings and paragraphs."""
    return "\n".join(element.value for element in (*app.title, *app.markdown, *app.caption, *app.error))


def n_papers(app):
    said = next(m.value for m in app.markdown if re.fullmatch(r"\*\*[\d,]+\*\* of [\d,]+ papers", m.value))
    return int(said.split(" of ")[1].split()[0].replace(",", ""))


# --- a newer one is published --------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_an_open_visit_stays_where_it_is_and_is_told(store, page):
    here = visitor(page=page)
    before, pinned = texts(here), here.query_params["snapshot"]
    publish_another(store)
    here.run()
    assert here.query_params["snapshot"] == pinned
    assert "A newer snapshot is there, of 1 Aug 2025, 09:30 UTC" in texts(here)
    # Nothing else has changed: every number comes from the snapshot it was opened with. Data lists the store.
    new = set(texts(here).splitlines()) - set(before.splitlines())
    about_the_store = ("A newer snapshot is there", "**2025", "0.2 MB on disk")
    assert [line for line in new if not line.startswith(about_the_store)] == []
    fresh = visitor(page=page)
    assert n_papers(fresh) == 40
    assert "snapshot is there" not in texts(fresh)
    here.button(key="open-current").click().run()
    assert n_papers(here) == 40
    assert here.query_params["page"] == page


def test_after_a_rollback_the_visit_is_told_that_the_current_one_is_an_earlier_one(store):
    publish_another(store)
    here = visitor()
    assert n_papers(here) == 40
    snapshots.rollback(store, "tiny")
    data.look_again()
    here.run()
    assert n_papers(here) == 40
    assert "The current one is an earlier one, of 1 Jul 2025" in texts(here)
    here.button(key="open-current").click().run()
    assert n_papers(here) == 60


# --- and the old one is pruned -------------------------------------------------------------


def let_go():
    """What a server does that has opened many other snapshots since."""
    for cached in (data._open, data._at_dial, data._map_points):
        cached.clear()
    gc.collect()


def test_a_snapshot_open_in_a_browser_is_not_pruned_even_when_the_server_has_put_it_away(store):
    here = visitor()
    old = here.query_params["snapshot"]
    publish_another(store)
    let_go()
    assert snapshots.prune(store, "tiny", keep=1) == snapshots.Pruned(deleted=[], in_use=[old])
    assert n_papers(here.run()) == 60
    here.button(key="open-current").click().run()
    here.run()  # the test's own browser remembers the run before the last
    let_go()
    assert snapshots.prune(store, "tiny", keep=1).deleted == [old]


@pytest.mark.parametrize("page", ["overview", "map", "search", "place-my-papers"])
def test_a_visit_whose_snapshot_was_deleted_is_led_to_the_newest(store, page):
    here = visitor(page=page)
    old = here.query_params["snapshot"]
    publish_another(store)
    here.run()  # the server knows both
    shutil.rmtree(store / "tiny" / "snapshots" / old)  # by somebody who asks nobody
    let_go()
    here.run()
    assert not here.exception
    assert here.title[0].value == "This snapshot is gone"
    here.button(key="open-nearest").click().run()
    assert n_papers(here) == 40
    assert here.query_params["page"] == page


def test_a_corpus_deleted_under_a_visit_leads_to_another(store):
    publish_tiny(store, "other")
    here = visitor(corpus="tiny")
    shutil.rmtree(store / "tiny")
    let_go()
    here.run()
    assert not here.exception
    assert here.error[0].value.startswith("There is no corpus")
    here.run()
    assert here.query_params["corpus"] == "other"
    assert any("not in this store" in warning.value for warning in here.warning)
