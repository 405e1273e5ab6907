"""Stability over further fits: what was planted comes out, and only papers that a refit saw count."""

import numpy as np
import pytest

from pipeline.stability import (
    Refit,
    draw_subsets,
    mean_agreement,
    mean_best_match,
    stability_in_words,
    topic_stability,
)

N_PAPERS, N_TOPICS, N_RUNS = 1000, 8, 10
LABELS = np.random.default_rng(1).integers(-1, N_TOPICS, N_PAPERS)
SUBSETS = draw_subsets(N_PAPERS, N_RUNS, seed=5)


def repeats(labels=LABELS, subsets=SUBSETS):
    return [Refit(rows, labels[rows]) for rows in subsets]


def test_a_perfect_repeat_is_perfectly_stable():
    found = topic_stability(LABELS, repeats())
    assert found.stability == pytest.approx(np.ones(N_TOPICS))
    assert found.overlap == pytest.approx(np.ones(N_TOPICS))
    assert found.n_found.tolist() == found.n_runs.tolist() == [N_RUNS] * N_TOPICS
    assert found.n_split.tolist() == found.n_merged.tolist() == [0] * N_TOPICS


def test_random_labels_are_not_stable():
    generator = np.random.default_rng(2)
    refits = [Refit(rows, generator.integers(-1, N_TOPICS, len(rows))) for rows in SUBSETS]
    found = topic_stability(LABELS, refits)
    assert (found.stability < 0.2).all()
    assert found.n_found.sum() == 0


def test_a_topic_split_in_half_of_the_runs_is_reported_so():
    generator = np.random.default_rng(3)
    refits = []
    for run, rows in enumerate(SUBSETS):
        labels = LABELS[rows].copy()
        if run % 2:
            halves = (labels == 2) & (generator.random(len(rows)) < 0.5)
            labels[halves] = N_TOPICS
        refits.append(Refit(rows, labels))
    found = topic_stability(LABELS, refits)
    assert found.n_split.tolist() == [0, 0, 5, 0, 0, 0, 0, 0]
    assert found.n_found[2] >= 5  # of two unlike halves the larger may just be the topic still
    assert found.stability[2] == pytest.approx(0.75, abs=0.06)
    assert found.stability[[0, 1, 3, 4, 5, 6, 7]] == pytest.approx(np.ones(7))


def test_exactly_half_a_topic_is_not_that_topic():
    labels = np.zeros(20, dtype=int)
    found = topic_stability(labels, [Refit(np.arange(20), np.repeat([0, 1], 10))])
    assert found.stability.tolist() == [0.5]
    assert (found.n_found.tolist(), found.n_split.tolist()) == ([0], [1])


def test_a_topic_swallowed_by_a_larger_one_is_reported_so():
    swallowed = np.where(LABELS == 3, 4, LABELS)
    sizes = np.bincount(LABELS[LABELS >= 0])
    found = topic_stability(LABELS, repeats(swallowed))
    smaller = 3 if sizes[3] < sizes[4] else 4
    assert found.n_merged[smaller] > 0
    assert found.overlap[3] == found.overlap[4] == 1
    assert found.stability[3] + found.stability[4] == pytest.approx(1)


def test_names_of_topics_and_order_of_rows_do_not_matter():
    generator = np.random.default_rng(4)
    noisy = np.where(generator.random(N_PAPERS) < 0.2, generator.integers(-1, N_TOPICS, N_PAPERS), LABELS)
    plain = topic_stability(LABELS, repeats(noisy))
    refits = []
    for refit in repeats(noisy):
        names = np.append(generator.permutation(N_TOPICS + 5), -1)  # the last one, at −1, stays −1
        order = generator.permutation(len(refit.rows))
        refits.append(Refit(refit.rows[order], names[refit.labels][order]))
    other = topic_stability(LABELS, refits)
    for field in ("stability", "overlap", "n_runs", "n_found", "n_split", "n_merged"):
        np.testing.assert_allclose(getattr(plain, field), getattr(other, field))
    shift = generator.permutation(N_TOPICS)
    renamed = topic_stability(np.append(shift, -1)[LABELS], repeats(noisy))
    np.testing.assert_allclose(renamed.stability[shift], plain.stability)


