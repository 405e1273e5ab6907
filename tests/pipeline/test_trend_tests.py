"""The slope and the burst test: against statsmodels, and at their ends."""

import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import f as f_distribution

from pipeline.trend_tests import MAX_SLOPE, burst_test, slope_test

YEARS = 2010.0 + np.arange(12)
TOTALS = np.linspace(80, 700, 12).astype(int)


def test_slopes_agree_with_statsmodels():
    generator = np.random.default_rng(0)
    shares = 0.1 * np.exp(generator.normal(size=(30, 1)) + generator.normal(size=(30, 12)) * 0.4)
    n_papers = generator.binomial(TOTALS, np.minimum(shares, 0.9))
    found = slope_test(n_papers, TOTALS, YEARS)
    n_over = 0
    for counts, slope, p_value in zip(n_papers, found.per_year, found.p_value, strict=True):
        outcome, design = np.column_stack([counts, TOTALS - counts]), sm.add_constant(YEARS - YEARS.mean())
        model = sm.GLM(outcome, design, family=sm.families.Binomial()).fit()
        assert slope == pytest.approx(model.params[1], abs=1e-5)
        scale, residuals = model.pearson_chi2 / model.df_resid, model.resid_pearson
        if scale > 1:
            n_over += 1
            rows = max(0, residuals[1:] @ residuals[:-1] / (residuals @ residuals))
            scale *= (1 + rows) / (1 - rows)
            expected = f_distribution.sf((model.null_deviance - model.deviance) / scale, 1, model.df_resid)
            assert p_value == pytest.approx(expected, rel=1e-3, abs=1e-9)
    assert n_over > 10


def test_good_and_bad_years_in_rows_prove_less_than_the_same_years_mixed():
    # The same rise; what is added to it comes in rows, or by turns.
    rise, ups = np.arange(100, 340, 20), np.array([40, 40, 40, -40, -40, -40] * 2)
    totals = np.full(12, 1000)
    in_rows, by_turns = slope_test(np.stack([rise + ups, rise + ups[[0, 3] * 6]]), totals, YEARS).p_value
    assert in_rows > 3 * by_turns


def test_slopes_that_have_no_end_are_cut():
    n_papers = np.array([[0] * 11 + [50], [50] + [0] * 11, TOTALS.tolist(), [0] * 12])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = slope_test(n_papers, TOTALS, YEARS)
    assert np.isfinite(found.per_year).all()
    assert (np.abs(found.per_year) <= MAX_SLOPE).all()
    assert found.per_year[0] > 1 > -1 > found.per_year[1]
    assert (found.p_value[:2] < 0.01).all()
    assert found.p_value[2:].tolist() == [1, 1]


def test_p_values_of_slopes_are_no_smaller_than_chance_makes_them():
    generator = np.random.default_rng(1)
    p_values = slope_test(generator.binomial(TOTALS, 0.1, (4000, 12)), TOTALS, YEARS).p_value
    for level in (0.01, 0.05, 0.2):
        assert np.mean(p_values <= level) <= level + 3 * np.sqrt(level / 4000)
    assert np.mean(p_values <= 0.05) > 0.02  # and not so careful that nothing would be found


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_a_burst_is_found_where_it_is(length):
    counts = np.full(14, 30)
    counts[5 : 5 + length] = 120
    found = burst_test(counts[None, :], np.full(14, 1000))
    assert (found.first[0], found.last[0]) == (5, 4 + length)
    assert found.p_value[0] < 0.001


def test_shares_count_and_not_papers():
    totals = np.array([100, 100, 100, 900, 900, 100, 100, 100, 100, 100])
    found = burst_test((totals // 10)[None, :], totals)
    assert found.p_value[0] == 1
    assert (found.first[0], found.last[0]) == (-1, -1)


def test_no_burst_at_either_end():
    counts = np.full((2, 12), 20)
    counts[0, :2] = counts[1, -2:] = 200
    assert burst_test(counts, np.full(12, 1000)).p_value.tolist() == [1, 1]


def test_a_fall_must_be_clear_and_not_just_seen():
    # Up for good, as far as one can tell: the last year has 2 papers of 40, where 5 are usual.
    counts, totals = np.array([[5] * 7 + [60, 60, 60, 2]]), np.array([500] * 10 + [40])
    assert burst_test(counts, totals).p_value[0] > 0.2
    totals[-1], counts[0, -1] = 500, 25
    assert burst_test(counts, totals).p_value[0] < 0.05


def test_a_series_smoother_than_chance_proves_nothing_by_it():
    smooth = np.array([[20, 20, 20, 21, 21, 21, 22, 22, 22, 23, 23, 23]])
    assert slope_test(smooth, np.full(12, 200), YEARS).p_value[0] > 0.3
    bump = np.array([[20, 20, 20, 20, 20, 31, 31, 20, 20, 20, 20, 20]])
    assert burst_test(bump, np.full(12, 200)).p_value[0] > 0.05


def test_one_wild_year_among_wild_years_is_no_burst():
    wild = np.array([[5, 60, 12, 70, 4, 33, 160, 8, 66, 3, 50, 20]])
    calm = np.array([[30, 31, 28, 33, 29, 30, 160, 31, 27, 30, 33, 29]])
    totals = np.full(12, 1000)
    assert burst_test(wild, totals).p_value[0] > 0.2
    assert burst_test(calm, totals).p_value[0] < 1e-4


@pytest.mark.parametrize("n_periods", [0, 1, 2, 3, 4, 5])
def test_few_periods_have_few_windows_or_none(n_periods):
    found = burst_test(np.full((3, n_periods), 4), np.full(n_periods, 40))
    assert found.p_value.tolist() == [1, 1, 1]
    assert found.first.tolist() == found.last.tolist() == [-1, -1, -1]


def test_p_values_of_bursts_are_no_smaller_than_chance_makes_them():
    generator = np.random.default_rng(2)
    p_values = burst_test(generator.binomial(TOTALS, 0.05, (4000, 12)), TOTALS).p_value
    for level in (0.01, 0.05, 0.2):
        assert np.mean(p_values <= level) <= level
