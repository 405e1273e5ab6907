"""Which topics are new, rising, steady or fading: a test, not an eyeball.

For each topic, papers of the topic against papers of the period are a binomial
regression on time with a logit link. The slope is tested by the F test of the
drop in deviance, scaled by Pearson's chi² per degree of freedom where that
exceeds 1 (quasi-likelihood: counts scatter more than coins do; McCullagh and
Nelder, Generalized Linear Models, 1989, §4.5). Unlike Wald's test the drop in
deviance does not lose power for a topic that is absent from whole years.
P-values are adjusted across topics by Benjamini and Hochberg, so that of the
topics called new, rising or fading at most ``false_discovery_rate`` are
expected to be called so by chance.

What the test assumes: periods scatter independently around a straight line in
log-odds. A burst that comes and goes is steady to it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.stats import f as f_distribution
from scipy.stats import false_discovery_control

from pipeline.periods import MONTHS, period_number
from pipeline.schema import OUTLIER_TOPIC_ID, TrendClass, TrendsRecord
from pipeline.settings import TrendSettings

BORN_AFTER_SHARE = 0.5
"""A rising topic is *new* when at least this share of all papers was out before it appeared …"""

STRAY_SHARE = 0.05
"""… and it appears in the period in which more than this share of its papers is out: one stray is no birth."""

MAX_SLOPE = 10.0
"""Slopes (log-odds a year) are cut here: a topic that is absent from all but the last period has no finite one."""


@dataclass(frozen=True)
class _Slope:
    per_year: float
    p_value: float


def classify_trends(trends: pd.DataFrame, record: TrendsRecord, settings: TrendSettings) -> pd.DataFrame:
    """The trend class of every topic in ``trends``, outliers left out.

    Parameters
    ----------
    trends : DataFrame
        ``schema.TRENDS``; only its ungrouped rows are used, and not the last
        period where ``record`` calls it partial.
    record : TrendsRecord
        As `pipeline.trends.count_trends` returned it.
    settings : TrendSettings
        Level of false discoveries, and the fewest papers and periods to judge.

    Returns
    -------
    DataFrame
        ``topic_id``; ``trend_class``; ``trend_slope`` (log-odds of the share
        per year) and ``trend_q`` (adjusted p-value), both NaN where the class
        is "too few". "rising" and "fading" are slopes with ``trend_q`` at
        most ``false_discovery_rate``; "new" is a rising topic that appeared
        after half of the papers were out (`BORN_AFTER_SHARE`, `STRAY_SHARE`);
        everything else is "steady". Without dates there are no rows.
    """
    counts, totals, years = _tested_counts(trends, record)
    slopes: dict[str, _Slope] = {}
    for topic_id, n_papers in counts.items():
        if n_papers.sum() >= settings.min_papers and (totals > 0).sum() >= settings.min_periods:
            slopes[topic_id] = _test_slope(n_papers[totals > 0], totals[totals > 0], years[totals > 0])
    adjusted = false_discovery_control([slope.p_value for slope in slopes.values()]) if slopes else []
    q_values = dict(zip(slopes, map(float, adjusted), strict=True))
    rows = [
        (
            topic_id,
            _class_of(slopes[topic_id], q_values[topic_id], n_papers, totals, settings)
            if topic_id in slopes
            else "too few",
            slopes[topic_id].per_year if topic_id in slopes else np.nan,
            q_values.get(topic_id, np.nan),
        )
        for topic_id, n_papers in counts.items()
    ]
    return pd.DataFrame(rows, columns=["topic_id", "trend_class", "trend_slope", "trend_q"])


def _tested_counts(
    trends: pd.DataFrame, record: TrendsRecord
) -> tuple[dict[str, NDArray[np.int64]], NDArray[np.int64], NDArray[np.float64]]:
    """Papers of each topic by period, papers of each period, and the time of each in years."""
    if record.unit is None:
        return {}, np.zeros(0, dtype=np.int64), np.zeros(0)
    rows = trends[trends["group_kind"] == ""]
    wide = rows.pivot(index="period", columns="topic_id", values="n_papers").sort_index()
    if record.last_is_partial:
        wide = wide.drop(index=record.last)
    totals = wide.sum(axis=1).to_numpy(dtype=np.int64)
    years = np.array([period_number(name, record.unit) * MONTHS[record.unit] / 12 for name in wide.index])
    topic_ids = [topic_id for topic_id in rows["topic_id"].unique() if topic_id != OUTLIER_TOPIC_ID]
    return {topic_id: wide[topic_id].to_numpy(dtype=np.int64) for topic_id in topic_ids}, totals, years


def _test_slope(n_papers: NDArray[np.int64], totals: NDArray[np.int64], years: NDArray[np.float64]) -> _Slope:
    if (n_papers == totals).all():
        return _Slope(0.0, 1.0)  # the only topic: always all papers
    centred = years - np.average(years, weights=totals)
    with warnings.catch_warnings():
        # Separation (papers only from some year on) is a trend, not an accident: the deviance stays finite.
        warnings.simplefilter("ignore")
        fitted = sm.GLM(
            np.column_stack([n_papers, totals - n_papers]),
            np.column_stack([np.ones_like(centred), centred]),
            family=sm.families.Binomial(),
        ).fit(maxiter=100)
    n_free = len(years) - 2
    scale = max(1.0, float(fitted.pearson_chi2) / n_free)
    drop = max(0.0, float(fitted.null_deviance - fitted.deviance)) / scale
    slope = float(np.clip(fitted.params[1], -MAX_SLOPE, MAX_SLOPE))
    return _Slope(slope, float(f_distribution.sf(drop, 1, n_free)))


def _class_of(
    slope: _Slope,
    q_value: float,
    n_papers: NDArray[np.int64],
    totals: NDArray[np.int64],
    settings: TrendSettings,
) -> TrendClass:
    if q_value > settings.false_discovery_rate:
        return "steady"
    if slope.per_year < 0:
        return "fading"
    born = int(np.argmax(np.cumsum(n_papers) > STRAY_SHARE * n_papers.sum()))
    return "new" if totals[:born].sum() >= BORN_AFTER_SHARE * totals.sum() else "rising"
