"""Which topics are new, rising, bursting, steady or fading: a test, not an eyeball.

Two tests for each topic (`pipeline.trend_tests`): a slope over all periods,
and a burst, a few periods in which its share rose and after which it fell
back. The p-values of both tests and all topics are adjusted together
(Benjamini and Hochberg, 1995), so that of everything that is called new,
rising, fading or a burst at most ``false_discovery_rate`` is expected to be
called so by chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from pipeline.periods import MONTHS, period_number
from pipeline.schema import OUTLIER_TOPIC_ID, TrendClass, TrendsRecord
from pipeline.settings import TrendSettings
from pipeline.trend_tests import burst_test, slope_test

BORN_AFTER_SHARE = 0.5
"""A rising topic is *new* when at least this share of all papers was out before it appeared …"""

STRAY_SHARE = 0.05
"""… and it appears in the period in which more than this share of its papers is out: one stray is no birth."""

TREND_COLUMNS = ("trend_class", "trend_slope", "trend_q", "burst_from", "burst_to")
"""What `classify_trends` says of each topic."""


@dataclass(frozen=True)
class _Counts:
    """Papers by topic and period (t, p), all papers of each period (p,), the periods' names and years."""

    topic_ids: list[str]
    n_papers: NDArray[np.int64]
    totals: NDArray[np.int64]
    periods: list[str]
    years: NDArray[np.float64]


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
        ``topic_id`` and `TREND_COLUMNS`: ``trend_class``; ``trend_slope``
        (log-odds of the share per year) and ``trend_q`` (adjusted p-value of
        the burst where the class is "burst", else of the slope), both NaN
        where the class is "too few"; ``burst_from`` and ``burst_to``, the
        first and last period of a "burst", else ``None``. A test counts where
        its adjusted p-value is at most ``false_discovery_rate``; where both
        do, the clearer one names the class. "new" is a rising topic that
        appeared after half of the papers were out (`BORN_AFTER_SHARE`,
        `STRAY_SHARE`); everything else is "steady". Without dates there are
        no rows.
    """
    counts = _tested_counts(trends, record)
    classes = pd.DataFrame({"topic_id": counts.topic_ids, "trend_class": "too few"})
    classes = classes.assign(trend_slope=np.nan, trend_q=np.nan, burst_from=None, burst_to=None)
    enough = counts.n_papers.sum(axis=1) >= settings.min_papers
    if not enough.any() or len(counts.totals) < settings.min_periods:
        return classes
    slopes = slope_test(counts.n_papers[enough], counts.totals, counts.years)
    bursts = burst_test(counts.n_papers[enough], counts.totals)
    slope_q, burst_q = np.split(false_discovery_control(np.concatenate([slopes.p_value, bursts.p_value])), 2)
    is_burst = (burst_q <= settings.false_discovery_rate) & (bursts.p_value < slopes.p_value)
    called = [
        "burst" if burst else _class_of(slope, q_value <= settings.false_discovery_rate, n_papers, counts.totals)
        for burst, slope, q_value, n_papers in zip(
            is_burst, slopes.per_year, slope_q, counts.n_papers[enough], strict=True
        )
    ]
    names = np.array([*counts.periods, None], dtype=object)  # the last one, at −1, is "none"
    classes.loc[enough, "trend_class"] = called
    classes.loc[enough, "trend_slope"] = slopes.per_year
    classes.loc[enough, "trend_q"] = np.where(is_burst, burst_q, slope_q)
    classes.loc[enough, "burst_from"] = names[np.where(is_burst, bursts.first, -1)]
    classes.loc[enough, "burst_to"] = names[np.where(is_burst, bursts.last, -1)]
    return classes


def _tested_counts(trends: pd.DataFrame, record: TrendsRecord) -> _Counts:
    """What is tested: whole periods that have papers."""
    if record.unit is None:
        return _Counts([], np.zeros((0, 0), dtype=np.int64), np.zeros(0, dtype=np.int64), [], np.zeros(0))
    rows = trends[trends["group_kind"] == ""]
    wide = rows.pivot(index="period", columns="topic_id", values="n_papers").sort_index()
    if record.last_is_partial:
        wide = wide.drop(index=record.last)
    wide = wide[wide.sum(axis=1) > 0]
    periods = [str(name) for name in wide.index]
    topic_ids = [str(topic_id) for topic_id in rows["topic_id"].unique() if topic_id != OUTLIER_TOPIC_ID]
    return _Counts(
        topic_ids,
        wide[topic_ids].to_numpy(dtype=np.int64).T,
        wide.sum(axis=1).to_numpy(dtype=np.int64),
        periods,
        np.array([period_number(name, record.unit) * MONTHS[record.unit] / 12 for name in periods]),
    )


def _class_of(slope: float, is_clear: bool, n_papers: NDArray[np.int64], totals: NDArray[np.int64]) -> TrendClass:
    if not is_clear:
        return "steady"
    if slope < 0:
        return "fading"
    born = int(np.argmax(np.cumsum(n_papers) > STRAY_SHARE * n_papers.sum()))
    return "new" if totals[:born].sum() >= BORN_AFTER_SHARE * totals.sum() else "rising"
