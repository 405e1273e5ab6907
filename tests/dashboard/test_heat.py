"""The heat map of topics over time: what its cells say, where they lead, and what is taken away."""

import csv
import io
from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import exports
from dashboard.components.picture import NO_PERIOD
from dashboard.components.topic_heat import MOST_AT_FIRST
from dashboard.components.topic_trend import papers_of_topic_in
from dashboard.permalinks import view_from_query
from dashboard.queries import (
    NO_PAPERS,
    STEPS,
    against_usual,
    counts_by_period,
    heat_steps,
    index_snapshot,
    listed_papers,
    matching_rows,
    peak_periods,
    topic_overview,
    topic_trends,
)
from dashboard.state import TOPIC_SORTS, Filters, View, query_of
from pipeline.intervals import wilson_interval
from pipeline.snapshot import open_snapshot
from tests.dashboard.test_app import ACTIVE, APP, CORPORA, texts_of, words_on


def index_of(store, corpus="tiny"):
    return index_snapshot(open_snapshot(store, corpus))


@pytest.fixture
def open_heat(variants_store, monkeypatch):
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(variants_store))

    def open_page(corpus="tiny", **params):
        app = AppTest.from_file(str(APP), default_timeout=30)
        app.query_params.update({"corpus": corpus, "page": "trends", "part": "heat", **params})
        return app.run()

    return open_page


# --- what a cell says ------------------------------------------------------------------------


def test_a_cell_is_the_count_against_what_the_rows_usual_share_lets_expect():
    ratio = against_usual([[10, 30, 0], [0, 0, 0]], [100, 100, 0])
    # Usual: 40 of 200; expected 20 of each 100; four papers of the usual share beside them.
    assert ratio[0, :2].tolist() == [14 / 24, 34 / 24]
    assert ratio[1, :2].tolist() == [1, 1]
    assert np.isnan(ratio[:, 2]).all()
    assert heat_steps(ratio).tolist() == [[1, 3, NO_PAPERS], [2, 2, NO_PAPERS]]


def test_few_papers_stay_near_the_usual_and_many_do_not():
    few, many = against_usual([[2, 0], [2000, 0]], [10, 10]), against_usual([[2000, 0]], [10_000, 10_000])
    assert few[0].tolist() == [6 / 5, 4 / 5]
    assert many[0, 0] == pytest.approx(2004 / 1004)


def test_steps_begin_at_their_bounds():
    assert heat_steps(np.array([0.0, *STEPS, 9.0])).tolist() == [0, 1, 2, 3, 4, 5, 5]


@pytest.mark.parametrize("filters", [Filters(), Filters(words="birdsong OR solar", include_undated=False)])
def test_counts_are_those_of_the_trends_and_each_cell_leads_to_its_papers(variants_store, filters):
    index = index_of(variants_store)
    mask = matching_rows(index, filters)
    counts, totals = counts_by_period(index, mask, index.topic_ids)
    trends = topic_trends(index, mask, index.topic_ids)
    assert counts.ravel().tolist() == trends["n_papers"].tolist()
    assert np.tile(totals, len(index.topic_ids)).tolist() == trends["n_period"].tolist()
    view = View(index.corpus, index.snapshot_id, "trends", part="heat", filters=filters, topic_sort="peak", rows="all")
    for topic_id, row in zip(index.topic_ids, counts, strict=True):
        template = query_of(papers_of_topic_in(view, topic_id, NO_PERIOD))
        assert template.count("%00") == 1
        for period, count in zip(index.periods, row, strict=True):
            leads_to, notices = view_from_query(parse_qs(template.replace("%00", period)), index.facts)
            assert notices == []
            assert leads_to == replace(view, topic=topic_id, period=period)
            assert len(listed_papers(index, leads_to).rows) == count


# --- the order of rows -----------------------------------------------------------------------------


@pytest.mark.parametrize("corpus", CORPORA)
def test_a_peak_is_where_the_lower_end_of_the_interval_is_highest(variants_store, corpus):
    index = index_of(variants_store, corpus)
    mask = np.ones(index.n_papers, dtype=bool)
    peaks = peak_periods(index, mask, index.topic_ids)
    partial = index.snapshot.manifest.trends.last_is_partial
    for topic_id, peak in zip(index.topic_ids, peaks, strict=True):
        (counts,), totals = counts_by_period(index, mask, [topic_id])
        if partial:
            counts, totals = counts[:-1], totals[:-1]
        if not counts.sum():
            assert peak == -1
            continue
        low = wilson_interval(counts, totals)[0]
        assert low[peak] == low.max()
        assert (low[:peak] < low[peak]).all()
    ordered = topic_overview(index, mask, "peak")["topic_id"].tolist()
    assert sorted(ordered) == sorted(index.topic_ids)
    dated = [peak for topic_id in ordered if (peak := dict(zip(index.topic_ids, peaks, strict=True))[topic_id]) >= 0]
    assert dated == sorted(dated)


# --- the page -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("corpus", CORPORA)
def test_the_heat_map_opens_over_every_snapshot(open_heat, corpus):
    for params in ({}, {"order": "peak", "rows": "all"}, {"words": "xyzzy"}, {"group": "venue", "order": "coherence"}):
        app = open_heat(corpus, **params)
        assert not app.exception
        assert [error.value for error in app.error] == []
        for element, text in texts_of(app):
            assert element.type == "text" or corpus != "hostile" or not ACTIVE.search(text), text


@pytest.mark.parametrize("order", TOPIC_SORTS)
def test_the_order_stands_in_the_address_and_on_the_topics_page(open_heat, order):
    app = open_heat(order=order)
    assert not app.exception
    assert app.query_params.get("order", ["size"]) in ([order], order)
    app = open_heat(order=order, part="time", page="topics")
    assert not app.exception


def test_many_topics_are_cut_and_the_rest_is_one_click_away(open_heat, variants_store):
    app = open_heat("many-topics")
    assert f"The {MOST_AT_FIRST} largest of 300 topics" in words_on(app)
    app.button(key="trends-heat-rows").click().run()
    assert app.query_params["rows"] in ("all", ["all"])
    assert "The 150 largest of 300 topics" in words_on(app)
    assert "All 4 topics" in words_on(open_heat("tiny"))


def test_the_csv_has_all_topics_and_outliers(variants_store):
    index = index_of(variants_store)
    view = View(index.corpus, index.snapshot_id, "trends", part="heat", table="trends", rows="all")
    rows = list(csv.DictReader(io.StringIO(exports.export(index, view).decode("utf-8-sig"), newline="")))
    assert {row["topic_id"] for row in rows} == {*index.topic_ids, "outlier"}
    assert len(rows) == (len(index.topic_ids) + 1) * len(index.periods)


def test_a_cell_lists_its_papers_below_the_map(open_heat, variants_store):
    index = index_of(variants_store)
    period = index.periods[0]
    app = open_heat(topic=index.topic_ids[0], period=period)
    assert any(period in heading.value for heading in app.subheader)
    assert any(button.key == "trends-heat-csv" for button in app.get("download_button"))
    assert "heat" in app.query_params["part"]


def test_a_part_of_the_topic_page_is_none_of_trends(open_heat):
    app = open_heat(part="words")
    assert not app.exception
    assert not any(button.key == "trends-heat-csv" for button in app.get("download_button"))
