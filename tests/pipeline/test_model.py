"""The fit: planted topics found, the same on every run, sane on corpora that are no corpora."""

import numpy as np
import pytest
from bertopic import BERTopic
from sklearn.metrics import adjusted_rand_score

from pipeline.model import fit_topics, save_model
from pipeline.settings import TopicSettings
from pipeline.sizes import resolved
from tests.pipeline.fitting import N_AREAS, corpus, fitted

QUICK = TopicSettings(n_starts=1)


def test_planted_topics_are_found():
    _, _, areas, _ = corpus()
    assert adjusted_rand_score(areas, fitted().labels) >= 0.9
    assert len(fitted().keywords) == N_AREAS


def test_topics_are_numbered_by_size_and_strengths_are_shares():
    fit = fitted()
    sizes = np.bincount(fit.labels[fit.labels >= 0])
    assert (np.diff(sizes) <= 0).all()
    assert fit.labels.dtype == np.int32
    assert fit.strength.dtype == fit.projection.dtype == np.float32
    assert ((fit.strength >= 0) & (fit.strength <= 1)).all()
    assert (fit.strength[fit.labels < 0] == 0).all()


def test_papers_of_a_topic_stand_together_on_the_map():
    fit = fitted()
    distances = np.linalg.norm(fit.projection[:, None] - fit.projection[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = distances.argsort(axis=1)[:, :5]
    assert (fit.labels[nearest] == fit.labels[:, None]).mean() > 0.9


def test_keywords_are_those_of_the_planted_area():
    texts, _, _, _ = corpus()
    fit = fitted()
    for topic, keywords in enumerate(fit.keywords):
        inside = [texts[row].lower() for row in np.flatnonzero(fit.labels == topic)]
        outside = [texts[row].lower() for row in np.flatnonzero(fit.labels != topic)]
        for word, weight in keywords[:5]:
            assert weight > 0
            share = np.mean([word.lower() in text for text in inside])
            assert share > 2 * np.mean([word.lower() in text for text in outside])


def test_a_second_fit_is_identical():
    texts, vectors, _, _ = corpus()
    again = fit_topics(texts, vectors, TopicSettings(n_starts=3))
    assert np.array_equal(again.labels, fitted().labels)
    assert np.array_equal(again.strength, fitted().strength)
    assert np.array_equal(again.projection, fitted().projection)
    assert again.keywords == fitted().keywords


def test_bertopic_opens_the_saved_model_and_agrees(tmp_path):
    fit = fitted()
    save_model(fit, tmp_path / "bertopic")
    assert not list((tmp_path / "bertopic").glob("*.pkl")) + list((tmp_path / "bertopic").glob("*.bin"))
    loaded = BERTopic.load(tmp_path / "bertopic")
    assert loaded.topics_ == fit.labels.tolist()
    for topic, keywords in enumerate(fit.keywords):
        assert [word for word, _ in loaded.get_topic(topic)] == [word for word, _ in keywords]
        assert [weight for _, weight in loaded.get_topic(topic)] == pytest.approx([weight for _, weight in keywords])
    texts, vectors, _, _ = corpus()
    predicted, _ = loaded.transform(texts, vectors)
    assert (np.array(predicted) == fit.labels).mean() > 0.95


@pytest.mark.parametrize("n", [0, 1, 2, 5, 10, 20])
def test_tiny_corpora_fit(n, tmp_path):
    texts, vectors, _, _ = corpus()
    fit = fit_topics(texts[:n], vectors[:n], QUICK)
    assert fit.labels.shape == fit.strength.shape == (n,)
    assert fit.projection.shape == (n, 2)
    assert np.isfinite(fit.projection).all()
    assert len(fit.keywords) == fit.labels.max(initial=-1) + 1
    if n < 8:
        assert (fit.labels == -1).all()
    save_model(fit, tmp_path / "bertopic")
    assert list((tmp_path / "bertopic").iterdir())


def test_copies_of_a_paper_stay_together_and_apart_enough_to_click():
    texts, vectors, _, _ = corpus()
    rows = np.array([*range(60), 7, 7, 7, 20])
    fit = fit_topics([texts[row] for row in rows], vectors[rows], QUICK)
    again = fit_topics([texts[row] for row in rows], vectors[rows], QUICK)
    assert np.array_equal(fit.projection, again.projection)
    assert len(set(fit.labels[[7, 60, 61, 62]])) == 1
    spread = np.ptp(fit.projection, axis=0).max()
    gaps = np.linalg.norm(fit.projection[[60, 61, 62]] - fit.projection[7], axis=1)
    assert (gaps > 0).all()
    assert (gaps < 0.1 * spread).all()


def test_the_same_paper_over_and_over_has_no_topics():
    texts, vectors, _, _ = corpus()
    fit = fit_topics([texts[0]] * 30, np.repeat(vectors[:1], 30, axis=0), QUICK)
    assert (fit.labels == -1).all()
    assert np.isfinite(fit.projection).all()


def test_texts_without_words_get_topics_without_keywords():
    _, vectors, _, _ = corpus()
    fit = fit_topics([""] * 40, vectors[:40], QUICK)
    assert fit.bertopic is None
    assert fit.keywords == [[] for _ in range(fit.labels.max() + 1)]


def test_numbers_follow_the_size_of_the_corpus_and_settings_win():
    small, large = resolved(TopicSettings(), 71), resolved(TopicSettings(), 82_613)
    assert (small.min_topic_size, small.n_neighbors, small.n_starts) == (4, 6, 9)
    assert (large.min_topic_size, large.n_neighbors, large.n_starts) == (72, 15, 1)
    assert resolved(TopicSettings(min_topic_size=9), 71).min_topic_size == 9
