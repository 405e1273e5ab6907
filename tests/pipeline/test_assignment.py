"""Centroids, nearest topics and the outliers that belong after all."""

import numpy as np
import pytest

from pipeline.assignment import (
    centred,
    nearest_topics,
    number_by_size,
    representative_rows,
    rescue_outliers,
    unit_rows,
)


def around(angles):
    radians = np.deg2rad(np.asarray(angles, dtype=np.float64))
    return np.column_stack([np.cos(radians), np.sin(radians)]).astype(np.float32)


def test_topics_are_numbered_by_size_then_by_first_paper():
    labels = np.array([7, -1, 3, 3, 5, 5, 9, 9, 9, 7])
    assert number_by_size(labels).tolist() == [1, -1, 2, 2, 3, 3, 0, 0, 0, 1]
    assert number_by_size(np.array([], dtype=np.int32)).tolist() == []


def test_nearest_and_second_topic_of_every_paper_outliers_too():
    vectors = around([0, 4, 90, 94, 30])
    nearest = nearest_topics(vectors, np.array([0, 0, 1, 1, -1], dtype=np.int32))
    assert nearest.first.tolist() == [0, 0, 1, 1, 0]
    assert nearest.second.tolist() == [1, 1, 0, 0, 1]
    assert nearest.first_similarity[4] == pytest.approx(np.cos(np.deg2rad(28)), abs=1e-5)
    assert nearest.second_similarity[4] == pytest.approx(np.cos(np.deg2rad(62)), abs=1e-5)


def test_without_topics_nothing_is_nearest_and_one_topic_has_no_second():
    vectors = around([0, 1, 2])
    none = nearest_topics(vectors, np.full(3, -1, np.int32))
    assert (none.first == -1).all()
    assert np.isnan(none.first_similarity).all()
    one = nearest_topics(vectors, np.zeros(3, np.int32))
    assert (one.second == -1).all()
    assert np.isnan(one.second_similarity).all()


def test_an_outlier_inside_a_topic_joins_it_and_one_between_topics_stays():
    vectors = around([0, 2, 8, 10, 5, 45, 90, 92, 98, 100])
    labels = np.array([0, 0, 0, 0, -1, -1, 1, 1, 1, 1], dtype=np.int32)
    strength = np.where(labels < 0, 0.0, 0.9).astype(np.float32)
    found, strengths = rescue_outliers(vectors, labels, strength, 0.25)
    assert found.tolist() == [0, 0, 0, 0, 0, -1, 1, 1, 1, 1]
    assert 0 < strengths[4] <= 0.5
    assert strengths[5] == 0
    assert np.array_equal(strengths[labels >= 0], strength[labels >= 0])
    assert labels[4] == -1, "the caller's labels are not touched"


def test_a_higher_quantile_rescues_fewer():
    generator = np.random.default_rng(0)
    vectors = around(np.concatenate([generator.normal(0, 8, 40), generator.normal(90, 8, 40), np.linspace(0, 90, 40)]))
    labels = np.repeat(np.array([0, 1, -1], dtype=np.int32), 40)
    left = [(rescue_outliers(vectors, labels, np.zeros(120, np.float32), q)[0] < 0).sum() for q in (0.0, 0.25, 0.9)]
    assert left[0] < left[1] < left[2]


def test_representative_papers_are_the_most_central_by_row():
    vectors = around([0, 20, 10, 12, 200])
    assert representative_rows(vectors, np.array([0, 0, 0, 0, -1], dtype=np.int32), 2)[0].tolist() == [2, 3]


def test_centring_removes_what_all_papers_share():
    shared = np.array([10.0, 0, 0], dtype=np.float32)
    vectors = unit_rows(shared + np.eye(3, dtype=np.float32)[[1, 1, 2, 2]])
    before, after = vectors @ vectors.T, centred(vectors) @ centred(vectors).T
    assert before[0, 2] > 0.98
    assert after[0, 2] < -0.9
    assert after[0, 1] == pytest.approx(1, abs=1e-5)


def test_centring_equal_rows_gives_zeros_not_nans():
    assert not centred(np.ones((3, 4), np.float32) / 2).any()
