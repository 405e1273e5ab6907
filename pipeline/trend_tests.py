"""The two tests behind a trend class: a slope over all periods, and a burst within them.

Both take all topics at once, as counts (topics, periods) against the papers of
each period, and allow for overdispersion: counts scatter more than coins do.
A drop in deviance must convince twice, as chi² by coins alone, and as F after
division by Pearson's chi² per degree of freedom (quasi-likelihood; McCullagh
and Nelder, Generalized Linear Models, 1989, §4.5); the larger p-value counts.
So a series that happens to scatter less than coins gains nothing by it.

The burst test takes the scatter of different periods to be independent. The
slope test makes up for good and bad years that come in rows as far as the
residuals show them; those of a handful of periods show too little, so there,
and where the rows are long, slopes are still called too often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, xlog1py, xlogy
from scipy.stats import chi2, norm
from scipy.stats import f as f_distribution
from scipy.stats import t as t_distribution

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

MAX_SLOPE = 10.0
"""Slopes (log-odds a year) are cut here: a topic that is absent from all but the last period has no finite one."""

LONGEST_BURST = 1 / 3
"""A burst lasts at most this share of the periods: what is longer is a plateau."""

BURST_RATIO = 1.5
"""A topic's share during a burst is at least this many times its share before, and its share after."""

_LEAST_SCALE = 1e-9
_MOST_CORRELATION = 0.8
_MOST_STEPS = 60
_MOST_LOG_ODDS = 30.0


@dataclass(frozen=True)
class Slopes:
    """One a topic: ``per_year`` (log-odds of the share), ``p_value`` (two-sided)."""

    per_year: Floats
    p_value: Floats


@dataclass(frozen=True)
class Bursts:
    """The likeliest burst of each topic: ``first`` and ``last`` period by position, both −1 for none; ``p_value``."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    p_value: Floats


# --- slope ------------------------------------------------------------------------


def slope_test(n_papers: Counts, totals: Counts, years: Floats) -> Slopes:
    """Test each topic's share for a straight line in log-odds over time.

    A binomial regression with a logit link for each topic; the slope is judged
    by the F test of the drop in deviance. Unlike Wald's test that does not
    lose power for a topic that is absent from whole years. Where residuals of
    neighbouring periods go together (correlation r > 0) the slope is less sure
    by a factor of (1 + r) / (1 - r) in variance, as in a first-order
    autoregression (Bayley and Hammersley, 1946).

    Parameters
    ----------
    n_papers : int (t, p)
        Papers by topic and period.
    totals : int (p,)
        All papers of each period, none of them 0; at least three periods.
    years : float (p,)
        The time of each period, in years.
    """
    centred = years - np.average(years, weights=totals)
    spread = float(np.abs(centred).max())
    time = centred / spread
    share = (n_papers.sum(axis=1) + 0.5) / (totals.sum() + 1)
    level, slope = np.log(share / (1 - share)), np.zeros(len(n_papers))
    flat = _deviance(n_papers, totals, n_papers.sum(axis=1)[:, None] / totals.sum())
    deviance = flat.copy()
    for _ in range(_MOST_STEPS):
        expected = expit(level[:, None] + slope[:, None] * time)
        weights, surplus = totals * expected * (1 - expected), n_papers - totals * expected
        sum_0, sum_1, sum_2 = weights.sum(axis=1), weights @ time, weights @ time**2
        determinant = np.maximum(sum_0 * sum_2 - sum_1**2, 1e-12)
        gain_0, gain_1 = surplus.sum(axis=1), surplus @ time
        step_0 = (sum_2 * gain_0 - sum_1 * gain_1) / determinant
        step_1 = (sum_0 * gain_1 - sum_1 * gain_0) / determinant
        moved = np.zeros(len(n_papers), dtype=bool)
        for shrunk in (1.0, 0.25, 0.03):  # Newton's step, shortened where it overshoots
            new_level = np.clip(level + shrunk * step_0, -_MOST_LOG_ODDS, _MOST_LOG_ODDS)
            new_slope = np.clip(slope + shrunk * step_1, -_MOST_LOG_ODDS, _MOST_LOG_ODDS)
            found = _deviance(n_papers, totals, expit(new_level[:, None] + new_slope[:, None] * time))
            better = ~moved & (found < deviance - 1e-9)
            level, slope = np.where(better, new_level, level), np.where(better, new_slope, slope)
            deviance = np.where(better, found, deviance)
            moved |= better
        if not moved.any():
            break
    expected = expit(level[:, None] + slope[:, None] * time)
    variance = np.maximum(totals * expected * (1 - expected), 1e-9)
    n_free = len(totals) - 2
    residuals = (n_papers - totals * expected) / np.sqrt(variance)
    squares = np.maximum((residuals**2).sum(axis=1), _LEAST_SCALE)
    scale = squares / n_free
    rows = np.clip((residuals[:, 1:] * residuals[:, :-1]).sum(axis=1) / squares, 0.0, _MOST_CORRELATION)
    scale = np.where(scale > 1, scale * (1 + rows) / (1 - rows), scale)
    drop = np.maximum(flat - deviance, 0.0)
    p_value = np.maximum(chi2.sf(drop, 1), f_distribution.sf(drop / scale, 1, n_free))
    return Slopes(np.clip(slope / spread, -MAX_SLOPE, MAX_SLOPE), p_value)


def _deviance(n_papers: Counts, totals: Counts, share: Floats) -> Floats:
    """Twice the log-likelihood that is missing to a model with a share of its own for every period; (t,)."""
    own = n_papers / totals
    best = xlogy(n_papers, own) + xlog1py(totals - n_papers, -own)
    reached = xlogy(n_papers, share) + xlog1py(totals - n_papers, -share)
    return np.asarray(2 * (best - reached).sum(axis=1))


# --- burst ------------------------------------------------------------------------


def burst_test(n_papers: Counts, totals: Counts) -> Bursts:
    """Look in each topic for a few periods in which its share was higher than before *and* after.

    A likelihood-ratio scan over all windows that leave at least the first and
    the last period out and are at most `LONGEST_BURST` of the periods long
    (after Kulldorff, A spatial scan statistic, 1997). In each window both the
    rise and the fall are tested one-sidedly, and the weaker of the two counts:
    the topic must have risen and fallen back (intersection-union test; Berger,
    1982). So a step that stays up, or a steady rise, is no burst. Scatter beyond
    chance is taken to grow with the share, as a share's ups and downs do: one
    wild year of a topic that always varies by half is no burst either. The
    p-value of the best window is multiplied by the number of windows
    (Bonferroni), which holds whatever the windows have in common.

    Parameters
    ----------
    n_papers : int (t, p)
        Papers by topic and period.
    totals : int (p,)
        All papers of each period, none of them 0.
    """
    n_topics, n_periods = n_papers.shape
    starts, ends = _windows(n_periods)
    if not len(starts) or not n_topics:
        return Bursts(np.full(n_topics, -1), np.full(n_topics, -1), np.ones(n_topics))
    scan = _Scan(n_papers, totals)
    first, last = np.zeros_like(starts), np.full_like(ends, n_periods)
    before, during, after = scan.part(first, starts), scan.part(starts, ends), scan.part(ends, last)
    n_free = n_periods - 3
    scale = np.maximum((before.chi2 + during.chi2 + after.chi2) / n_free, _LEAST_SCALE)
    usual = (n_papers.sum(axis=1) / totals.sum())[:, None]
    scale = np.where(scale > 1, 1 + (scale - 1) * during.share / np.maximum(usual, _LEAST_SCALE), scale)
    weaker = np.minimum(before.drop(during), after.drop(during))
    higher = (weaker > 0) & (during.share >= BURST_RATIO * np.maximum(before.share, after.share))
    root = np.sqrt(np.maximum(weaker, 0.0))
    p_values = np.where(higher, np.maximum(norm.sf(root), t_distribution.sf(root / np.sqrt(scale), n_free)), 1.0)
    best = p_values.argmin(axis=1)
    lowest = p_values[np.arange(n_topics), best]
    found = lowest < 1
    return Bursts(
        np.where(found, starts[best], -1),
        np.where(found, ends[best] - 1, -1),
        np.minimum(1.0, len(starts) * lowest),
    )


def _windows(n_periods: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First periods of all windows, and the periods after their last."""
    longest = int(n_periods * LONGEST_BURST)
    lengths = range(1, longest + 1) if n_periods > 3 else range(0)
    pairs = [(start, start + length) for length in lengths for start in range(1, n_periods - length)]
    starts, ends = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return starts, ends


