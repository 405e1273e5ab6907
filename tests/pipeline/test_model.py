"""The fit: planted topics found, the same on every run, sane on corpora that are no corpora."""

import numpy as np
import pytest
from bertopic import BERTopic
from sklearn.metrics import adjusted_rand_score

from pipeline.model import fit_topics, save_model
from pipeline.settings import TopicSettings
from pipeline.sizes import resolved
from pipeline.stages import Stages
from tests.pipeline.fitting import N_AREAS, corpus, fitted

QUICK = TopicSettings(n_runs=6)


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
    again = fit_topics(texts, vectors, TopicSettings(n_runs=6))
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
    assert (small.resolution, small.min_topic_size, small.n_neighbors) == (1.35, 4, 6)
    assert (large.resolution, large.min_topic_size, large.n_neighbors) == (3.14, 72, 15)
    assert resolved(TopicSettings(min_topic_size=9, resolution=0.7), 71).min_topic_size == 9
    assert resolved(TopicSettings(resolution=0.7), 71).resolution == 0.7


def test_finer_finds_more_topics_and_coarser_fewer():
    texts, vectors, _, _ = corpus()
    n_topics = [
        len(fit_topics(texts, vectors, TopicSettings(n_runs=6, granularity=granularity)).keywords)
        for granularity in ("coarse", "medium", "fine")
    ]
    assert n_topics == sorted(set(n_topics))


def test_density_finds_planted_topics_as_stock_bertopic_does():
    texts, vectors, areas, _ = corpus()
    fit = fit_topics(texts, vectors, TopicSettings(clusters="density", n_starts=3))
    assert adjusted_rand_score(areas, fit.labels) >= 0.9


def test_noise_has_no_topics():
    noise = np.random.default_rng(5).normal(size=(400, 384)).astype(np.float32)
    fit = fit_topics([f"word{row}. other" for row in range(400)], noise / np.linalg.norm(noise, axis=1)[:, None], QUICK)
    assert (fit.labels == -1).all()


def test_nearest_papers_are_the_nearest_of_all_copies_first():
    texts, vectors, _, _ = corpus()
    rows = np.array([*range(80), 7, 7])
    fit = fit_topics([texts[row] for row in rows], vectors[rows], QUICK)
    assert fit.neighbours.shape == (82, QUICK.n_nearest_papers)
    assert set(fit.neighbours[7, :2]) == {80, 81}
    assert set(fit.neighbours[81, :2]) == {7, 80}
    assert all(row not in line for row, line in enumerate(fit.neighbours.tolist()))
    similarities = np.take_along_axis(vectors[rows] @ vectors[rows].T, fit.neighbours, axis=1)
    assert (np.diff(similarities, axis=1) <= 1e-6).all()


def test_a_second_fit_takes_what_the_first_left_whatever_its_least_topic_size(tmp_path):
    texts, vectors, _, _ = corpus()
    fit_topics(texts, vectors, QUICK, stages=Stages(tmp_path))
    stages = Stages(tmp_path)
    again = fit_topics(texts, vectors, QUICK.model_copy(update={"min_topic_size": 9}), stages=stages)
    assert {timing.name: timing.cached for timing in stages.timings}["topics and map"]
    assert {timing.name: timing.cached for timing in stages.timings}["nearest papers"]
    assert np.bincount(again.labels[again.labels >= 0]).min() >= 9
