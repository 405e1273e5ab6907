"""The outlier dial: at every setting the dashboard counts what the snapshot's table says."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import pandas as pd
import pytest

from dashboard.components.dial import cost_in_words
from dashboard.components.map_points import map_points
from dashboard.export_command import export_view
from dashboard.exports import ExportError, export
from dashboard.permalinks import view_from_query
from dashboard.queries import (
    UNDATED,
    at_dial,
    dial_settings,
    index_snapshot,
    listed_papers,
    papers_at,
    representative_rows,
    topic_overview,
    topic_sizes,
    topic_trends,
)
from dashboard.state import View, query_of
from pipeline.schema import OUTLIER_TOPIC_ID
from pipeline.snapshot import open_snapshot
from tests.snapshots import VARIANTS, publish_contents, tiny_contents

WITH_TOPICS = [n.replace(" ", "-") for n in VARIANTS if n not in ("no papers", "one paper", "no topics")]


@pytest.fixture(scope="module", params=WITH_TOPICS)
def index(request, variants_store):
    return index_snapshot(open_snapshot(variants_store, request.param))


@pytest.fixture(scope="module")
def tiny(variants_store):
    return index_snapshot(open_snapshot(variants_store, "tiny"))


def at(index, setting):
    return at_dial(index, index.dial_names[setting.name])


def test_topics_and_outliers_are_all_papers_at_every_setting_and_those_of_the_table(index):
    everything = np.ones(index.n_papers, dtype=bool)
    settings = dial_settings(index)
    assert len(settings) == 12
    for setting in settings:
        dialled = at(index, setting)
        sizes, n_outliers = topic_sizes(dialled, everything)
        assert sizes.sum() + n_outliers == index.n_papers
        assert n_outliers == setting.n_outliers
        assert n_outliers / index.n_papers == pytest.approx(setting.outlier_share)
        assert dialled.borderline.sum() == setting.n_borderline
        assert sizes.mean() == pytest.approx(setting.papers_per_topic)
        assert dialled.topics["size"].tolist() == sizes.tolist()
        assert (dialled.papers["topic_id"] == OUTLIER_TOPIC_ID).sum() == n_outliers
        assert ((dialled.papers["strength"] == 0) | (dialled.topic_codes >= 0)).all()
        trends = topic_trends(dialled, everything)
        assert trends["n_papers"].sum() == (dialled.period_codes != UNDATED).sum()
        packed = map_points(dialled.papers, dialled.snapshot.topics, "t").payload
        codes = np.frombuffer(packed, dtype="<i2")[-2 * index.n_papers : -index.n_papers]
        np.testing.assert_array_equal(codes, dialled.topic_codes)


def test_the_snapshots_own_setting_changes_nothing(index):
    assert at_dial(index, "") is index
    own = next(setting for setting in dial_settings(index) if setting.is_default)
    assert index.dial_names[own.name] == ""
    again = at_dial(index, own.name)
    np.testing.assert_array_equal(again.topic_codes, index.topic_codes)
    pd.testing.assert_frame_equal(again.papers, index.papers)
    pd.testing.assert_frame_equal(again.topics, index.topics)
    pd.testing.assert_frame_equal(again.snapshot.topics, index.snapshot.topics)


def test_papers_only_join_as_the_dial_is_loosened_and_never_change_their_topic(index):
    before = None
    for setting in dial_settings(index):
        codes = at(index, setting).topic_codes
        if before is not None:
            assert ((codes == before) | (codes < 0)).all()
        before = codes
    assert (at(index, dial_settings(index)[0]).topic_codes >= 0).all()


def test_coarser_levels_follow(variants_store):
    index = index_snapshot(open_snapshot(variants_store, "three-levels"))
    for name in ("0", "0.8"):
        dialled = at_dial(index, name)
        topics = dialled.snapshot.topics.set_index("topic_id")
        for level, column in enumerate(("topic_id", "topic_level_1", "topic_level_2")):
            counted = dialled.papers[column].value_counts().drop(OUTLIER_TOPIC_ID, errors="ignore")
            assert counted.to_dict() == topics.loc[topics["level"] == level, "size"].to_dict()
        inside = dialled.papers[dialled.papers["topic_id"] != OUTLIER_TOPIC_ID]
        assert (inside["topic_id"].map(topics["parent"]) == inside["topic_level_1"]).all()


def test_lists_and_files_follow_the_dial(tiny, variants_store):
    loose = at_dial(tiny, "0")
    for name in ("0", "0.8"):
        dialled = at_dial(tiny, name)
        for topic_id, size in zip(dialled.topics["topic_id"], dialled.topics["size"], strict=True):
            view = View(tiny.corpus, tiny.snapshot_id, page="topics", topic=topic_id, dial=name)
            rows = listed_papers(dialled, view).rows
            assert len(rows) == size
            assert set(papers_at(dialled, rows)["topic_id"]) == {topic_id}
            assert export(dialled, view) == export_view(variants_store, query_of(view))
            assert set(representative_rows(dialled, topic_id)) <= set(rows)
        everything = np.ones(tiny.n_papers, dtype=bool)
        assert topic_overview(dialled, everything)["n_papers"].sum() == (dialled.topic_codes >= 0).sum()
    joined = (tiny.topic_codes < 0) & (loose.topic_codes >= 0)
    assert joined.sum() == (tiny.topic_codes < 0).sum() > 0
    assert (loose.papers["strength"][joined] < 0.4).all()


def test_a_link_holds_the_setting_and_one_that_the_snapshot_does_not_know_is_said(tiny, variants_store):
    view = View(tiny.corpus, tiny.snapshot_id, dial="0.6")
    assert "dial=0.6" in query_of(view)
    assert view_from_query(parse_qs(query_of(view)), tiny.facts) == (view, [])
    here = {"corpus": tiny.corpus, "snapshot": tiny.snapshot_id}
    own, notices = view_from_query({**here, "dial": "0.4"}, tiny.facts)
    assert (own.dial, notices) == ("", [])
    for odd in ("0.61", "NaN", "-1", "1e9", "0.6 ", "<b>", "٠"):
        wrong, notices = view_from_query({**here, "dial": odd}, tiny.facts)
        assert wrong.dial == ""
        assert notices == ["Part of the link (setting for outliers) does not fit this snapshot and was left out."]
    with pytest.raises(ExportError):
        export_view(variants_store, query_of(replace(view, dial="0.61")))


def test_the_cost_is_said_in_one_line(tiny):
    own = next(setting for setting in dial_settings(tiny) if setting.is_default)
    assert cost_in_words(replace(own, outlier_share=0.1289, coherence=0.281, n_borderline=340)) == (
        "12.9% outliers, coherence 0.28"
    )
    assert cost_in_words(replace(own, outlier_share=0, coherence=None, n_borderline=4_000)) == ("0.0% outliers")


def test_a_snapshot_without_a_dial_has_no_settings(tmp_path):
    publish_contents(tmp_path, replace(tiny_contents(), dial=None))
    index = index_snapshot(open_snapshot(tmp_path, "tiny"))
    assert dial_settings(index) == ()
    assert not index.borderline.any()
    _, notices = view_from_query({"corpus": "tiny", "snapshot": index.snapshot_id, "dial": "0"}, index.facts)
    assert len(notices) == 1
