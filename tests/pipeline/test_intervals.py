"""The Wilson interval, against statsmodels and at its ends."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from pipeline.intervals import wilson_interval


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_agrees_with_statsmodels(confidence):
    hits = np.array([0, 1, 3, 10, 50, 99, 100])
    total = np.array([1, 4, 9, 10, 120, 100, 100])
    hits = np.minimum(hits, total)
    low, high = wilson_interval(hits, total, confidence)
    expected_low, expected_high = proportion_confint(hits, total, alpha=1 - confidence, method="wilson")
    np.testing.assert_allclose(low, expected_low, atol=1e-12)
    np.testing.assert_allclose(high, expected_high, atol=1e-12)


def test_nothing_observed_means_nothing_known():
    low, high = wilson_interval(0, 0)
    assert (low, high) == (0.0, 1.0)


@pytest.mark.parametrize("total", [10, 30, 100, 400, 3000])
@pytest.mark.parametrize("shares", [(0.001, 0.01), (0.01, 0.05), (0.05, 0.2), (0.2, 0.5)])
def test_bands_cover_a_simulated_truth_about_as_often_as_they_say(shares, total):
    random = np.random.default_rng(0)
    truth = random.uniform(*shares, size=40_000)
    low, high = wilson_interval(random.binomial(total, truth), total)
    assert 0.93 <= np.mean((low <= truth) & (truth <= high)) <= 0.965


def test_at_single_small_shares_of_few_papers_bands_cover_less():
    # Said in the guide. A share of 1 paper in 57, looked at in 10 papers, is seen once in six times, and the band of
    # one paper in ten begins above it.
    random = np.random.default_rng(0)
    low, high = wilson_interval(random.binomial(10, 0.0175, 40_000), 10)
    assert 0.82 <= np.mean((low <= 0.0175) & (high >= 0.0175)) <= 0.86
