"""The Hierarchy and the level switch as a visitor gets them, over every kind of snapshot."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.downloads import csv_of
from dashboard.components.topic_treemap import SHAPES, Cell, laid_out
from dashboard.export_command import export_view
from dashboard.queries import index_snapshot
from dashboard.state import View
from pipeline.snapshot import open_snapshot
from tests.archive_snapshot import ARCHIVES
from tests.snapshots import ATTACKS, levelled_contents, publish_contents

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
ONE_LEVEL = re.compile(r"one level, of 4 topics\: ")


@pytest.fixture
def open_app(variants_store, monkeypatch):
    """Open a page as a new visitor, of the shared store or of another."""

    def open_page(store=variants_store, **params):
        monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(store))
        app = AppTest.from_file(str(APP), default_timeout=30)
        app.query_params.update(params)
        app.run()
        assert not app.exception
        assert [error.value for error in app.error] == []
        return app

    return open_page


@pytest.fixture
def index(variants_store):
    return index_snapshot(open_snapshot(variants_store, "three-levels"))


def sent(app):
    """What each component of ours was given: name → data, the last of each name."""
    found, pending = {}, [app.main]
    while pending:
        node = pending.pop()
        proto = getattr(node, "proto", None)
        if type(proto).__name__ == "BidiComponent" and proto.WhichOneof("data") == "json":
            found[proto.component_name.rpartition(".")[2]] = json.loads(proto.json)
        pending.extend(reversed(getattr(node, "children", {}).values()))
    return found


def said(app):
    return "\n".join(markdown.value for markdown in [*app.markdown, *app.caption, *app.info])


def test_the_whole_tree_is_there_and_every_name_leads_on(open_app, index):
    app = open_app(corpus="three-levels", page="hierarchy")
    assert "From coarse to fine **2**, then **4**, then **8** topics." in said(app)
    rows = sent(app)["link_list"]["rows"]
    assert len(rows) == len(index.snapshot.topics)
    assert [row["depth"] for row in rows[:3]] == [0, 1, 2]
    for row in rows:
        page = "topics" if row["depth"] == 2 else "hierarchy"
        assert f"page={page}&topic=t-" in row["query"]
    treemap = sent(app)["topic_treemap"]
    assert sum(int(cell["note"].split(" ")[0]) for cell in treemap["cells"]) == index.n_papers
    assert treemap["cells"][-1]["label"] == "Outside every topic"
    assert {len(boxes) for boxes in treemap["boxes"].values()} == {3}


def test_a_coarse_topic_lists_its_papers_and_leads_up_again(open_app, index, variants_store):
    coarse = index.at_level(2).topics.iloc[0]
    parent_of_finest = index.at_level(1).topics[index.at_level(1).topics["parent"] == coarse["topic_id"]].iloc[0]
    for topic, n_above in ((coarse, 0), (parent_of_finest, 1)):
        app = open_app(corpus="three-levels", page="hierarchy", topic=topic["topic_id"])
        assert app.title[0].value == topic["label"]
        assert f"{topic['size']:,} of {index.n_papers:,} papers" in [caption.value for caption in app.caption]
        where = sent(app)["link_bar"]["links"]
        assert len(where) == n_above + 2
        assert "topic=" not in where[0]["query"]
        assert {metric.label: metric.value for metric in app.metric}["Papers"] == f"{topic['size']:,}"
    view = View(index.corpus, index.snapshot_id, page="hierarchy", topic=coarse["topic_id"], table="papers")
    assert csv_of(index, view)() == export_view(
        variants_store, "corpus=three-levels&page=hierarchy&topic=" + view.topic
    )


def test_a_filter_that_leaves_nothing_says_so(open_app):
    app = open_app(corpus="three-levels", page="hierarchy", words="nowhereatall")
    assert "No paper passes the filters." in said(app)
    assert "topic_treemap" not in sent(app)


def test_one_level_is_said_in_a_sentence(open_app):
    assert ONE_LEVEL.search(said(app := open_app(corpus="tiny", page="hierarchy")))
    assert "a handful already" in said(app)
    assert len(sent(app)["topic_treemap"]["cells"]) == 5
    assert "No topic was found" in said(open_app(corpus="no-topics", page="hierarchy"))
    app = open_app(ARCHIVES / "schema-1", corpus="tiny", page="hierarchy")
    assert "it was made before topics were grouped into coarser ones" in said(app)
    assert not any(group.label == "Topics" for group in app.button_group)


@pytest.mark.parametrize("page", ["overview", "map", "topics", "trends"])
def test_the_switch_holds_on_the_pages_that_show_topics(open_app, index, page):
    app = open_app(corpus="three-levels", page=page)
    assert "level" not in app.query_params
    app.button_group(key="level").set_value(1).run()
    assert not app.exception
    assert app.query_params["level"] == "1"
    topics = index.at_level(1).topics
    names = {f"{number} {label}" for number, label in zip(topics["number"], topics["label"], strict=True)}
    if page == "topics":
        assert len(app.dataframe[0].value) == 4
        assert "trend" not in app.dataframe[0].value
    elif page == "trends":
        assert "tested for the finest topics alone" in said(app)
        assert set(app.multiselect(key="trends-topics").options) == names | {"Outliers"}
    else:
        assert sent(app)["topic_map"]["level"] == 1
        assert names <= {row["label"] for row in list_called(app, "Topics")}


def list_called(app, start):
    pending = [app.main]
    while pending:
        node = pending.pop()
        proto = getattr(node, "proto", None)
        if type(proto).__name__ == "BidiComponent" and proto.component_name.endswith("link_list"):
            data = json.loads(proto.json)
            if data["name"].startswith(start) and "rise" not in data["name"]:
                return data["rows"]
        pending.extend(getattr(node, "children", {}).values())
    raise AssertionError(f"no list is called {start}…")


def test_the_level_goes_along_to_other_pages(open_app):
    app = open_app(corpus="three-levels", page="map", level="2")
    pages = list_of_pages(app)
    assert all("level=2" in link["query"] for link in pages)


def list_of_pages(app):
    pending = [app.main]
    while pending:
        node = pending.pop()
        proto = getattr(node, "proto", None)
        if type(proto).__name__ == "BidiComponent" and proto.component_name.endswith("link_bar"):
            return json.loads(proto.json)["links"]
        pending.extend(getattr(node, "children", {}).values())
    raise AssertionError("no bar of links")


def test_hostile_names_stay_text(open_app, tmp_path):
    contents = levelled_contents()
    topics = contents.topics.assign(
        label=[f"{ATTACKS[i % len(ATTACKS)][:300]} {i}" for i in range(len(contents.topics))]
    )
    publish_contents(tmp_path, replace(contents, topics=topics), "odd")
    for visit in ({}, {"topic": topics["topic_id"].iloc[-1]}, {"level": "2", "page": "map"}):
        app = open_app(tmp_path, **{"corpus": "odd", "page": "hierarchy", **visit})
        for markdown in [*app.markdown, *app.caption, *app.title]:
            assert not re.search(r"(?<!\\)<(img|script)\b|(?<!\\)!\[|(?<!\\)\$|\u202e", markdown.value)
        for text in re.findall(r'"(?:label|hint)": ?"((?:[^"\\]|\\.)*)"', json.dumps(sent(app), ensure_ascii=False)):
            assert not set(text) & set("\u202e\u2066\x07\x1b")


def test_a_link_that_makes_no_sense_is_answered(open_app, index):
    for wrong in ("3", "x", "-1", "<img src=x onerror=alert(1)>", "٢", "1" * 5000):
        app = open_app(corpus="three-levels", page="topics", level=wrong)
        assert "level" not in app.query_params
        assert any("level of topics" in warning.value for warning in app.warning)
    app = open_app(corpus="three-levels", page="topics", topic=index.at_level(1).topic_ids[0])
    assert app.query_params["page"] == "hierarchy"
    app = open_app(corpus="three-levels", page="hierarchy", topic=index.topic_ids[0])
    assert app.query_params["page"] == "topics"


# --- the picture --------------------------------------------------------------------


@pytest.mark.parametrize("high", SHAPES.values())
def test_areas_in_both_shapes_are_as_the_papers(high):
    view = View("lab", "20250701T120000Z-abcdef")
    papers = [500, 320, 90, 90, 3]
    cells = [Cell(f"{n}", n, n / 1003, view, "#112233", inner=(("a", n - 1), ("b", 1), ("c", 0))) for n in papers]
    laid = laid_out(cells, high)
    areas = np.array([each["box"][2] * each["box"][3] for each in laid])
    np.testing.assert_allclose(areas / 1e4, np.array(papers) / 1003, atol=1e-5)
    for each, n in zip(laid, papers, strict=True):
        inner = np.array(each["inner"])
        np.testing.assert_allclose(inner[:, 2] * inner[:, 3] / 1e4, [(n - 1) / n, 1 / n], atol=2e-3)


def test_a_topic_alone_in_a_cell_is_not_drawn_twice():
    view = View("lab", "20250701T120000Z-abcdef")
    laid = laid_out([Cell("a", 5, 1.0, view, "#112233", inner=(("b", 5), ("c", 0)))], 0.5)
    assert laid == [{"box": [0, 0, 100, 100], "inner": []}]
