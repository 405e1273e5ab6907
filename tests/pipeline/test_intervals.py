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


def test_covers_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(0)
    for truth, total in ((0.02, 400), (0.3, 60)):
        low, high = wilson_interval(random.binomial(total, truth, 20_000), total)
        assert 0.93 <= np.mean((low <= truth) & (truth <= high)) <= 0.975
