"""The words of a topic: what is counted, and how the weight orders them."""

import csv
import io
import math

import numpy as np
import pytest

from dashboard import export_command, exports
from dashboard.queries import (
    coarser_topics,
    index_snapshot,
    listed_papers,
    matching_rows,
    neighbouring_topics,
    papers_with_terms,
    phrase,
    topic_words,
)
from dashboard.queries.words import candidate_terms
from dashboard.state import NO_FILTERS, RELEVANCES, Filters, View
from pipeline.schema import OUTLIER_TOPIC_ID
from pipeline.snapshot import open_snapshot
from tests.snapshots import VARIANTS


def index_of(store, corpus="tiny"):
    return index_snapshot(open_snapshot(store, corpus))


@pytest.mark.parametrize("filters", [NO_FILTERS, Filters(years=(2020, 2022), include_undated=False)])
@pytest.mark.parametrize("weight", RELEVANCES)
def test_a_word_is_counted_where_a_click_on_it_finds_it_and_ranked_by_relevance(variants_store, filters, weight):
    index = index_of(variants_store)
    mask = matching_rows(index, filters)
    topic_id = index.topic_ids[1]
    n_topic = int((mask & (index.topic_codes == 1)).sum())
    words = topic_words(index, papers_with_terms(index, topic_id), mask, topic_id, weight)
    assert len(words) > 5
    assert (np.diff(words["relevance"]) <= 0).all()
    for word in words.to_dict("records"):
        view = View("tiny", index.snapshot_id, "topics", filters=filters).with_filters(words=phrase(word["term"]))
        assert word["n_all"] == len(listed_papers(index, view).rows)
        assert word["n_papers"] == len(listed_papers(index, view.to(topic=topic_id)).rows) > 0
        assert word["share"] == word["n_papers"] / n_topic
        assert word["share_all"] == word["n_all"] / int(mask.sum())
        lift = math.log(word["share"] / word["share_all"])
        assert word["relevance"] == pytest.approx(weight * math.log(word["share"]) + (1 - weight) * lift, abs=1e-6)


def test_the_ends_of_the_slider_are_the_most_frequent_and_the_most_distinctive(variants_store):
    index = index_of(variants_store)
    everything = np.ones(index.n_papers, dtype=bool)
    for topic_id in index.topic_ids:
        found = papers_with_terms(index, topic_id)
        frequent, distinctive = (topic_words(index, found, everything, topic_id, weight) for weight in (1.0, 0.0))
        assert frequent["n_papers"].is_monotonic_decreasing
        assert (distinctive["share"] / distinctive["share_all"]).round(5).is_monotonic_decreasing
        assert set(frequent["term"]) == set(distinctive["term"])


def test_looked_for_are_keywords_of_the_topic_of_what_holds_it_and_of_its_neighbours(variants_store):
    index = index_of(variants_store, "three-levels")
    for topic_id in index.topic_ids:
        terms = candidate_terms(index, topic_id)
        own = list(index.topic(topic_id)["keywords"])
        above = coarser_topics(index, topic_id)
        assert len(above) == 2
        near = [index.topic(other)["keywords"] for other, _ in neighbouring_topics(index, topic_id)]
        assert terms[: len(own)] == own
        assert set(terms) == {term for keywords in [own, *above["keywords"], *near] for term in keywords}
        assert len(set(terms)) == len(terms)


@pytest.mark.parametrize("corpus", [name.replace(" ", "-") for name in VARIANTS])
def test_every_topic_has_its_words_and_outliers_have_none(variants_store, corpus):
    index = index_of(variants_store, corpus)
    everything = np.ones(index.n_papers, dtype=bool)
    for topic_id in (*index.topic_ids[:5], OUTLIER_TOPIC_ID):
        found = papers_with_terms(index, topic_id)
        for mask in (everything, ~everything):
            words = topic_words(index, found, mask, topic_id, 0.3)
            assert np.isfinite(words["relevance"]).all()
            assert (words["n_papers"] <= words["n_all"]).all()
    assert len(topic_words(index, papers_with_terms(index, OUTLIER_TOPIC_ID), everything, OUTLIER_TOPIC_ID, 0.3)) == 0


def test_the_file_holds_the_words_in_their_order(variants_store):
    index = index_of(variants_store)
    view = View("tiny", index.snapshot_id, "topics", topic=index.topic_ids[0], table="words", relevance=0.2)
    content = exports.export(index, view)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    words = topic_words(
        index, papers_with_terms(index, index.topic_ids[0]), matching_rows(index, NO_FILTERS), index.topic_ids[0], 0.2
    )
    assert [row["term"] for row in rows] == words["term"].tolist()
    assert export_command.export_view(variants_store, rows[0]["view"]) == content
    with pytest.raises(exports.ExportError, match="one topic"):
        exports.export(index, view.to(topic=None, table="words"))
