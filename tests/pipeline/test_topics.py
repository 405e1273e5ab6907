"""The tables that come out of a fit."""

import numpy as np
import pandas as pd
import pytest

from pipeline.model import fit_topics
from pipeline.schema import OUTLIER_TOPIC_ID, SINCE_FORMAT_2, TOPIC_ID_PATTERN, TOPICS, to_arrow
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
    assert set(TOPICS.names) - set(SINCE_FORMAT_2["topics"]) <= set(topics.columns) <= set(TOPICS.names)
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
    assert set(TOPICS.names) - set(SINCE_FORMAT_2["topics"]) <= set(topics.columns) <= set(TOPICS.names)
    assert not len(topics)
    to_arrow("topics", topics)


def test_tables_of_different_papers_are_refused():
    texts, vectors, _, ids = corpus()
    with pytest.raises(ValueError, match="239 papers"):
        describe_topics(fitted(), pd.DataFrame({"paper_id": ids[1:]}), texts, vectors, SETTINGS, "planted")
