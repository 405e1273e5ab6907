"""The fitted model inside a published snapshot: BERTopic opens it, and it says what the snapshot's tables say."""

from __future__ import annotations

import json

import numpy as np
import pytest
from bertopic import BERTopic

from pipeline import snapshot
from pipeline.planted import planted_papers
from pipeline.run import fit
from pipeline.schema import OUTLIER_TOPIC_ID
from pipeline.settings import RunSettings


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A small planted corpus as ``topic-explorer fit`` publishes it, and the model from its folder."""
    place = tmp_path_factory.mktemp("model")
    records = list(planted_papers(400, 8, seed=2))
    file = place / "planted.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    fit([file], "planted", place / "store", place / "cache", RunSettings(embedder="lsa"))
    opened = snapshot.open_snapshot(place / "store", "planted")
    return opened, BERTopic.load(opened.path / "bertopic")


@pytest.fixture(scope="module")
def finest(published):
    """Topics of the snapshot by the number BERTopic knows them by: 0 is the largest."""
    topics = published[0].topics
    return topics[topics["level"] == 0].sort_values("number").reset_index(drop=True)


def numbers_of(opened, finest):
    """Each paper's topic as BERTopic numbers it."""
    places = {topic_id: place for place, topic_id in enumerate(finest["topic_id"])} | {OUTLIER_TOPIC_ID: -1}
    return [places[topic_id] for topic_id in opened.papers["topic_id"]]


def test_every_paper_has_the_same_topic(published, finest):
    opened, model = published
    assert len(finest) >= 6
    assert model.topics_ == numbers_of(opened, finest)


def test_topics_have_the_same_sizes(published, finest):
    opened, model = published
    assert {topic: size for topic, size in model.topic_sizes_.items() if topic >= 0} == dict(enumerate(finest["size"]))
    assert model.topic_sizes_.get(-1, 0) == opened.manifest.n_outliers
    told = model.get_topic_info().set_index("Topic")["Count"]
    assert told[told.index >= 0].tolist() == finest["size"].tolist()


def test_topics_have_the_same_keywords_and_weights(published, finest):
    _, model = published
    for topic in finest.itertuples():
        found = model.get_topic(topic.Index)
        assert [word for word, _ in found] == list(topic.keywords)
        assert [weight for _, weight in found] == pytest.approx(list(topic.keyword_weights), rel=1e-5)


def test_placing_the_papers_anew_mostly_agrees(published, finest):
    opened, model = published
    numbers = np.array(numbers_of(opened, finest))
    texts = [
        f"{title}. {text}"
        for title, text in zip(opened.papers["title"], opened.abstracts(range(len(numbers))), strict=True)
    ]
    placed, similarity = model.transform(texts, np.asarray(opened.embeddings, dtype=np.float32))
    inside = numbers >= 0
    assert (np.array(placed)[inside] == numbers[inside]).mean() > 0.9
    assert np.isfinite(similarity).all()
