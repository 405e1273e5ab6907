"""The tables that come out of a fit."""

import numpy as np
import pandas as pd
import pytest

from pipeline.model import fit_topics
from pipeline.schema import (
    OUTLIER_TOPIC_ID,
    TOPIC_ID_PATTERN,
    TOPICS,
    check_tables,
    empty_table,
    to_arrow,
)
from pipeline.settings import TopicSettings
from pipeline.topics import describe_topics, topic_id_of
from tests.pipeline.fitting import corpus, fitted

SETTINGS = TopicSettings(n_representative=3)


def described(name="planted"):
    texts, vectors, _, ids = corpus()
    return describe_topics(fitted(), pd.DataFrame({"paper_id": ids}), texts, vectors, SETTINGS, name)


@pytest.fixture(scope="module")
def tables():
    return described()


def test_sizes_and_outliers_are_all_papers(tables):
    papers, topics = tables
    counted = papers["topic_id"].value_counts()
    assert [counted[topic_id] for topic_id in topics["topic_id"]] == topics["size"].tolist()
    assert topics["size"].sum() + counted.get(OUTLIER_TOPIC_ID, 0) == len(papers)
    assert topics["number"].tolist() == list(range(1, len(topics) + 1))


def test_the_tables_are_the_contracts(tables):
    papers, topics = tables
    assert set(topics.columns) == set(TOPICS.names)
    to_arrow("topics", topics)
    assert papers[["x", "y", "strength"]].notna().all(axis=None)
    assert all(TOPIC_ID_PATTERN.match(topic_id) for topic_id in papers["topic_id"])


def test_topic_ids_depend_on_the_corpus_and_its_papers_only(tables):
    _, topics = tables
    assert described()[1]["topic_id"].equals(topics["topic_id"])
    assert not set(described("other")[1]["topic_id"]) & set(topics["topic_id"])
    assert topic_id_of("c", ["b", "a"]) == topic_id_of("c", ["a", "b"]) != topic_id_of("c", ["a"])


def test_margin_is_what_parts_the_nearest_topic_from_the_second(tables):
    papers, topics = tables
    assert (papers["margin"] >= 0).all()
    assert papers["nearest_similarity"].between(-1, 1).all()
    assert (papers["nearest_topic_id"] != papers["second_topic_id"]).all()
    assert set(papers["nearest_topic_id"]) <= set(topics["topic_id"])
    inside = papers[papers["topic_id"] != OUTLIER_TOPIC_ID]
    assert (inside["topic_id"] == inside["nearest_topic_id"]).mean() > 0.95


def test_representative_papers_are_members_nearest_to_the_centre(tables):
    papers, topics = tables
    similarity = papers["nearest_similarity"].set_axis(corpus()[3])
    topic_of = papers["topic_id"].set_axis(corpus()[3])
    for topic in topics.itertuples():
        best = topic.representative_papers
        assert len(set(best)) == 3
        assert {topic_of[paper] for paper in best} == {topic.topic_id}
        own = similarity[(topic_of == topic.topic_id).to_numpy()]
        assert similarity[best[0]] == pytest.approx(own.max())


def test_a_label_stands_among_its_own_papers(tables):
    papers, topics = tables
    for topic in topics.itertuples():
        distances = np.hypot(papers["x"] - topic.x, papers["y"] - topic.y)
        nearest = papers["topic_id"].iloc[distances.to_numpy().argsort()[:5]]
        assert (nearest == topic.topic_id).sum() >= 4


def test_labels_keywords_and_coherence_say_something(tables):
    _, topics = tables
    assert topics["label"].str.lower().is_unique
    assert topics["label"].str.len().between(3, 60).all()
    assert (topics["keywords"].str.len() >= 5).all()
    assert (topics["keywords"].str.len() == topics["keyword_weights"].str.len()).all()
    assert topics["coherence"].between(0, 1).all()
    assert topics["stability"].isna().all()


@pytest.mark.parametrize("n", [0, 1, 5])
def test_a_corpus_without_topics_has_an_empty_table(n):
    texts, vectors, _, ids = corpus()
    fit = fit_topics(texts[:n], vectors[:n], SETTINGS)
    papers, topics = describe_topics(fit, pd.DataFrame({"paper_id": ids[:n]}), texts[:n], vectors[:n], SETTINGS, "tiny")
    assert len(papers) == n
    assert papers["topic_id"].tolist() == [OUTLIER_TOPIC_ID] * n
    assert papers["nearest_topic_id"].isna().all()
    assert set(topics.columns) == set(TOPICS.names)
    assert not len(topics)
    to_arrow("topics", topics)


def test_tables_of_different_papers_are_refused():
    texts, vectors, _, ids = corpus()
    with pytest.raises(ValueError, match="239 papers"):
        describe_topics(fitted(), pd.DataFrame({"paper_id": ids[1:]}), texts, vectors, SETTINGS, "planted")


# --- levels ----------------------------------------------------------------------------


def described_with(n_levels):
    """The six planted topics, three of them moved to one side and three to the other."""
    texts, vectors, _, ids = corpus()
    sides = np.where(fitted().labels % 2, 1, -1)[:, None] * np.eye(1, vectors.shape[1])
    settings = TopicSettings(n_representative=3, n_levels=n_levels)
    moved = (vectors + sides).astype(np.float32)
    return describe_topics(fitted(), pd.DataFrame({"paper_id": ids}), texts, moved, settings, "planted")


@pytest.fixture(scope="module")
def levelled():
    return described_with(n_levels=1)


def test_a_handful_of_topics_has_no_level_above_it_unless_asked_for(tables, levelled):
    assert "topic_level_1" not in tables[0].columns
    assert tables[1]["parent"].isna().all()
    assert levelled[1]["level"].tolist() == [0] * len(tables[1]) + [1, 1]


def test_the_finest_level_is_the_same_with_and_without_levels_above(levelled):
    papers, topics = described_with(n_levels=0)
    finest = levelled[1][levelled[1]["level"] == 0]
    pd.testing.assert_frame_equal(finest.drop(columns="parent"), topics.drop(columns="parent"))
    pd.testing.assert_frame_equal(levelled[0].drop(columns="topic_level_1"), papers)


def test_levels_keep_the_contract(levelled):
    papers, topics = levelled
    ids = corpus()[3]
    papers = papers.assign(paper_id=ids, published=None).sort_values("paper_id").reset_index(drop=True)
    check_tables(papers, topics, empty_table("trends"), empty_table("term_trends"))
    to_arrow("topics", topics)


def test_a_coarser_topic_is_a_topic_in_its_own_right(levelled):
    papers, topics = levelled
    texts_with = dict(zip(corpus()[3], papers["topic_level_1"], strict=True))
    assert topics["label"].str.lower().is_unique
    assert topics["topic_id"].is_unique
    coarse = topics[topics["level"] == 1]
    assert coarse["number"].tolist() == [1, 2]
    assert coarse["size"].is_monotonic_decreasing
    assert (coarse["keywords"].str.len() >= 5).all()
    assert coarse["coherence"].notna().all()
    for topic in coarse.itertuples():
        assert {texts_with[paper] for paper in topic.representative_papers} == {topic.topic_id}
        distances = np.hypot(papers["x"] - topic.x, papers["y"] - topic.y)
        assert papers["topic_level_1"].iloc[distances.to_numpy().argmin()] == topic.topic_id


def test_a_topic_of_the_same_papers_at_another_level_is_another_topic():
    assert len({topic_id_of("c", ["a", "b"], level) for level in range(3)}) == 3
    assert topic_id_of("c", ["a", "b"]) == topic_id_of("c", ["b", "a"], 0)
