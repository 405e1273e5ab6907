"""Whether a topic's share changed among papers of the same venue, too: a new venue alone can make a topic rise."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

from dashboard.queries.index import UNDATED, Mask, SnapshotIndex

_MIN_BOTH = 0.1  # of the papers with a venue must be of venues with papers before and since


def change_within_venues(index: SnapshotIndex, mask: Mask, since: int) -> pd.DataFrame | None:
    """How the odds of being in each topic since the year ``since`` compare with before, venue by venue.

    Returns
    -------
    DataFrame or None
        For each topic of the index's level, in order: ``odds``, ``odds_low``, ``odds_high`` (95 %), NaN where no
        venue has papers of the topic to compare. ``None`` where hardly any paper is of a venue with papers both
        before and since, and where there is only one venue.

    Notes
    -----
    The ratio of Mantel and Haenszel (Journal of the National Cancer Institute 22, 1959) over the venues as strata,
    its interval by the variance of Robins, Breslow and Greenland (Biometrics 42, 1986).
    """
    venues, n_topics = index.venues, len(index.topics)
    rows = venues.entry_rows[mask[venues.entry_rows] & (index.years[venues.entry_rows] != UNDATED)]
    codes = venues.entry_values[mask[venues.entry_rows] & (index.years[venues.entry_rows] != UNDATED)]
    late = (index.years[rows] >= since).astype(np.int64)
    cells = (codes.astype(np.int64) * 2 + late) * (n_topics + 1) + index.topic_codes[rows] + 1
    counts = np.bincount(cells, minlength=len(venues.names) * 2 * (n_topics + 1))
    table = counts.reshape(len(venues.names), 2, n_topics + 1).astype(np.float64)
    totals = table.sum(axis=2)
    both = (totals > 0).all(axis=1)
    if len(venues.names) < 2 or not len(rows) or totals[both].sum() < _MIN_BOTH * len(rows):
        return None
    table, totals = table[both, :, 1:], totals[both]
    # One topic, one venue: a and b are in the topic, since and before; c and d are not.
    b, a = table[:, 0], table[:, 1]
    d, c = totals[:, :1] - b, totals[:, 1:] - a
    n = totals.sum(axis=1)[:, None]
    agree, differ = (a + d) / n, (b + c) / n
    up, down = a * d / n, b * c / n
    sum_up, sum_down = up.sum(axis=0), down.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = sum_up / sum_down
        variance = (
            (agree * up).sum(axis=0) / (2 * sum_up**2)
            + (agree * down + differ * up).sum(axis=0) / (2 * sum_up * sum_down)
            + (differ * down).sum(axis=0) / (2 * sum_down**2)
        )
        spread = NormalDist().inv_cdf(0.975) * np.sqrt(variance)
        ends = np.column_stack([odds, odds * np.exp(-spread), odds * np.exp(spread)])
    ends[~np.isfinite(ends).all(axis=1) | (odds == 0)] = np.nan
    return pd.DataFrame(ends, columns=["odds", "odds_low", "odds_high"])