def test_papers_outside_the_subset_play_no_part():
    changed = LABELS.copy()
    rows = SUBSETS[0]
    outside = np.setdiff1d(np.arange(N_PAPERS), rows)
    changed[outside] = np.random.default_rng(5).integers(-1, N_TOPICS, len(outside))
    refit = Refit(rows, np.roll(LABELS[rows], 3))
    before, after = topic_stability(LABELS, [refit]), topic_stability(changed, [refit])
    np.testing.assert_array_equal(before.stability, after.stability)
    np.testing.assert_array_equal(before.overlap, after.overlap)


def test_a_topic_without_papers_in_any_subset_is_not_measured():
    labels = np.array([0, 0, 0, 1])
    found = topic_stability(labels, [Refit(np.arange(3), np.zeros(3, dtype=int))])
    assert found.n_runs.tolist() == [1, 0]
    assert found.stability[0] == 1
    assert np.isnan(found.stability[1])


def test_odd_corpora():
    assert topic_stability(np.full(10, -1), repeats(np.full(10, -1), draw_subsets(10, 2, 0))).stability.size == 0
    nothing_again = topic_stability(np.zeros(10, dtype=int), [Refit(np.arange(8), np.full(8, -1))])
    assert nothing_again.stability.tolist() == [0]
    assert np.isnan(topic_stability(np.zeros(10, dtype=int), []).stability).all()


@pytest.mark.parametrize(
    ("rows", "labels", "said"),
    [([0, 1], [0], "2 papers has 1 labels"), ([0, 0], [0, 0], "twice"), ([0, 99], [0, 0], "not one of the 10")],
)
def test_refits_of_other_papers_are_refused(rows, labels, said):
    with pytest.raises(ValueError, match=said):
        topic_stability(np.zeros(10, dtype=int), [Refit(np.array(rows), np.array(labels))])


def test_subsets_are_four_fifths_different_and_the_same_again():
    again = draw_subsets(N_PAPERS, 3, seed=5)
    assert all(np.array_equal(a, b) for a, b in zip(again, SUBSETS[:3], strict=True))
    for rows in SUBSETS:
        assert len(rows) == 800
        assert (np.diff(rows) > 0).all()
        assert rows.min() >= 0
        assert rows.max() < N_PAPERS
    common = len(np.intersect1d(SUBSETS[0], SUBSETS[1]))
    assert common == pytest.approx(640, abs=40)
    assert not np.array_equal(draw_subsets(N_PAPERS, 1, seed=6)[0], SUBSETS[0])


def test_agreement_of_whole_clusterings():
    assert mean_best_match(LABELS, LABELS) == 1
    assert mean_agreement([LABELS, np.where(LABELS >= 0, (LABELS + 3) % N_TOPICS, -1)]) == 1
    coarse = np.array([0, 0, 0, 0, 1, 1, -1])
    fine = np.array([0, 0, 1, 1, 2, 2, -1])
    assert mean_best_match(coarse, fine) == pytest.approx((0.5 + 1) / 2)
    assert mean_best_match(fine, coarse) == pytest.approx((0.5 + 0.5 + 1) / 3)
    assert mean_agreement([coarse, fine]) == pytest.approx((0.75 + 2 / 3) / 2)
    assert np.isnan(mean_agreement([LABELS]))
    assert mean_best_match(np.full(3, -1), np.zeros(3, dtype=int)) == 0


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ((0.84, 10, 9), "found in 9 of 10 runs, 84 % same papers"),
        ((1.0, 1, 1), "found in 1 of 1 run, 100 % same papers"),
        ((np.nan, np.nan, np.nan), "not measured"),
        ((None, None, None), "not measured"),
        ((0.84, np.nan, np.nan), "not measured"),
    ],
)
def test_what_is_said_of_a_topic(figures, words):
    assert stability_in_words(*figures) == words