@dataclass(frozen=True)
class _Part:
    """The same stretch of time for every topic, many stretches at once: (t, windows) or shapes that broadcast."""

    n_papers: Floats
    total: Floats
    chi2: Floats

    @property
    def share(self) -> Floats:
        return self.n_papers / self.total

    def drop(self, during: _Part) -> Floats:
        """What the deviance gains by a share of its own for ``during``; negative where that is not higher."""
        together = _log_likelihood(self.n_papers + during.n_papers, self.total + during.total)
        apart = _log_likelihood(self.n_papers, self.total) + _log_likelihood(during.n_papers, during.total)
        gain = 2 * (apart - together)
        return np.where(during.share > self.share, np.maximum(gain, 0.0), -1.0)


def _log_likelihood(n_papers: Floats, total: Floats) -> Floats:
    share = n_papers / total
    return np.asarray(xlogy(n_papers, share) + xlog1py(total - n_papers, -share))


class _Scan:
    """Sums over any stretch of periods, by differences of running sums."""

    def __init__(self, n_papers: Counts, totals: Counts) -> None:
        self._n_papers = _running(n_papers)
        self._totals = _running(totals[None, :])
        self._squares = _running(n_papers**2 / totals)

    def part(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> _Part:
        n_papers = self._n_papers[:, end] - self._n_papers[:, start]
        total = self._totals[:, end] - self._totals[:, start]
        share = n_papers / total
        # Pearson's chi² around the stretch's own share: Σ (k − n·share)² / (n·share·(1 − share)).
        squares = self._squares[:, end] - self._squares[:, start] - n_papers * share
        variance = share * (1 - share)
        chi2 = np.where(variance > 0, np.maximum(squares, 0.0) / np.where(variance > 0, variance, 1.0), 0.0)
        return _Part(n_papers, total, chi2)


def _running(values: NDArray[Any]) -> Floats:
    sums = np.cumsum(values, axis=1, dtype=np.float64)
    return np.concatenate([np.zeros((len(sums), 1)), sums], axis=1)
