"""A topic's words over time: counted as the search finds them, and tested before they are said to change."""

import csv
import io
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs

import numpy as np
import pandas as pd
import pytest

from dashboard import export_command, exports
from dashboard.components.picture import NO_PERIOD
from dashboard.components.word_heat import papers_with_word
from dashboard.permalinks import view_from_query
from dashboard.queries import (
    index_snapshot,
    listed_papers,
    matching_rows,
    papers_with_terms,
    word_trends,
    word_trends_table,
)
from dashboard.state import Filters, View, query_of
from pipeline.intervals import newcombe_interval, wilson_interval
from pipeline.snapshot import open_snapshot
from tests.dashboard.test_app import CORPORA, words_on
from tests.dashboard.test_topic_page import open_topic  # noqa: F401 (a fixture)
from tests.snapshot_assembly import assemble
from tests.snapshots import publish_contents


def index_of(store, corpus="tiny"):
    return index_snapshot(open_snapshot(store, corpus))


@pytest.fixture(scope="module")
def changing_store(tmp_path_factory):
    """20 papers a year from 2015 to 2022: one word is in all of them, one comes in 2019, one leaves then."""
    years = np.repeat(np.arange(2015, 2023), 20)
    records = [
        {
            "paper_id": f"p{i:04d}", "title": f"Paper {i}", "authors": [], "venue": None, "source": "made.csv",
            "published": date(int(year), 1, 1), "published_precision": "year", "url": None, "doi": None,
            "citations": None, "keywords": [], "language": "en",
        }
        for i, year in enumerate(years)
    ]  # fmt: skip
    texts = [f"A sail and {'a kite' if year >= 2019 else 'an oar'} in one boat." for year in years]
    words = ["sail", "kite", "oar", "absent"]
    contents = assemble(pd.DataFrame(records), texts, np.zeros(160, dtype=np.int64), ["Boats"], [words], seed=2)
    store = tmp_path_factory.mktemp("changing") / "store"
    publish_contents(store, contents, "changing")
    return store


def trends_of(index, topic_id, filters=None):
    mask = matching_rows(index, filters or Filters())
    return word_trends(index, papers_with_terms(index, topic_id), mask, topic_id)


def test_a_word_that_comes_and_one_that_goes_are_told_from_one_that_stays(changing_store):
    index = index_of(changing_store, "changing")
    trends = trends_of(index, index.topic_ids[0])
    words = trends.words.set_index("term")
    assert list(words.index) == ["sail", "kite", "oar"]
    assert words["change"].to_dict() == {"sail": "", "kite": "more", "oar": "less"}
    assert words["since"].tolist() == [2019] * 3
    assert words.loc["kite", ["n_before", "held_before", "n_since", "held_since"]].tolist() == [80, 0, 80, 80]
    low, high = newcombe_interval(80, 80, 0, 80)
    assert words.loc["kite", ["difference", "difference_low", "difference_high"]].tolist() == [1.0, low, high]
    assert trends.totals.tolist() == [20] * 8
    assert trends.counts.tolist() == [[20] * 8, [0] * 4 + [20] * 4, [20] * 4 + [0] * 4]


@pytest.mark.parametrize("filters", [Filters(), Filters(years=(2021, 2023)), Filters(words="birdsong")])
def test_every_cell_is_a_list_of_papers(variants_store, filters):
    index = index_of(variants_store)
    topic_id = index.topic_ids[0]
    trends = trends_of(index, topic_id, filters)
    view = View(index.corpus, index.snapshot_id, "topics", topic=topic_id, part="word-trends", filters=filters)
    assert len(trends.words)
    for term, row in zip(trends.words["term"], trends.counts, strict=True):
        template = query_of(papers_with_word(view, term, NO_PERIOD))
        assert template.count("%00") == 1
        for period, count in zip(index.periods, row, strict=True):
            leads_to, notices = view_from_query(parse_qs(template.replace("%00", period)), index.facts)
            assert notices == []
            assert leads_to == papers_with_word(view, term, period)
            assert len(listed_papers(index, leads_to).rows) == count
        assert len(listed_papers(index, papers_with_word(view, term)).rows) >= row.sum()


@pytest.mark.parametrize("corpus", CORPORA)
def test_the_file_has_every_word_and_period_with_their_intervals(variants_store, corpus):
    index = index_of(variants_store, corpus)
    for topic_id in index.topic_ids[:2]:
        view = View(index.corpus, index.snapshot_id, "topics", topic=topic_id, table="word-trends")
        content = exports.export(index, view)
        assert export_command.export_view(variants_store, query_of(view)) == content
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        trends = trends_of(index, topic_id)
        table = word_trends_table(index, trends)
        assert len(rows) == len(table) == trends.counts.size
        assert [int(row["n_papers"]) for row in rows] == trends.counts.ravel().tolist()
        low, high = wilson_interval(table["n_papers"], table["n_period"])
        assert table["share_low"].tolist() == low.tolist()
        assert table["share_high"].tolist() == high.tolist()
    with pytest.raises(exports.ExportError, match="name it in the view"):
        exports.export(index, View(index.corpus, index.snapshot_id, table="word-trends"))


def test_a_coarser_topic_has_its_words_over_time_too(variants_store):
    index = index_of(variants_store, "three-levels")
    coarse = index.at_level(1).topic_ids[0]
    trends = trends_of(index, coarse)
    within = index.in_topic(coarse) & (index.period_codes >= 0)
    assert trends.totals.tolist() == np.bincount(index.period_codes[within], minlength=len(index.periods)).tolist()


def test_the_page_says_what_changed(open_topic, changing_store, variants_store):  # noqa: F811
    app = open_topic(changing_store, "changing", part="word-trends")
    assert not app.exception
    page = words_on(app)
    assert "Its 3 keywords; 2 of them changed clearly" in page
    assert "the share before 2019 and since" in page
    assert any(button.key == "topic-word-trends-csv" for button in app.get("download_button"))
    page = words_on(open_topic(variants_store, "one-period", part="word-trends"))
    assert "none of them changed clearly" in page
    assert "before" not in page.split("Colour is the share")[1].split("have a date")[0]
    page = words_on(open_topic(variants_store, part="word-trends", words="xyzzy"))
    assert "None of its keywords stands in a dated paper that passes the filters." in page
    assert "--column year" in words_on(open_topic(variants_store, "no-dates", part="word-trends"))


def test_words_are_counted_at_the_dial_that_the_view_sets(variants_store):
    index = index_of(variants_store)
    view = View(index.corpus, index.snapshot_id, "topics", topic=index.topic_ids[0], table="word-trends")
    at_fit = export_command.export_view(variants_store, query_of(view))
    tight = export_command.export_view(variants_store, query_of(replace(view, dial="0.8")))

    def n_papers(content):
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        return sum(int(row["n_papers"]) for row in rows)

    assert n_papers(tight) < n_papers(at_fit)
